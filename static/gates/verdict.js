// What a verdict looks like: pure, so that it can be tested without a phone.

const GREEN = new Set(["first_today", "re_entry", "open_gate", "counted"]);
const REPEAT_PAUSE = 2000;
const UNDO_FOR = 15 * 60 * 1000;

// The colour of the light for a stored result; `waiting` is a scan that the server has not seen yet.
export function colour(result, direction) {
  if (result.status === "waiting" || result.status === "review") return "check";
  if (result.status === "invalid" || !result.admitted)
    return direction === "out" ? "check" : "refuse";
  // The reason of an exit says why its badge should not have been inside.
  if (direction === "out")
    return result.verdict === "exit" && !result.reason ? "admit" : "check";
  return GREEN.has(result.verdict) ? "admit" : "check";
}

// How many a leader announced, when the scan let in one and somebody has to say how many came along; else 0. A way out
// takes everybody, and after a badge that was shown a moment ago the first scan is the one to mend.
export function announced(item, result) {
  const heads = result.badge?.heads ?? 1;
  const asks =
    result.admitted &&
    item.direction === "in" &&
    item.heads === 1 &&
    result.verdict !== "passed_back";
  return asks && heads > 1 ? heads : 0;
}

// A code that is held before the camera is one scan, however long; taken away for a moment and shown again it is a new
// one, and so is another code. `last` is when the camera has last seen which code.
export function repeats(last, code, now) {
  return last !== null && last.code === code && now - last.at < REPEAT_PAUSE;
}

export function mayUndo(entry, now) {
  return entry.admitted && !entry.annulled && now - entry.at < UNDO_FOR;
}

export function newItem(fields, now = new Date(), id = crypto.randomUUID()) {
  return {
    scan_id: id,
    kind: "badge",
    code: null,
    direction: "in",
    heads: 1,
    scanned_at: now.toISOString(),
    verdict: null,
    admitted: null,
    operator: null,
    override: null,
    rehearsal: null,
    ...fields,
  };
}
