// What a line or zone would have counted in the last minutes, before it is saved.

import { post } from "../api.js";
import { h } from "../dom.js";
import { refusal } from "../refusals.js";
import { duration, number, t } from "../words.js";
import { mistake } from "./geometry.js";
import { isClosed, pointsOf } from "./model.js";

const WAIT_MS = 500; // after the last change

export class TryOut {
  constructor(box) {
    this.box = box;
    this.minutes = 10;
    this.waiting = null;
    this.asked = 0;
  }

  /** Of `shape` with `points`; null: of nothing. */
  of(shape, points = shape && pointsOf(shape)) {
    clearTimeout(this.waiting);
    this.asked += 1;
    this.shape = shape;
    if (!shape || !["line", "zone"].includes(shape.kind)) return this.box.replaceChildren();
    if (mistake(points, isClosed(shape))) return this.show(h("p", t("tryout.mistake")));
    const { id, ...put } = shape.table;
    put[shape.kind === "line" ? "points" : "polygon"] = points;
    const number_ = this.asked;
    this.waiting = setTimeout(() => this.ask(shape, put, number_), WAIT_MS);
  }

  async ask(shape, put, asked) {
    let found;
    try {
      found = await post("shop/try", { kind: shape.kind, put, minutes: this.minutes });
    } catch (error) {
      if (asked === this.asked) this.show(h("p", refusal(error)));
      return;
    }
    if (asked === this.asked) this.show(...told(shape, found));
  }

  show(...parts) {
    const choice = h("select", { name: "minutes", onchange: (event) => { this.minutes = Number(event.target.value); this.of(this.shape); } },
      [10, 30, 120].map((minutes) => h("option", { value: String(minutes), selected: minutes === this.minutes }, t("tryout.last", { minutes }))));
    const held = document.activeElement?.name === "minutes";
    this.box.replaceChildren(h("h3", t("tryout.title")), h("label.sr-label", h("span.unseen", t("tryout.title")), choice), ...parts);
    if (held) this.box.querySelector("select").focus();
  }
}

function told(shape, found) {
  if (found.reason) return [h("p", t(`tryout.${found.reason}`))];
  if (found.people === null) return [h("p.figure", h("b", "–")), h("p", t("tryout.few", { k: found.k }))];
  const line = shape.kind === "line";
  const ways = found.passed_in !== null;
  return [
    h("p.figure", h("b", number(found.people)), h("span.unit", t("unit.people"))),
    line && ways && h("p", t("tryout.passed", { in: number(found.passed_in), out: number(found.passed_out) })),
    line && !ways && h("p", t("tryout.ways", { k: found.k })),
    !line && h("p", t("tryout.stays", { stays: number(found.stays), time: duration(found.dwell_s) })),
    h("p", h("small", t("tryout.of", { visits: number(found.visits) }))),
  ].filter(Boolean);
}
