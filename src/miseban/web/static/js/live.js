// What happens now, from the hub's stream of server-sent events; and how old it is. A page shows
// nothing old as new: after a sleep, a lost connection or a restart it says so, and recovers alone.

import { $ } from "./dom.js";
import { clock, duration, number, t } from "./words.js";

const SILENT_MS = 20000; // the hub says something at least every 15 seconds
const OLD_S = 60;
const handlers = new Map();
let source = null;
let heardAt = 0;
let opened = false;
let shown = null; // {newest, skew, up, all}: the newest data, by the hub's clock

/** Calls `back(data)` for each message `name` of the stream (`now`, `floor`, `help`, `alert`). */
export function onLive(name, back) {
  if (!handlers.has(name)) handlers.set(name, new Set());
  handlers.get(name).add(back);
  source?.addEventListener(name, (message) => take(name, message));
}

function connect() {
  source?.close();
  source = new EventSource("/api/v1/live/screen");
  source.onopen = () => { heardAt = Date.now(); opened = true; tell(); };
  source.onerror = () => {
    opened = false;
    tell();
    // A browser gives up after an answer that is no stream (a hub that starts, a session that ended).
    if (source.readyState === EventSource.CLOSED) setTimeout(whoAmI, 3000);
  };
  for (const name of new Set(["now", "beat", ...handlers.keys()])) source.addEventListener(name, (message) => take(name, message));
}

async function whoAmI() {
  try {
    const answer = await fetch("/api/v1/sessions/current");
    if (answer.status === 401) return location.assign(`/login?next=${encodeURIComponent(location.pathname + location.search)}`);
  } catch { /* it is asked again */ }
  connect();
}

function take(name, message) {
  if (message.target !== source) return;
  heardAt = Date.now();
  opened = true;
  const data = JSON.parse(message.data);
  if (name === "now") {
    const cameras = data.cameras ?? [];
    // Ages are by the hub's clock: this machine's own may be wrong.
    shown = { newest: data.newest && Date.parse(data.newest), skew: Date.now() - Date.parse(data.time), up: cameras.filter((one) => one.up).length, all: cameras.length };
    tell();
  }
  for (const back of handlers.get(name) ?? []) back(data);
}

function tell() {
  const line = $("#state");
  if (!line) return;
  const now = Date.now() - (shown?.skew ?? 0);
  const age = shown?.newest ? Math.max(0, (now - shown.newest) / 1000) : null;
  const time = shown?.newest ? clock(shown.newest) : "–";
  let kind = "wait";
  let says = t("state.wait");
  if (!opened && shown) [kind, says] = ["lost", t("state.lost", { time })];
  else if (opened && age !== null && age > OLD_S) [kind, says] = ["old", t("state.old", { age: duration(age), time })];
  else if (opened && shown) [kind, says] = ["live", t("state.live")];
  if (shown?.all && kind !== "wait") says += ` · ${t("state.cameras", { up: number(shown.up), all: number(shown.all) })}`;
  if (line.dataset.kind !== kind) line.dataset.kind = kind;
  document.body.classList.toggle("stale", kind === "lost" || kind === "old");
  const words = $(".says", line);
  if (words.textContent !== says) words.textContent = says;
}

/** Begins to listen: once a page has said what it wants to hear. */
export function listen() {
  connect();
  setInterval(() => {
    if (opened && Date.now() - heardAt > SILENT_MS) { opened = false; connect(); }
    tell();
  }, 1000);
  // Asleep for an hour, or off the network: nothing waits for a time-out then.
  addEventListener("online", connect);
  document.addEventListener("visibilitychange", () => { if (!document.hidden && Date.now() - heardAt > SILENT_MS) connect(); });
  addEventListener("pagehide", () => source?.close());
  addEventListener("pageshow", (event) => { if (event.persisted) connect(); });
}
