// Entrances: how many came, by which door, and what became of them.

import { ask, steadily } from "../api.js";
import { coverageNote, figure, measured, tableOf, table } from "../charts.js";
import { beside, changed } from "../compared.js";
import { fill, h } from "../dom.js";
import { chartBox, overTime, stamp } from "../overtime.js";
import { csvOf, onPeriod } from "../period.js";
import { shopPlan } from "../plan.js";
import { number, share, t } from "../words.js";

const shop = steadily("shop");
const boxes = { over: chartBox(t("entrances.over"), ".tall"), inside: chartBox(t("entrances.inside")) };
const whole = (answer) => answer?.rows.find((row) => row.place === "");

/** Each card as soon as its own answer is there: how many came comes first. */
async function show(period, signal) {
  const { query, by } = period;
  const lines = ask("visitors", { ...query, by: "whole" }, signal);
  const over = ask("visitors", { ...query, by }, signal);
  const inside = ask("occupancy", { ...query, by, shop_only: true }, signal);
  const receipts = ask("conversion", { ...query, by: "whole" }, signal);
  await Promise.all([
    lines.then(came),
    Promise.all([lines, shopPlan()]).then(([answer, plan]) => captured(answer, plan)),
    Promise.all([lines, shop]).then(([answer, found]) => doors(answer, found)),
    receipts.then(bought),
    over.then((answer) => cameOver(answer, period)),
    inside.then((answer) => wereInside(answer, period)),
  ]);
}

const ofShop = (answer) => answer.rows.filter((row) => row.place === "");

function cameOver(over, period) {
  fill("over", boxes.over, h("p", h("small", t("entrances.hour_band"))), tableOf(ofShop(over), [
    [t("entrances.time"), stamp(period)],
    [t("entrances.visitors"), (row) => measured(row.visitors), true],
    [t("entrances.in"), (row) => measured(row.in), true],
    [t("entrances.out"), (row) => measured(row.out), true],
    [t("entrances.seen"), (row) => share(row.coverage), true],
  ], csvOf("visitors", { by: period.by })));
  return overTime(boxes.over, ofShop(over), over.compare && ofShop(over.compare), "visitors", period, { kind: "bar", unit: t("unit.people") });
}

function wereInside(inside, period) {
  const people = ofShop(inside);
  fill("inside", boxes.inside, tableOf(people, [
    [t("entrances.time"), stamp(period)],
    [t("entrances.mean"), (row) => measured(row.people_mean, (v) => number(v, 1)), true],
    [t("entrances.most"), (row) => measured(row.people_max), true],
  ], csvOf("occupancy", { by: period.by, shop_only: true })));
  return overTime(boxes.inside, people, inside.compare && ofShop(inside.compare), "people_mean", period, { write: (v) => number(v, 1), colours: "blue", unit: t("unit.people") });
}

function came(lines) {
  const row = whole(lines);
  if (!row) return fill("came", h("p.empty", t("entrances.no_lines")));
  return fill("came", figure(row.visitors, t("unit.people")), changed(row.visitors, whole(lines.compare)?.visitors), coverageNote(row.coverage));
}

/** Who passes in front of the shop: those of lines that are no entrance. */
function captured(lines, plan) {
  const doors = new Set((plan?.lines ?? []).filter((one) => one.entrance).map((one) => one.id));
  const passing = plan ? lines.rows.filter((row) => row.place && !doors.has(row.place)) : [];
  const passed = passing.reduce((sum, row) => sum + (row.in?.value ?? 0) + (row.out?.value ?? 0), 0);
  const row = whole(lines);
  if (!passing.length || !row) return fill("capture", figure(null, ""), h("p.change", t("entrances.no_passers")));
  const all = passed + row.visitors.value;
  return fill("capture", figure({ value: all ? row.visitors.value / all : null }, "", { write: (v) => share(v) }), h("p.change", t("entrances.passers", { n: number(passed) })));
}

function bought(answer) {
  const row = answer.rows[0];
  if (!row?.receipts?.value) return fill("bought", figure(null, ""), h("p.change", t("entrances.no_receipts")));
  return fill("bought", figure(row.conversion, "", { write: (v) => share(v) }), h("p.change", t("entrances.receipts", { n: number(row.receipts.value) })), changed(row.conversion, answer.compare?.rows[0]?.conversion));
}

function doors(lines, found) {
  const names = new Map(found.lines.map((one) => [one.id, one.name]));
  const rows = beside(lines.rows.filter((row) => row.place), lines.compare?.rows ?? []);
  if (!rows.length) return fill("lines", h("p.empty", t("entrances.no_lines")));
  return fill("lines", h("div.scroll", { tabindex: "0" }, table(rows, [
    [t("entrances.line"), ([row]) => names.get(row.place) ?? row.place],
    [t("entrances.in"), ([row]) => measured(row.in), true],
    [t("entrances.out"), ([row]) => measured(row.out), true],
    [t("entrances.seen"), ([row]) => share(row.coverage), true],
  ])));
}

onPeriod(show);
