// A figure beside the same of another time: how it changed, and whether that is more than chance.

import { h } from "./dom.js";
import { change, t } from "./words.js";

/** `mine` and `other` are measures. The change is certain where the two intervals do not meet. */
export function changed(mine, other) {
  if (!other || !other.value || mine?.value === null || mine?.value === undefined) return null;
  const part = mine.value / other.value - 1;
  const known = [mine.low, mine.high, other.low, other.high].every((one) => one !== null && one !== undefined);
  const apart = known && (mine.low > other.high || mine.high < other.low);
  const way = !known || apart ? (part > 0 ? ".up" : part < 0 ? ".down" : "") : "";
  return h(`p.change${way}`, t("frame.than_compared", { change: change(part, 1) }), known && !apart ? ` (${t("frame.chance")})` : "");
}

/** Row after row of two answers that ask for equally long times: [row, the same place and turn of the other]. */
export function beside(rows, others) {
  const starts = (list) => [...new Set(list.map((row) => row.start))].sort();
  const mine = starts(rows);
  const theirs = starts(others);
  const found = new Map(others.map((row) => [`${theirs.indexOf(row.start)} ${row.place} ${row.detail}`, row]));
  return rows.map((row) => [row, found.get(`${mine.indexOf(row.start)} ${row.place} ${row.detail}`) ?? null]);
}
