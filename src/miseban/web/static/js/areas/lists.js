// Areas beside each other: which are used most and least, how long people stay, and where they stop.

import { measured, tableOf } from "../charts.js";
import { beside, changed } from "../compared.js";
import { fill, h } from "../dom.js";
import { csvOf, view, viewed } from "../period.js";
import { duration, number, share, t } from "../words.js";

/** Where people come in, wait and are served is ranked by itself: no layout is judged by it. */
const SERVICE = new Set(["queue", "counter", "entrance"]);

/** Rows of areas with their zones and stays, most used first: {zone, row, stay, other}. */
export function placed(zones, areas, dwell) {
  const stays = new Map(beside(dwell.rows, dwell.compare?.rows ?? []).map(([row, other]) => [row.place, [row, other]]));
  return areas.rows.map((row) => {
    const [stay, other] = stays.get(row.place) ?? [null, null];
    return { zone: zones.get(row.place) ?? { id: row.place, name: row.place, kind: "area" }, row, stay, other };
  });
}
export const forSale = (list) => list.filter((one) => !SERVICE.has(one.zone.kind));

export function rank(list, choose, more) {
  const least = viewed("order") === "least";
  const chosen = viewed("area");
  const most = Math.max(...list.map((one) => one.row.share?.value ?? 0), 1e-9);
  const item = ({ zone, row, stay, other }) => h("li",
    h("button.plain", { type: "button", "aria-pressed": String(zone.id === chosen), onclick: () => choose(zone.id) }, zone.name),
    h("b", share(row.share?.value, 1)),
    h("span.bar", h("i", { style: { width: `${((row.share?.value ?? 0) * 100) / most}%` } })),
    h("small", !row.stays?.value ? t(row.stays?.value === 0 ? "areas.nobody" : "areas.few") : t("areas.stays_of", { n: number(row.stays?.value), mean: duration(row.mean_s?.value) })),
    other && changed(stay.stays, other.stays));
  const known = list.filter((one) => one.row.share?.value !== null);
  const group = (some) => h("ol.ranking", (least ? [...some].reverse() : some).map(item));
  const [goods, service] = [forSale(known), known.filter((one) => SERVICE.has(one.zone.kind))];
  const withheld = list.filter((one) => one.row.share?.value === null).map((one) => one.zone.name);
  fill("ranking", list.length ? [
    h("div.segments", { role: "group", "aria-label": t("areas.order") }, [["", "most"], ["least", "least"]].map(([value, word]) => h("button", { type: "button", "aria-pressed": String(least === Boolean(value)), onclick: () => { view("order", value); rank(list, choose, more); } }, t(`areas.${word}`)))),
    group(goods),
    service.length && [goods.length && h("h3", t("areas.service")), group(service)],
    withheld.length && h("p", h("small", `${withheld.join(", ")}: ${t("areas.few")}`)),
    h("p", h("small", t("areas.share_is"))),
    tableOf(list, [
      [t("areas.name"), (one) => one.zone.name],
      [t("areas.stays"), (one) => measured(one.stay?.stays ?? one.row.stays), true],
      [t("areas.mean"), (one) => measured(one.stay?.mean_s ?? one.row.mean_s, duration), true],
      [t("areas.share"), (one) => share(one.row.share?.value, 1), true],
    ], csvOf("areas", more))] : h("p.empty", t("areas.no_zones")));
}

/** Of every area a strip: where the middle half of its stays lies, and four in five. */
export function strips(list, choose, more) {
  const rows = list.filter(({ stay }) => stay?.median_s?.value !== null && stay?.median_s !== undefined);
  if (!rows.length) return fill("stays", h("p.empty", t("areas.no_stays")));
  const of = (stay, name) => stay[name]?.value ?? null;
  const longest = Math.max(...rows.map(({ stay }) => of(stay, "p90_s") ?? of(stay, "p75_s") ?? of(stay, "median_s")));
  const end = rounded(longest * 1.02);
  const at = (seconds) => `${(100 * Math.min(seconds, end)) / end}%`;
  const span = (name, low, high) => low !== null && high !== null && h(`i.${name}`, { style: { left: at(low), right: `${100 - (100 * Math.min(high, end)) / end}%` } });
  const between = (stay) => (of(stay, "p25_s") === null ? t("areas.half_only", { median: duration(of(stay, "median_s")) }) : t("areas.half_between", { low: duration(of(stay, "p25_s")), high: duration(of(stay, "p75_s")) }));
  const chosen = viewed("area");
  fill("stays", h("ol.strips", [...rows].sort((a, b) => of(b.stay, "median_s") - of(a.stay, "median_s")).map(({ zone, stay }) => h("li",
    h("button.plain", { type: "button", "aria-pressed": String(zone.id === chosen), onclick: () => choose(zone.id) }, zone.name),
    h("b", duration(of(stay, "median_s"))),
    h("span.strip", { "aria-hidden": "true" }, span("most", of(stay, "p10_s"), of(stay, "p90_s")), span("half", of(stay, "p25_s"), of(stay, "p75_s")), h("i.middle", { style: { left: at(of(stay, "median_s")) } })),
    h("small", between(stay))))),
  h("div.strip-scale", { "aria-hidden": "true" }, [0, end / 2, end].map((one) => h("small", duration(one)))),
  h("p", h("small", t("areas.strip_is"))),
  tableOf(rows, [
    [t("areas.name"), ({ zone }) => zone.name],
    [t("areas.p10"), ({ stay }) => duration(of(stay, "p10_s")), true],
    [t("areas.p25"), ({ stay }) => duration(of(stay, "p25_s")), true],
    [t("areas.median"), ({ stay }) => duration(of(stay, "median_s")), true],
    [t("areas.p75"), ({ stay }) => duration(of(stay, "p75_s")), true],
    [t("areas.p90"), ({ stay }) => duration(of(stay, "p90_s")), true],
    [t("areas.stays"), ({ stay }) => measured(stay.stays), true],
  ], csvOf("dwell", more)));
}

/** 1, 2 or 5 times a power of ten, or a whole number of minutes: the next that is not below. */
function rounded(seconds) {
  const steps = [5, 10, 20, 30, 60, 120, 180, 240, 300, 600, 900, 1200, 1800, 3600];
  return steps.find((one) => one >= seconds) ?? Math.ceil(seconds / 3600) * 3600;
}

/** Of as many as that may be told of: where fewer than five stopped, or walked on, it is not. */
function stopped(row) {
  if (!row.passed?.value) return null;
  const of = row.stop_rate?.base;
  return of ? t("areas.stopped_of", { n: number(row.stopped.value), of: number(of) }) : t("areas.stop_withheld", { of: number(row.passed.value) });
}

/** Of those who passed a shelf, how many stopped; and what most hands went to. */
export function stops(shop, funnel, more) {
  const shelves = shop.shelves.map((shelf) => {
    const facings = shelf.facings.map((one) => [one, funnel.rows.find((row) => row.place === `${shelf.id}/${one.id}`)]).filter(([, row]) => row);
    const hands = facings.filter(([, row]) => row.touched?.value).sort(([, a], [, b]) => b.touched.value - a.touched.value);
    return { shelf, row: facings[0]?.[1], hands };
  }).filter(({ row, hands }) => row && (row.passed?.value || hands.length));
  if (!shop.shelves.length) return fill("stops", h("p.empty", t("areas.no_shelves")));
  if (!shelves.length) return fill("stops", h("p.empty", t("areas.no_stops")));
  shelves.sort((a, b) => (b.row.stop_rate?.value ?? -1) - (a.row.stop_rate?.value ?? -1));
  fill("stops", h("ol.ranking", shelves.map(({ shelf, row, hands }) => h("li", h("span", shelf.name), h("b", share(row.stop_rate?.value)),
    row.stop_rate?.value !== null && h("span.bar", h("i", { style: { width: `${(row.stop_rate?.value ?? 0) * 100}%` } })),
    stopped(row) && h("small", stopped(row)),
    hands.length > 0 && h("p.change", t("areas.hands", { list: hands.slice(0, 3).map(([one, found]) => `${one.name} (${number(found.touched.value)})`).join(", ") }))))),
  h("p", h("small", t("areas.stop_is"), shelves.some(({ row }) => !row.passed?.value) && ` ${t("areas.no_zone_here")}`)),
  tableOf(shelves, [
    [t("areas.shelf"), ({ shelf }) => shelf.name],
    [t("areas.passed"), ({ row }) => measured(row.passed), true],
    [t("areas.stopped"), ({ row }) => measured(row.stopped), true],
    [t("areas.stop_rate"), ({ row }) => share(row.stop_rate?.value), true],
  ], csvOf("funnel", more)));
}
