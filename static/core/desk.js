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
const keysOn = document.getElementById("keys-on");
if (keysOn) {
  keysOn.checked = stored(KEYS_OFF) !== "1";
  keysOn.addEventListener("change", () =>
    store(KEYS_OFF, keysOn.checked ? "0" : "1"),
  );
}
for (const opener of document.querySelectorAll("[data-open='keys']")) {
  opener.hidden = false;
  opener.addEventListener("click", () => {
    opener.closest("[popover]")?.hidePopover?.();
    help.showModal();
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

const actions = {
  j: () => step(1),
  k: () => step(-1),
  x: togglePick,
  "?": () => help?.showModal(),
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
  if (event.isComposing || event.ctrlKey || event.metaKey || event.altKey)
    return;
  if (!keysOn?.checked || isTyping(event.target)) return;
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
