// The floor plan: what stands there, what is drawn on it, and layers that pages lay over it.

import { steadily } from "./api.js";
import { h } from "./dom.js";
import { t } from "./words.js";

const NS = "http://www.w3.org/2000/svg";
let asked = null;
/** The shop's plan, asked for once a page: {width_m, depth_m, fixtures, zones, lines, cameras}; null
    where the shop file has no floor. */
export const shopPlan = () => (asked ??= "floor" in document.documentElement.dataset ? steadily("shop/plan") : Promise.resolve(null));

const points = (polygon) => polygon.map(([x, y]) => `${x},${y}`).join(" ");
function middle(polygon) {
  const xs = polygon.map((p) => p[0]);
  const ys = polygon.map((p) => p[1]);
  return [(Math.min(...xs) + Math.max(...xs)) / 2, (Math.min(...ys) + Math.max(...ys)) / 2];
}

/** An SVG in metres. `onzone(zone)` makes zones buttons. `layer(name)` gives a group under the names
    ("under") or over everything ("over"). */
export function drawPlan(plan, { label, onzone = null, names = true } = {}) {
  const { width_m: width, depth_m: depth } = plan;
  const size = Math.max(width, depth) / 62; // text, in metres
  // On a telephone names are larger, or nobody could read them.
  const letter = size * (matchMedia("(max-width: 700px)").matches ? 1.6 : 1);
  const under = h("g");
  const over = h("g");
  const zone = (one) => {
    const shape = h(`polygon.zone.${one.kind}`, { points: points(one.polygon), "stroke-width": size * 0.12, "stroke-dasharray": `${size * 0.5} ${size * 0.35}`, "data-zone": one.id }, h("title", one.name));
    if (!onzone) return shape;
    shape.setAttribute("tabindex", "0");
    shape.setAttribute("role", "button");
    shape.setAttribute("aria-label", one.name);
    shape.addEventListener("click", () => onzone(one));
    shape.addEventListener("keydown", (event) => { if (event.key === "Enter" || event.key === " ") { event.preventDefault(); onzone(one); } });
    return shape;
  };
  const name = (one) => {
    const [x, y] = middle(one.polygon);
    const wide = Math.max(...one.polygon.map((p) => p[0])) - Math.min(...one.polygon.map((p) => p[0]));
    const text = h("text", { x, y, "font-size": letter, "text-anchor": "middle", "dominant-baseline": "middle" });
    wrapped(one.name, Math.max(4, Math.floor(wide / (letter * 0.55)))).forEach((line, n, lines) => {
      const span = document.createElementNS(NS, "tspan");
      span.setAttribute("x", x);
      span.setAttribute("dy", n === 0 ? `${-0.55 * (lines.length - 1)}em` : "1.1em");
      span.textContent = line;
      text.append(span);
    });
    return text;
  };
  const svg = h("svg.plan", { viewBox: `${-0.3} ${-0.3} ${width + 0.6} ${depth + 0.6}`, role: onzone ? "group" : "img", "aria-label": label ?? "" },
    h("rect.floor", { x: 0, y: 0, width, height: depth, "stroke-width": size * 0.15 }),
    under,
    plan.fixtures.map((one) => h("polygon.fixture", { points: points(one.polygon), "stroke-width": size * 0.08 }, h("title", one.name ?? ""))),
    plan.zones.map(zone),
    plan.lines.map((one) => h("polyline.line", { points: points(one.points), "stroke-width": size * 0.25 }, h("title", one.name))),
    names && plan.zones.filter((one) => one.kind !== "private").map(name),
    over);
  return { svg, layer: (which) => (which === "under" ? under : over), size };
}

function wrapped(text, most) {
  if (text.length <= most) return [text];
  const lines = [""];
  // Words where there are spaces; signs where there are none.
  for (const word of /\s/.test(text) ? text.split(/\s+/) : text.match(new RegExp(`.{1,${most}}`, "gu"))) {
    const last = lines.at(-1);
    if (last && last.length + 1 + word.length > most) lines.push(word);
    else lines[lines.length - 1] = last ? `${last} ${word}` : word;
  }
  return lines;
}

export const noPlan = () => h("p.empty", t("plan.none"));
