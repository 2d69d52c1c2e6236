// Counts what people see in a text, and saves the draft while it is written: without this the button "Save draft" does.
const WAIT_MS = 2000;
const parts = new Intl.Segmenter(undefined, { granularity: "grapheme" });
const form = document.getElementById("main");
const said = document.getElementById("saved");
let timer = 0;
let saving = Promise.resolve();
let sending = false;

function count(field) {
  const length = [...parts.segment(field.value.trim())].length;
  let line = document.getElementById(`${field.id}-count`);
  if (!line) {
    line = document.createElement("div");
    line.id = `${field.id}-count`;
    line.className = "soft small-text digits";
    field.after(line);
  }
  line.textContent = `${length} / ${field.dataset.limit}`;
  line.classList.toggle("field-error", length > Number(field.dataset.limit));
}

async function save() {
  if (sending) return;
  const data = new FormData(form);
  // Pictures and papers are sent by hand: a large one would be sent again and again.
  for (const field of form.querySelectorAll("input[type=file]"))
    data.delete(field.name);
  try {
    const answer = await fetch(form.action || location.href, {
      method: "POST",
      body: data,
    });
    if (!answer.ok) throw new Error(String(answer.status));
    const page = new DOMParser().parseFromString(
      await answer.text(),
      "text/html",
    );
    const mark = page.querySelector("#main input[name=_opened]");
    if (mark) form.elements._opened.value = mark.value;
    const time = new Date().toLocaleTimeString(document.documentElement.lang, {
      hour: "2-digit",
      minute: "2-digit",
    });
    said.textContent = said.dataset.saved.replace("{time}", time);
  } catch {
    // The page keeps what was typed; the button says what is wrong.
    said.textContent = said.dataset.failed;
  }
}

function later() {
  clearTimeout(timer);
  timer = setTimeout(() => {
    saving = saving.then(save);
  }, WAIT_MS);
}

document.querySelectorAll("[data-limit]").forEach((field) => {
  field.addEventListener("input", () => count(field));
  count(field);
});
if (form && said) {
  form.addEventListener("input", (event) => {
    if (event.target.type !== "file" && !event.isComposing) later();
  });
  form.addEventListener("submit", () => {
    sending = true;
    clearTimeout(timer);
  });
}
