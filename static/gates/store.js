// What this phone keeps for its gate: the device's token, the scans that the server has not named yet, the last ones.

import { openDB } from "../vendor/idb/index.js";

const KEPT = 200;

export async function openStore(name) {
  const db = await openDB(`gate-${name}`, 1, {
    upgrade(fresh) {
      fresh.createObjectStore("settings");
      fresh.createObjectStore("queue", {
        keyPath: "order",
        autoIncrement: true,
      });
      fresh
        .createObjectStore("recent", { keyPath: "scan_id" })
        .createIndex("at", "at");
    },
  });
  return {
    setting: (key) => db.get("settings", key),
    set: (key, value) => db.put("settings", value, key),
    forget: (key) => db.delete("settings", key),
    // Resolves when the scan is on disk: only then may a light turn on.
    enqueue: (...items) => put(db, items),
    waiting: () => db.getAll("queue", null, 500),
    count: () => db.count("queue"),
    settle: (scanIds) => settle(db, scanIds),
    remember: (entry) => remember(db, entry),
    recent: (most) => recent(db, most),
    forgetRecent: () => db.clear("recent"),
  };
}

// Several items are kept all or none, and handed in one after the other.
async function put(db, items) {
  const write = db.transaction("queue", "readwrite", { durability: "strict" });
  for (const item of items) await write.store.add({ item });
  await write.done;
}

async function settle(db, scanIds) {
  const named = new Set(scanIds);
  const write = db.transaction("queue", "readwrite");
  for (
    let cursor = await write.store.openCursor();
    cursor;
    cursor = await cursor.continue()
  ) {
    if (named.has(cursor.value.item.scan_id)) await cursor.delete();
  }
  await write.done;
}

async function remember(db, entry) {
  const write = db.transaction("recent", "readwrite");
  await write.store.put(entry);
  let surplus = (await write.store.count()) - KEPT;
  for (
    let cursor = await write.store.index("at").openCursor();
    cursor && surplus > 0;
    surplus -= 1
  ) {
    await cursor.delete();
    cursor = await cursor.continue();
  }
  await write.done;
}

async function recent(db, most) {
  const found = [];
  const read = db.transaction("recent").store.index("at");
  for (
    let cursor = await read.openCursor(null, "prev");
    cursor && found.length < most;
  ) {
    found.push(cursor.value);
    cursor = await cursor.continue();
  }
  return found;
}
