// What the shop file has, and what is still missing before it counts.

import { h } from "../dom.js";
import { number, t } from "../words.js";
import { nameOf } from "./model.js";

/** `states` by camera: {up}. `size(floor)` is told how large the plan shall be, where there is none. */
export function overviewOf(model, states, size) {
  const count = (list) => number(list.length);
  const facings = model.now.shelf.flatMap((one) => one.facing);
  const missing = [
    !model.floor && t("setup.miss_plan"),
    !model.cameras.length && t("setup.no_cameras"),
    !model.now.line.some((one) => one.entrance !== false) && t("setup.miss_line"),
    ...model.cameras.filter((one) => !(one.floor_points ?? []).length).map((one) => t("setup.miss_floor", { camera: nameOf(one) })),
  ].filter(Boolean);
  const silent = [...states.values()].filter((one) => !one.up).length;
  const seen = states.size > 0 && t("setup.all_seen");
  return [
    h("p", t("setup.drawn", { cameras: count(model.cameras), lines: count(model.now.line), zones: count(model.now.zone), facings: count(facings) })),
    missing.length ? h("ul.missing", missing.map((one) => h("li", one))) : h("p.change", t("setup.complete")),
    !model.floor && planForm(size),
    // Its place is kept until the cameras are heard of: what is drawn on below must not move.
    model.cameras.length > 0 && h("p.heard", silent ? h("a", { href: "/cameras" }, t("setup.silent", { n: number(silent) })) : seen || "\u00a0"),
  ];
}

function planForm(size) {
  const metres = (name) => h("input", { name, type: "number", min: "1", max: "1000", step: "0.1", required: true });
  const [width, depth] = [metres("width_m"), metres("depth_m")];
  return h("form.row", { onsubmit: (event) => { event.preventDefault(); size({ width_m: Number(width.value), depth_m: Number(depth.value) }); } },
    h("label", t("setup.width"), width), h("label", t("setup.depth"), depth), h("button.main", { type: "submit" }, t("setup.make_plan")));
}
