// What the shop file has, and what is still missing before it counts.

import { h } from "../dom.js";
import { number, t } from "../words.js";
import { nameOf } from "./model.js";

/** `size(floor)` is told how large the plan shall be, where there is none. */
export function overviewOf(model, size) {
  const count = (list) => number(list.length);
  const facings = model.now.shelf.flatMap((one) => one.facing);
  const missing = [
    !model.floor && t("setup.miss_plan"),
    !model.cameras.length && t("setup.no_cameras"),
    !model.now.line.some((one) => one.entrance !== false) && t("setup.miss_line"),
    ...model.cameras.filter((one) => !(one.floor_points ?? []).length).map((one) => t("setup.miss_floor", { camera: nameOf(one) })),
  ].filter(Boolean);
  return [
    h("p", t("setup.drawn", { cameras: count(model.cameras), lines: count(model.now.line), zones: count(model.now.zone), facings: count(facings) })),
    missing.length ? h("ul.missing", missing.map((one) => h("li", one))) : h("p.change", t("setup.complete")),
    !model.floor && planForm(size),
  ];
}

/** Of which cameras nothing is heard; nothing before anything is. `states` by camera: {up}. */
export function heardOf(model, states) {
  const silent = [...states.values()].filter((one) => !one.up).length;
  if (silent) return h("a", { href: "/cameras" }, t("setup.silent", { n: number(silent) }));
  return model.cameras.length > 0 && model.cameras.every((one) => states.get(one.id)?.up) && t("setup.all_seen");
}

function planForm(size) {
  const metres = (name) => h("input", { name, type: "number", min: "1", max: "1000", step: "0.1", required: true });
  const [width, depth] = [metres("width_m"), metres("depth_m")];
  return h("form.row", { onsubmit: (event) => { event.preventDefault(); size({ width_m: Number(width.value), depth_m: Number(depth.value) }); } },
    h("label", t("setup.width"), width), h("label", t("setup.depth"), depth), h("button.main", { type: "submit" }, t("setup.make_plan")));
}
