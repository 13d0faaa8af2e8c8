// Areas: where on the floor people spend their time, and how long they stay in each area.

import { ask, get } from "../api.js";
import { coverageNote, figure, measured, tableOf } from "../charts.js";
import { beside, changed } from "../compared.js";
import { beginOf, plusDays } from "../days.js";
import { $, all, fill, h } from "../dom.js";
import { cellsOf, heatLayer, legend, topOf, without } from "../heat.js";
import { chartBox, overTime, stamp } from "../overtime.js";
import { csvOf, onPeriod, period, view, viewed } from "../period.js";
import { drawPlan, noPlan, shopPlan } from "../plan.js";
import { duration, number, share, t } from "../words.js";

const shop = get("shop");
const box = chartBox(t("areas.stays_over"));
let shown = { heat: null, zones: null, dwell: null };

async function show(when, signal) {
  const [areas, dwell] = await Promise.all([ask("areas", when.query, signal), ask("dwell", { ...when.query, by: "whole" }, signal)]);
  shown = { ...shown, areas, dwell };
  await rank();
  await Promise.all([drawHeat(when, signal), drawArea(when, signal)]);
}

const nameOf = async (id) => (await shop).zones.find((one) => one.id === id)?.name ?? id;

async function rank() {
  const names = new Map((await shop).zones.map((one) => [one.id, one]));
  // Where people wait or are served is not what a layout is judged by.
  const rows = beside(shown.areas.rows, shown.areas.compare?.rows ?? []).filter(([row]) => names.get(row.place)?.kind !== "crew");
  const most = Math.max(1, ...rows.map(([row]) => row.share?.value ?? 0).map((one) => one * 100));
  const chosen = viewed("area");
  fill("ranking", rows.length ? h("ul.list", rows.map(([row, other]) => h("li",
    h("button.plain", { type: "button", "aria-pressed": String(row.place === chosen), onclick: () => choose(row.place) }, names.get(row.place)?.name ?? row.place),
    h("span.end", h("span.row", h("span.bar", h("i", { style: { width: `${((row.share?.value ?? 0) * 10000) / most}%` } })), h("b", share(row.share?.value, 1))),
      h("small", row.mean_s?.value === null ? "–" : `${number(row.stays?.value)} · ${duration(row.mean_s?.value)}`),
      other && changed(row.total_s, other.total_s))))) : h("p.empty", t("frame.nothing")),
  tableOf(rows.map(([row]) => row), [
    [t("areas.name"), (row) => names.get(row.place)?.name ?? row.place],
    [t("areas.stays"), (row) => measured(row.stays), true],
    [t("areas.mean"), (row) => measured(row.mean_s, duration), true],
    [t("areas.share"), (row) => share(row.share?.value, 1), true],
  ], csvOf("areas")));
}

function choose(zone) {
  view("area", zone);
  rank();
  for (const shape of all("[data-zone]")) shape.classList.toggle("chosen", shape.dataset.zone === zone);
  drawArea(period());
}

/** Every day of the chosen weekdays, or the whole time as one. */
function stretches(when, since, until, weekdays) {
  if (!weekdays.length) return [{ since: beginOf(since), until: beginOf(plusDays(until, 1)) }];
  const found = [];
  for (let day = since; day <= until; day = plusDays(day, 1)) {
    if (weekdays.includes(new Date(`${day}T12:00:00Z`).getUTCDay())) found.push({ since: beginOf(day), until: beginOf(plusDays(day, 1)) });
  }
  return found;
}

async function drawHeat(when, signal) {
  const plan = await shopPlan();
  if (!plan) return fill("map", noPlan());
  const weekdays = viewed("weekdays").split("").map(Number).filter((one) => one <= 6);
  const asked = (since, until) => Promise.all(stretches(when, since, until, weekdays).map((one) => ask("heat", one, signal)));
  const mine = await asked(when.since, when.until);
  const theirs = when.compared ? await asked(when.compared.since, when.compared.until) : null;
  const mode = theirs ? viewed("mode", "heat") : "heat";
  const [a, b] = [cellsOf(mine), theirs ? cellsOf(theirs) : new Map()];
  const cells = mode === "difference" ? without(a, b) : mode === "other" ? b : a;
  const difference = mode === "difference";
  // Both times on one scale, so that they can be compared by eye.
  const top = difference ? topOf(cells) : Math.max(topOf(a), topOf(b));
  const { svg, layer } = drawPlan(plan, { label: t("areas.map"), onzone: (zone) => choose(zone.id) });
  layer("under").append(heatLayer(cells, plan, top, { difference }));
  svg.classList.add("with-heat");
  const visits = mine.reduce((sum, one) => sum + (one.rows[0]?.person_s.base ?? 0), 0);
  const minutes = [...a.values()].reduce((sum, one) => sum + one * 0.25, 0);
  const notes = mine.some((one) => one.notes.length);
  fill("map",
    h("p", cells.size ? t("areas.total", { minutes: number(minutes), visits: number(visits) }) : t("areas.none")),
    h("div.row", theirs && segments(t("areas.mode"), ["heat", "other", "difference"].map((one) => [one, t(`areas.${one}`)]), mode, (one) => { view("mode", one === "heat" ? "" : one); drawHeat(when); }),
      when.days > 6 && weekdayPicker(weekdays, when)),
    svg, legend(top, t(difference ? "areas.legend_difference" : "areas.legend"), difference), notes && h("p", h("small", t("areas.left_out"))));
  const chosen = viewed("area");
  for (const shape of all("[data-zone]")) shape.classList.toggle("chosen", shape.dataset.zone === chosen);
}

export function segments(label, options, chosen, pick) {
  return h("div.segments", { role: "group", "aria-label": label }, options.map(([value, text]) => h("button", { type: "button", "aria-pressed": String(value === chosen), onclick: () => pick(value) }, text)));
}

function weekdayPicker(chosen, when) {
  const name = new Intl.DateTimeFormat(document.documentElement.lang, { weekday: "short", timeZone: "UTC" });
  const set = (list) => { view("weekdays", list.sort().join("")); drawHeat(when); };
  return h("div.segments", { role: "group", "aria-label": t("areas.weekdays") },
    h("button", { type: "button", "aria-pressed": String(!chosen.length), onclick: () => set([]) }, t("areas.every_day")),
    // 2026-11-22 was a Sunday; the week begins on Monday.
    [1, 2, 3, 4, 5, 6, 0].map((one) => h("button", { type: "button", "aria-pressed": String(chosen.includes(one)), onclick: () => set(chosen.includes(one) ? chosen.filter((x) => x !== one) : [...chosen, one]) }, name.format(new Date(Date.UTC(2026, 10, 22 + one))))));
}

async function drawArea(when, signal) {
  const zone = viewed("area");
  const title = $("#area-title");
  if (!zone) { title.textContent = t("areas.area"); return fill("area", h("p.empty", t("areas.choose"))); }
  title.textContent = await nameOf(zone);
  const by = when.by;
  const over = await ask("dwell", { ...when.query, by, zones: zone }, signal);
  const row = shown.dwell.rows.find((one) => one.place === zone);
  const other = shown.dwell.compare?.rows.find((one) => one.place === zone);
  if (!row) return fill("area", h("p.empty", t("frame.nothing")));
  const one = (label, key, write, unit = "") => h("div.figures", h("h3", label), figure(row[key], unit, { write }), changed(row[key], other?.[key]));
  fill("area", h("div.four", one(t("areas.stays"), "stays", number), one(t("areas.mean"), "mean_s", duration), one(t("areas.median"), "median_s", duration), one(t("areas.p90"), "p90_s", duration)),
    coverageNote(row.coverage), box, row.stays?.value === null && h("p", h("small", t("frame.withheld"))),
    tableOf(over.rows, [[t("areas.time"), stamp(when)], [t("areas.stays"), (r) => measured(r.stays), true], [t("areas.mean"), (r) => measured(r.mean_s, duration), true], [t("areas.median"), (r) => measured(r.median_s, duration), true]], csvOf("dwell", { by, zones: zone })));
  await overTime(box, over.rows, over.compare?.rows, "stays", when, { kind: "bar", unit: t("areas.stays") });
}

onPeriod(show);
