// A heat layer over the floor plan: cells of the API's answer as a smooth picture, and its legend.

import { DIFFERENCE, HEAT } from "./charts.js";
import { h } from "./dom.js";
import { number } from "./words.js";

/** Cells by "x y" in metres, in minutes of people per square metre. Several answers are added. */
export function cellsOf(answers, cell = 0.5) {
  const cells = new Map();
  for (const answer of answers) {
    for (const row of answer.rows) {
      if (row.person_s?.value === null || row.person_s?.value === undefined) continue;
      const key = `${row.x_m.value} ${row.y_m.value}`;
      cells.set(key, (cells.get(key) ?? 0) + row.person_s.value / 60 / (cell * cell));
    }
  }
  return cells;
}

/** How much more there was than in the compared time, as `cellsOf`; of squares of which that can be told. And
    `chance`: those of them that may be chance. */
export function differencesOf(answer, cell = 0.5) {
  const [cells, chance] = [new Map(), new Set()];
  for (const row of answer.rows) {
    if (row.difference?.value === null || row.difference?.value === undefined) continue;
    const key = `${row.x_m.value} ${row.y_m.value}`;
    cells.set(key, row.difference.value / 60 / (cell * cell));
    if (!(row.chance.value <= CHANCE)) chance.add(key);
  }
  return { cells, chance };
}
/** Of the squares that are called different, so many at most are by chance. */
export const CHANCE = 0.05;
/** How much is left of the ink of a square that may be chance. */
const PALE = 0.4;

function rgb(stops, part) {
  const last = stops.findIndex(([at]) => at >= part);
  if (last <= 0) return hex(stops[last === 0 ? 0 : stops.length - 1][1]);
  const [[a, from], [b, to]] = [stops[last - 1], stops[last]];
  const share = (part - a) / (b - a);
  const [x, y] = [hex(from), hex(to)];
  return x.map((one, n) => Math.round(one + (y[n] - one) * share));
}
const hex = (text) => [1, 3, 5].map((n) => parseInt(text.slice(n, n + 2), 16));

/** The value at the top of the scale: what one cell in fifty is above, so that a till does not make
    everything else dark. */
export function topOf(cells) {
  const sorted = [...cells.values()].map(Math.abs).filter((one) => one > 0).sort((a, b) => a - b);
  return sorted.length ? sorted[Math.floor((sorted.length - 1) * 0.98)] : 1;
}

/** Red, green, blue and how much it covers, 0 to 255, of a value of which 1 is the top of the scale. By its
    square root: a till does not make everything else look alike. */
export function inkOf(value, difference = false) {
  const size = Math.sqrt(Math.min(1, Math.abs(value)));
  const colour = difference ? rgb(DIFFERENCE, (1 + Math.sign(value) * size) / 2) : rgb(HEAT, size);
  // What is hardly used stays paper.
  return [...colour, Math.round(235 * Math.min(1, 0.3 + 0.9 * size) * Math.min(1, size / 0.15))];
}

/** The same ink, paler by how much of it `may` be chance (0 to 1). */
export const pale = ([red, green, blue, alpha], may) => [red, green, blue, Math.round(alpha * (1 - (1 - PALE) * may))];

/** A stroke through every square of `chance`. */
export function hatched(chance, cell = 0.5) {
  const strokes = [...chance].map((key) => key.split(" ").map(Number)).map(([x, y]) => `M${x} ${y + cell}l${cell} ${-cell}`);
  return h("path.chance", { d: strokes.join("") || "M0 0" });
}

/** An SVG image of `cells` for a plan of `width` by `depth` metres, up to `top`. */
export function heatLayer(cells, { width_m: width, depth_m: depth }, top, { cell = 0.5, difference = false, chance = new Set() } = {}) {
  const [columns, bands] = [Math.ceil(width / cell), Math.ceil(depth / cell)];
  const canvas = document.createElement("canvas");
  [canvas.width, canvas.height] = [columns, bands];
  const pen = canvas.getContext("2d");
  const picture = pen.createImageData(columns, bands);
  for (const [key, value] of cells) {
    const [x, y] = key.split(" ").map((one) => Math.round(Number(one) / cell));
    if (x < 0 || y < 0 || x >= columns || y >= bands) continue;
    picture.data.set(pale(inkOf(value / top, difference), chance.has(key) ? 1 : 0), 4 * (y * columns + x));
  }
  pen.putImageData(picture, 0, 0);
  const image = document.createElementNS("http://www.w3.org/2000/svg", "image");
  for (const [name, value] of Object.entries({ x: 0, y: 0, width: columns * cell, height: bands * cell, href: canvas.toDataURL(), preserveAspectRatio: "none" })) image.setAttribute(name, value);
  return image;
}

/** The scale under the plan; as the colours, by the square root. */
export function legend(top, title, difference = false) {
  const bar = document.createElement("canvas");
  [bar.width, bar.height, bar.className] = [200, 12, "scale"];
  const pen = bar.getContext("2d");
  for (let x = 0; x < 200; x++) {
    const place = difference ? x / 99.5 - 1 : x / 199;
    const [red, green, blue, alpha] = inkOf(Math.sign(place) * place * place, difference);
    pen.fillStyle = `rgb(${red} ${green} ${blue} / ${alpha / 255})`;
    pen.fillRect(x, 0, 1, 12);
  }
  bar.setAttribute("aria-hidden", "true");
  const write = (value) => number(value, top < 10 ? 1 : 0);
  const marks = difference ? [`−${write(top)}`, "0", `+${write(top)}`] : ["0", write(top / 4), `${write(top)}+`];
  return h("div.legend", h("div", bar, h("div.marks", marks.map((one) => h("small", one)))), h("small", title));
}

/** How a square looks that may be chance. */
export const chanceMark = () => h("svg.chance-mark", { viewBox: "0 0 18 12", "aria-hidden": "true" }, h("path.chance", { d: "M0 6L6 0M0 12L12 0M6 12L18 0M12 12L18 6" }));
