// What happens now, from the hub's stream of server-sent events; and how old it is. A page shows
// nothing old as new: after a sleep, a lost connection or a restart it says so, and recovers alone.

import { toLogIn } from "./api.js";
import { $ } from "./dom.js";
import { dayOf } from "./days.js";
import { elapsed, hubNow, hubSays } from "./hubclock.js";
import { clock, dayAndTime, duration, number, t } from "./words.js";

const SILENT_MS = 20000; // the hub says something at least every 10 seconds
const OPENS_MS = 10000; // so long a connection may take to be there
const LONGEST_MS = 10000; // between two tries
const OLD_S = 60;
const handlers = new Map();
const silent = elapsed(); // since anything was heard
const tried = elapsed();
let source = null;
let opened = false;
let failures = 0;
let again = null; // the next try
let heardAt = null; // by the hub's clock
let lostAt = null; // so too: since when nothing is heard
let shown = null; // {newest, up, all}: the newest data
let floorSeen = false; // cameras tell twice a second who is on the floor, whoever that is

/** Calls `back(data)` for each message `name` of the stream (`now`, `floor`, `help`, `alert`); for
    `lost` when it ends and nothing that is shown is of now, and `back` when it is there again. */
export function onLive(name, back) {
  if (!handlers.has(name)) {
    handlers.set(name, new Set());
    source?.addEventListener(name, (message) => take(name, message));
  }
  handlers.get(name).add(back);
}

function connect() {
  clearTimeout(again);
  source?.close();
  tried(true);
  const mine = (source = new EventSource("/api/v1/live/screen"));
  mine.onopen = () => {
    if (mine === source) heard();
  };
  mine.onerror = () => {
    if (mine !== source) return;
    // A browser gives up after an answer that is no stream (a hub that starts, a session that ended).
    const refused = mine.readyState === EventSource.CLOSED;
    lose();
    later(refused);
  };
  for (const name of new Set(["now", "beat", ...handlers.keys()])) mine.addEventListener(name, (message) => take(name, message));
}

/** The next try: soon at first, every ten seconds in the end. */
function later(ask) {
  source?.close();
  clearTimeout(again);
  const wait = Math.min(LONGEST_MS, 1000 * 2 ** failures++) * (0.7 + 0.3 * Math.random());
  again = setTimeout(ask ? whoAmI : connect, wait);
}

async function whoAmI() {
  try {
    const answer = await fetch("/api/v1/sessions/current", { signal: AbortSignal.timeout(OPENS_MS) });
    if (answer.status === 401) return toLogIn();
  } catch { /* it is asked again */ }
  return connect();
}

function heard() {
  silent(true);
  heardAt = hubNow();
  failures = 0;
  const was = opened;
  opened = true;
  if (!was && lostAt !== null) { lostAt = null; call("back"); }
}

function lose() {
  lostAt ??= heardAt ?? hubNow();
  opened = false;
  floorSeen = false;
  call("lost");
  tell();
}

const call = (name, data) => { for (const back of handlers.get(name) ?? []) back(data); };

function take(name, message) {
  if (message.target !== source) return;
  // What had lain about while the browser slept is not of now.
  if (opened && silent() > SILENT_MS) { look(); return; }
  const data = JSON.parse(message.data);
  if (name === "now") {
    hubSays(data.time);
    const cameras = data.cameras ?? [];
    shown = { newest: data.newest && Date.parse(data.newest), up: cameras.filter((one) => one.up).length, all: cameras.length };
  }
  if (name === "floor") floorSeen = data.cameras > 0;
  heard();
  tell();
  call(name, data);
}

/** Since when nothing is heard, as text; null while all is well. */
export const lostSince = () => (opened || lostAt === null ? null : moment(lostAt));

/** A moment as it is said today: with its day where that was another. */
const moment = (when) => (dayOf(when) === dayOf(hubNow()) ? clock(when) : dayAndTime(when));

function tell() {
  const line = $("#state");
  if (!line) return;
  const age = shown?.newest ? Math.max(0, (hubNow() - shown.newest) / 1000) : null;
  let kind = "wait";
  let says = t("state.wait");
  if (!opened && lostAt !== null) [kind, says] = ["lost", t("state.lost", { since: moment(lostAt), time: shown?.newest ? moment(shown.newest) : "–" })];
  else if (opened && !floorSeen && age !== null && age > OLD_S) [kind, says] = ["old", t("state.old", { age: duration(age), time: moment(shown.newest) })];
  else if (opened && shown) [kind, says] = ["live", t("state.live")];
  if (shown?.all && kind !== "wait") says += ` · ${t("state.cameras", { up: number(shown.up), all: number(shown.all) })}`;
  if (line.dataset.kind !== kind) line.dataset.kind = kind;
  document.body.classList.toggle("stale", kind === "lost" || kind === "old");
  const words = $(".says", line);
  if (words.textContent !== says) words.textContent = says;
}

/** Asleep for an hour, off the network, a connection that says nothing: nothing waits for a time-out. */
function look() {
  if (opened && silent() > SILENT_MS) { lose(); connect(); }
  else if (!opened && source?.readyState === EventSource.CONNECTING && tried() > OPENS_MS) { lose(); later(false); }
  tell();
}

/** Begins to listen: once a page has said what it wants to hear. */
export function listen() {
  connect();
  setInterval(look, 1000);
  const now = () => { failures = 0; if (!opened) connect(); else look(); };
  addEventListener("online", now);
  addEventListener("offline", () => { lose(); later(false); });
  document.addEventListener("visibilitychange", () => { if (!document.hidden) now(); });
  document.addEventListener("resume", now);
  addEventListener("pagehide", () => { clearTimeout(again); source?.close(); });
  addEventListener("pageshow", (event) => { if (event.persisted) { lose(); connect(); } });
}
