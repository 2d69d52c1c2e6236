// The server's reasons are of no language: times, names, numbers. Here they become sentences, one for each thing to know.

const SINCE = /^(\d{4}-\d\d-\d\d) (\d\d:\d\d)(?: (.+))?$/;
const LAST = /^(\d\d:\d\d)(?: (.+))?$/;
const DAY = /^\d{4}-\d\d-\d\d$/;
const INSIDE = /^(\d+)\/(\d+)$/;

// What stands under the word of the light: nothing that the word has said already.
export function reasons(result, tone, config) {
  const { verdicts } = config.words;
  if (result.status === "invalid") return kept(verdicts[result.reason]);
  if (tone === "admit" && result.verdict === "first_today") return [];
  if (result.verdict === "exit") return kept(verdicts[result.reason]);
  // Of a scan that waits for the organiser the reason says why it waits, which is nothing for the gate.
  if (result.status === "review")
    return kept(verdicts[result.verdict], config.words.review);
  if (result.verdict === "wrong_gate" && result.reason)
    return [fill(config.words.use_gate, { gate: result.reason })];
  return kept(verdicts[result.verdict], ...details(result, config));
}

function details(result, config) {
  const { words } = config;
  const reason = result.reason ?? "";
  const since = SINCE.exec(reason);
  const last = LAST.exec(reason);
  const inside = INSIDE.exec(reason);
  switch (result.verdict) {
    case "voided":
    case "cancelled":
      if (!since) return [reason];
      return [
        fill(words[`since_${result.verdict}`], { time: moment(since, config) }),
        since[3] && fill(words.new_badge, { number: unbroken(since[3]) }),
      ];
    case "re_entry":
      return [firstEntry(result, config)];
    case "passed_back":
    case "already_inside":
    case "already_in_today":
      if (!last) return [reason];
      return [fill(words.last, { time: last[1], gate: last[2] ?? "" })];
    case "outside_hours":
      return [reason && fill(words.hours, { hours: unbroken(reason) })];
    case "wrong_day":
      return [
        DAY.test(reason)
          ? fill(words.for_day, { day: date(reason, config) })
          : reason,
      ];
    case "full":
      if (!inside) return [reason];
      return [fill(words.inside, { count: inside[1], limit: inside[2] })];
    case "other_fair":
      return [reason && fill(words.of_fair, { fair: reason })];
    default:
      return [reason];
  }
}

function firstEntry(result, config) {
  if (!result.first_at) return "";
  const time = new Date(result.first_at).toLocaleTimeString("en-GB", {
    hour: "2-digit",
    minute: "2-digit",
    timeZone: config.zone,
  });
  return fill(config.words.first, { time, gate: result.first_gate ?? "" });
}

// Of today the hour is enough.
function moment([, day, hour], config) {
  return day === config.today ? hour : `${date(day, config)} ${hour}`;
}

// 2016年8月19日（周五） / Fri 19 Aug 2016
function date(day, config) {
  const shown = (options) =>
    new Intl.DateTimeFormat(config.words.locale, {
      timeZone: "UTC",
      ...options,
    }).format(new Date(`${day}T00:00Z`));
  const weekday = shown({ weekday: "short" });
  return config.words.locale.startsWith("zh")
    ? `${shown({ year: "numeric", month: "long", day: "numeric" })}（${weekday}）`
    : `${weekday} ${shown({ day: "numeric", month: "short", year: "numeric" })}`;
}

function unbroken(text) {
  return text.replaceAll(" ", "\u00a0").replaceAll("–", "\u2060–\u2060");
}

function fill(sentence, values) {
  return sentence.replace(/\{(\w+)\}/g, (_, name) => values[name]).trim();
}

function kept(...sentences) {
  return sentences.filter(Boolean);
}
