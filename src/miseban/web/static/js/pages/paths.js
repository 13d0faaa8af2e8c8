// Paths: from which area people go to which, on the plan and as a list.

import { ask, steadily } from "../api.js";
import { measured, table, tableOf } from "../charts.js";
import { fill, h } from "../dom.js";
import { csvOf, onPeriod, view, viewed } from "../period.js";
import { drawPlan, shopPlan } from "../plan.js";
import { number, share, t } from "../words.js";

const shop = steadily("shop");
const MOST = 40;
/** So many ways through several areas are shown. */
const WAYS = 12;
/** A way in which so large a part of those went on to a longer one says nothing more than that. */
const SAME = 0.9;
let answer = null;
let routes = null;
let plan = null;

async function show({ query }, signal) {
  const alone = { since: query.since, until: query.until };
  const [paths, ways] = [ask("paths", query, signal), ask("routes", alone, signal)];
  [answer, routes, plan] = await Promise.all([paths, ways, shopPlan()]);
  await draw();
}

async function draw() {
  const names = new Map((await shop).zones.map((one) => [one.id, one.name]));
  const name = (id) => names.get(id) ?? id;
  const told = answer.rows.filter((row) => row.people?.value);
  const chosen = viewed("area");
  const rows = told.filter((row) => !chosen || row.place === chosen || row.detail === chosen);
  const pick = (zone) => { view("area", zone === chosen ? "" : zone); draw(); };
  const select = h("label.inline", t("paths.choose"), h("select", { onchange: (event) => { view("area", event.target.value); draw(); } },
    h("option", { value: "" }, t("paths.all")), [...names].filter(([id]) => told.some((row) => row.place === id || row.detail === id)).map(([id, text]) => h("option", { value: id, selected: id === chosen }, text))));
  fill("flows", rows.length ? h("p.answer", t("paths.answer", { from: name(rows[0].place), to: name(rows[0].detail), n: number(rows[0].people.value), part: share(rows[0].share?.value, 1) })) : h("p.empty", t("paths.none")), select, plan && flows(rows, pick, name),
    tableOf(rows, [[t("paths.from"), (row) => name(row.place)], [t("paths.to"), (row) => name(row.detail)], [t("paths.people"), (row) => measured(row.people), true], [t("paths.share"), (row) => share(row.share?.value, 1), true]], csvOf("paths")),
    answer.notes.length ? h("p", h("small", t("frame.withheld"))) : null);
  fill("top", rows.length ? h("ol.list", rows.slice(0, 8).map((row) => h("li", h("span", `${name(row.place)} → ${name(row.detail)}`), h("span.end", h("b", number(row.people.value)), h("br"), h("small", share(row.share?.value, 1)))))) : h("p.empty", t("paths.none")));
  drawRoutes(chosen, name);
  began("first", name) || ends("first", told, name, (row) => row.place, (row) => row.detail);
  began("last", name) || ends("last", told, name, (row) => row.detail, (row) => row.place);
}

const told = (kind) => routes.rows.filter((row) => row.detail === kind && row.people?.value);
const areasOf = (row) => row.place.split(">");
const sure = (row) => `${share(row.share?.value, 1)} (${share(row.share?.low, 1)}–${share(row.share?.high, 1)})`;

/** The ways that most visits had in common, without those that are but a part of a longer one. */
function usual(chosen) {
  const ways = told("way").filter((row) => !chosen || areasOf(row).includes(chosen));
  const longer = (row) => ways.some((one) => one.place.length > row.place.length && `>${one.place}>`.includes(`>${row.place}>`) && one.people.value >= SAME * row.people.value);
  return ways.filter((row) => !longer(row));
}

function drawRoutes(chosen, name) {
  const rows = usual(chosen);
  const none = told("none")[0];
  if (!rows.length) return fill("routes", h("p.empty", t(answer.rows.length ? "paths.no_routes" : "paths.none")));
  const way = (row) => h("li", h("span", areasOf(row).flatMap((id, n) => [n > 0 && h("span.to", { "aria-label": t("paths.then") }, " → "), h("span.area", name(id))])), h("span.end", h("b", t("paths.visits", { n: number(row.people.value) })), h("br"), h("small", sure(row))));
  return fill("routes", h("ol.list.routes", rows.slice(0, WAYS).map(way)),
    h("p", h("small", t("paths.routes_are"), none ? ` ${t("paths.in_none", { n: number(none.people.value), part: share(none.share?.value, 1) })}` : "")),
    tableOf(rows, [[t("paths.way"), (row) => areasOf(row).map(name).join(" → ")], [t("paths.people"), (row) => measured(row.people), true], [t("paths.share"), sure, true]], csvOf("routes")));
}

/** Where visits were first or last, counted; whether that is told of any day. */
function began(card, name) {
  const rows = told(card).slice(0, 6);
  if (!rows.length) return false;
  fill(card, h("div.scroll", { tabindex: "0" }, table(rows, [[t("areas.name"), (row) => name(row.place)], [t("paths.people"), (row) => measured(row.people), true], [t("paths.share"), sure, true]])));
  return true;
}

/** More went out of an area than into it: there people began (or, the other way round, ended). */
function ends(card, rows, name, from, to) {
  const sums = new Map();
  for (const row of rows) {
    sums.set(from(row), (sums.get(from(row)) ?? 0) + row.people.value);
    sums.set(to(row), (sums.get(to(row)) ?? 0) - row.people.value);
  }
  const found = [...sums].filter(([, n]) => n > 0).sort((a, b) => b[1] - a[1]).slice(0, 6);
  fill(card, found.length ? h("div.scroll", { tabindex: "0" }, table(found, [[t("areas.name"), ([id]) => name(id)], [t("paths.people"), ([, n]) => number(n), true]])) : h("p.empty", t("paths.none")));
}

function flows(rows, pick, name) {
  const { svg, size } = drawPlan(plan, { label: t("paths.flows"), onzone: (zone) => pick(zone.id) });
  const middles = new Map(plan.zones.map((zone) => [zone.id, ["0", "1"].map((n) => zone.polygon.reduce((sum, spot) => sum + spot[n], 0) / zone.polygon.length)]));
  const most = Math.max(1, ...rows.map((row) => row.people.value));
  // Over the furniture, under the names: those are to be read.
  const ways = h("g.ways");
  svg.insertBefore(ways, svg.querySelector("text"));
  svg.classList.add("with-ways");
  for (const row of rows.slice(0, MOST)) {
    const [a, b] = [middles.get(row.place), middles.get(row.detail)];
    if (!a || !b) continue;
    const [dx, dy] = [b[0] - a[0], b[1] - a[1]];
    const far = Math.hypot(dx, dy) || 1;
    const wide = size * (0.12 + 1.1 * (row.people.value / most));
    // Each way bends to its own right, so that there and back lie apart.
    const [mx, my] = [(a[0] + b[0]) / 2 - (dy / far) * far * 0.14, (a[1] + b[1]) / 2 + (dx / far) * far * 0.14];
    ways.append(h("path.way", { d: `M${a[0]} ${a[1]}Q${mx} ${my} ${b[0]} ${b[1]}`, "stroke-width": wide, "stroke-linecap": "round" }, h("title", `${name(row.place)} → ${name(row.detail)}: ${number(row.people.value)}`)));
    const angle = (Math.atan2(b[1] - my, b[0] - mx) * 180) / Math.PI;
    const head = Math.max(size * 0.5, wide * 1.1);
    ways.append(h("polygon.way-end", { points: `0,0 ${-head * 1.6},${-head * 0.8} ${-head * 1.6},${head * 0.8}`, transform: `translate(${b[0]} ${b[1]}) rotate(${angle})` }));
  }
  return svg;
}

onPeriod(show);
