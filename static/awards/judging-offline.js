// The service worker of a juror's pages: the network first, and what was kept when there is none.

const CACHE = `jury-1:${new URL(self.registration.scope).pathname}`;
const PATIENCE = 4000;

self.addEventListener("install", () => self.skipWaiting());
self.addEventListener("activate", (event) =>
  event.waitUntil(self.clients.claim()),
);

async function answer(request) {
  const cache = await caches.open(CACHE);
  const { pathname } = new URL(request.url);
  const isPage = request.mode === "navigate";
  const name = isPage ? pathname : request;
  const kept = await cache.match(name, { ignoreSearch: isPage });
  if (!kept) return fetch(request);
  const late = new Promise((resolve) => setTimeout(resolve, PATIENCE, kept));
  const fresh = fetch(request).then(async (response) => {
    if (response.ok && !response.redirected) {
      // Beside what was fetched with other headers (Vary) the newer one would lie unread.
      await cache.delete(name, { ignoreVary: true });
      await cache.put(name, response.clone());
    }
    // What a dead link opened must not go on opening from memory.
    else if (response.status === 404) await cache.delete(name);
    return response;
  });
  return Promise.race([fresh.catch(() => kept.clone()), late]);
}

self.addEventListener("fetch", (event) => {
  const { request } = event;
  // Whether the server has something is asked of the server alone.
  if (request.method !== "GET" || request.url.endsWith("/fields")) return;
  event.respondWith(answer(request));
});
