// Shelves: what stands full or empty now, how long it was empty, and what hands did there.

import { ask, steadily } from "../api.js";
import { figure, table, tableOf } from "../charts.js";
import { changed } from "../compared.js";
import { fill, h } from "../dom.js";
import { onLive } from "../live.js";
import { csvOf, onPeriod } from "../period.js";
import { check, checks, mayCheck } from "../shelves/check.js";
import { hands } from "../shelves/hands.js";
import { plan } from "../shelves/plan.js";
import { duration, number, share, t } from "../words.js";

const shop = steadily("shop");
const SHOWN = 20;

const names = shop.then((found) => new Map(found.shelves.flatMap((shelf) => shelf.facings.map((one) => [`${shelf.id}/${one.id}`, { facing: one, shelf }]))));
const products = names.then((known) => new Map([...known.values()].map(({ facing }) => [facing.gtin, facing.name])));
const facingName = (known, place) => known.get(place)?.facing.name ?? place;

/** Every shelf as it stands: facings in rows as the camera sees them. */
async function now({ shelves, time }) {
  const found = await shop;
  if (!found.shelves.length) return fill("now", h("p.empty", t("shelves.none")));
  const states = new Map(shelves.map((one) => [`${one.shelf}/${one.facing}`, one]));
  const facings = found.shelves.flatMap((shelf) => shelf.facings.map((facing) => ({ place: `${shelf.id}/${facing.id}`, shelf: shelf.id, facing: facing.id, name: facing.name, shelfName: shelf.name, ...states.get(`${shelf.id}/${facing.id}`) })));
  checks(facings, time);
  const clear = facings.filter((one) => one.state && !["blocked", "unknown"].includes(one.state)).length;
  const untold = facings.length - clear;
  return fill("now", untold > 0 && h("p.hint", t("shelves.hatched", { n: number(untold), all: number(facings.length) })), h("div.shelves", found.shelves.map((shelf) => h("div.shelf", h("h3", shelf.name), rowsOf(shelf).map((row) => h("div.board", row.map((facing) => standing(facing, `${shelf.id}/${facing.id}`, states.get(`${shelf.id}/${facing.id}`), time))))))));
}

function rowsOf(shelf) {
  const placed = shelf.facings.map((one) => ({ ...one, x: mean(one.polygon, 0), y: mean(one.polygon, 1), tall: Math.max(...one.polygon.map((p) => p[1])) - Math.min(...one.polygon.map((p) => p[1])) }));
  placed.sort((a, b) => a.y - b.y);
  const rows = [];
  for (const one of placed) {
    const row = rows.at(-1);
    if (row && one.y - row[0].y < Math.max(row[0].tall, one.tall) * 0.6) row.push(one);
    else rows.push([one]);
  }
  return rows.map((row) => row.sort((a, b) => a.x - b.x));
}
const mean = (polygon, n) => polygon.reduce((sum, spot) => sum + spot[n], 0) / polygon.length;

/** A facing; a button where whoever looks may say how it really stands. */
function standing(facing, place, state, time) {
  const known = state?.state;
  const since = state?.since ? duration((Date.parse(time) - Date.parse(state.since)) / 1000) : null;
  const says = known ? known === "full" && state.fill !== null ? share(state.fill) : t(`shelfstate.${known}`) : t("frame.unseen");
  const way = mayCheck ? { type: "button", onclick: () => check(place) } : {};
  return h(`${mayCheck ? "button" : "div"}.facing.${known ?? "unseen"}`, way, h("span.level", h("i", { style: { height: `${Math.round((state?.fill ?? 0) * 100)}%` } })), h("span.what", facing.name), h("small", known === "low" && state.fill !== null && state.fill !== undefined ? `${says} · ${share(state.fill)}` : says, known === "empty" && since ? ` · ${since}` : ""));
}

/** Each card as soon as its own answer is there. */
async function show(period, signal) {
  const known = await names;
  const shelves = new Map([...known.values()].map(({ shelf }) => [shelf.id, shelf.name]));
  const words = { of: (place) => known.get(place)?.facing.name ?? shelves.get(place) ?? place };
  const stock = ask("stock", { ...period.query, by: "whole" }, signal);
  await Promise.all([stock.then((answer) => stood(answer, known)), hands(period.query, words, signal)]);
}

function stood(stock, known) {
  const minutes = (rows, key) => rows.reduce((sum, row) => sum + (row[key]?.value ?? 0), 0);
  const seen = (rows) => ["full_min", "low_min", "empty_min", "wrong_min"].reduce((sum, key) => sum + minutes(rows, key), 0);
  const part = (rows) => (seen(rows) ? { value: minutes(rows, "empty_min") / seen(rows) } : null);
  const mine = part(stock.rows);
  fill("empty", figure(mine, "", { write: (v) => share(v, 1) }), mine ? h("p.change", t("shelves.share_empty", { share: share(mine.value, 1), minutes: duration(minutes(stock.rows, "empty_min") * 60) })) : h("p.change", t("shelves.no_stock")), stock.compare && changed(mine, part(stock.compare.rows)));
  const rows = stock.rows.filter((row) => row.empty_min?.value).sort((a, b) => b.empty_min.value - a.empty_min.value);
  const columns = [
    [t("shelves.facing"), (row) => facingName(known, row.place)],
    [t("shelves.shelf"), (row) => known.get(row.place)?.shelf.name ?? ""],
    [t("shelves.empty_min"), (row) => duration(row.empty_min.value === null ? null : row.empty_min.value * 60), true],
    [t("shelves.low_min"), (row) => duration(row.low_min.value === null ? null : row.low_min.value * 60), true],
    [t("shelves.emptied"), (row) => number(row.emptied.value), true],
    [t("shelves.fill"), (row) => share(row.fill.value), true],
  ];
  fill("stock", rows.length ? h("div.scroll", { tabindex: "0" }, table(rows.slice(0, SHOWN), columns)) : h("p.empty", t(mine ? "shelves.never_empty" : "shelves.no_stock")), tableOf(stock.rows, columns, csvOf("stock")));
}

/** What stands where, beside a plan: of now, whatever the period. */
async function planned() {
  const known = await names;
  const called = await products;
  await plan({ of: (place) => { const one = known.get(place); return one ? `${one.facing.name} · ${one.shelf.name}` : place; }, product: (gtin) => called.get(gtin) ?? gtin });
}

onLive("now", now);
planned();
onPeriod(show);
