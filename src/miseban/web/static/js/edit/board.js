// The surface that shapes are drawn on: a picture or the plan, by mouse, touch and keyboard.

import { h } from "../dom.js";
import { t } from "../words.js";
import { pressed } from "./boardkeys.js";
import { centre, distance, distanceTo, edges, inside, middle, mistake, snapped, together } from "./geometry.js";
import { cross, way } from "./marks.js";
import { isClosed, NEEDS, nameOf, pointsOf } from "./model.js";

const HIT = 22; // half of 44 px, what a thumb finds
const DOT = 7;
const SNAP = 9;
const STILL = 4; // so far a pointer may stray before it moves a shape

/** `tell` has `chosen(shape)`, `moved(shape, points)`, `drawn(kind, points)`, `draft(shape, points)` (while
    something is dragged) and `say(text)`. */
export class Board {
  constructor(tell) {
    this.tell = tell;
    this.tool = null;
    this.shapes = [];
    this.chosen = null;
    this.points = []; // of what is drawn just now
    this.drag = null;
    this.snaps = true;
    this.layers = Object.fromEntries(["under", "quiet", "shown", "over", "fresh", "handles"].map((name) => [name, h(`g.${name}`)]));
    this.svg = h("svg.board", { tabindex: "0", role: "group" }, Object.values(this.layers));
    this.svg.addEventListener("pointerdown", (event) => this.down(event));
    this.svg.addEventListener("pointermove", (event) => this.move(event));
    for (const name of ["pointerup", "pointercancel"]) this.svg.addEventListener(name, (event) => this.up(event));
    this.svg.addEventListener("dblclick", () => { if (this.tool) this.finish(); });
    this.svg.addEventListener("keydown", (event) => pressed(this, event));
    new ResizeObserver(() => { if (this.size) this.draw(); }).observe(this.svg);
  }

  /** `size` [width, height] in units, `step` what an arrow key moves by, `write(point)` a place for people. */
  surface({ size, step, digits, write, label, angles, snapTo = [] }) {
    Object.assign(this, { size, step, digits, write, angles, snapTo, points: [], tool: null });
    this.svg.setAttribute("aria-label", label);
    this.at = [size[0] / 2, size[1] / 2]; // where the keyboard draws
    this.zoom(1);
  }

  /** So many times larger, around what is chosen. */
  zoom(times) {
    this.times = times;
    const rim = Math.max(...this.size) * 0.015;
    const about = this.chosen && times > 1 ? centre(pointsOf(this.chosen)) : this.at;
    const box = this.size.map((one) => (one + 2 * rim) / times);
    const corner = this.size.map((one, axis) => Math.min(Math.max(about[axis] - box[axis] / 2, -rim), one + rim - box[axis]));
    this.svg.setAttribute("viewBox", [...corner, ...box].join(" "));
  }

  show(shapes, chosen) {
    this.shapes = shapes;
    this.chosen = chosen;
    this.draw();
  }

  draws(tool) {
    this.tool = tool;
    this.points = [];
    this.svg.classList.toggle("drawing", Boolean(tool));
    this.draw();
  }

  // The length of a pixel of the screen, in units.
  get pixel() { return this.svg.clientWidth ? this.svg.viewBox.baseVal.width / this.svg.clientWidth : this.size[0] / 800; }
  get moving() { return this.drag ? this.drag.points : this.chosen && pointsOf(this.chosen); }

  draw() {
    if (!this.size) return;
    const px = this.pixel;
    this.layers.shown.replaceChildren(...this.shapes.map((one) => this.shape(one, px)));
    this.handles(px);
    this.fresh(px);
  }

  shape(one, px) {
    const chosen = one.id === this.chosen?.id && one.kind === this.chosen.kind && one.shelf === this.chosen.shelf;
    const points = chosen ? this.moving : pointsOf(one);
    const text = points.map((p) => p.join(",")).join(" ");
    const kind = one.kind === "zone" ? `zone ${one.table.kind}` : one.kind;
    const [x, y] = centre(points);
    const wrong = chosen && mistake(points, isClosed(one));
    return h("g", { class: `shape ${kind}${chosen ? " chosen" : ""}` },
      h(isClosed(one) ? "polygon" : "polyline", { points: text, "stroke-width": (chosen ? 3 : 2) * px }),
      one.kind === "line" && way(points, px),
      h("text", { x, y: one.kind === "line" ? y - 14 * px : y, "font-size": 13 * px, "stroke-width": 3 * px, "text-anchor": "middle", "dominant-baseline": "middle" }, nameOf(one.table)),
      wrong?.at && cross(wrong.at, px));
  }

  handles(px) {
    const points = this.chosen && !this.tool ? this.moving : [];
    const layer = this.layers.handles;
    const between = this.chosen && !this.tool ? edges(points, isClosed(this.chosen)).map(([a, b]) => middle(a, b)) : [];
    if (layer.childNodes.length !== points.length + between.length) {
      layer.replaceChildren(...between.map(() => h("g.between", { "aria-hidden": "true" }, h("circle.dot"))),
        ...points.map((_, n) => h("g.handle", { tabindex: "0", role: "button", "data-n": String(n) }, h("circle.hit"), h("circle.dot"))));
    }
    const put = (group, [x, y], dot) => {
      for (const circle of group.childNodes) {
        const r = circle.classList.contains("hit") ? HIT : dot;
        for (const [key, value] of Object.entries({ cx: x, cy: y, r: r * px, "stroke-width": 2 * px })) circle.setAttribute(key, value);
      }
    };
    between.forEach((point, n) => put(layer.childNodes[n], point, 4));
    points.forEach((point, n) => {
      const group = layer.childNodes[between.length + n];
      put(group, point, DOT);
      group.setAttribute("aria-label", t("draw.point", { n: n + 1, of: points.length, at: this.write(point) }));
    });
  }

  fresh(px) {
    const parts = [];
    if (this.tool) {
      if (this.points.length) {
        parts.push(h("polyline.line", { points: this.points.map((p) => p.join(",")).join(" "), "stroke-width": 3 * px }));
        for (const [x, y] of this.points) parts.push(h("circle.dot", { cx: x, cy: y, r: DOT * px, "stroke-width": 2 * px }));
        const wrong = this.points.length > 2 && mistake(this.points, false);
        if (wrong?.at) parts.push(cross(wrong.at, px));
      }
      if (document.activeElement === this.svg) {
        const [x, y] = this.at;
        const r = 16 * px;
        parts.push(h("g.cursor", h("line", { x1: x - r, y1: y, x2: x + r, y2: y, "stroke-width": 2 * px }), h("line", { x1: x, y1: y - r, x2: x, y2: y + r, "stroke-width": 2 * px })));
      }
    }
    this.layers.fresh.replaceChildren(...parts);
  }

  // Pointers.

  place(event) {
    const { x, y } = new DOMPoint(event.clientX, event.clientY).matrixTransform(this.svg.getScreenCTM().inverse());
    return [x, y];
  }
  /** Within the surface, as exact as the file has it. */
  fit([x, y]) {
    const round = 10 ** this.digits;
    const within = (value, most) => Math.round(Math.min(Math.max(value, 0), most) * round) / round;
    return [within(x, this.size[0]), within(y, this.size[1])];
  }
  snap(point, points, n) {
    if (!this.snaps) return this.fit(point);
    const closed = this.tool ? false : isClosed(this.chosen);
    const beside = (by) => {
      const at = n + by;
      return closed ? points[(at + points.length) % points.length] : points[at];
    };
    const sides = closed && points.length < 4 ? [[beside(-1)], [beside(1)]] : [[beside(-1), beside(-2)], [beside(1), beside(2)]];
    const others = [...this.snapTo, ...this.shapes.filter((one) => one !== this.chosen).flatMap(pointsOf)];
    return this.fit(snapped(point, { others, before: sides[0].filter(Boolean), after: sides[1].filter(Boolean), reach: SNAP * this.pixel, angles: this.angles }));
  }

  down(event) {
    if (event.button) return;
    const at = this.place(event);
    const near = HIT * this.pixel;
    if (this.tool) {
      event.preventDefault();
      if (this.points.length >= (NEEDS[this.tool] ?? 3) && distance(this.points[0], at) < near && this.tool !== "line") return this.finish();
      return this.put(this.snap(at, [...this.points, at], this.points.length));
    }
    const points = this.chosen ? pointsOf(this.chosen) : [];
    const handle = points.map((point, n) => [distance(point, at), n]).sort(([a], [b]) => a - b)[0];
    // Of something small the thumb finds its points everywhere: in its middle it is moved as a whole.
    const inMiddle = handle && isClosed(this.chosen) && distance(centre(points), at) < handle[0] && inside(at, points);
    if (handle && !inMiddle && handle[0] <= near) return this.grab(event, [...points], handle[1]);
    const between = this.chosen && !inMiddle ? edges(points, isClosed(this.chosen)).findIndex(([a, b]) => distance(middle(a, b), at) < near * 0.7) : -1;
    if (between >= 0) return this.grab(event, [...points.slice(0, between + 1), this.fit(at), ...points.slice(between + 1)], between + 1);
    const found = inMiddle ? this.chosen : this.hit(at);
    if (found !== this.chosen) return this.tell.chosen(found);
    if (found) this.hold(event, { points: [...pointsOf(this.chosen)], whole: pointsOf(this.chosen), from: at });
  }

  /** A point is dragged, or the shape as a `whole`, `from` where it was touched. */
  hold(event, drag) {
    this.svg.setPointerCapture(event.pointerId);
    this.drag = { ...drag, pointer: event.pointerId, moved: false };
  }

  grab(event, points, n) {
    event.preventDefault();
    this.hold(event, { points, n });
    this.draw();
    this.layers.handles.querySelector(`[data-n="${n}"]`)?.focus({ preventScroll: true });
  }

  move(event) {
    if (!this.drag || event.pointerId !== this.drag.pointer) return;
    const { points, n, whole, from } = this.drag;
    const at = this.place(event);
    if (whole) {
      if (!this.drag.moved && distance(from, at) < STILL * this.pixel) return; // a thumb is never still
      this.drag.points = this.shifted(whole, [at[0] - from[0], at[1] - from[1]]);
    } else points[n] = event.altKey ? this.fit(at) : this.snap(at, points, n);
    this.drag.moved = true;
    this.draw();
    this.tell.draft(this.chosen, this.drag.points);
  }

  /** `points` as they lie, so far away, and within the surface. */
  shifted(points, by) { return together(points, by, this.size).map((point) => this.fit(point)); }

  up(event) {
    if (!this.drag || event.pointerId !== this.drag.pointer) return;
    const { points, whole, moved } = this.drag;
    this.drag = null;
    if (event.type === "pointerup" && (moved || !whole)) this.tell.moved(this.chosen, points);
    else this.draw();
  }

  /** The smallest shape there. */
  hit(at) {
    const near = (HIT / 2) * this.pixel;
    const extent = (one) => { const p = pointsOf(one); return Math.max(...p.map((a) => distance(a, p[0]))); };
    return this.shapes.filter((one) => (isClosed(one) && inside(at, pointsOf(one))) || distanceTo(at, pointsOf(one), isClosed(one)) < near)
      .sort((a, b) => (a.kind === "line" ? 0 : extent(a)) - (b.kind === "line" ? 0 : extent(b)))[0] ?? null;
  }

  // Drawing a new one.

  put(point) {
    const last = this.points.at(-1);
    if (last && distance(last, point) === 0) return this.finish();
    this.points.push(point);
    this.tell.say(t("draw.placed", { n: this.points.length, at: this.write(point) }));
    this.draw();
  }

  finish() {
    if (this.points.length < (NEEDS[this.tool] ?? 3)) return this.tell.say(t("draw.few"));
    const [tool, points] = [this.tool, this.points];
    this.draws(null);
    this.tell.drawn(tool, points);
  }
}
