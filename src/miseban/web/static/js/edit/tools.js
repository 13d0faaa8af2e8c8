// What can be drawn on a surface, and how it is looked at.

import { h } from "../dom.js";
import { t } from "../words.js";

/** `kind(one)` begins or gives up drawing; `still(event)` takes a picture, none on the plan; `pixelated(event)`
    asks for a coarse one. */
export function toolbar(board, { on, has, begin, still, zooms }) {
  const kinds = on ? ["zone", "line", "facing"] : ["zone", "line", "fixture"];
  const snap = h("input", { type: "checkbox", onchange: (event) => { board.snaps = event.target.checked; } });
  snap.checked = board.snaps;
  return [
    ...kinds.map((kind) => h("button", { type: "button", "data-tool": kind, "aria-pressed": String(board.tool === kind), onclick: () => begin(kind) }, t(`draw.new_${kind}`))),
    on && h("button", { type: "button", id: "take-still", onclick: still }, t(has ? "draw.still_again" : "draw.still")),
    ...zooms,
    h("label.check", snap, t("draw.snap")),
  ].filter(Boolean);
}
