// Hands in what a juror typed, thing by thing, as soon as there is network, and says how far it is. One thing that the
// server does not take holds up no other.

import { keptOf } from "./kept.js";

const PATIENCE = 8000;
const LONGEST_PAUSE = 30000;
const ORDER = "order-";
// The juror has nothing to do with these any more.
const GONE = new Set(["recused", "entry_gone", "no_task"]);

export const note = document.querySelector("[data-jury], [data-leaving]");
export const base = note?.dataset.base ?? "";
export const tasks = (note?.dataset.tasks ?? "").split(" ").filter(Boolean);
export const orderThing = note?.dataset.round ? ORDER + note.dataset.round : "";
export const book = keptOf(note?.dataset.juror ?? "");

const status = document.getElementById("jury-sync");
const things = [...tasks, orderThing].filter(Boolean);
const listeners = { answer: [], refusal: [], state: [] };
const state = {
  token: document.querySelector("input[name=csrf_token]")?.value ?? "",
  here: "",
  failures: 0,
  timer: null,
  running: Promise.resolve(),
  problems: new Map(),
};

// What this page is about: it goes first, and its own refusal is said in full.
export function about(thing) {
  state.here = thing;
}

// With the thing, what the server said, and whether that answers what was handed in.
export const onAnswer = (act) => listeners.answer.push(act);
export const onRefusal = (act) => listeners.refusal.push(act);
export const onState = (act) => listeners.state.push(act);
const tell = (what, ...facts) =>
  listeners[what].forEach((act) => act(...facts));

// ---- What is said

export function say(word, tone = "") {
  if (!status) return;
  status.dataset.tone = tone;
  const text = status.dataset[word] ?? word;
  if (status.textContent !== text) status.textContent = text;
}

const needsCode = () =>
  [...state.problems.values()].some((each) => each.code === "code");

// The worst that there is to say.
function sayWorst() {
  const own = state.problems.get(state.here);
  const every = [...new Set([...things, ...book.things()])];
  if (needsCode()) say("code", "stop");
  else if (own?.message) say(own.message, "stop");
  else if ([...state.problems.values()].some((each) => each.isFinal))
    say("refused", "stop");
  else if (book.isOnPageAlone()) say("unkept", "stop");
  else if (every.some((each) => book.waiting(each).length))
    say("waiting", "wait");
  else if (every.some((each) => book.kept(each).length)) say("refused", "stop");
  else say("saved");
}

export function sayState() {
  sayWorst();
  document
    .querySelector("[data-code-link]")
    ?.toggleAttribute("hidden", !needsCode());
  for (const row of document.querySelectorAll("[data-task]"))
    row.toggleAttribute("data-waits", book.kept(row.dataset.task).length > 0);
  tell("state");
}

// ---- The server

const address = (thing) =>
  thing.startsWith(ORDER)
    ? `${base}/order/fields`
    : `${base}/entries/${thing}/fields`;

function bodyOf(thing, changes) {
  if (!thing.startsWith(ORDER)) return { sent_at: Date.now(), changes };
  return { round: thing.slice(ORDER.length), ...JSON.parse(changes[0].value) };
}

export async function ask(thing, changes) {
  const answer = await fetch(address(thing), {
    method: changes ? "POST" : "GET",
    headers: changes
      ? { "Content-Type": "application/json", "X-CSRFToken": state.token }
      : {},
    body: changes ? JSON.stringify(bodyOf(thing, changes)) : undefined,
    redirect: "error",
    cache: "no-store",
    signal: AbortSignal.timeout(PATIENCE),
  });
  const isJson = answer.headers.get("Content-Type")?.includes("json");
  const said = isJson ? await answer.json() : {};
  if (said.csrf_token) state.token = said.csrf_token;
  return { status: answer.status, ok: answer.ok && isJson, said };
}

async function handIn(thing) {
  const changes = book
    .waiting(thing)
    .map(({ field, value, at }) => ({ field, value, at }));
  // Of what this page does not list it is asked whether the juror still has it at all.
  if (!changes.length && (things.includes(thing) || thing.startsWith(ORDER)))
    return;
  if (changes.length) say("sending");
  let answer = await ask(thing, changes);
  if (answer.status === 400) {
    // The session is another one than when the page was made: its token comes with the sheet.
    const fresh = await ask(thing);
    answer = fresh.ok ? await ask(thing, changes) : fresh;
  }
  if (!answer.ok) throw Object.assign(new Error(), { answer });
  for (const { field, at } of changes) {
    const sentence = answer.said.refused?.[field];
    if (sentence) book.refuse(thing, field, at, sentence);
    else book.settle(thing, field, at);
  }
  tell("answer", thing, answer.said, changes.length > 0);
}

function problemOf(thing, { status: number, said }) {
  if (number >= 500) return { isFinal: false };
  if (GONE.has(said.code) && thing !== state.here) {
    book.forget(thing);
    return null;
  }
  tell("refusal", thing, said);
  // It will not be taken by trying again; it stays on this device.
  return { isFinal: true, code: said.code, message: said.message };
}

async function run() {
  clearTimeout(state.timer);
  const before = state.problems;
  state.problems = new Map();
  const every = new Set([state.here, ...things, ...book.things()]);
  every.delete("");
  // What failed the last time comes last: it must not keep the others waiting.
  const ordered = [...every].sort((a, b) => before.has(a) - before.has(b));
  let mustRetry = false;
  for (const thing of ordered) {
    try {
      await handIn(thing);
    } catch (error) {
      const problem = error.answer
        ? problemOf(thing, error.answer)
        : { isFinal: false, isAway: true };
      if (problem) state.problems.set(thing, problem);
      mustRetry ||= Boolean(problem) && !problem.isFinal;
      // Without network none of the others gets through, and without the code none is taken.
      if (problem?.isAway || problem?.code === "code") break;
    }
  }
  state.failures = mustRetry ? state.failures + 1 : 0;
  if (mustRetry) {
    const pause = Math.min(1000 * 2 ** state.failures, LONGEST_PAUSE);
    state.timer = setTimeout(flush, pause);
  }
  sayState();
}

// One at a time; what is typed meanwhile goes with the next one.
export function flush() {
  state.running = state.running.then(run);
  return state.running;
}

// Why nothing can be sent now, as a word of the note or of the status; "" when nothing stands in the way.
export async function hindrance() {
  await flush();
  if (needsCode()) return "code";
  const own = state.problems.get(state.here);
  if (own && !own.isFinal) return own.isAway ? "offline" : "busy";
  try {
    const answer = await ask(state.here);
    if (answer.said.code === "code") return "code";
    return answer.status >= 500 ? "busy" : "";
  } catch {
    return "offline";
  }
}

// Sending a form: not before everything that is kept here of its thing is handed in, and not into the void.
export function guard(form) {
  let isReady = false;
  form.addEventListener("submit", async (event) => {
    if (isReady) {
      isReady = false;
      return;
    }
    event.preventDefault();
    const pressed = event.submitter ?? undefined;
    const word = await hindrance();
    if (word) {
      note.textContent = note.dataset[word] ?? status.dataset[word];
      if (word === "code") {
        say("code", "stop");
        document.querySelector("[data-code-link]").hidden = false;
      }
      note.scrollIntoView({ block: "nearest" });
      return;
    }
    isReady = true;
    form.requestSubmit(pressed);
  });
}

// What the server has now, for a page that comes into view again.
export async function pull() {
  if (!state.here) return;
  try {
    const answer = await ask(state.here);
    if (answer.ok) tell("answer", state.here, answer.said, false);
  } catch {
    // Without network the page shows what is kept here.
  }
}

export function begin() {
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
  sayState();
  flush().then(pull);
}
