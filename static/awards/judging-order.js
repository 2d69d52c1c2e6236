// A ranking round: the order is kept on this device as soon as a place changes, and handed in as one.

import {
  about,
  begin,
  book,
  flush,
  guard,
  note,
  onAnswer,
  onRefusal,
  orderThing,
  say,
  sayState,
} from "./judging-sync.js";
import { keepPages } from "./judging-pages.js";

const PAUSE_OF_TYPING = 1200;
const RELOADED = 15000;
const FIELD = "places";

const list = document.querySelector("[data-order]");
const form = document.getElementById("main");
const box = document.querySelector("[data-other]");
const rows = () => [...list.querySelectorAll("[data-entry]")];
const fieldOf = (row) => row.querySelector("input");
const state = { seen: list?.dataset.seen ?? "", other: null, typing: null };

function places() {
  const found = rows().map((row) => [
    row.dataset.entry,
    Number(fieldOf(row).value),
  ]);
  const isWhole = found.every(
    ([, at]) => Number.isInteger(at) && at >= 1 && at <= found.length,
  );
  return isWhole ? Object.fromEntries(found) : null;
}

function show(wanted) {
  const sorted = rows().sort(
    (a, b) => wanted[a.dataset.entry] - wanted[b.dataset.entry],
  );
  // Only what stands wrong is moved: a field that is being typed in keeps its place under the finger.
  sorted.forEach((row, at) => {
    if (rows()[at] !== row) list.insertBefore(row, rows()[at]);
    fieldOf(row).value = wanted[row.dataset.entry];
  });
  sorted.forEach((row, at) => {
    row.querySelector("[name=up]").disabled = at === 0;
    row.querySelector("[name=down]").disabled = at === sorted.length - 1;
  });
}

function keptHere() {
  const [entry] = book.kept(orderThing);
  return entry ? JSON.parse(entry.value) : null;
}

function changed() {
  const now = places();
  clearTimeout(state.typing);
  if (!now) return;
  const value = JSON.stringify({ seen: state.seen, places: now });
  if (!book.keep(orderThing, FIELD, value)) say("unkept", "stop");
  else sayState();
  state.typing = setTimeout(flush, PAUSE_OF_TYPING);
}

const placeOf = (row) => Number(fieldOf(row).value) || Infinity;

function move(row, by) {
  const ordered = rows().sort((a, b) => placeOf(a) - placeOf(b) || 0);
  const from = ordered.indexOf(row);
  const to = Math.min(Math.max(from + by, 0), ordered.length - 1);
  ordered.splice(to, 0, ...ordered.splice(from, 1));
  show(
    Object.fromEntries(ordered.map((each, at) => [each.dataset.entry, at + 1])),
  );
  changed();
}

const isOfThesePlaces = (wanted) =>
  rows().length === Object.keys(wanted).length &&
  rows().every((row) => row.dataset.entry in wanted);

// A kept page that came because the network was slow must not be asked for again and again.
function reload() {
  const [visit] = performance.getEntriesByType("navigation");
  if (visit?.type !== "reload" || performance.now() > RELOADED)
    location.reload();
}

const isTyping = () =>
  rows().some((row) => fieldOf(row) === document.activeElement);

// What the server has, wherever nothing newer waits here and nobody is typing.
function take(thing, said, isOurs) {
  if (thing !== orderThing || !list) return;
  if (isOurs) {
    state.seen = said.seen;
    settled();
    // What was changed meanwhile was made from what has just been taken.
    if (keptHere()) changed();
  }
  if (keptHere()) return;
  if (said.state === "submitted" || !isOfThesePlaces(said.places)) reload();
  else if (!isTyping()) {
    state.seen = said.seen;
    show(said.places);
  }
}

// Another page or device has made another order since: the juror says which one it is.
function ask(thing, said) {
  if (thing !== orderThing || said.code !== "order_changed" || !box) return;
  state.other = said;
  box.hidden = false;
}

function settled() {
  state.other = null;
  box.hidden = true;
}

function begun() {
  for (const row of rows()) {
    fieldOf(row).addEventListener("input", changed);
    fieldOf(row).addEventListener("change", () => flush());
    for (const [name, by] of [
      ["up", -1],
      ["down", 1],
    ])
      row.querySelector(`[name=${name}]`).addEventListener("click", (event) => {
        event.preventDefault();
        const button = event.currentTarget;
        move(row, by);
        const other = by < 0 ? "down" : "up";
        (button.disabled
          ? row.querySelector(`[name=${other}]`)
          : button
        ).focus();
      });
  }
  box.querySelector("[data-mine]").addEventListener("click", () => {
    state.seen = state.other.seen;
    settled();
    changed();
    flush();
  });
  box.querySelector("[data-theirs]").addEventListener("click", () => {
    const { seen, places: theirs } = state.other;
    book.forget(orderThing);
    state.seen = seen;
    settled();
    if (isOfThesePlaces(theirs)) show(theirs);
    else reload();
    flush();
  });
  showKept();
}

function showKept() {
  const here = keptHere();
  if (!here || !list) return;
  state.seen = here.seen;
  const now = places() ?? {};
  show({ ...now, ...here.places });
}

if (note) {
  about(orderThing);
  onAnswer(take);
  onRefusal(ask);
  book.onOtherTab(() => {
    showKept();
    sayState();
  });
  if (list) begun();
  if (form) guard(form);
  begin();
  keepPages();
}
document.body.dataset.ready = "y";
