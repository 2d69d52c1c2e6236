// My list: kept on this device only, one list a fair.
const fair = document.querySelector("[data-fair]")?.dataset.fair ?? "";
const KEY = `my-list:${fair}`;

function read() {
  try {
    return JSON.parse(localStorage.getItem(KEY) ?? "[]");
  } catch {
    return [];
  }
}

function write(list) {
  try {
    localStorage.setItem(KEY, JSON.stringify(list));
  } catch {
    // A full or closed storage: the page works on without a list.
  }
  show();
}

function show() {
  const list = read();
  const marked = new Set(list.map((one) => one.number));
  document
    .querySelectorAll("[data-count]")
    .forEach((place) => (place.textContent = String(list.length)));
  document.querySelectorAll("[data-mark]").forEach((button) => {
    const on = marked.has(button.dataset.mark);
    button.setAttribute("aria-pressed", String(on));
    button.textContent = button.dataset.on
      ? on
        ? button.dataset.on
        : button.dataset.off
      : on
        ? "★"
        : "☆";
  });
  document
    .querySelectorAll("[data-my-list]")
    .forEach((place) => fill(place, list));
}

function fill(place, list) {
  const rows = list.map((one) => {
    const row = document.createElement("li");
    const link = document.createElement("a");
    link.href = `${place.dataset.myList}/${encodeURIComponent(one.number)}`;
    link.textContent = one.name;
    const stands = document.createElement("strong");
    stands.textContent = one.stands;
    const remove = document.createElement("button");
    remove.type = "button";
    remove.className = "btn btn-small screen-only";
    remove.textContent = place.dataset.remove;
    remove.addEventListener("click", () =>
      write(read().filter((other) => other.number !== one.number)),
    );
    row.append(link, stands, remove);
    return row;
  });
  if (!rows.length) {
    const empty = document.createElement("li");
    empty.textContent = place.dataset.empty;
    rows.push(empty);
  }
  place.replaceChildren(...rows);
}

document.addEventListener("click", (event) => {
  const button = event.target.closest?.("[data-mark]");
  if (!button) return;
  const { mark: number, name, stands } = button.dataset;
  const list = read();
  const others = list.filter((one) => one.number !== number);
  write(
    others.length < list.length ? others : [...list, { number, name, stands }],
  );
});
document
  .querySelectorAll(".for-script")
  .forEach((part) => (part.hidden = false));
show();
