// Which days are looked at, and with which they are compared: kept in the address, so that a link
// keeps the view.

import { csvAddress } from "./api.js";
import { beginOf, dayOf, daysBetween, plusDays } from "./days.js";
import { $, all, h } from "./dom.js";
import { elapsed, hubNow } from "./hubclock.js";
import { onLive } from "./live.js";
import { clock, day, t } from "./words.js";

const NAMED = { today: [0, 0], yesterday: [-1, -1], week: [-6, 0], month: [-27, 0] };
const FRESH_MS = 300000; // of a day that is not over
const listeners = new Set();
let readOn = ""; // the day that was today then
let chosen = read();
const shown = { asked: null, at: null, failures: 0, again: null, age: elapsed() };

/** {name, since, until, days, compare}: first and last day, both in it; `query` for the API. */
export function period() {
  const { since, until } = chosen;
  const query = { since: beginOf(since), until: beginOf(plusDays(until, 1)) };
  if (chosen.compared) {
    query.compare_since = beginOf(chosen.compared.since);
    query.compare_until = beginOf(plusDays(chosen.compared.until, 1));
  }
  const days = daysBetween(since, until) + 1;
  return { ...chosen, days, query, by: days <= 3 ? "hour" : "day" };
}

/** Calls `back(period())` now, whenever another time is chosen, and again where what it showed grows
    old: a day that is not over after some minutes, "today" when it is another day, an answer that did
    not come. `signal` ends what was asked for the time before. Errors are told; those that are no
    weather are the caller's. */
export function onPeriod(back) {
  let asking = new AbortController();
  const run = async () => {
    asking.abort();
    const { signal } = (asking = new AbortController());
    const asked = `${chosen.since} ${chosen.until} ${chosen.compared?.since}`;
    const answered = answering(asked, run);
    try {
      await back(period(), signal);
    } catch (error) {
      if (signal.aborted) return;
      answered(false);
      if (error.code !== "offline") throw error;
      return;
    }
    if (!signal.aborted) answered(true);
  };
  listeners.add(run);
  run();
  return run;
}

/** Something else that belongs to the view (an area, an hour): kept in the address too. */
export function viewed(name, otherwise = "") {
  return new URLSearchParams(location.search).get(name) ?? otherwise;
}
export function view(name, value) {
  const query = new URLSearchParams(location.search);
  if (value === "" || value === null) query.delete(name);
  else query.set(name, value);
  write(query);
}

function write(query) {
  const text = query.toString();
  history.replaceState(null, "", location.pathname + (text ? `?${text}` : ""));
  keepInLinks();
}

function read() {
  const query = new URLSearchParams(location.search);
  const today = (readOn = dayOf(hubNow()));
  const isDay = (text) => /^\d{4}-\d\d-\d\d$/.test(text ?? "") && !Number.isNaN(Date.parse(text));
  let name = query.get("period") ?? "today";
  let [since, until] = (NAMED[name] ?? NAMED.today).map((n) => plusDays(today, n));
  if (!(name in NAMED)) {
    const [a, b] = name.split("..");
    if (isDay(a) && isDay(b) && a <= b) [since, until] = [a, b];
    else name = "today";
  }
  const compare = query.get("compare") ?? "";
  const length = daysBetween(since, until) + 1;
  let from = null;
  // Whole weeks back, so that a Saturday stands beside a Saturday.
  if (compare === "before") from = plusDays(since, -7 * Math.ceil(length / 7));
  else if (compare === "year") from = plusDays(since, -364);
  else if (isDay(compare)) from = compare;
  const compared = from ? { since: from, until: plusDays(from, length - 1) } : null;
  return { name, since, until, compare: compared ? compare : "", compared };
}

function choose(name, compare) {
  const query = new URLSearchParams(location.search);
  if (name === "today") query.delete("period");
  else query.set("period", name);
  if (compare) query.set("compare", compare);
  else query.delete("compare");
  write(query);
  chosen = read();
  draw();
  for (const run of listeners) run();
}

function keepInLinks() {
  const query = new URLSearchParams(location.search);
  const kept = new URLSearchParams();
  for (const name of ["period", "compare"]) if (query.has(name)) kept.set(name, query.get(name));
  for (const link of all("a[data-keeps-period]")) link.search = kept.toString();
}

function draw() {
  const box = $("#period");
  if (!box) return;
  const custom = !(chosen.name in NAMED);
  const button = (name) =>
    h("button", { type: "button", "aria-pressed": String(name === chosen.name), onclick: () => choose(name, chosen.compare), "data-name": name }, t(`period.${name}`));
  const pick = () => choose(`${chosen.since}..${chosen.until}`, chosen.compare);
  const date = (label, value, set) => h("label", label, h("input", { type: "date", value, max: dayOf(hubNow()), onchange: (e) => e.target.value && set(e.target.value) }));
  const options = { "": "none", before: "before", year: "year" };
  const own = chosen.compare !== "" && !(chosen.compare in options);
  const select = h("select", { onchange: (e) => choose(chosen.name, e.target.value === "other" ? plusDays(chosen.since, -7) : e.target.value) },
    ...Object.entries(options).map(([value, word]) => h("option", { value, selected: value === chosen.compare }, t(`period.${word}`))),
    h("option", { value: "other", selected: own }, t("period.other")));
  const focus = document.activeElement?.dataset?.name;
  box.replaceChildren(...[
    h("div.segments", { role: "group", "aria-label": t("period.label") }, ...Object.keys(NAMED).map(button),
      h("button", { type: "button", "aria-pressed": String(custom), onclick: pick, "data-name": "custom" }, custom ? `${day(beginOf(chosen.since))} – ${day(beginOf(chosen.until))}` : t("period.custom"))),
    custom && date(t("period.since"), chosen.since, (one) => choose(`${one}..${one > chosen.until ? one : chosen.until}`, chosen.compare)),
    custom && date(t("period.until"), chosen.until, (one) => choose(`${one < chosen.since ? one : chosen.since}..${one}`, chosen.compare)),
    h("label", t("period.compare"), select),
    own && date(t("period.compared_since"), chosen.compare, (one) => choose(chosen.name, one)),
  ].filter(Boolean));
  if (focus) $(`[data-name="${focus}"]`, box)?.focus();
}
draw();
keepInLinks();
function anew() {
  chosen = read();
  draw();
  for (const run of listeners) run();
}
addEventListener("popstate", anew);

/** Figures of other days than those that are chosen are not shown as theirs, nor old ones as new: says
    so, and asks again. Gives a function to be told whether the answer came. */
function answering(asked, run) {
  const main = $("#main");
  clearTimeout(shown.again);
  const cards = all(".card:not(.live)", main);
  for (const card of cards) card.setAttribute("aria-busy", "true");
  const slow = setTimeout(() => main.classList.add("asking"), 300);
  return (came) => {
    clearTimeout(slow);
    main.classList.remove("asking");
    if (came) for (const card of cards) card.setAttribute("aria-busy", "false");
    if (came) Object.assign(shown, { asked, at: hubNow(), failures: 0 });
    shown.age(true);
    const other = !came && shown.asked !== asked;
    main.classList.toggle("unanswered", other);
    main.dataset.shown = shown.asked ?? "";
    $("#unanswered")?.remove();
    if (came) return;
    main.prepend(h("p.note.warning", { id: "unanswered", role: "status" }, other ? t("state.unanswered") : t("state.as_of", { time: clock(shown.at) })));
    shown.again = setTimeout(run, Math.min(10000, 1000 * 2 ** shown.failures++));
  };
}

/** What is looked at may have become another day, or grown old. */
function look() {
  if (document.hidden || !listeners.size) return;
  if (readOn !== dayOf(hubNow())) anew();
  else if (chosen.until >= readOn && shown.failures === 0 && shown.age() > FRESH_MS) for (const run of listeners) run();
}
setInterval(look, 5000);
document.addEventListener("visibilitychange", look);
onLive("back", () => { if (!document.hidden && shown.failures) for (const run of listeners) run(); else look(); });
export const csvOf = (question, more = {}) => csvAddress(question, { ...period().query, ...more });
