// Which floor the cameras see: one line of figures, and a layer on the plan; of the shop file as it was saved.

import { get } from "../api.js";
import { fill, h, toast } from "../dom.js";
import { view, viewed } from "../period.js";
import { refusal } from "../refusals.js";
import { number, share, t } from "../words.js";
import { nameOf } from "./model.js";
import { afresh } from "./panel.js";

const POSTURES = ["stands", "lies"];
const CLASSES = ["none", "one", "two", "more"];
const MOST_GAPS = 8;
const REFUSED = { timeout: "too_long", coverage: "no_room" };

export class SeenFloor {
  /** Into `choice`, above the board, how the floor is shown; into `box`, below it, what is said, which comes
      later and must not move what is drawn on. Into `quiet` and `over` (groups in metres) the floor, and where one
      more would hang. `calibrate(id)` leads to where a camera learns its floor, `reread()` has the drawings as they are saved
      now, `say(text)` tells who does not see the page. */
  constructor({ choice, box }, { quiet, over }, { calibrate, reread, say }) {
    Object.assign(this, { choice, box, quiet, over, calibrate, reread, say, etag: null, told: null, wrong: null, further: null, drawn: null });
  }

  /** The drawings as they are now, and whether they are looked at on the plan. */
  of(model, onPlan) {
    this.model = model;
    this.box.hidden = !onPlan;
    this.choice.hidden = !onPlan || !model.base.camera.some((one) => one.floor_points?.length);
    if (!onPlan) return this.empty();
    if (this.etag !== model.etag) this.ask(model.etag);
    this.shown();
  }

  empty() {
    this.drawn = null;
    for (const one of [this.quiet, this.over]) one.replaceChildren();
  }

  async ask(etag) {
    Object.assign(this, { etag, told: null, wrong: null, further: null });
    const [told, wrong] = await answered({});
    if (this.etag !== etag) return; // saved again meanwhile
    this.heard(told, wrong);
    this.shown();
  }

  async askFurther() {
    if (this.further) return;
    const etag = this.etag;
    this.further = "asked";
    this.shown();
    const [told, wrong] = await answered({ more: true });
    if (this.etag !== etag) return;
    this.further = null; // who was refused may ask again
    if (wrong) toast(wrong);
    else if (this.heard(told)) {
      this.further = told.more ?? t("coverage.further_none");
      this.say(this.furtherSaid());
    }
    this.shown();
  }

  /** Of a file that somebody else has saved meanwhile nothing is shown on the drawings of the one before. */
  heard(told, wrong = null) {
    const same = !told || told.etag === this.etag;
    Object.assign(this, { told: same ? told : null, wrong: same ? wrong : t("coverage.other_file"), anew: same ? () => this.again() : this.reread });
    return Boolean(told) && same;
  }

  again() {
    this.ask(this.etag);
    this.shown();
  }

  get posture() { return [...POSTURES, "off"].find((one) => one === viewed("seen")) ?? POSTURES[0]; }

  shown() {
    afresh(this.choice, () => fill(this.choice, this.layers()), true);
    afresh(this.box, () => fill(this.box, this.words()), true);
    const { told, further } = this;
    const drawn = told && Object.keys(told.cameras).length && told.seen[this.posture];
    if (this.drawn !== drawn) this.quiet.replaceChildren(...(drawn ? squares(drawn.rows, told.step_m) : []));
    this.drawn = drawn;
    this.over.replaceChildren(...(drawn && further?.looks_at ? [ring(further, this.model.floor)] : []));
  }

  layers() {
    return h("div.row",
      h("div.segments", { role: "group", "aria-label": t("coverage.title") }, [...POSTURES, "off"].map((one) =>
        h("button", { type: "button", "data-act": `seen-${one}`, "aria-pressed": String(one === this.posture), disabled: Boolean(this.wrong), onclick: () => { view("seen", one === POSTURES[0] ? "" : one); this.shown(); } }, t(`coverage.${one}`)))),
      this.posture !== "off" && h("span.row.seen-legend", CLASSES.map((one) => h("small", swatch(one), t(`coverage.${one}`)))));
  }

  words() {
    const { told, wrong, model } = this;
    const here = { "data-act": "again", tabindex: "-1" }; // the focus was on the button
    if (wrong) return [h("p.note.bad", { role: "alert" }, wrong, " ", h("button", { type: "button", "data-act": "again", onclick: this.anew }, t("frame.again")))];
    if (!told) return [h("p.hint", here, t("coverage.wait"))];
    if (!Object.keys(told.cameras).length) return [h("p.empty", t(model.cameras.length ? "coverage.no_points" : "coverage.no_cameras")),
      told.without_floor_points.slice(0, 1).map((id) => h("button", { type: "button", "data-act": "calibrate-first", onclick: () => this.calibrate(id) }, t("calib.title", { camera: this.camera(id) })))].flat();
    const { stands, lies } = told.seen;
    return [
      h("p.figures", here, t("coverage.figures", { m2: number(told.floor_m2), one: share(stands.by_one), two: share(stands.by_two), lies_one: share(lies.by_one), lies_two: share(lies.by_two) })),
      ...this.doubts().map((one) => h("p.hint", one)),
      h("div.row", this.gaps(), this.furtherOne()),
    ];
  }

  camera(id) { return nameOf(this.model.base.camera.find((one) => one.id === id) ?? { id }); }

  /** What the figures rest on that nobody has said. */
  doubts() {
    const { told, model } = this;
    const [named, fixtures] = [(ids) => ids.map((id) => this.camera(id)).join(", "), model.base.fixture.length];
    return [
      model.edits().length > 0 && t("coverage.unsaved"),
      told.without_floor_points.length > 0 && t("coverage.not_counted", { cameras: named(told.without_floor_points) }),
      told.steep.length > 0 && t("coverage.steep", { cameras: named(told.steep) }),
      !fixtures && t("coverage.no_fixtures"),
      told.no_height > 0 && t("coverage.no_height", { n: number(told.no_height), of: number(fixtures), m: number(told.usual_m, 1) }),
    ].filter(Boolean);
  }

  gaps() {
    const gaps = this.told.seen[this.posture]?.gaps ?? [];
    if (!gaps.length) return null;
    const zones = (one) => one.zones.map((id) => nameOf(this.model.base.zone.find((zone) => zone.id === id) ?? { id })).join(", ");
    const all = (list) => list.reduce((sum, one) => sum + one.m2, 0);
    const rest = gaps.slice(MOST_GAPS);
    return h("details", h("summary", { "data-act": "gaps" }, t("coverage.gaps", { n: number(gaps.length), m2: number(all(gaps)) })),
      h("ul", gaps.slice(0, MOST_GAPS).map((one) => h("li", t("coverage.gap", { m2: number(one.m2, 1), at: place([one.x, one.y]) }), one.zones.length > 0 && ` · ${zones(one)}`)),
        rest.length > 0 && h("li", t("coverage.smaller", { n: number(rest.length), m2: number(all(rest), 1) }))));
  }

  furtherOne() {
    const { further } = this;
    if (further && further !== "asked") return h("p", { "data-act": "further", tabindex: "-1" }, this.furtherSaid()); // as above
    return h("button", { type: "button", "data-act": "further", "aria-disabled": String(further === "asked"), onclick: () => this.askFurther() }, t(further === "asked" ? "coverage.wait" : "coverage.ask_further"));
  }

  furtherSaid() {
    const { further } = this;
    return typeof further === "string" ? further : t("coverage.further", {
      at: place([further.x, further.y]), up: number(further.height_m, 1), angle: number(further.angle_deg), down: number(further.down_deg),
      to: place(further.looks_at), one: share(further.by_one), two: share(further.by_two) });
  }
}

/** What the hub says, or why not, in words. */
async function answered(query) {
  try {
    return [await get("shop/coverage", query), null];
  } catch (error) {
    if (!error.code) throw error;
    return [null, t("coverage.unknown", { why: error.code in REFUSED ? t(`coverage.${REFUSED[error.code]}`) : refusal(error) })];
  }
}

/** A path for each class, of runs of squares that are seen alike; hatched where nobody sees. */
function squares(rows, step) {
  const paths = CLASSES.map(() => []);
  const at = (n) => Number((n * step).toFixed(3));
  rows.forEach((row, y) => {
    for (const run of row.matchAll(/0+|1+|2+|[3-9]+/g)) {
      paths[Math.min(3, Number(run[0][0]))].push(`M${at(run.index)} ${at(y)}h${at(run[0].length)}v${at(1)}h${-at(run[0].length)}z`);
    }
  });
  const wide = Math.max(rows.length, rows[0].length) * step / 90;
  return [
    h("defs", h("pattern", { id: "nobody-sees", patternUnits: "userSpaceOnUse", width: wide, height: wide, patternTransform: "rotate(45)" }, h("rect.hatch", { width: wide / 3, height: wide }))),
    ...CLASSES.map((one, n) => h(`path.seen.${one}`, { d: paths[n].join("") || "M0 0", "data-squares": one })),
    h("path.hatched", { d: paths[0].join("") || "M0 0", fill: "url(#nobody-sees)" }),
  ];
}

/** Where one more would hang, and whither it would look. */
function ring({ x, y, looks_at: [to_x, to_y] }, { width_m: width, depth_m: depth }) {
  const r = (Math.max(width, depth) / 70) * (matchMedia("(max-width: 700px)").matches ? 1.6 : 1);
  const part = Math.min(1, (4 * r) / (Math.hypot(to_x - x, to_y - y) || 1));
  return h("g.further", h("line", { x1: x, y1: y, x2: x + (to_x - x) * part, y2: y + (to_y - y) * part }), h("circle", { cx: x, cy: y, r }));
}

const place = ([x, y]) => `${number(x, 1)} m, ${number(y, 1)} m`;
const swatch = (one) => h("svg.swatch", { viewBox: "0 0 18 12", "aria-hidden": "true" }, h(`path.seen.${one}`, { d: "M0 0h18v12h-18z" }), one === "none" && h("path.strokes", { d: "M0 12L12 0M-6 6L0 0M6 18L18 6M6 12L18 0" }));
