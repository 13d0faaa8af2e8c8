// People on the floor plan: soft dots that move, with a tail of two seconds. Nobody has a name.
//
// Each message moves every dot to where it is now, and the style sheet takes half a second for it,
// where motion is wanted: a tail has always the same number of points, so that it glides along.

import { h } from "./dom.js";
import { maybe, t } from "./words.js";

const BEAT_MS = 500;
const POINTS = 5; // of a tail: two seconds of beats
const GONE_MS = 3500; // without a message nobody knows where anybody is
const JUMP_M = 2.5; // nobody walks so far in a beat: it is drawn anew, and not slid across the shop
const TIED_M = 5;
const R = 0.28; // metres

export class Dots {
  /** `layer`: a group of the plan, in metres. */
  constructor(layer) {
    this.layer = h("g.dots");
    [this.groups, this.tails, this.sure, this.people] = Array.from({ length: 4 }, () => this.layer.appendChild(h("g")));
    layer.append(this.layer);
    this.known = new Map();
    this.links = new Map();
    this.timer = null;
  }

  /** `floor`: {time, dots: [[key, x, y, spread_m, staff, group]]}; who is not in it any more goes. */
  show(floor) {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.show({ dots: [] }), GONE_MS);
    const here = new Set();
    const groups = new Map();
    for (const [key, x, y, spread, staff, group] of floor.dots) {
      here.add(key);
      let one = this.known.get(key);
      if (one && Math.hypot(one.way[0][0] - x, one.way[0][1] - y) > JUMP_M) { this.leave(key, one); one = null; }
      if (!one) this.known.set(key, one = this.come(x, y));
      one.way = [[x, y], ...one.way.slice(0, POINTS - 1)];
      this.move(one, spread, staff);
      if (group !== null) groups.set(group, [...(groups.get(group) ?? []), [key, x, y]]);
    }
    for (const [key, one] of this.known) if (!here.has(key)) this.leave(key, one);
    this.link(groups);
  }

  come(x, y) {
    const one = {
      way: Array(POINTS).fill([x, y]), spread: 0, staff: null,
      tail: h("path.tail", { fill: "none", "stroke-width": R * 0.8, "stroke-linecap": "round", "stroke-linejoin": "round" }),
      sure: h("circle.sure", { r: R }), dot: h("circle.person", { r: R, "stroke-width": R / 3 }),
    };
    this.tails.append(one.tail);
    this.sure.append(one.sure);
    this.people.append(one.dot);
    return one;
  }

  move(one, spread, staff) {
    const [[x, y]] = one.way;
    for (const circle of [one.sure, one.dot]) circle.style.transform = `translate(${x}px, ${y}px)`;
    one.tail.setAttribute("d", way(one.way));
    const wide = Math.round(Math.max(R, Math.min(2, spread * 2)) * 10) / 10;
    if (wide !== one.spread) one.sure.setAttribute("r", one.spread = wide);
    if (staff === one.staff) return;
    one.staff = staff;
    for (const part of [one.dot, one.tail, one.sure]) part.classList.toggle("staff", staff);
  }

  leave(key, one) {
    this.known.delete(key);
    one.tail.remove();
    for (const part of [one.sure, one.dot]) {
      part.classList.add("gone");
      setTimeout(() => part.remove(), BEAT_MS);
    }
  }

  /** A line through those who came together, always in the same order. */
  link(groups) {
    for (const [group, line] of this.links) if (!(groups.get(group)?.length > 1)) { line.remove(); this.links.delete(group); }
    for (const [group, spots] of groups) {
      if (spots.length < 2) continue;
      if (!this.links.has(group)) this.links.set(group, this.groups.appendChild(h("path.group", { fill: "none", "stroke-width": R / 2, "stroke-linecap": "round" })));
      spots.sort((a, b) => (a[0] < b[0] ? -1 : 1));
      this.links.get(group).setAttribute("d", near(spots.map(([, x, y]) => [x, y])));
    }
  }
}

const way = (spots) => `M${spots.map(([x, y]) => `${x} ${y}`).join("L")}`;

/** A way through those who are near each other: a group that has parted is not tied across the shop. */
const near = (spots) => spots.map(([x, y], n) => `${n && Math.hypot(x - spots[n - 1][0], y - spots[n - 1][1]) < TIED_M ? "L" : "M"}${x} ${y}`).join("");

/** Where help is needed, for those to whom the hub tells it: a mark with a word at the place. */
export class Calls {
  /** `zones`: those of the plan, for calls whose place is only known in a picture; `size`: of text,
      in metres. */
  constructor(layer, zones, size) {
    this.layer = layer.appendChild(h("g.calls"));
    this.zones = new Map(zones.map((one) => [one.id, one.polygon]));
    this.size = size;
    this.told = "";
  }

  /** `help`: {calls: [{help, kind, zone, place, unit}]}. */
  show({ calls }) {
    const told = JSON.stringify(calls.map((one) => [one.help, one.kind, one.place, one.zone]));
    if (told === this.told) return;
    this.told = told;
    this.layer.replaceChildren(...calls.map((one) => this.mark(one)).filter(Boolean));
  }

  mark(one) {
    const polygon = this.zones.get(one.zone);
    const spot = one.unit === "m" ? one.place : polygon && [0, 1].map((axis) => polygon.reduce((sum, point) => sum + point[axis], 0) / polygon.length);
    if (!spot) return null;
    const [x, y] = spot;
    const says = maybe(`helpkind.${one.kind}`, t("alert.help"));
    const r = this.size * 0.75;
    const left = x > this.layer.ownerSVGElement.viewBox.baseVal.width * 0.75; // the word would leave the plan
    return h("g.help", { role: "img", "aria-label": says, transform: `translate(${x} ${y})` }, h("title", says),
      h("circle.ring", { r }), h("circle.call", { r }),
      h("text.sign", { "font-size": r * 1.5, "text-anchor": "middle", "dominant-baseline": "central" }, "!"),
      h("text.word", { x: r * (left ? -1.7 : 1.7), "text-anchor": left ? "end" : "start", "font-size": this.size * 1.1, "dominant-baseline": "central" }, says));
  }
}
