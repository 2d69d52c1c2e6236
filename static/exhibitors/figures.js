// Shows an amount of yuan in 万元 beside its field while it is typed.

const FULL_WIDTH = /[０-９．，]/g;

function read(text) {
  const plain = text
    .replace(FULL_WIDTH, (sign) =>
      String.fromCharCode(sign.charCodeAt(0) - 0xfee0),
    )
    .replace(/[\s,¥元]/g, "");
  const wan = /^([0-9]+(?:\.[0-9]+)?)万$/.exec(plain);
  if (wan) return Number(wan[1]) * 10000;
  return /^[0-9]+(\.[0-9]+)?$/.test(plain) ? Number(plain) : null;
}

function show(field, line) {
  const amount = read(field.value);
  const wan = amount === null ? null : Math.round(amount / 100) / 100;
  line.textContent =
    wan === null || wan < 0.01
      ? ""
      : `= ${wan.toLocaleString("zh-CN", { maximumFractionDigits: 2 })} 万元`;
}

for (const field of document.querySelectorAll("[data-wan]")) {
  const line = document.createElement("span");
  line.className = "figure-wan";
  line.lang = "zh-CN";
  field.after(line);
  field.addEventListener("input", () => show(field, line));
  show(field, line);
}
