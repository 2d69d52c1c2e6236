// The running total of a score sheet, exactly as the server counts it (awards/rules/sheets.py): fractions of whole numbers,
// rounded half up at the very end. Proven with the server's rule by tests/awards/total_cases.json.

const TYPED = /^-?\d{1,10}(?:\.\d{0,12})?$/;

// A typed number as a fraction [numerator, denominator], or null.
export function parse(text) {
  const plain = text
    .normalize("NFKC")
    .replace(/\s/g, "")
    .replaceAll("。", ".")
    .replaceAll(",", ".");
  if (!TYPED.test(plain)) return null;
  const [whole, part = ""] = plain.split(".");
  return [BigInt(whole + part), 10n ** BigInt(part.length)];
}

const add = ([a, b], [c, d]) => [a * d + c * b, b * d];
const less = (one, [c, d]) => add(one, [-c, d]);
const times = ([a, b], [c, d]) => [a * c, b * d];
const by = ([a, b], [c, d]) => (c < 0n ? [-a * d, b * -c] : [a * d, b * c]);
const below = ([a, b], [c, d]) => a * d < c * b;

export function rounded([numerator, denominator], places) {
  const sign = numerator < 0n ? "-" : "";
  const size =
    (numerator < 0n ? -numerator : numerator) * 10n ** BigInt(places);
  const whole = (2n * size + denominator) / (2n * denominator);
  const digits = String(whole).padStart(places + 1, "0");
  const at = digits.length - places;
  const text = places ? `${digits.slice(0, at)}.${digits.slice(at)}` : digits;
  return whole === 0n ? text : sign + text;
}

// `criteria`: [{weight, min, max, mark}] as texts; without any mark the answer is "". A mark off its scale is left out.
export function total(criteria, rescale, places) {
  let sum = [0n, 1n];
  let weights = [0n, 1n];
  for (const each of criteria) {
    const mark = parse(each.mark);
    const [weight, min, max] = [each.weight, each.min, each.max].map(parse);
    if (!mark || below(mark, min) || below(max, mark)) continue;
    const value = rescale
      ? times([100n, 1n], by(less(mark, min), less(max, min)))
      : mark;
    sum = add(sum, times(weight, value));
    weights = add(weights, weight);
  }
  return weights[0] === 0n ? "" : rounded(by(sum, weights), places);
}

const plainText = (value) => {
  const text = rounded(value, 12);
  return text.includes(".") ? text.replace(/\.?0+$/, "") : text;
};

// The mark one step further (1) or back (-1), on the scale; from nothing in the middle of the scale.
export function stepped({ min, max, step, mark }, way) {
  const [low, high, width] = [min, max, step].map(parse);
  const now = parse(mark);
  const middle = by(add(low, high), [2n, 1n]);
  const wanted = now ? add(now, times(width, [BigInt(way), 1n])) : middle;
  return plainText(onScale(wanted, low, high, width));
}

// What a key from 1 to 9 means: the mark itself on a short scale, so many tenths of a long one.
export function keyed({ min, max, step }, digit) {
  const [low, high, width] = [min, max, step].map(parse);
  const key = [BigInt(digit), 1n];
  if (below(less(high, low), [11n, 1n])) {
    return below(key, low) || below(high, key) ? null : plainText(key);
  }
  const tenths = times(less(high, low), [BigInt(digit), 10n]);
  return plainText(onScale(add(low, tenths), low, high, width));
}

function onScale(value, low, high, width) {
  if (below(value, low)) return low;
  if (below(high, value)) return high;
  const [steps, rest] = by(less(value, low), width);
  const whole = (2n * steps + rest) / (2n * rest);
  return add(low, times(width, [whole, 1n]));
}
