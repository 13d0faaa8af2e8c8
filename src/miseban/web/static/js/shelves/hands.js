// What hands did at the shelves: from passing to buying, what was touched and not bought, what was put
// back, and what was taken while something else was empty.

import { ask } from "../api.js";
import { measured, table, tableOf } from "../charts.js";
import { fill, h } from "../dom.js";
import { csvOf, view, viewed } from "../period.js";
import { duration, number, share, t } from "../words.js";

const SHOWN = 20;
const LISTED = 8;
const STEPS = { facing: ["passed", "stopped", "faced", "touched", "picked", "kept_by", "bought_by"], shelf: ["passed", "stopped", "faced", "touched", "picked", "kept_by", "bought"] };
const times = (value) => `×${number(value, value < 10 ? 1 : 0)}`;
const count = (one) => (one?.value === null || one?.value === undefined ? "–" : number(one.value));

/** `query`: since, until and what it is compared with; `name(place)` and `shelfOf(place)` in words. */
export async function hands(query, names, signal) {
  const of = viewed("of", "facing");
  const funnel = ask("funnel", { ...query, of }, signal);
  const facings = of === "facing" ? funnel : ask("funnel", query, signal);
  const plain = { since: query.since, until: query.until };
  await Promise.all([
    funnel.then((answer) => steps(answer, of, names, () => hands(query, names, signal))),
    facings.then((answer) => { notBought(answer.rows, names); back(answer.rows, names); }),
    ask("instead", plain, signal).then((answer) => instead(answer.rows, names)),
  ]);
}

function steps(answer, of, names, again) {
  const choose = (value) => h("button", { type: "button", "aria-pressed": String(of === value), onclick: () => { view("of", value === "facing" ? "" : value); again(); } }, t(`shelves.of_${value}`));
  const choice = h("p.choose", { role: "group", "aria-label": t("shelves.of") }, choose("facing"), choose("shelf"));
  const tellsOf = (row) => row.faced?.value !== null && row.faced?.value !== undefined; // only where the plan tells
  const rows = answer.rows.filter((row) => row.touched?.value || row.faced?.value || row.passed?.value).sort((a, b) => (b.touched?.value ?? 0) - (a.touched?.value ?? 0));
  const columns = [
    [t(of === "shelf" ? "shelves.shelf" : "shelves.facing"), (row) => names.of(row.place)],
    ...STEPS[of].filter((key) => key !== "faced" || rows.some(tellsOf)).map((key) => [t(`shelves.${key}`), (row) => count(row[key]), true]),
    [t("shelves.rate"), (row) => measured(row.pick_rate, share), true],
    ...(answer.compare ? [[t("shelves.ratio"), (row) => measured(row.pick_up_ratio, times), true]] : []),
  ];
  fill("funnel", choice, of === "shelf" ? h("p.hint", t("shelves.of_shelf_what")) : null, rows.length
    ? [h("div.scroll", { tabindex: "0" }, table(rows.slice(0, SHOWN), columns)), answer.notes.length ? h("p.hint", t("shelves.of_k")) : null, h("p", h("a", { href: csvOf("funnel", { of }), download: true }, t("frame.csv")))]
    : h("p.empty", t("shelves.no_touches")));
}

function notBought(rows, names) {
  const known = rows.filter((row) => row.not_bought_rate?.value !== null && row.not_bought_rate?.value !== undefined);
  known.sort((a, b) => (b.not_bought_rate.low ?? 0) - (a.not_bought_rate.low ?? 0) || b.touched.value - a.touched.value);
  const columns = [
    [t("shelves.facing"), (row) => names.of(row.place)], [t("shelves.touched"), (row) => count(row.touched), true],
    [t("shelves.bought_by"), (row) => count(row.bought_by), true], [t("shelves.not_bought_rate"), (row) => measured(row.not_bought_rate, share), true],
  ];
  fill("notbought", h("p.hint", t("shelves.not_bought_what")), known.length
    ? [list(known.slice(0, LISTED), names, (row) => [h("b", share(row.not_bought_rate.value)), h("br"), h("small", t("shelves.of_touched", { n: number(row.touched.value), low: share(row.not_bought_rate.low), high: share(row.not_bought_rate.high) }))]), tableOf(known, columns)]
    : h("p.empty", t("shelves.no_sales")));
}

function back(rows, names) {
  const found = rows.filter((row) => row.put_backs?.value && row.pick_ups?.value).sort((a, b) => b.put_back_rate.value - a.put_back_rate.value);
  fill("back", found.length
    ? list(found.slice(0, LISTED), names, (row) => [h("b", number(row.put_backs.value)), h("br"), h("small", t("shelves.of_picked", { share: share(row.put_back_rate.value), n: number(row.pick_ups.value) }))])
    : h("p.empty", t("shelves.no_touches")));
}

const list = (rows, names, end) => h("ol.list", rows.map((row) => h("li", h("span", names.of(row.place)), h("span.end", end(row)))));

function instead(rows, names) {
  const there = new Map(rows.filter((row) => !row.detail).map((row) => [row.place, row]));
  const taken = rows.filter((row) => row.detail && row.people?.value).sort((a, b) => (b.pick_ratio?.low ?? 0) - (a.pick_ratio?.low ?? 0) || b.people.value - a.people.value);
  const columns = [
    [t("shelves.while_empty"), (row) => names.of(row.place)], [t("shelves.empty_min"), (row) => duration(row.empty_min.value * 60), true],
    [t("shelves.taken"), (row) => names.of(row.detail)],
    [t("shelves.people"), (row) => `${count(row.people)} / ${count(there.get(row.place)?.people)}`, true],
    [t("shelves.share_there"), (row) => measured(row.share, share), true], [t("shelves.as_usual"), (row) => measured(row.pick_ratio, times), true],
  ];
  fill("instead", taken.length
    ? [h("div.scroll", { tabindex: "0" }, table(taken.slice(0, SHOWN), columns)), h("p", h("a", { href: csvOf("instead"), download: true }, t("frame.csv")))]
    : h("p.empty", t("shelves.no_instead")));
}
