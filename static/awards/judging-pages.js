// Without network: a juror's pages and pictures are kept as soon as they were seen, the others one by one.

import { base, note, onAnswer, orderThing, tasks } from "./judging-sync.js";

const CACHE = `jury-1:${base}`;
const PAUSE_OF_SAVING = 400;

const outdated = new Set();
let renewing = null;

// Beside a page that was fetched with other headers (Vary) the newer one would lie unread.
async function replace(cache, path, page) {
  await cache.delete(path, { ignoreVary: true });
  await cache.put(path, page);
}

async function store() {
  await navigator.serviceWorker.register(`${base}/offline.js`, { scope: base });
  if (note.dataset.closed === "y") {
    await caches.delete(CACHE);
    return;
  }
  const cache = await caches.open(CACHE);
  const files = performance
    .getEntriesByType("resource")
    .map((each) => new URL(each.name))
    .filter((each) => each.pathname.startsWith("/static/"));
  for (const each of files) await fetched(cache, each.href);
  const here = await fetch(location.pathname);
  if (here.ok && !here.redirected)
    await replace(cache, location.pathname, here);
  if (navigator.connection?.saveData) return;
  const order = orderThing ? [`${base}/order`] : [];
  const sheets = tasks.map((each) => `${base}/entries/${each}`);
  for (const page of [base, ...order, ...sheets]) {
    const text = await fetched(cache, page);
    if (text === null) return;
    const needed = [
      ...text.matchAll(/<img src="([^"]+\/pictures\/\d+)"/g),
      ...text.matchAll(/<script[^>]+src="(\/static\/[^"]+)"/g),
    ];
    for (const [, each] of needed) await fetched(cache, each);
  }
  note.textContent = note.dataset.ready;
}

// The text of what is kept now; null where the server sent something else.
async function fetched(cache, path) {
  const before = await cache.match(path);
  if (before) return before.text();
  const answer = await fetch(path);
  if (!answer.ok || answer.redirected) return null;
  await cache.put(path, answer.clone());
  return answer.text();
}

// A page that was kept before its newest marks would show older ones as true without network.
function renewSoon(thing, _said, isHandedIn) {
  if (!isHandedIn) return;
  outdated.add(
    thing === orderThing ? `${base}/order` : `${base}/entries/${thing}`,
  );
  clearTimeout(renewing);
  // Where that fails, the page comes anew with the next mark or the next visit.
  renewing = setTimeout(() => renew().catch(() => undefined), PAUSE_OF_SAVING);
}

async function renew() {
  if (!(await caches.has(CACHE))) return;
  const cache = await caches.open(CACHE);
  for (const path of outdated) {
    const page = await fetch(path);
    if (page.ok && !page.redirected) await replace(cache, path, page);
    outdated.delete(path);
  }
}

// Without https (and in private windows of some browsers) there is no place to keep pages: scoring works all the same.
const hasPlace = () => "serviceWorker" in navigator && "caches" in window;

export function keepPages() {
  // What could not be kept is not promised: the sentence about it stays unsaid.
  if (!hasPlace()) return;
  onAnswer(renewSoon);
  store().catch(() => undefined);
}

export async function forgetPages() {
  if (!hasPlace()) return;
  await caches.delete(CACHE);
  const worker = await navigator.serviceWorker.getRegistration(base);
  await worker?.unregister();
}
