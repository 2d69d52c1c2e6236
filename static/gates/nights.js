// The hours of passes (build-up by night) where the server is out of reach: pure, and proven by the same cases as
// gates/rules/nights.py. The server's own verdict stands in the end; this only tells a guard what a pass is good for.

const ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:";
const CHARACTERS = 121;
const VERSION = 1;
const FIRST_TRIPLES = 5;
const ONE_DAY = 86400000;

// What a code says of itself: the number of its fair and of its class. null for a typed number and anything else. The
// signature is not looked at: whoever forges a code has nothing by it but the light of one that nobody knows.
export function claims(code) {
  const text = (code ?? "")
    .replace(/[\r\n\t]/g, "")
    .normalize("NFKC")
    .toUpperCase();
  if (text.length !== CHARACTERS || text[0] !== "B") return null;
  const bytes = [];
  for (let triple = 0; triple < FIRST_TRIPLES; triple += 1) {
    const [low, middle, high] = [1, 2, 3].map((place) =>
      ALPHABET.indexOf(text[triple * 3 + place]),
    );
    const pair = low + middle * 45 + high * 2025;
    if (Math.min(low, middle, high) < 0 || pair > 0xffff) return null;
    bytes.push(pair >> 8, pair & 0xff);
  }
  if (bytes[0] >> 5 !== VERSION) return null;
  return {
    fair: bytes[1] * 0x10000 + bytes[2] * 0x100 + bytes[3],
    classNumber: bytes[9],
  };
}

// Where a moment lies: "within" a window, "outside_hours" on a day of theirs, "wrong_day" on none. Windows are pairs of
// moments (milliseconds), half-open, the earliest first.
export function placeOf(at, windows, zone) {
  const following = windows.find(([, end]) => at < end);
  const meant = following ?? windows.at(-1);
  if (!meant) return "wrong_day";
  const [start, end] = meant;
  if (start <= at && at < end) return "within";
  const near = following
    ? meant !== windows[0] || day(at, zone) === day(start, zone)
    : day(at, zone) === day(end, zone) && at < start + ONE_DAY;
  return near ? "outside_hours" : "wrong_day";
}

// Why a pass does not admit now, as far as a phone without network knows: a word of the server's verdicts with its hours,
// or null. Nobody is kept from going out.
export function closedNow(item, config) {
  if (item.direction === "out") return null;
  const said = claims(item.code);
  const nights =
    said?.fair === config.fair ? config.nights?.[said.classNumber] : null;
  if (!nights) return null;
  const at = Date.parse(item.scanned_at) + config.shift_ms;
  const place = placeOf(at, nights.windows, config.zone);
  return place === "within" ? null : { verdict: place, hours: nights.hours };
}

function day(at, zone) {
  return new Intl.DateTimeFormat("en-CA", { timeZone: zone }).format(
    new Date(at),
  );
}
