// Handing scans to the server: each keeps its id until the server has named it, so that a repeat never counts twice.

const PATIENCE = 4000;
const LONGEST_PAUSE = 30000;

export class Revoked extends Error {}

export function startSync(store, config, listeners) {
  const state = {
    failures: 0,
    offlineSince: null,
    timer: null,
    running: null,
    battery: null,
  };
  readBattery(state);

  async function send(items, queued) {
    const token = await store.setting("token");
    if (!token) throw new Revoked();
    const answer = await fetch(config.scans_url, {
      method: "POST",
      headers: {
        "Content-Type": "application/json",
        Authorization: `Device ${token}`,
      },
      body: JSON.stringify({
        sent_at: new Date().toISOString(),
        device: { battery: state.battery, queue: queued },
        scans: items,
      }),
      signal: AbortSignal.timeout(items.length === 1 ? PATIENCE : 30000),
    });
    if (answer.status === 401) throw new Revoked();
    if (!answer.ok) throw new Error(`answer ${answer.status}`);
    return (await answer.json()).results;
  }

  async function drain() {
    const waiting = await store.waiting();
    if (!waiting.length) return false;
    const items = waiting.map((row) => row.item);
    const results = await send(items, await store.count());
    await store.settle(results.map((result) => result.scan_id));
    results.forEach((result, index) =>
      listeners.onResult(items[index], result),
    );
    return waiting.length === 500;
  }

  async function run() {
    clearTimeout(state.timer);
    try {
      while (await drain());
      state.failures = 0;
      state.offlineSince = null;
    } catch (error) {
      if (error instanceof Revoked) {
        await store.forget("token");
        // What was shown names people; what was not handed in yet does not, and stays.
        await store.forgetRecent();
        listeners.onRevoked();
        return;
      }
      listeners.onSilence();
      state.failures += 1;
      state.offlineSince ??= Date.now();
      state.timer = setTimeout(
        flush,
        Math.min(1000 * 2 ** state.failures, LONGEST_PAUSE),
      );
    } finally {
      listeners.onState({
        waiting: await store.count(),
        offlineSince: state.offlineSince,
      });
    }
  }

  // One upload at a time and in order; a scan that comes meanwhile goes with the next one.
  function flush() {
    state.running = (state.running ?? Promise.resolve()).then(run);
    return state.running;
  }

  window.addEventListener("online", flush);
  document.addEventListener(
    "visibilitychange",
    () => document.visibilityState === "visible" && flush(),
  );
  flush();
  return { flush };
}

async function readBattery(state) {
  if (!navigator.getBattery) return;
  const battery = await navigator.getBattery();
  const read = () => (state.battery = Math.round(battery.level * 100));
  battery.addEventListener("levelchange", read);
  read();
}
