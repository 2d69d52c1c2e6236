// Keeps this badge on the phone, so that it opens without network after the first look.

const CACHE = "badge-1";

async function keep() {
  const scope = location.pathname.split("/").slice(0, 3).join("/");
  await navigator.serviceWorker.register(`${scope}/offline.js`, {
    scope: `${scope}/`,
  });
  const cache = await caches.open(CACHE);
  const parts = document.querySelectorAll(
    "link[rel=stylesheet], link[rel=icon], script[src], .qr img",
  );
  const addresses = [...parts].map((part) => part.href || part.src);
  await cache.addAll([location.pathname, ...addresses]);
}

// Without https (and in private windows of some browsers) there is no place to keep it: the page works all the same.
if ("serviceWorker" in navigator && "caches" in window)
  keep().catch(() => undefined);
