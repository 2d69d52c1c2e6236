// The service worker of "my badge": the network first, and what was kept when there is none.

const CACHE = "badge-1";
const PATIENCE = 4000;

self.addEventListener("install", () => self.skipWaiting());
self.addEventListener("activate", (event) =>
  event.waitUntil(self.clients.claim()),
);

async function answer(request) {
  const cache = await caches.open(CACHE);
  const kept = await cache.match(request, {
    ignoreSearch: request.mode === "navigate",
  });
  if (!kept) return fetch(request);
  const late = new Promise((resolve) => setTimeout(resolve, PATIENCE, kept));
  const fresh = fetch(request).then(async (response) => {
    if (response.ok) await cache.put(request, response.clone());
    // A badge whose link is dead must not go on opening from memory.
    else if (response.status === 404) await cache.delete(request);
    return response;
  });
  return Promise.race([fresh.catch(() => kept), late]);
}

self.addEventListener("fetch", (event) => {
  if (event.request.method === "GET") event.respondWith(answer(event.request));
});
