// Reports: what to know of a day or a week, to read, to print, and to take along.

import { get, may } from "../api.js";
import { figure, measured, table, tableOf } from "../charts.js";
import { dayOf, plusDays } from "../days.js";
import { $, fill, h, icon } from "../dom.js";
import { hubNow } from "../hubclock.js";
import { onLive } from "../live.js";
import { chartBox, overTime, stamp } from "../overtime.js";
import { view, viewed } from "../period.js";
import { LANGUAGE, change, clock, day, duration, hourOf, maybe, number, share, t } from "../words.js";

const NAMES = ["know", "came", "inside", "bought", "over", "queues", "shelves", "areas", "answered", "seen"];
const over = chartBox(t("reports.over"), ".tall");
const today = () => dayOf(hubNow());
let asking = new AbortController();
let failed = false;

/** What is looked at: yesterday, where the address names nothing else. */
function chosen() {
  const kind = viewed("kind") === "week" ? "week" : "day";
  const wanted = viewed("day");
  const known = /^\d{4}-\d\d-\d\d$/.test(wanted) && !Number.isNaN(Date.parse(wanted)) && wanted <= today();
  return { kind, day: known ? wanted : plusDays(today(), kind === "week" ? -7 : -1) };
}

const fileOf = (which, format) => `/api/v1/reports/${which.kind}/${which.day}?format=${format}&lang=${LANGUAGE}`;

function choose(kind, on) {
  view("kind", kind === "day" ? "" : kind);
  view("day", on > today() ? today() : on);
  run();
}

function choice(which) {
  const kinds = ["day", "week"].map((kind) => h("button", { type: "button", "data-name": kind, "aria-pressed": String(kind === which.kind), onclick: () => choose(kind, which.day) }, t(`reports.${kind}`)));
  const step = which.kind === "week" ? 7 : 1;
  const move = (name, by, word) => h("button", { type: "button", "data-name": name, "aria-label": t(word), disabled: plusDays(which.day, by) > today() && by > 0, onclick: () => choose(which.kind, plusDays(which.day, by)) }, by < 0 ? "‹" : "›");
  const focus = document.activeElement?.dataset?.name;
  $("#choice").replaceChildren(
    h("div.segments", { role: "group", "aria-label": t("reports.of") }, ...kinds),
    h("div.row.when", move("earlier", -step, `reports.earlier_${which.kind}`),
      h("label", t("reports.on"), h("input", { type: "date", value: which.day, max: today(), "data-name": "on", onchange: (e) => e.target.value && choose(which.kind, e.target.value) })),
      move("later", step, `reports.later_${which.kind}`)),
    h("div.files", h("a.button", { href: fileOf(which, "pdf"), "data-file": "pdf" }, t("reports.pdf")), h("a.button", { href: fileOf(which, "csv"), download: true, "data-file": "csv" }, t("reports.csv")),
      h("button", { type: "button", onclick: () => print() }, t("reports.print"))));
  if (focus) $(`[data-name="${focus}"]`)?.focus();
}

async function run() {
  const which = chosen();
  failed = false;
  choice(which);
  asking.abort();
  asking = new AbortController();
  for (const name of NAMES) document.getElementById(name).setAttribute("aria-busy", "true");
  try {
    show(await get(`reports/${which.kind}/${which.day}`, { lang: LANGUAGE }, asking.signal));
  } catch (error) {
    if (error.name === "AbortError") return;
    $("#of").textContent = "";
    for (const name of NAMES) fill(name, h("p.note.warning", icon("warning"), " ", t("reports.failed")));
    failed = true;
  }
}

const noon = (date) => `${date}T12:00:00Z`; // of a date without a time: written in UTC
const written = (date) => new Intl.DateTimeFormat(LANGUAGE, { dateStyle: "full", timeZone: "UTC" }).format(new Date(noon(date)));

function show(report) {
  const name = report.kind === "day" ? written(report.first) : t("reports.span", { first: written(report.first), last: written(report.last) });
  const until = !report.until ? t("reports.nothing") : report.whole ? "" : t("reports.until", { until: `${day(report.until)} ${clock(report.until)}` });
  $("#of").replaceChildren(...[name, until && h("small", until)].filter(Boolean));
  fill("know", h("ul.know", report.says.map((says) => h("li", says))), h("p", h("small", t("reports.base", { k: number(report.k) }))));
  came(report);
  const most = report.inside;
  const at = most?.at && t("reports.at", { when: report.kind === "week" ? `${day(most.at)} ${hourOf(most.at)}` : String(hourOf(most.at)) });
  fill("inside", figure(most && { value: most.most }, t("unit.people")), at && h("p.change", at));
  const bought = report.bought;
  fill("bought", figure(bought?.conversion, "", { write: (v) => share(v) }), h("p.change", bought ? t("reports.receipts", { n: number(bought.receipts) }) : t("reports.no_receipts")));
  overHours(report);
  queues(report.waiting);
  shelves(report.shelves);
  areas(report.areas);
  answered(report.alerts);
  seen(report.seen);
}

/** A change with its interval, and what it is against. */
function against(one, key) {
  if (!one) return null;
  const sure = one.low !== null;
  const certain = sure && (one.low > 0 || one.high < 0);
  const ends = sure ? ` (${t("frame.between", { low: change(one.low), high: change(one.high) })})` : "";
  return h(`p.change${certain || !sure ? (one.share > 0 ? ".up" : ".down") : ""}`, t(key, { change: `${change(one.share)}${ends}`, mean: number(one.mean), n: number(one.times.length) }));
}

function came({ visitors, kind }) {
  if (!visitors) return fill("came", figure(null, t("unit.people")), h("p.change", t("reports.no_entrance")));
  return fill("came", figure(visitors.counted, t("unit.people")),
    against(visitors.normal, `reports.against_${kind}`),
    visitors.normal && visitors.normal.times.length > 1 && h("p.change", t("reports.range", { least: number(visitors.normal.least), most: number(visitors.normal.most) })),
    against(visitors.before, "reports.against_before"),
    visitors.uncompared && h("p.change", t(`reports.uncompared_${visitors.uncompared.replace("-", "_")}`)));
}

function overHours({ visitors, kind }) {
  if (!visitors?.over.length) return fill("over", h("p.empty", t("reports.nothing")));
  const period = { by: kind === "day" ? "hour" : "day", days: kind === "day" ? 1 : 7 };
  const rows = visitors.over.map((one) => ({ start: one.start, place: "", detail: "", coverage: one.visitors.coverage, visitors: one.visitors, normal: { value: one.normal } }));
  const normal = rows.some((row) => row.normal.value !== null) ? rows.map((row) => ({ ...row, visitors: row.normal })) : null;
  fill("over", over, h("p", h("small", t("reports.chart"))), tableOf(rows, [
    [t("reports.time"), stamp(period)],
    [t("reports.came"), (row) => measured(row.visitors), true],
    [t("reports.normal"), (row) => number(row.normal.value), true],
    [t("reports.seen_share"), (row) => share(row.coverage), true],
  ]));
  return overTime(over, rows, normal, "visitors", period, { kind: "bar", unit: t("unit.people") });
}

const wide = (rows, columns) => h("div.scroll", { tabindex: "0" }, table(rows, columns));

function queues(waiting) {
  if (!waiting) return fill("queues", h("p.empty", t("reports.no_queues")));
  return fill("queues", wide(waiting.queues, [
    [t("reports.queue"), (one) => one.name],
    [t("reports.waited"), (one) => measured(one.waited), true],
    [t("reports.wait"), (one) => duration(one.mean_s.value), true],
    [t("reports.wait_p90"), (one) => duration(one.p90_s), true],
    [t("reports.longest"), (one) => number(one.length_max), true],
  ]));
}

function shelves(found) {
  if (!found) return fill("shelves", h("p.empty", t("reports.no_shelves")));
  if (!found.seen) return fill("shelves", h("p.note", t("reports.shelves_unseen")));
  const seenNote = h("p", h("small", t("reports.facings", { seen: number(found.seen), known: number(found.known) })));
  if (!found.empty.length) return fill("shelves", h("p.note", icon("ok"), " ", t("reports.all_full")), seenNote);
  return fill("shelves", wide(found.empty, [
    [t("reports.product"), (one) => one.name],
    [t("reports.shelf"), (one) => one.shelf_name],
    [t("reports.empty"), (one) => duration(one.empty_min * 60), true],
    [t("reports.emptied"), (one) => number(one.emptied), true],
  ]), seenNote);
}

function areas(all) {
  if (!all.length) return fill("areas", h("p.empty", t("reports.no_areas")));
  return fill("areas", wide(all, [
    [t("reports.area"), (one) => one.name],
    [t("reports.stays"), (one) => measured(one.stays), true],
    [t("reports.mean"), (one) => duration(one.mean_s.value), true],
    [t("reports.median"), (one) => duration(one.median_s), true],
    [t("reports.part"), (one) => share(one.share), true],
    [t("reports.seen_share"), (one) => share(one.stays.coverage), true],
  ]));
}

function answered(alerts) {
  if (!alerts || !(alerts.raised + alerts.accepted + alerts.done)) return fill("answered", h("p.note", icon("ok"), " ", t("reports.no_alerts")));
  const steps = ["raised", "accepted", "done", "escalated"];
  return fill("answered", h("ul.list", steps.map((step) => h("li", h("span", t(`reports.${step}`)), h("b.end", number(alerts[step]))))),
    alerts.accepted_median_s !== null && h("p.change", t("reports.answered_in", { time: duration(alerts.accepted_median_s) })));
}

/** What the cameras saw, and what that means for the figures. */
function seen({ entrances, cameras }) {
  const key = entrances === null ? "unknown" : entrances >= 0.98 ? "well" : entrances >= 0.9 ? "partly" : "badly";
  const note = h(key === "badly" ? "p.note.warning" : "p.note", icon(key === "well" ? "ok" : "warning"), " ", t(`reports.seen_${key}`, { share: share(entrances) }));
  if (!cameras?.length) return fill("seen", note, !may("see.device") && h("p", h("small", t("reports.no_right"))));
  return fill("seen", note, wide(cameras, [
    [t("reports.camera"), (one) => one.name],
    [t("reports.seen_share"), (one) => share(one.coverage, 1), true],
    [t("reports.lost"), (one) => (one.lost_min === null ? "–" : duration(one.lost_min * 60)), true],
    [t("reports.troubles"), (one) => one.troubles.map((name) => maybe(`trouble_of.${name}`, name)).join(", ") || "–"],
  ]));
}

// Charts are as wide as the window: paper takes them smaller. 660 px is A4 between its margins.
addEventListener("beforeprint", () => over.style.setProperty("--on-paper", String(Math.min(1, 660 / Math.max(1, over.clientWidth)))));
addEventListener("popstate", run);
onLive("back", () => { if (failed) run(); });
run();
