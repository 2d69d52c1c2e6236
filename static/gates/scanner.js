// The scanner of one gate: camera, scanner-as-keyboard and typed number lead to the same scan and the same light.

import { startCamera } from "./camera.js";
import { showLight, signal, wakeSound } from "./light.js";
import { closedNow } from "./nights.js";
import { peopleField } from "./people.js";
import { reasons } from "./reasons.js";
import { openStore } from "./store.js";
import { startSync } from "./sync.js";
import { announced, colour, mayUndo, newItem, repeats } from "./verdict.js";

const page = document.getElementById("scanner");
const config = JSON.parse(page.dataset.config);
const words = config.words;
const part = (name) => page.querySelector(`[data-part="${name}"]`);
const CODE_LENGTH = 600;
const TYPING_PAUSE = 1500;
const UNDO_SHOWN = 10000;
const ANSWER_WITHIN = 4200;
const SAID_FOR = 6000;
const TODAY_EVERY = 10000;

const store = await openStore(config.store);
const mode = { direction: "in", seen: null, asked: null };
const heads = peopleField(part("people"));
const groupHeads = peopleField(part("group-people"));
const today = { mine: (await store.setting(`count-${config.today}`)) ?? 0 };
const open = new Map();
const replaced = new Set();

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
    heads: heads.value(),
  });
  await store.enqueue(item);
  follow(item);
  heads.set(1);
  sync.flush();
}

// From now on somebody stands there waiting for the light of this scan.
function follow(item) {
  open.set(item.scan_id, {
    item,
    timer: setTimeout(() => showRecorded(item), ANSWER_WITHIN),
  });
}

function seen(code) {
  const now = Date.now();
  const again = repeats(mode.seen, code, now);
  mode.seen = { code, at: now };
  if (!again) next(code);
}

// A group is waiting for its number: its own badge shown again says nothing new, the next one says that it stays as it is.
function next(code) {
  if (mode.asked?.code === code) return;
  closeGroup();
  scan(code);
}

// The server does not answer: the scan is on disk and will be sent; whether to let in is for the eye to decide. What the
// phone knows by itself are the hours of passes.
function showRecorded(item) {
  if (!close(item.scan_id) || !item.code) return;
  const closed = closedNow(item, config);
  showLight(part("light"), {
    colour: closed ? "refuse" : "check",
    word: closed ? words.refuse : words.check,
    reason: closed ? closedReason(closed) : [words.waiting],
    people: people(item.heads),
  });
}

function closedReason({ verdict, hours }) {
  const said = reasons({ verdict, reason: hours }, "refuse", config);
  return verdict === "outside_hours" ? said : said.slice(0, 1);
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
  const group = announced(item, result);
  const entry = {
    scan_id: item.scan_id,
    at,
    direction: item.direction,
    heads: item.heads,
    admitted: result.admitted,
    group,
    code: group ? item.code : null,
    ...light,
  };
  await store.remember(entry);
  if (close(item.scan_id)) {
    part("undo").hidden = true;
    if (group) askHowMany(entry);
    else showLight(part("light"), light);
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
    reason: reasons(result, tone, config),
    name: badge?.name ?? "",
    people: people(item.heads),
    company: badge?.company ?? "",
    badgeclass: config.classes[badge?.class] ?? badge?.class ?? "",
    number: (badge?.number ?? "").replace(
      /^(...)(...)(...)(.)$/,
      "$1 $2 $3-$4",
    ),
  };
}

function people(count) {
  return count > 1 ? words.people.replace("{count}", count) : "";
}

// The badge of a group says how many its leader announced; how many came along only the eye at the gate knows.
function askHowMany(entry) {
  mode.asked = entry;
  const panel = part("group");
  panel.dataset.colour = entry.colour;
  part("group-word").textContent = entry.word;
  part("group-name").textContent = entry.name;
  part("group-question").textContent = words.how_many.replace(
    "{count}",
    entry.group,
  );
  groupHeads.set(entry.group);
  part("light").hidden = true;
  panel.hidden = false;
  signal(entry.colour);
}

function closeGroup() {
  mode.asked = null;
  part("group").hidden = true;
}

// What was stored is never changed: the leader's scan is taken back, and the one with everybody stands in its place. Both
// are on disk before either is sent, and the second is the later one.
async function letGroupIn() {
  const entry = mode.asked;
  const count = groupHeads.value();
  closeGroup();
  if (!entry || count === entry.heads) return;
  const now = Date.now();
  const undoing = newUndo(entry.scan_id, new Date(now));
  const whole = newItem(
    { code: entry.code, gate: config.gate, heads: count },
    new Date(now + 1),
  );
  replaced.add(undoing.scan_id);
  await store.enqueue(undoing, whole);
  await store.remember({ ...entry, group: 0, code: null });
  follow(whole);
  sync.flush();
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
  await store.enqueue(newUndo(scanId, new Date()));
  sync.flush();
}

function newUndo(scanId, now) {
  return {
    scan_id: crypto.randomUUID(),
    annuls: scanId,
    scanned_at: now.toISOString(),
  };
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
  if (!done) say(words.not_undone);
  else if (!replaced.delete(item.scan_id)) say(words.undone);
  await showRecent();
}

async function showRecent() {
  const rows = (await store.recent(8)).map((entry) => {
    const row = document.createElement("li");
    row.dataset.colour = entry.annulled ? "off" : entry.colour;
    const who = document.createElement("span");
    who.textContent = [
      clock(entry.at + config.shift_ms),
      entry.word,
      entry.name,
      entry.colour === "admit" ? "" : [entry.reason].flat().join(" · "),
      entry.group
        ? words.one_counted.replace("{count}", entry.group)
        : people(entry.heads),
    ]
      .filter(Boolean)
      .join("  ");
    row.append(who);
    if (mayUndo(entry, Date.now())) {
      if (entry.group)
        row.append(rowButton(words.count_group, () => askHowMany(entry)));
      row.append(rowButton(words.undo, () => undo(entry.scan_id)));
    }
    return row;
  });
  part("recent").replaceChildren(...rows);
}

function rowButton(label, act) {
  const button = document.createElement("button");
  button.type = "button";
  button.className = "btn btn-small";
  button.textContent = label;
  button.addEventListener("click", act);
  return button;
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

// The gate's and the fair's own counts, of which a phone knows only its part; without network they stay as they were.
async function showToday() {
  const token = await store.setting("token");
  if (!token || !navigator.onLine || document.visibilityState === "hidden")
    return;
  try {
    const answer = await fetch(config.today_url, {
      headers: { Authorization: `Device ${token}` },
      signal: AbortSignal.timeout(TODAY_EVERY / 2),
    });
    if (!answer.ok) return;
    const found = await answer.json();
    part("gate-today").textContent = found.gate;
    part("fair-today").textContent = found.fair;
  } catch {
    // The next one asks again; that the network fails is said by the strip.
  }
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
  const place = part("said");
  place.textContent = sentence;
  clearTimeout(place.closing);
  place.closing = setTimeout(() => (place.textContent = ""), SAID_FOR);
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

// A USB scanner types like a keyboard and ends with Enter, wherever the cursor is. Blanks belong to the code. A number of
// people is short: what is typed into its field at a stroke and is longer was a code, and the field gets its number back.
let typed = "";
let typedAt = 0;
let before = "";
const isElsewhere = (target) =>
  target.closest("input, textarea, select") &&
  !target.closest("[data-people] input");

document.addEventListener("keydown", (event) => {
  if (
    isElsewhere(event.target) ||
    event.isComposing ||
    event.ctrlKey ||
    event.metaKey
  )
    return;
  const now = performance.now();
  if (now - typedAt > TYPING_PAUSE) typed = "";
  typedAt = now;
  if (!typed) before = event.target.value;
  if (event.key === "Enter" && typed.length > 5) {
    event.preventDefault();
    if (event.target.closest("[data-people] input"))
      event.target.value = before;
    take(typed);
    typed = "";
  } else if (event.key === "Enter" && event.target.closest("input")) {
    event.target.blur();
  } else if (event.key.length === 1 && typed.length < CODE_LENGTH) {
    // A blank alone is somebody pressing the button in focus; within a code it must neither press nor scroll.
    if (event.key === " " && typed) event.preventDefault();
    typed += event.key === " " && !typed ? "" : event.key;
  }
});
document.addEventListener("keyup", (event) => {
  if (event.key === " " && typed && !isElsewhere(event.target))
    event.preventDefault();
});

function take(code) {
  if (code.trim().toUpperCase() === config.test_code) {
    signal("admit");
    say(words.scanner_works);
    return;
  }
  next(code);
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
part("group-go").addEventListener("click", letGroupIn);
part("group-alone").addEventListener("click", closeGroup);
groupHeads.onInput(() => {
  part("group-go").textContent = words.let_in.replace(
    "{count}",
    groupHeads.value(),
  );
});
for (const button of page.querySelectorAll("[data-direction-to]")) {
  button.addEventListener("click", () =>
    setDirection(button.dataset.directionTo),
  );
}
document.addEventListener("pointerdown", wakeSound, { once: true });

async function begin() {
  part("mine").textContent = today.mine;
  setDirection("in");
  heads.set(1);
  await showRecent();
  page.dataset.ready = "true";
  if (!(await store.setting("token"))) {
    showUnpaired();
    return;
  }
  showToday();
  setInterval(showToday, TODAY_EVERY);
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
