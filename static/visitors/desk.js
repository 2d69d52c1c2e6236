// The visitor desk: after printing the cursor is in the search box again, and a scanner may type anywhere.

const box = document.querySelector("[data-box]");

for (const form of document.querySelectorAll("[data-print]")) {
  form.addEventListener("submit", () => setTimeout(() => box.select(), 300));
}

if (box.value) box.select();

// A scanner types faster than any hand and ends with Enter; outside of fields its text goes to the box.
let typed = "";
let last = 0;
document.addEventListener("keydown", (event) => {
  if (event.target.closest("input, select, textarea") || event.isComposing)
    return;
  typed = event.timeStamp - last < 60 ? typed : "";
  last = event.timeStamp;
  if (event.key.length === 1) typed += event.key;
  else if (event.key === "Enter" && typed.length > 8) {
    event.preventDefault();
    box.value = typed;
    box.form.requestSubmit();
  }
});
