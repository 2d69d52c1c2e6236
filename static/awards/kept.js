// What a juror typed and the server has not named yet: one entry a field, so that two tabs never write over each other.
// It survives a reload, a closed browser and a dead battery. Where the browser keeps nothing it lives as long as its page.

const PREFIX = "jury:";
const memory = new Map();

function read(key) {
  if (memory.has(key)) return memory.get(key);
  try {
    return JSON.parse(localStorage.getItem(key));
  } catch {
    return null; // Storage may be forbidden, or somebody else's text stand there.
  }
}

// False where this browser keeps nothing.
function write(key, entry) {
  try {
    localStorage.setItem(key, JSON.stringify(entry));
    memory.delete(key);
    return true;
  } catch {
    memory.set(key, entry);
    return false;
  }
}

function remove(key) {
  memory.delete(key);
  try {
    localStorage.removeItem(key);
  } catch {
    // Nothing was kept there.
  }
}

function keys(begin) {
  let stored = [];
  try {
    stored = Object.keys(localStorage);
  } catch {
    // Nothing is kept there.
  }
  const every = new Set([...stored, ...memory.keys()]);
  return [...every].filter((key) => key.startsWith(begin));
}

// The book of one juror: a tablet may be everybody's. A thing is a sheet, or the order of a round.
export function keptOf(juror) {
  const all = `${PREFIX}${juror}:`;
  const begin = (thing) => `${all}${thing}:`;
  const name = (thing, field) => begin(thing) + field;

  // [{field, value, at, refused}] of one thing.
  const kept = (thing) =>
    keys(begin(thing))
      .map((key) => ({ field: key.slice(begin(thing).length), ...read(key) }))
      .filter((each) => typeof each.value === "string");

  return {
    kept,
    waiting: (thing) => kept(thing).filter((each) => !each.refused),

    // False where it is lost with the page.
    keep(thing, field, value) {
      const before = read(name(thing, field));
      const at = Math.max(Date.now(), (before?.at ?? 0) + 1);
      return write(name(thing, field), { value, at });
    },

    // The server has it: it is forgotten here, unless something newer was typed meanwhile.
    settle(thing, field, at) {
      if (read(name(thing, field))?.at === at) remove(name(thing, field));
    },

    // The server will never take it as it is: it stays until something else is typed.
    refuse(thing, field, at, sentence) {
      const entry = read(name(thing, field));
      if (entry?.at === at)
        write(name(thing, field), { ...entry, refused: sentence });
    },

    forget: (thing) => keys(begin(thing)).forEach(remove),
    forgetAll: () => keys(all).forEach(remove),
    things: () => [
      ...new Set(
        keys(all).map((key) => key.slice(all.length).split(":", 1)[0]),
      ),
    ],
    isOnPageAlone: () => [...memory.keys()].some((key) => key.startsWith(all)),

    onOtherTab(listener) {
      window.addEventListener("storage", (event) => {
        if (event.key?.startsWith(all)) listener();
      });
    },
  };
}
