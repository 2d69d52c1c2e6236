// J1 and J2: whatever is typed on a sheet is kept on this device at once, handed to the server field by field as soon as
// there is network, and shown as saved only when the server has named it.

import { keep, kept, onOtherTab, refuse, settle, waiting } from "./kept.js";
import { keyed, stepped, total } from "./total.js";

const PATIENCE = 8000;
const LONGEST_PAUSE = 30000;
const PAUSE_OF_TYPING = 1200;
const CACHE = "jury-1";
const KEYS_OFF = "keys-off";

const note = document.querySelector("[data-jury]");
const sheet = document.querySelector("[data-sheet]");
const status = document.getElementById("jury-sync");
const form = document.getElementById("main");
const base = note?.dataset.base ?? "";
const tasks = (note?.dataset.tasks ?? "").split(" ").filter(Boolean);
const task = sheet?.dataset.sheet ?? "";
const isOpen = sheet?.dataset.open === "y";
const fields = [...document.querySelectorAll("[data-field]")];
const criteria = [...document.querySelectorAll("[data-criterion]")];
const state = {
  token: document.querySelector("input[name=csrf_token]")?.value ?? "",
  failures: 0,
  timer: null,
  typing: null,
  running: Promise.resolve(),
  stopped: "",
};

// What stands in a field, and how it is shown.
const isTick = (field) => field.type === "checkbox";
const valueOf = (field) =>
  isTick(field) ? (field.checked ? "y" : "") : field.value;

function show(field, value) {
  if (isTick(field)) field.checked = value === "y";
  else if (field.value !== value) field.value = value;
}

function say(word, tone = "") {
  if (!status) return;
  status.dataset.tone = tone;
  const text = status.dataset[word] ?? word;
  if (status.textContent !== text) status.textContent = text;
}

function sayState() {
  const waits = tasks.some((each) => waiting(each).length);
  if (state.stopped) say(state.stopped, "stop");
  else if (waits) say("waiting", "wait");
  else if (tasks.some((each) => kept(each).length)) say("refused", "stop");
  else say("saved");
  for (const row of document.querySelectorAll("[data-task]"))
    row.toggleAttribute("data-waits", waiting(row.dataset.task).length > 0);
}

// ---- The server

const address = (each) => `${base}/entries/${each}/fields`;

async function ask(each, changes) {
  const answer = await fetch(address(each), {
    method: changes ? "POST" : "GET",
    headers: changes
      ? { "Content-Type": "application/json", "X-CSRFToken": state.token }
      : {},
    body: changes
      ? JSON.stringify({ sent_at: Date.now(), changes })
      : undefined,
    redirect: "error",
    cache: "no-store",
    signal: AbortSignal.timeout(PATIENCE),
  });
  const isJson = answer.headers.get("Content-Type")?.includes("json");
  const said = isJson ? await answer.json() : {};
  if (said.csrf_token) state.token = said.csrf_token;
  return { status: answer.status, ok: answer.ok && isJson, said };
}

async function handIn(each) {
  const changes = waiting(each).map(({ field, value, at }) => ({
    field,
    value,
    at,
  }));
  if (!changes.length) return;
  say("sending");
  let answer = await ask(each, changes);
  if (answer.status === 400) {
    // The session is another one than when the page was made: its token comes with the sheet.
    const fresh = await ask(each);
    answer = fresh.ok ? await ask(each, changes) : fresh;
  }
  if (!answer.ok) throw Object.assign(new Error(), { answer });
  for (const { field, at } of changes) {
    const sentence = answer.said.refused[field];
    if (sentence) refuse(each, field, at, sentence);
    else settle(each, field, at);
  }
  if (each === task) take(answer.said);
}

async function run() {
  clearTimeout(state.timer);
  state.stopped = "";
  try {
    for (const each of tasks) await handIn(each);
    state.failures = 0;
    return true;
  } catch (error) {
    const answer = error.answer;
    if (answer && answer.status >= 400 && answer.status < 500) {
      // It will not be taken by trying again; it stays on this device.
      const needsCode = answer.said.code === "code";
      state.stopped = needsCode ? "code" : (answer.said.message ?? "refused");
      document
        .querySelector("[data-code-link]")
        ?.toggleAttribute("hidden", !needsCode);
      return needsCode ? false : true;
    }
    state.failures += 1;
    const pause = Math.min(1000 * 2 ** state.failures, LONGEST_PAUSE);
    state.timer = setTimeout(flush, pause);
    return false;
  } finally {
    sayState();
    sayLeft();
  }
}

// One at a time; what is typed meanwhile goes with the next one. True once the server was reached.
function flush() {
  state.running = state.running.then(run);
  return state.running;
}

// ---- The sheet

// What the server has, wherever nothing newer waits here and nobody is typing.
function take(said) {
  const here = new Set(kept(task).map((each) => each.field));
  for (const field of fields) {
    const value = said.fields[field.dataset.field] ?? "";
    if (!here.has(field.dataset.field) && field !== document.activeElement)
      show(field, value);
  }
  sayTotal();
  sayRefused();
  if (isOpen && said.state === "submitted" && !waiting(task).length)
    location.reload();
}

async function pull() {
  if (!task) return;
  try {
    const answer = await ask(task);
    if (answer.ok) take(answer.said);
  } catch {
    // Without network the page shows what is kept here.
  }
}

function showKept() {
  const byName = new Map(fields.map((each) => [each.dataset.field, each]));
  for (const { field, value } of kept(task)) {
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
    kept(task).map((each) => [each.field, each.refused ?? ""]),
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
  const left = isOpen ? [] : kept(task);
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
  box.append(list);
}

function typed(field) {
  clearTimeout(state.typing);
  if (!keep(task, field.dataset.field, valueOf(field))) say("unkept", "stop");
  else sayState();
  sayTotal();
  state.typing = setTimeout(flush, PAUSE_OF_TYPING);
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

// ---- Sending a form: not before everything kept here is handed in, and not into the void

function guard() {
  let isReady = false;
  form.addEventListener("submit", async (event) => {
    if (isReady) {
      isReady = false;
      return;
    }
    event.preventDefault();
    const pressed = event.submitter ?? undefined;
    const reached = (await flush()) && (await reaches());
    if (!reached) {
      note.textContent = note.dataset.offline;
      note.scrollIntoView({ block: "nearest" });
      return;
    }
    isReady = true;
    form.requestSubmit(pressed);
  });
}

async function reaches() {
  try {
    return (await ask(tasks[0])).status < 500;
  } catch {
    return false;
  }
}

// ---- Without network: pages and pictures are kept as soon as they were seen, the others one by one

async function store() {
  const scope = base.slice(0, base.lastIndexOf("/"));
  await navigator.serviceWorker.register(`${scope}/offline.js`, {
    scope: `${scope}/`,
  });
  if (note.dataset.closed === "y") {
    await caches.delete(CACHE);
    return;
  }
  const cache = await caches.open(CACHE);
  const files = performance
    .getEntriesByType("resource")
    .map((each) => new URL(each.name))
    .filter((each) => each.pathname.startsWith("/static/"));
  for (const each of files) await fetched(cache, each.href);
  const here = await fetch(location.pathname);
  if (here.ok && !here.redirected) await cache.put(location.pathname, here);
  if (navigator.connection?.saveData) return;
  const pages = [base, ...tasks.map((each) => `${base}/entries/${each}`)];
  for (const page of pages) {
    const text = await fetched(cache, page);
    if (text === null) return;
    for (const [, picture] of text.matchAll(
      /<img src="([^"]+\/pictures\/\d+)"/g,
    ))
      await fetched(cache, picture);
  }
  note.textContent = note.dataset.ready;
}

// The text of what is kept now; null where the server sent something else.
async function fetched(cache, path) {
  const before = await cache.match(path);
  if (before) return before.text();
  const answer = await fetch(path);
  if (!answer.ok || answer.redirected) return null;
  await cache.put(path, answer.clone());
  return answer.text();
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
    keysOn.addEventListener("change", () =>
      localStorage.setItem(KEYS_OFF, keysOn.checked ? "0" : "1"),
    );
  }
  const first = criteria.findIndex((each) => !scaleOf(each).mark.trim());
  if (criteria.length) choose(Math.max(first, 0));
  document.addEventListener("keydown", onKey);
  window.addEventListener("online", () => {
    note.textContent = "";
    flush();
  });
  window.addEventListener("offline", () => {
    note.textContent = note.dataset.offline;
  });
  document.addEventListener("visibilitychange", () => {
    if (document.visibilityState === "visible") flush().then(pull);
  });
  onOtherTab(() => {
    showKept();
    sayState();
  });
  showKept();
  sayLeft();
  sayState();
  if (form) guard();
  flush().then(pull);
  // Without https (and in private windows of some browsers) there is no place to keep pages: scoring works all the same.
  if ("serviceWorker" in navigator && "caches" in window)
    // What could not be kept is not promised: the sentence about it stays unsaid.
    store().catch(() => undefined);
}
document.body.dataset.ready = "y";
