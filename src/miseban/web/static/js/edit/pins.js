// Numbered points on a picture or the plan, each moved by pointer or arrow keys.

import { h } from "../dom.js";
import { t } from "../words.js";
import { distance } from "./geometry.js";

const MOVES = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };

export class Pins {
  /** `tell.moved(n, place)` while and after one is moved (`done`: it lies), `tell.put(place)` for a new one. */
  constructor({ size, step, digits, write, label, backdrop }, tell) {
    Object.assign(this, { size, step, digits, write, tell, points: [], drag: null });
    const rim = Math.max(...size) * 0.015;
    this.layer = h("g.handles");
    this.over = h("g.overlay");
    this.svg = h("svg.board.pins", { viewBox: `${-rim} ${-rim} ${size[0] + 2 * rim} ${size[1] + 2 * rim}`, role: "group", "aria-label": label }, h("g.under", backdrop), this.over, this.layer);
    this.svg.addEventListener("pointerdown", (event) => this.down(event));
    this.svg.addEventListener("pointermove", (event) => { if (this.drag?.pointer === event.pointerId) tell.moved(this.drag.n, this.place(event), false); });
    for (const name of ["pointerup", "pointercancel"]) this.svg.addEventListener(name, (event) => { if (this.drag?.pointer === event.pointerId) { const { n } = this.drag; this.drag = null; tell.moved(n, this.points[n], true); } });
    this.svg.addEventListener("keydown", (event) => this.key(event));
    new ResizeObserver(() => this.show(this.points)).observe(this.svg);
  }

  get pixel() { return this.svg.clientWidth ? this.svg.viewBox.baseVal.width / this.svg.clientWidth : this.size[0] / 500; }

  /** `points`: places, null for one that is not put yet; `bad`: numbers of those that do not fit. */
  show(points, bad = this.bad ?? new Set()) {
    Object.assign(this, { points, bad });
    const px = this.pixel;
    if (this.layer.childNodes.length !== points.length) {
      this.layer.replaceChildren(...points.map((_, n) => h("g.handle", { tabindex: "0", role: "button", "data-n": String(n) }, h("circle.hit"), h("circle.dot"), h("text", { "text-anchor": "middle", "dominant-baseline": "central" }, String(n + 1)))));
    }
    points.forEach((point, n) => {
      const group = this.layer.childNodes[n];
      group.classList.toggle("absent", !point);
      group.classList.toggle("bad", bad.has(n));
      group.setAttribute("tabindex", point ? "0" : "-1");
      if (!point) return;
      const [hit, dot, text] = group.childNodes;
      for (const [circle, r] of [[hit, 22], [dot, 11]]) for (const [key, value] of Object.entries({ cx: point[0], cy: point[1], r: r * px, "stroke-width": 2 * px })) circle.setAttribute(key, value);
      for (const [key, value] of Object.entries({ x: point[0], y: point[1], "font-size": 13 * px })) text.setAttribute(key, value);
      group.setAttribute("aria-label", t("draw.point", { n: n + 1, of: points.length, at: this.write(point) }));
    });
  }

  focus(n) { this.layer.querySelector(`[data-n="${n}"]`)?.focus(); }

  place(event) {
    const { x, y } = new DOMPoint(event.clientX, event.clientY).matrixTransform(this.svg.getScreenCTM().inverse());
    return this.fit([x, y]);
  }
  fit(point) {
    const round = 10 ** this.digits;
    return point.map((value, axis) => Math.round(Math.min(Math.max(value, 0), this.size[axis]) * round) / round);
  }

  down(event) {
    if (event.button) return;
    event.preventDefault();
    const at = this.place(event);
    const found = this.points.map((point, n) => [point ? distance(point, at) : Infinity, n]).sort(([a], [b]) => a - b)[0];
    if (found && found[0] <= 22 * this.pixel) {
      this.svg.setPointerCapture(event.pointerId);
      this.drag = { n: found[1], pointer: event.pointerId };
      return this.focus(found[1]);
    }
    this.tell.put(at);
  }

  key(event) {
    const handle = event.target.closest(".handle");
    const by = MOVES[event.key];
    if (!handle || !by) return;
    event.preventDefault();
    const n = Number(handle.dataset.n);
    const far = this.step * (event.shiftKey ? 10 : 1);
    this.tell.moved(n, this.fit(this.points[n].map((value, axis) => value + by[axis] * far)), true);
  }
}
