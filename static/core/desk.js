// Desk: keys, rows that open on a click, ticking rows. Everything here has a visible way without it.

const KEYS_OFF = "keys-off";

function stored(name) {
  try {
    return localStorage.getItem(name);
  } catch {
    return null; // Storage may be forbidden; keys are then simply on.
  }
}

function store(name, value) {
  try {
    localStorage.setItem(name, value);
  } catch {
    // The choice then holds for this page only, which the tick box shows.
  }
}

// Keys

const help = document.getElementById("keys");
const jump = document.getElementById("jump");
const keysOn = document.getElementById("keys-on");
if (keysOn) {
  keysOn.checked = stored(KEYS_OFF) !== "1";
  keysOn.addEventListener("change", () =>
    store(KEYS_OFF, keysOn.checked ? "0" : "1"),
  );
}
for (const opener of document.querySelectorAll("[data-open]")) {
  const dialog = document.getElementById(opener.dataset.open);
  opener.hidden = false;
  opener.addEventListener("click", () => {
    opener.closest("[popover]")?.hidePopover?.();
    dialog.showModal();
  });
}

const rows = () => [
  ...document.querySelectorAll("[data-list] tbody tr[data-href]"),
];

function step(by) {
  const all = rows();
  if (all.length === 0) return;
  const now = all.findIndex((row) => row.classList.contains("is-current"));
  const next = Math.min(all.length - 1, Math.max(0, now < 0 ? 0 : now + by));
  all[now]?.classList.remove("is-current");
  all[next].classList.add("is-current");
  all[next].querySelector("a")?.focus();
}

function togglePick() {
  const box = document.querySelector("tr.is-current .pick");
  box?.click();
}

// After `g` the next key names a page; it waits no longer than somebody thinks.
const GO_WITHIN_MS = 1500;
let goUntil = 0;

function go(key) {
  goUntil = 0;
  const link = [...document.querySelectorAll("[data-go]")].find(
    (item) => item.dataset.go === key,
  );
  link?.click();
}

function isSomethingOpen() {
  const popover = CSS.supports("selector(:popover-open)")
    ? ", :popover-open"
    : "";
  return document.querySelector(`dialog[open], details.drop[open]${popover}`);
}

function back() {
  if (!isSomethingOpen())
    document.querySelector(".trail li:last-child a")?.click();
}

const isInList = () => document.querySelector("tr.is-current") !== null;

const actions = {
  j: () => step(1),
  k: () => step(-1),
  x: togglePick,
  g: () => {
    goUntil = Date.now() + GO_WITHIN_MS;
  },
  "/": () => jump?.showModal(),
  "?": () => help?.showModal(),
};

// Arrows scroll the page until a row is chosen; Escape closes what is open before it goes back.
const quietActions = {
  ArrowDown: () => isInList() && step(1),
  ArrowUp: () => isInList() && step(-1),
  Escape: back,
};

function isTyping(target) {
  return target.closest?.(
    "input:not([type=checkbox], [type=radio]), textarea, select, [contenteditable], dialog",
  );
}

function marked(key) {
  return [...document.querySelectorAll("[data-key]")].find(
    (item) => item.dataset.key === key,
  );
}

document.addEventListener("keydown", (event) => {
  if (event.isComposing || event.altKey) return;
  if (event.ctrlKey || event.metaKey) {
    if (event.key.toLowerCase() !== "k" || !jump || event.shiftKey) return;
    event.preventDefault();
    if (!jump.open) jump.showModal();
    return;
  }
  if (!keysOn?.checked || isTyping(event.target)) return;
  if (Date.now() < goUntil) {
    event.preventDefault();
    go(event.key);
    return;
  }
  if (quietActions[event.key]) {
    quietActions[event.key]();
    return;
  }
  const item = marked(event.key);
  if (item) {
    event.preventDefault();
    if (item.matches("input")) item.focus();
    else item.click();
  } else if (actions[event.key]) {
    event.preventDefault();
    actions[event.key]();
  }
});

// Jump: what is typed leaves the pages whose name or pinyin holds every word of it; Enter opens the first.

if (jump) {
  const form = jump.querySelector("form");
  const field = form.querySelector("[name=q]");
  const lines = [...jump.querySelectorAll("[data-typed]")];
  const left = () => lines.filter((line) => !line.hidden);

  const sift = () => {
    const words = field.value.toLowerCase().split(/\s+/).filter(Boolean);
    for (const line of lines)
      line.hidden = !words.every((word) => line.dataset.typed.includes(word));
    jump.querySelector("[data-none]").hidden = left().length > 0;
  };

  field.addEventListener("input", sift);
  jump.addEventListener("close", () => {
    field.value = "";
    sift();
  });
  jump
    .querySelector("[data-close]")
    .addEventListener("click", () => jump.close());
  jump.addEventListener("keydown", (event) => {
    if (event.isComposing) return;
    const links = left().map((line) => line.querySelector("a"));
    const way = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (event.key === "Enter" && event.target === field) {
      event.preventDefault();
      if (links.length > 0) links[0].click();
      else if (form.method === "post") form.requestSubmit();
    } else if (way) {
      event.preventDefault();
      const now = links.indexOf(document.activeElement);
      (links[now + way] ?? field).focus();
    }
  });
}

// Rows open on a click anywhere but on a control or over marked text.

document.addEventListener("click", (event) => {
  const row = event.target.closest?.("tr[data-href]");
  if (!row || event.target.closest("a, button, input, label, select, summary"))
    return;
  if (String(getSelection())) return;
  if (event.ctrlKey || event.metaKey)
    window.open(row.dataset.href, "_blank", "noopener");
  else location.assign(row.dataset.href);
});

// A small menu closes when something else is clicked, or by Escape.

function closeMenus(but) {
  for (const menu of document.querySelectorAll("details.drop[open]")) {
    if (!menu.contains(but)) menu.open = false;
  }
}

document.addEventListener("click", (event) => closeMenus(event.target));
document.addEventListener("keydown", (event) => {
  if (event.key === "Escape") closeMenus(null);
});

// Ticking rows: the bar shows the count and comes only when something is ticked.

const bar = document.querySelector("[data-bulk]");
const picks = [...document.querySelectorAll(".pick")];
const pickAll = document.querySelector(".pick-all");

function showBulk() {
  const everything = bar.querySelector("[name=all]").checked;
  const count = picks.filter((box) => box.checked).length;
  const output = bar.querySelector("[data-count]");
  bar.hidden = count === 0 && !everything;
  output.textContent = output.dataset.words.replace("{n}", String(count));
  pickAll.checked = count === picks.length;
  pickAll.indeterminate = count > 0 && count < picks.length;
}

if (bar && pickAll) {
  let last = null;
  pickAll.parentElement.hidden = false;
  bar.classList.add("is-live");
  bar.querySelector("[data-cancel]").hidden = false;
  pickAll.addEventListener("change", () => {
    picks.forEach((box) => {
      box.checked = pickAll.checked;
    });
    showBulk();
  });
  picks.forEach((box, index) => {
    box.addEventListener("click", (event) => {
      if (event.shiftKey && last !== null) {
        const [from, to] = [Math.min(last, index), Math.max(last, index)];
        picks.slice(from, to + 1).forEach((other) => {
          other.checked = box.checked;
        });
      }
      last = index;
      showBulk();
    });
  });
  bar.addEventListener("change", showBulk);
  bar.addEventListener("reset", () => setTimeout(showBulk));
  showBulk();
}
