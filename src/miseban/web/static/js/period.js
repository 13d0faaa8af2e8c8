// Which days are looked at, and with which they are compared: kept in the address, so that a link
// keeps the view.

import { csvAddress } from "./api.js";
import { beginOf, dayOf, daysBetween, plusDays } from "./days.js";
import { $, all, h } from "./dom.js";
import { day, t } from "./words.js";

const NAMED = { today: [0, 0], yesterday: [-1, -1], week: [-6, 0], month: [-27, 0] };
const listeners = new Set();
let chosen = read();

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

/** Calls `back(period())` now and whenever another time is chosen; `signal` ends what was asked for
    the time before. Errors are the caller's. */
export function onPeriod(back) {
  let asking = new AbortController();
  const run = () => {
    asking.abort();
    asking = new AbortController();
    Promise.resolve(back(period(), asking.signal)).catch((error) => {
      if (error.name !== "AbortError") throw error;
    });
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
  const today = dayOf(Date.now());
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
  const date = (label, value, set) => h("label", label, h("input", { type: "date", value, max: dayOf(Date.now()), onchange: (e) => e.target.value && set(e.target.value) }));
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
addEventListener("popstate", () => {
  chosen = read();
  draw();
  for (const run of listeners) run();
});
export const csvOf = (question, more = {}) => csvAddress(question, { ...period().query, ...more });
