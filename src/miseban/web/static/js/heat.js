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

/** `mine` without `other`, cell by cell; `scale` makes times of different length alike. */
export function without(mine, other, scale = 1) {
  const cells = new Map();
  for (const key of new Set([...mine.keys(), ...other.keys()])) cells.set(key, (mine.get(key) ?? 0) - (other.get(key) ?? 0) * scale);
  return cells;
}

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

/** An SVG image of `cells` for a plan of `width` by `depth` metres, up to `top`. */
export function heatLayer(cells, { width_m: width, depth_m: depth }, top, { cell = 0.5, difference = false } = {}) {
  const [columns, bands] = [Math.ceil(width / cell), Math.ceil(depth / cell)];
  const canvas = document.createElement("canvas");
  [canvas.width, canvas.height] = [columns, bands];
  const pen = canvas.getContext("2d");
  const picture = pen.createImageData(columns, bands);
  for (const [key, value] of cells) {
    const [x, y] = key.split(" ").map((one) => Math.round(Number(one) / cell));
    if (x < 0 || y < 0 || x >= columns || y >= bands) continue;
    const part = Math.max(-1, Math.min(1, value / top));
    const colour = difference ? rgb(DIFFERENCE, (part + 1) / 2) : rgb(HEAT, part);
    // What is hardly used stays paper: the square root lets quiet corners show.
    const alpha = Math.min(1, 0.25 + 0.75 * Math.sqrt(Math.abs(part)));
    picture.data.set([...colour, Math.abs(part) < 0.004 ? 0 : Math.round(255 * alpha * 0.92)], 4 * (y * columns + x));
  }
  pen.putImageData(picture, 0, 0);
  const image = document.createElementNS("http://www.w3.org/2000/svg", "image");
  for (const [name, value] of Object.entries({ x: 0, y: 0, width: columns * cell, height: bands * cell, href: canvas.toDataURL(), preserveAspectRatio: "none" })) image.setAttribute(name, value);
  return image;
}

/** The scale under the plan. */
export function legend(top, title, difference = false) {
  const stops = difference ? DIFFERENCE : HEAT;
  const bar = document.createElement("canvas");
  [bar.width, bar.height, bar.className] = [200, 12, "scale"];
  const pen = bar.getContext("2d");
  for (let x = 0; x < 200; x++) { pen.fillStyle = `rgb(${rgb(stops, x / 199).join(",")})`; pen.fillRect(x, 0, 1, 12); }
  bar.setAttribute("aria-hidden", "true");
  const digits = top < 10 ? 1 : 0;
  return h("p.row", h("small", difference ? `−${number(top, digits)}` : "0"), bar, h("small", `${number(top, digits)}${difference ? "" : "+"}`), h("small", title));
}
