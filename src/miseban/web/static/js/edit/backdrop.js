// What lies under the shapes: the plan with its furniture, or the picture of a camera.

import { h } from "../dom.js";
import { centre, through } from "./geometry.js";

const SVG = "http://www.w3.org/2000/svg";

/** The plan's floor, furniture that is not edited here, and what is drawn on pictures. */
export function planBackdrop(floor, laid) {
  const { width_m: width, depth_m: depth } = floor;
  const lines = [];
  for (let x = 1; x < width; x++) lines.push(h("line.grid", { x1: x, y1: 0, x2: x, y2: depth }));
  for (let y = 1; y < depth; y++) lines.push(h("line.grid", { x1: 0, y1: y, x2: width, y2: y }));
  return [h("rect.floor", { x: 0, y: 0, width, height: depth }), lines,
    laid.map((one) => h(one.closed ? "polygon.laid" : "polyline.laid", { points: text(one.points) }, h("title", one.name))),
    laid.map((one) => h("text.faint", { x: centre(one.points)[0], y: centre(one.points)[1], "font-size": Math.max(width, depth) / 70, "text-anchor": "middle", "dominant-baseline": "middle" }, one.name))];
}

/** The picture without people where there is one, or rows of colours where it is in blocks, else the plan as the camera sees it. */
export function pictureBackdrop(camera, still, { toPixel, floor, fixtures }) {
  const [width, height] = camera.resolution;
  const parts = [h("rect.floor", { x: 0, y: 0, width, height })];
  if (Array.isArray(still)) {
    const [wide, high] = [width / still[0].length, height / still.length];
    return [...parts, ...still.flatMap((row, y) => row.map((fill, x) => h("rect.block", { x: x * wide, y: y * high, width: wide, height: high, fill })))];
  }
  if (still) {
    const image = document.createElementNS(SVG, "image");
    for (const [key, value] of Object.entries({ href: still, x: 0, y: 0, width, height, preserveAspectRatio: "none" })) image.setAttribute(key, value);
    return [...parts, image];
  }
  if (!toPixel || !floor) return parts;
  return [...parts, ...floorLines(toPixel, floor, camera.resolution, "grid"),
    ...fixtures.map((one) => {
      const seen = one.polygon.map((point) => through(toPixel, point));
      return seen.every(Boolean) && h("polygon.fixture.seen", { points: text(seen) }, h("title", one.name ?? one.id));
    }).filter(Boolean)];
}

/** A line for each metre of the plan, as a camera sees it. */
export function floorLines(toPixel, floor, [width, height], name) {
  const found = [];
  const { width_m: wide, depth_m: deep } = floor;
  const along = (at, axis) => {
    const most = axis === 0 ? deep : wide;
    let piece = [];
    const pieces = [piece];
    for (let other = 0; other <= most + 1e-9; other += 0.25) {
      const spot = through(toPixel, axis === 0 ? [at, other] : [other, at]);
      const near = spot && spot[0] > -width && spot[0] < 2 * width && spot[1] > -height && spot[1] < 2 * height;
      if (near) piece.push(spot);
      else if (piece.length) pieces.push((piece = []));
    }
    for (const one of pieces) if (one.length > 1) found.push(h(`polyline.${name}`, { points: text(one) }));
  };
  for (let x = 0; x <= wide; x++) along(x, 0);
  for (let y = 0; y <= deep; y++) along(y, 1);
  return found;
}

const text = (points) => points.map(([x, y]) => `${x},${y}`).join(" ");
