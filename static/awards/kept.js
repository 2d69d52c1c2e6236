// What a juror typed and the server has not named yet: one entry a field, so that two tabs never write over each other.
// It survives a reload, a closed browser and a dead battery.

const PREFIX = "jury:";

const name = (task, field) => `${PREFIX}${task}:${field}`;

function read(key) {
  try {
    return JSON.parse(localStorage.getItem(key));
  } catch {
    return null; // Storage may be forbidden, or somebody else's text stand there.
  }
}

function keys() {
  try {
    return Object.keys(localStorage).filter((key) => key.startsWith(PREFIX));
  } catch {
    return [];
  }
}

// False where this browser keeps nothing.
export function keep(task, field, value) {
  const before = read(name(task, field));
  const at = Math.max(Date.now(), (before?.at ?? 0) + 1);
  try {
    localStorage.setItem(name(task, field), JSON.stringify({ value, at }));
    return true;
  } catch {
    return false;
  }
}

// [{field, value, at, refused}] of one sheet.
export function kept(task) {
  const begin = `${PREFIX}${task}:`;
  return keys()
    .filter((key) => key.startsWith(begin))
    .map((key) => ({ field: key.slice(begin.length), ...read(key) }))
    .filter((each) => typeof each.value === "string");
}

export const waiting = (task) => kept(task).filter((each) => !each.refused);

// The server has it: it is forgotten here, unless something newer was typed meanwhile.
export function settle(task, field, at) {
  if (read(name(task, field))?.at === at)
    localStorage.removeItem(name(task, field));
}

// The server will never take it as it is: it stays until something else is typed.
export function refuse(task, field, at, sentence) {
  const entry = read(name(task, field));
  if (entry?.at === at)
    localStorage.setItem(
      name(task, field),
      JSON.stringify({ ...entry, refused: sentence }),
    );
}

export function onOtherTab(listener) {
  window.addEventListener("storage", (event) => {
    if (event.key?.startsWith(PREFIX)) listener();
  });
}
