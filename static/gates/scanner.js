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
const TYPING_PAUSE = 1500;
const UNDO_SHOWN = 10000;
const ANSWER_WITHIN = 4200;

const store = await openStore(config.store);
const mode = { direction: "in", heads: 1, seen: null };
const today = { mine: (await store.setting(`count-${config.today}`)) ?? 0 };
const open = new Map();

const sync = startSync(store, config, {
  onResult: settled,
  onRevoked: showUnpaired,
  onSilence: () => [...open.values()].forEach(({ item }) => showRecorded(item)),
  onState: showState,
});

async function scan(code) {
  const item = newItem({
    code,
    gate: config.gate,
    direction: mode.direction,
    heads: mode.heads,
  });
  await store.enqueue(item);
  open.set(item.scan_id, {
    item,
    timer: setTimeout(() => showRecorded(item), ANSWER_WITHIN),
  });
  setHeads(1);
  sync.flush();
}

function seen(code) {
  const now = Date.now();
  const again = repeats(mode.seen, code, now);
  mode.seen = { code, at: now };
  if (!again) scan(code);
}

// The server does not answer: the scan is on disk and will be sent; whether to let in is for the eye to decide.
function showRecorded(item) {
  if (close(item.scan_id) && item.code) {
    showLight(part("light"), {
      colour: "check",
      word: words.check,
      reason: words.waiting,
    });
  }
}

// Whether somebody still stands there waiting for the light of this scan; from now on nobody does.
function close(scanId) {
  clearTimeout(open.get(scanId)?.timer);
  return open.delete(scanId);
}

async function settled(item, result) {
  if (item.annuls) return undone(item, result);
  const light = describe(item, result);
  const at = Date.parse(item.scanned_at);
  const { direction, heads } = item;
  await store.remember({
    scan_id: item.scan_id,
    at,
    direction,
    heads,
    admitted: result.admitted,
    ...light,
  });
  if (close(item.scan_id)) {
    showLight(part("light"), light);
    part("undo").hidden = true;
    if (result.admitted && item.direction === "in") offerUndo(item.scan_id);
  }
  if (
    result.status === "stored" &&
    result.admitted &&
    item.direction === "in"
  ) {
    today.mine += item.heads;
    await store.set(`count-${config.today}`, today.mine);
  }
  part("mine").textContent = today.mine;
  await showRecent();
}

function describe(item, result) {
  const tone = colour(result, item.direction);
  const badge = result.badge;
  return {
    colour: tone,
    word:
      tone === "admit" && item.direction === "out"
        ? words.verdicts.exit
        : words[tone],
    reason: reasons(item, result, tone).filter(Boolean).join(" · "),
    name: badge?.name ?? "",
    company: badge?.company ?? "",
    badgeclass: config.classes[badge?.class] ?? badge?.class ?? "",
    number: (badge?.number ?? "").replace(
      /^(...)(...)(...)(.)$/,
      "$1 $2 $3-$4",
    ),
  };
}

// What stands under the word: nothing that the word has said already.
function reasons(item, result, tone) {
  const heads =
    item.heads > 1 ? words.people.replace("{count}", item.heads) : "";
  if (result.status === "invalid") return [words.verdicts[result.reason] ?? ""];
  if (tone === "admit" && result.verdict === "first_today") return [heads];
  if (result.verdict === "wrong_gate" && result.reason)
    return [words.use_gate.replace("{gate}", result.reason)];
  if (result.verdict === "exit")
    return [words.verdicts[result.reason] ?? "", heads];
  return [
    words.verdicts[result.verdict] ?? "",
    result.verdict === "re_entry" ? firstEntry(result) : (result.reason ?? ""),
    result.status === "review" ? words.review : "",
    heads,
  ];
}

function firstEntry(result) {
  if (!result.first_at) return "";
  return words.first
    .replace("{time}", clock(Date.parse(result.first_at)))
    .replace("{gate}", result.first_gate ?? "");
}

function clock(at) {
  return new Date(at).toLocaleTimeString("en-GB", {
    hour: "2-digit",
    minute: "2-digit",
    timeZone: config.zone,
  });
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
  await store.enqueue({
    scan_id: crypto.randomUUID(),
    annuls: scanId,
    scanned_at: new Date().toISOString(),
  });
  sync.flush();
}

async function undone(item, result) {
  const done = result.status === "stored" || result.status === "known";
  const entry = (await store.recent(200)).find(
    (kept) => kept.scan_id === item.annuls,
  );
  if (entry && done) {
    await store.remember({ ...entry, annulled: true });
    if (entry.direction === "in")
      today.mine = Math.max(0, today.mine - entry.heads);
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
    who.textContent = `${clock(entry.at + config.shift_ms)}  ${entry.word}  ${entry.name || entry.reason}`;
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
  const strip = document.getElementById("gate-sync");
  const minutes = offlineSince
    ? Math.floor((Date.now() - offlineSince) / 60000)
    : 0;
  strip.dataset.state = offlineSince ? "offline" : "online";
  strip.textContent = offlineSince
    ? words.offline.replace("{minutes}", minutes).replace("{waiting}", waiting)
    : words.online;
}

function showUnpaired() {
  part("revoked").hidden = false;
  part("work").hidden = true;
}

function showNoCamera(sentence) {
  part("nocamera").hidden = false;
  part("nocamera").textContent = sentence;
  part("view").dataset.running = "false";
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
    button.setAttribute(
      "aria-pressed",
      String(button.dataset.directionTo === direction),
    );
  }
}

// A USB scanner types like a keyboard and ends with Enter, wherever the cursor is. Blanks belong to the code.
let typed = "";
let typedAt = 0;
document.addEventListener("keydown", (event) => {
  if (
    event.target.closest("input, textarea, select") ||
    event.isComposing ||
    event.ctrlKey ||
    event.metaKey
  )
    return;
  const now = performance.now();
  if (now - typedAt > TYPING_PAUSE) typed = "";
  typedAt = now;
  if (event.key === "Enter" && typed.length > 5) {
    event.preventDefault();
    take(typed);
    typed = "";
  } else if (event.key.length === 1 && typed.length < CODE_LENGTH) {
    // A blank alone is somebody pressing the button in focus; within a code it must neither press nor scroll.
    if (event.key === " " && typed) event.preventDefault();
    typed += event.key === " " && !typed ? "" : event.key;
  }
});
document.addEventListener("keyup", (event) => {
  if (
    event.key === " " &&
    typed &&
    !event.target.closest("input, textarea, select")
  )
    event.preventDefault();
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
  if (code.trim()) take(code);
});
part("undo").addEventListener("click", (event) =>
  undo(event.currentTarget.dataset.scan),
);
part("light").addEventListener(
  "click",
  (event) => (event.currentTarget.hidden = true),
);
part("fewer").addEventListener("click", () => setHeads(mode.heads - 1));
part("more").addEventListener("click", () => setHeads(mode.heads + 1));
for (const button of page.querySelectorAll("[data-direction-to]")) {
  button.addEventListener("click", () =>
    setDirection(button.dataset.directionTo),
  );
}
document.addEventListener("pointerdown", wakeSound, { once: true });

async function begin() {
  part("mine").textContent = today.mine;
  setDirection("in");
  setHeads(1);
  await showRecent();
  page.dataset.ready = "true";
  if (!(await store.setting("token"))) {
    showUnpaired();
    return;
  }
  if (!navigator.mediaDevices?.getUserMedia) {
    showNoCamera(window.isSecureContext ? words.no_camera : words.no_https);
    return;
  }
  try {
    const onFault = () => showNoCamera(words.no_camera);
    const camera = await startCamera(part("video"), config.decoder_url, {
      onCode: seen,
      onFault,
    });
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
    showNoCamera(
      error.name === "NotAllowedError" ? words.camera_refused : words.no_camera,
    );
  }
  navigator.wakeLock
    ?.request("screen")
    .catch(() => say(words.screen_may_sleep));
}

begin();
