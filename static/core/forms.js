// Forms: a second click sends nothing, the button says what is going on, and errors take the focus.

function busy(form, button) {
  form.dataset.sent = "yes";
  if (!button) return;
  button.dataset.label = button.textContent;
  if (button.dataset.busy) button.textContent = button.dataset.busy;
  button.setAttribute("aria-disabled", "true");
}

function ready(form) {
  delete form.dataset.sent;
  // A button may stand outside of its form.
  for (const button of form.elements) {
    if (!button.hasAttribute("aria-disabled")) continue;
    button.textContent = button.dataset.label;
    button.removeAttribute("aria-disabled");
  }
}

// A form that fetches a file leaves its page as it is: what was wrong before must not go on standing there.
function forgiven(form) {
  document.querySelector(".error-summary")?.remove();
  for (const line of form.querySelectorAll(".field-error")) line.remove();
  for (const field of form.querySelectorAll(".has-error"))
    field.classList.remove("has-error");
  for (const control of form.querySelectorAll("[aria-invalid]"))
    control.removeAttribute("aria-invalid");
}

document.addEventListener("submit", (event) => {
  const form = event.target;
  if (event.defaultPrevented) return;
  if (!form.hasAttribute("data-once")) {
    if (form.method === "post") forgiven(form);
    return;
  }
  if (form.dataset.sent) {
    event.preventDefault();
    return;
  }
  // The button's own name and value are read after this event, so it is not disabled but only marked.
  const pressed = event.submitter;
  const main = form.querySelector("button[data-busy]");
  busy(
    form,
    pressed?.name
      ? pressed.closest("[data-busy]")
      : (pressed?.closest("[data-busy]") ?? main),
  );
});

// The page may return from the browser's memory by "back": its forms work again.
window.addEventListener("pageshow", () => {
  document.querySelectorAll("form[data-sent]").forEach(ready);
});

document.addEventListener("keydown", (event) => {
  if (
    event.key !== "Enter" ||
    !(event.ctrlKey || event.metaKey) ||
    event.isComposing
  )
    return;
  const form = event.target.closest?.("form[data-once]");
  form?.requestSubmit();
});

document.querySelector("[data-focus]")?.focus();

// A filter applies as soon as it is chosen; its button stays for those without script.
for (const form of document.querySelectorAll("form[data-auto]")) {
  form.querySelector("button")?.setAttribute("hidden", "");
  form.addEventListener("change", () => form.requestSubmit());
}
