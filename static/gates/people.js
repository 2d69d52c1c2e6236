// How many people: a number from 1 to 500 that a thumb steps and that can be typed.

const MOST = 500;

export function peopleField(group) {
  const field = group.querySelector("input");

  function value() {
    const typed = Number.parseInt(field.value.normalize("NFKC"), 10);
    return Math.min(MOST, Math.max(1, typed || 1));
  }

  function set(heads) {
    field.value = heads;
    field.value = value();
    field.dispatchEvent(new Event("input"));
  }

  for (const step of group.querySelectorAll("[data-step]")) {
    step.addEventListener("click", () =>
      set(value() + Number(step.dataset.step)),
    );
  }
  field.addEventListener("change", () => set(value()));
  return {
    value,
    set,
    onInput: (listener) => field.addEventListener("input", listener),
  };
}
