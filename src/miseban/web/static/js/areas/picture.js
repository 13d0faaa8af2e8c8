// The floor as a camera sees it: heat through its homography, over the place without people where who sets
// cameras up has asked for that picture, else over outlines.

import { inkOf, pale } from "../heat.js";
import { drawPlan } from "../plan.js";

const FINE = 2;
/** Pixels of the picture for one of the heat. */
const NEAR = 1e-6;

/** `plan` as the camera `one` sees it: the same, in pixels, cut off where the picture ends. */
export function seenBy(plan, one) {
  const { width, height, to_pixel: matrix } = one;
  const shapes = (list) => list.map((each) => ({ ...each, polygon: cut(each.polygon, matrix, width, height) })).filter((each) => each.polygon.length > 2);
  const lines = plan.lines.map((each) => ({ ...each, points: inFront(each.points, matrix, false) })).filter((each) => each.points.length > 1);
  return { width_m: width, depth_m: height, fixtures: shapes(plan.fixtures), zones: shapes(plan.zones), lines };
}

/** An SVG of `cells` over `still` (an address, or null) or outlines. `options` are those of `drawPlan`. */
export function drawPicture(plan, one, cells, top, { still = null, difference = false, chance = new Set(), ...options }) {
  const { svg, layer } = drawPlan(seenBy(plan, one), options);
  svg.setAttribute("viewBox", `0 0 ${one.width} ${one.height}`);
  svg.classList.add("on-picture");
  const image = (href) => {
    const made = document.createElementNS("http://www.w3.org/2000/svg", "image");
    for (const [name, value] of Object.entries({ x: 0, y: 0, width: one.width, height: one.height, href, preserveAspectRatio: "none" })) made.setAttribute(name, value);
    return made;
  };
  if (still) { svg.classList.add("with-still"); layer("under").append(image(still)); }
  const heat = image(heatSeen(cells, plan, one, top, difference, chance));
  heat.classList.add("heat");
  layer("under").append(heat);
  return { svg, layer };
}

/** Every pixel asks which place of the floor it shows, and how hot that is. */
function heatSeen(cells, { width_m: wide, depth_m: deep }, { width, height, to_pixel: matrix }, top, difference, chance, cell = 0.5) {
  const [columns, bands] = [Math.ceil(wide / cell), Math.ceil(deep / cell)];
  const [grid, doubt] = [new Float64Array(columns * bands), new Float64Array(columns * bands)];
  for (const [key, value] of cells) {
    const [x, y] = key.split(" ").map((each) => Math.round(Number(each) / cell));
    if (x < 0 || y < 0 || x >= columns || y >= bands) continue;
    grid[y * columns + x] = value;
    doubt[y * columns + x] = chance.has(key) ? 1 : 0;
  }
  const at = (of, x, y) => (x < 0 || y < 0 || x >= columns || y >= bands ? 0 : of[y * columns + x]);
  const between = (of, a, b, p, q) => at(of, a, b) * (1 - p) * (1 - q) + at(of, a + 1, b) * p * (1 - q) + at(of, a, b + 1) * (1 - p) * q + at(of, a + 1, b + 1) * p * q;
  const canvas = document.createElement("canvas");
  [canvas.width, canvas.height] = [Math.round(width / FINE), Math.round(height / FINE)];
  const pen = canvas.getContext("2d");
  const picture = pen.createImageData(canvas.width, canvas.height);
  const back = inverse(matrix);
  for (let v = 0; v < canvas.height; v++) {
    for (let u = 0; u < canvas.width; u++) {
      const [x, y, w] = times(back, [(u + 0.5) * FINE, (v + 0.5) * FINE, 1]);
      if (w <= 0) continue; // above the horizon
      const [i, j] = [x / w / cell - 0.5, y / w / cell - 0.5];
      if (i < -0.5 || j < -0.5 || i > columns - 0.5 || j > bands - 0.5) continue;
      const [a, b] = [Math.floor(i), Math.floor(j)];
      const [p, q] = [i - a, j - b];
      const value = between(grid, a, b, p, q);
      if (value !== 0) picture.data.set(pale(inkOf(value / top, difference), chance.size ? between(doubt, a, b, p, q) : 0), 4 * (v * canvas.width + u));
    }
  }
  pen.putImageData(picture, 0, 0);
  return canvas.toDataURL();
}

const times = (matrix, [x, y, z]) => matrix.map(([a, b, c]) => a * x + b * y + c * z);

/** Of a matrix (3, 3), with its sign kept: what lay in front of the lens still does. */
export function inverse([[a, b, c], [d, e, f], [g, i, j]]) {
  const [A, B, C] = [e * j - f * i, f * g - d * j, d * i - e * g];
  const size = a * A + b * B + c * C;
  return [[A, c * i - b * j, b * f - c * e], [B, a * j - c * g, c * d - a * f], [C, b * g - a * i, a * e - b * d]].map((row) => row.map((one) => one / size));
}

/** Points of the floor in pixels, those behind the lens cut off. */
function inFront(points, matrix, closed) {
  const seen = points.map(([x, y]) => times(matrix, [x, y, 1]));
  return clipped(seen, (one) => one[2] - NEAR, closed).map(([x, y, w]) => [x / w, y / w]);
}

function cut(polygon, matrix, width, height) {
  const sides = [(p) => p[0], (p) => p[1], (p) => width - p[0], (p) => height - p[1]];
  return sides.reduce((points, inside) => clipped(points, inside, true), inFront(polygon, matrix, true));
}

/** What lies where `inside` is not negative (Sutherland and Hodgman 1974). */
function clipped(points, inside, closed) {
  const found = [];
  points.forEach((here, n) => {
    const before = n ? points[n - 1] : closed ? points.at(-1) : null;
    const [now, then] = [inside(here), before ? inside(before) : 0];
    if (before && now * then < 0) found.push(here.map((one, axis) => before[axis] + ((one - before[axis]) * then) / (then - now)));
    if (now >= 0) found.push(here);
  });
  return found;
}
