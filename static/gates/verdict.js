// What a verdict looks like: pure, so that it can be tested without a phone.

const AMBER = new Set(["passed_back"]);
const REPEAT_PAUSE = 2000;
const UNDO_FOR = 15 * 60 * 1000;

// The colour of the light for a stored result; `waiting` is a scan that the server has not seen yet.
export function colour(result, direction) {
  if (result.status === "waiting" || result.status === "review") return "check";
  if (result.status === "invalid" || !result.admitted) return direction === "out" ? "check" : "refuse";
  if (direction === "out") return result.verdict === "exit" ? "admit" : "check";
  if (AMBER.has(result.verdict) || result.verdict === "already_inside" || result.verdict === "full") return "check";
  return "admit";
}

// The same code held before the camera is one scan; another code, or the same after a pause, is a new one.
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
