// What the shop file has, and what is still missing before it counts.

import { h } from "../dom.js";
import { number, t } from "../words.js";
import { nameOf } from "./model.js";

/** `states` by camera: {up}. */
export function overviewOf(model, states) {
  const count = (list) => number(list.length);
  const facings = model.now.shelf.flatMap((one) => one.facing);
  const missing = [
    !model.floor && t("setup.miss_plan"),
    !model.cameras.length && t("setup.no_cameras"),
    !model.now.line.some((one) => one.entrance !== false) && t("setup.miss_line"),
    ...model.cameras.filter((one) => !(one.floor_points ?? []).length).map((one) => t("setup.miss_floor", { camera: nameOf(one) })),
  ].filter(Boolean);
  const silent = [...states.values()].filter((one) => !one.up).length;
  return [
    h("p", t("setup.drawn", { cameras: count(model.cameras), lines: count(model.now.line), zones: count(model.now.zone), facings: count(facings) })),
    missing.length ? h("ul.missing", missing.map((one) => h("li", one))) : h("p.change", t("setup.complete")),
    silent > 0 && h("p", h("a", { href: "/cameras" }, t("setup.silent", { n: number(silent) }))),
  ];
}
