// People on the floor plan: soft dots that move, with a tail of two seconds. Nobody has a name.

import { h } from "./dom.js";

const TAIL_MS = 2000;
const GONE_MS = 3000;
const R = 0.28; // metres

export class Dots {
  /** `layer`: a group of the plan, in metres. */
  constructor(layer) {
    this.tails = h("g");
    this.groups = h("g");
    this.people = h("g");
    layer.append(this.tails, this.groups, this.people);
    this.known = new Map();
  }

  /** `floor`: {time, dots: [[key, x, y, spread_m, staff, group]]}; who is not in it any more goes. */
  show(floor) {
    const now = performance.now();
    const groups = new Map();
    for (const [key, x, y, spread, staff, group] of floor.dots) {
      let one = this.known.get(key);
      if (!one) {
        one = { sure: h("circle.sure", { r: R }), dot: h("circle.person", { r: R, "stroke-width": R / 3 }), tail: h("polyline.tail", { "stroke-width": R * 0.7, "stroke-linecap": "round", "stroke-linejoin": "round" }), way: [] };
        this.known.set(key, one);
        this.tails.append(one.tail);
        this.people.append(one.sure, one.dot);
      }
      one.seen = now;
      one.way = [...one.way.filter((spot) => now - spot.at < TAIL_MS), { x, y, at: now }];
      one.dot.classList.toggle("staff", staff);
      one.tail.classList.toggle("staff", staff);
      for (const circle of [one.sure, one.dot]) circle.style.transform = `translate(${x}px, ${y}px)`;
      one.sure.setAttribute("r", Math.max(R, Math.min(2, spread * 2)));
      one.tail.setAttribute("points", one.way.map((spot) => `${spot.x},${spot.y}`).join(" "));
      if (group !== null && group !== undefined) groups.set(group, [...(groups.get(group) ?? []), [x, y]]);
    }
    for (const [key, one] of this.known) {
      if (now - one.seen < GONE_MS && floor.dots.some((dot) => dot[0] === key)) continue;
      if (now - one.seen < 1) continue;
      for (const part of [one.sure, one.dot, one.tail]) part.remove();
      this.known.delete(key);
    }
    this.groups.replaceChildren(...[...groups.values()].filter((spots) => spots.length > 1).map((spots) => h("polyline.group", { points: spots.map(([x, y]) => `${x},${y}`).join(" "), fill: "none", "stroke-width": R / 2 })));
  }
}
