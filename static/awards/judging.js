// J1 and J2: whatever is typed on a sheet is kept on this device at once, handed to the server field by field as soon as
// there is network, and shown as saved only when the server has named it.

import {
  about,
  begin,
  book,
  flush,
  guard,
  note,
  onAnswer,
  onState,
  say,
  sayState,
  tasks,
} from "./judging-sync.js";
import { keepPages } from "./judging-pages.js";
import { keyed, stepped, total } from "./total.js";

const PAUSE_OF_TYPING = 1200;
const KEYS_OFF = "keys-off";

const sheet = document.querySelector("[data-sheet]");
const form = document.getElementById("main");
const task = sheet?.dataset.sheet ?? "";
const isOpen = sheet?.dataset.open === "y";
const fields = [...document.querySelectorAll("[data-field]")];
const criteria = [...document.querySelectorAll("[data-criterion]")];
let typing = null;

// What stands in a field, and how it is shown.
const isTick = (field) => field.type === "checkbox";
const valueOf = (field) =>
  isTick(field) ? (field.checked ? "y" : "") : field.value;

function show(field, value) {
  if (isTick(field)) field.checked = value === "y";
  else if (field.value !== value) field.value = value;
}

// ---- The sheet

// What the server has, wherever nothing newer waits here and nobody is typing.
function take(thing, said) {
  if (thing !== task) return;
  const here = new Set(book.kept(task).map((each) => each.field));
  for (const field of fields) {
    const value = said.fields[field.dataset.field] ?? "";
    if (!here.has(field.dataset.field) && field !== document.activeElement)
      show(field, value);
  }
  sayTotal();
  sayRefused();
  if (isOpen && said.state === "submitted" && !book.waiting(task).length)
    location.reload();
}

function showKept() {
  const byName = new Map(fields.map((each) => [each.dataset.field, each]));
  for (const { field, value } of book.kept(task)) {
    const place = byName.get(field);
    if (place && place !== document.activeElement) show(place, value);
  }
  sayTotal();
  sayRefused();
}

const scaleOf = (criterion) => ({
  ...criterion.dataset,
  mark: criterion.querySelector("[data-field]").value,
});

function sayTotal() {
  const place = document.querySelector("[data-total]");
  if (!place) return;
  const scales = criteria.map(scaleOf);
  const places = Number(sheet.dataset.places);
  place.textContent =
    total(scales, sheet.dataset.rescale === "y", places) || "–";
  const given = document.querySelector("[data-given]");
  const number = scales.filter((each) => each.mark.trim()).length;
  given.textContent = given.dataset.words.replace("{n}", number);
}

function sayRefused() {
  const sentences = new Map(
    book.kept(task).map((each) => [each.field, each.refused ?? ""]),
  );
  for (const criterion of criteria) {
    const field = criterion.querySelector("[data-field]");
    const place = criterion.querySelector("[data-refused]");
    const sentence =
      field === document.activeElement
        ? ""
        : (sentences.get(field.dataset.field) ?? "");
    place.textContent = sentence;
    place.hidden = !sentence;
    criterion.classList.toggle("has-error", Boolean(sentence));
  }
}

// A sheet that is read only: what was typed here and came too late is still shown.
function sayLeft() {
  const box = document.querySelector("[data-left-here]");
  const left = isOpen ? [] : book.kept(task);
  if (!box) return;
  box.hidden = !left.length;
  const lines = left.map(({ field, value }) => {
    const line = document.createElement("li");
    line.textContent = `${field.replace(/^mark:/, "")}: ${value}`;
    return line;
  });
  const list = document.createElement("ul");
  list.append(...lines);
  box.querySelector("ul")?.remove();
  box.querySelector("[data-forget]").before(list);
}

function typed(field) {
  clearTimeout(typing);
  if (!book.keep(task, field.dataset.field, valueOf(field)))
    say("unkept", "stop");
  else sayState();
  sayTotal();
  typing = setTimeout(flush, PAUSE_OF_TYPING);
}

function set(criterion, mark) {
  const field = criterion.querySelector("[data-field]");
  if (mark === null) return;
  field.value = mark;
  typed(field);
  sayRefused();
}

// ---- Buttons and keys

let chosen = 0;

function choose(index) {
  chosen = Math.min(Math.max(index, 0), criteria.length - 1);
  criteria.forEach((each, at) =>
    each.classList.toggle("is-chosen", at === chosen),
  );
}

function repeat(button, act) {
  let timer = null;
  const stop = () => clearInterval(timer);
  button.addEventListener("click", act);
  button.addEventListener("pointerdown", () => {
    stop();
    timer = setTimeout(() => (timer = setInterval(act, 90)), 450);
  });
  for (const over of ["pointerup", "pointerleave", "pointercancel", "blur"])
    button.addEventListener(over, () => {
      clearTimeout(timer);
      stop();
    });
}

const isTyping = (target) =>
  target.isContentEditable ||
  target.closest?.(
    "textarea, select, input:not([type=checkbox], [type=radio])",
  );

function stored(key) {
  try {
    return localStorage.getItem(key);
  } catch {
    return null;
  }
}

function remember(isOn) {
  try {
    localStorage.setItem(KEYS_OFF, isOn ? "0" : "1");
  } catch {
    // It holds for this page alone.
  }
}

const keysOn = document.getElementById("jury-keys");

function onKey(event) {
  if (event.isComposing) return;
  if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
    // Inside of the form core/forms.js has sent it already.
    if (form && !form.contains(event.target)) form.requestSubmit();
    return;
  }
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  if (!isOpen || !keysOn?.checked || isTyping(event.target)) return;
  const way = { ArrowDown: 1, j: 1, ArrowUp: -1, k: -1 }[event.key];
  if (way) choose(chosen + way);
  else if (/^[1-9]$/.test(event.key)) {
    set(criteria[chosen], keyed(scaleOf(criteria[chosen]), event.key));
    choose(chosen + 1);
  } else return;
  event.preventDefault();
  criteria[chosen].scrollIntoView({ block: "nearest" });
}

// ---- Beginning

if (note) {
  for (const field of fields) {
    field.addEventListener("input", () => typed(field));
    field.addEventListener("change", flush);
    field.addEventListener("blur", sayRefused);
    field.addEventListener("focus", sayRefused);
  }
  criteria.forEach((criterion, index) => {
    criterion.addEventListener("focusin", () => choose(index));
    for (const button of criterion.querySelectorAll("[data-by]")) {
      button.hidden = false;
      const way = Number(button.dataset.by);
      repeat(button, () => set(criterion, stepped(scaleOf(criterion), way)));
    }
  });
  if (keysOn) {
    keysOn.checked = stored(KEYS_OFF) !== "1";
    keysOn.closest("[hidden]").hidden = false;
    keysOn.addEventListener("change", () => remember(keysOn.checked));
  }
  const first = criteria.findIndex((each) => !scaleOf(each).mark.trim());
  if (criteria.length) choose(Math.max(first, 0));
  document.addEventListener("keydown", onKey);
  document.querySelector("[data-forget]")?.addEventListener("click", () => {
    book.forget(task);
    sayState();
    flush();
  });
  // On the check page the sheet is the one thing that is listed.
  about(task || (form ? tasks[0] : ""));
  onAnswer(take);
  onState(sayLeft);
  book.onOtherTab(() => {
    showKept();
    sayState();
  });
  showKept();
  if (form) guard(form);
  begin();
  keepPages();
}
document.body.dataset.ready = "y";
