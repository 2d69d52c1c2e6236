// The scanner of one gate: camera, scanner-as-keyboard and typed number lead to the same scan and the same light.

import { startCamera } from "./camera.js";
import { showLight, signal, wakeSound } from "./light.js";
import { openStore } from "./store.js";
import { startSync } from "./sync.js";
import { colour, mayUndo, newItem, repeats } from "./verdict.js";

const page = document.getElementById("scanner");
const config = JSON.parse(page.dataset.config);
const words = config.words;
const part = (name) => page.querySelector(`[data-part="${name}"]`);
const CODE_LENGTH = 600;
const UNDO_SHOWN = 10000;

const store = await openStore(config.store);
const mode = { direction: "in", heads: 1, last: null };
const today = { mine: (await store.setting(`count-${config.today}`)) ?? 0 };
const open = new Map();

const sync = startSync(store, config, {
  onResult: settled,
  onRevoked: () => ((part("revoked").hidden = false), (part("work").hidden = true)),
  onState: showState,
});

async function scan(code) {
  const now = Date.now();
  if (repeats(mode.last, code, now)) return;
  mode.last = { code, at: now };
  const item = newItem({ code, gate: config.gate, direction: mode.direction, heads: mode.heads });
  await store.enqueue(item);
  open.set(item.scan_id, setTimeout(() => recorded(item), 4200));
  setHeads(1);
  sync.flush();
}

// The server did not answer in time: the scan is on disk and will be sent; the person is let pass by eye.
function recorded(item) {
  if (open.delete(item.scan_id)) {
    showLight(part("light"), { colour: "check", word: words.check, reason: words.waiting, number: item.code.slice(0, 14) });
  }
}

async function settled(item, result) {
  if (item.annuls) return undone(item, result);
  const light = describe(item, result);
  const at = Date.parse(item.scanned_at);
  await store.remember({ scan_id: item.scan_id, at, direction: item.direction, admitted: result.admitted, ...light });
  if (open.has(item.scan_id)) {
    clearTimeout(open.get(item.scan_id));
    open.delete(item.scan_id);
    showLight(part("light"), light);
    if (result.admitted && item.direction === "in") offerUndo(item.scan_id);
  }
  if (result.status === "stored" && result.admitted && item.direction === "in") {
    today.mine += item.heads;
    await store.set(`count-${config.today}`, today.mine);
  }
  part("mine").textContent = today.mine;
  await showRecent();
}

function describe(item, result) {
  const tone = colour(result, item.direction);
  const badge = result.badge;
  const code = result.status === "invalid" ? result.reason : result.verdict;
  const first = result.first_at ? words.first.replace("{time}", clock(result.first_at)).replace("{gate}", result.first_gate ?? "") : "";
  return {
    colour: tone,
    word: tone === "admit" && item.direction === "out" ? words.goodbye : words[tone],
    reason: [words.verdicts[code] ?? "", result.status === "review" ? words.review : "", first].filter(Boolean).join(" · "),
    name: badge?.name ?? "",
    company: badge?.company ?? "",
    badgeclass: badge?.class ?? "",
    number: badge?.number ?? "",
  };
}

function clock(iso) {
  return new Date(iso).toLocaleTimeString("en-GB", { hour: "2-digit", minute: "2-digit", timeZone: config.zone });
}

function offerUndo(scanId) {
  const button = part("undo");
  button.dataset.scan = scanId;
  button.hidden = false;
  clearTimeout(button.closing);
  button.closing = setTimeout(() => (button.hidden = true), UNDO_SHOWN);
}

async function undo(scanId) {
  part("undo").hidden = true;
  await store.enqueue({ scan_id: crypto.randomUUID(), annuls: scanId, scanned_at: new Date().toISOString() });
  sync.flush();
}

async function undone(item, result) {
  const done = result.status === "stored" || result.status === "known";
  const entry = (await store.recent(200)).find((kept) => kept.scan_id === item.annuls);
  if (entry && done) {
    await store.remember({ ...entry, annulled: true });
    today.mine = Math.max(0, today.mine - 1);
    await store.set(`count-${config.today}`, today.mine);
    part("mine").textContent = today.mine;
  }
  say(done ? words.undone : words.not_undone);
  await showRecent();
}

async function showRecent() {
  const rows = (await store.recent(8)).map((entry) => {
    const row = document.createElement("li");
    row.dataset.colour = entry.annulled ? "off" : entry.colour;
    const who = document.createElement("span");
    who.textContent = `${clock(new Date(entry.at).toISOString())}  ${entry.word}  ${entry.name || entry.reason}`;
    row.append(who);
    if (mayUndo(entry, Date.now())) {
      const button = document.createElement("button");
      button.type = "button";
      button.className = "btn btn-small";
      button.textContent = words.undo;
      button.addEventListener("click", () => undo(entry.scan_id));
      row.append(button);
    }
    return row;
  });
  part("recent").replaceChildren(...rows);
}

function showState({ waiting, offlineSince }) {
  const strip = part("sync");
  const minutes = offlineSince ? Math.floor((Date.now() - offlineSince) / 60000) : 0;
  strip.dataset.state = offlineSince ? "offline" : "online";
  strip.textContent = offlineSince
    ? words.offline.replace("{minutes}", minutes).replace("{waiting}", waiting)
    : words.online;
}

function say(sentence) {
  part("said").textContent = sentence;
}

function setHeads(heads) {
  mode.heads = Math.min(500, Math.max(1, heads));
  part("heads").textContent = mode.heads;
}

function setDirection(direction) {
  mode.direction = direction;
  page.dataset.direction = direction;
  for (const button of page.querySelectorAll("[data-direction-to]")) {
    button.setAttribute("aria-pressed", String(button.dataset.directionTo === direction));
  }
}

// A USB scanner types like a keyboard and ends with Enter, wherever the cursor is.
let typed = "";
let typedAt = 0;
document.addEventListener("keydown", (event) => {
  if (event.target.closest("input, textarea, select") || event.isComposing || event.ctrlKey || event.metaKey) return;
  const now = performance.now();
  if (now - typedAt > 1500) typed = "";
  typedAt = now;
  if (event.key === "Enter" && typed.length > 5) {
    event.preventDefault();
    take(typed);
    typed = "";
  } else if (event.key.length === 1 && typed.length < CODE_LENGTH) {
    typed += event.key;
    if (event.target.closest("button")) event.preventDefault();
  }
});

function take(code) {
  if (code.trim().toUpperCase() === config.test_code) {
    signal("admit");
    say(words.scanner_works);
    return;
  }
  scan(code);
}

part("type").addEventListener("submit", (event) => {
  event.preventDefault();
  const field = part("number");
  const code = field.value;
  field.value = "";
  if (code.trim()) {
    mode.last = null;
    take(code);
  }
});
part("undo").addEventListener("click", (event) => undo(event.currentTarget.dataset.scan));
part("light").addEventListener("click", (event) => (event.currentTarget.hidden = true));
part("fewer").addEventListener("click", () => setHeads(mode.heads - 1));
part("more").addEventListener("click", () => setHeads(mode.heads + 1));
for (const button of page.querySelectorAll("[data-direction-to]")) {
  button.addEventListener("click", () => setDirection(button.dataset.directionTo));
}
document.addEventListener("pointerdown", wakeSound, { once: true });

async function begin() {
  part("mine").textContent = today.mine;
  setDirection("in");
  setHeads(1);
  await showRecent();
  if (!(await store.setting("token"))) {
    part("revoked").hidden = false;
    part("work").hidden = true;
    return;
  }
  if (!navigator.mediaDevices?.getUserMedia) {
    part("nocamera").hidden = false;
    part("nocamera").textContent = window.isSecureContext ? words.no_camera : words.no_https;
    return;
  }
  try {
    const camera = await startCamera(part("video"), scan);
    part("view").dataset.running = "true";
    part("flip").addEventListener("click", () => camera.flip());
    part("flip").hidden = false;
    const torch = part("torch");
    torch.hidden = !camera.hasTorch();
    torch.addEventListener("click", () => {
      const on = torch.getAttribute("aria-pressed") !== "true";
      torch.setAttribute("aria-pressed", String(on));
      camera.torch(on);
    });
  } catch (error) {
    part("nocamera").hidden = false;
    part("nocamera").textContent = error.name === "NotAllowedError" ? words.camera_refused : words.no_camera;
  }
  navigator.wakeLock?.request("screen").catch(() => say(words.screen_may_sleep));
}

begin();
