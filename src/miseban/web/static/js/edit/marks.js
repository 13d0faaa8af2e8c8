// Marks beside shapes: which way is in, and where a shape crosses itself.

import { h } from "../dom.js";
import { t } from "../words.js";
import { distance, edges, middle } from "./geometry.js";

/** Which way is in: to the right of who walks along the line. `px` is a pixel of the screen, in units. */
export function way(points, px) {
  const [a, b] = edges(points, false)[Math.floor((points.length - 1) / 2)] ?? edges(points, false)[0] ?? [];
  if (!b || distance(a, b) === 0) return null;
  const [mx, my] = middle(a, b);
  const far = distance(a, b);
  const [dx, dy] = [-(b[1] - a[1]) / far, (b[0] - a[0]) / far];
  const at = (along, across) => `${mx + (dx * along + dy * across) * px},${my + (dy * along - dx * across) * px}`;
  return h("g.way", h("polyline", { points: `${at(0, 0)} ${at(30, 0)}`, "stroke-width": 3 * px }),
    h("polygon", { points: `${at(42, 0)} ${at(28, 8)} ${at(28, -8)}` }),
    h("text", { x: mx + dx * 54 * px, y: my + dy * 54 * px, "font-size": 13 * px, "stroke-width": 3 * px, "text-anchor": "middle", "dominant-baseline": "middle" }, t("draw.in")));
}

export function cross([x, y], px) {
  const r = 11 * px;
  const line = (x1, y1, x2, y2) => h("line", { x1, y1, x2, y2, "stroke-width": 2 * px });
  return h("g.wrong", h("circle", { cx: x, cy: y, r, "stroke-width": 3 * px }), line(x - r * 2, y, x + r * 2, y), line(x, y - r * 2, x, y + r * 2));
}
