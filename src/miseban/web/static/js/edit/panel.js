// What is drawn here as a list, and the words and numbers of the one that is chosen.

import { $, h } from "../dom.js";
import { t } from "../words.js";
import { mistake } from "./geometry.js";
import { isClosed, nameOf, pointsOf } from "./model.js";

export const ZONE_KINDS = ["area", "queue", "counter", "crew", "signage", "entrance", "private"];
let openNumbers = false; // as it was left
const same = (a, b) => a && b && a.kind === b.kind && a.id === b.id && a.shelf === b.shelf;

export function shapeList(shapes, chosen, choose) {
  if (!shapes.length) return h("p.empty", t("draw.nothing"));
  return h("ul.list.shapes", shapes.map((one) => h("li",
    h("button.plain", { type: "button", "aria-pressed": String(Boolean(same(one, chosen))), onclick: () => choose(one) }, nameOf(one.table)),
    h("span.end", h("small", kindOf(one)), mistake(pointsOf(one), isClosed(one)) && h("span.chip.bad", t("draw.wrong"))))));
}

export const kindOf = (one) => (one.kind === "zone" ? t(`zonekind.${one.table.kind}`) : one.kind === "facing" ? t("draw.facing_of", { shelf: one.shelf }) : t(`draw.${one.kind}`));

/** What a shop file would say of it: text, or null. */
export function problemOf(one, model) {
  const wrong = mistake(pointsOf(one), isClosed(one));
  if (wrong) return wrong;
  if (!nameOf(one.table).trim() || nameOf(one.table).length > 80) return { what: "name", at: null };
  if (one.kind === "facing" && !isGtin(one.table.gtin ?? "")) return { what: "gtin", at: null };
  if (one.kind === "facing" && !(Number.isInteger(one.table.capacity) && one.table.capacity > 0)) return { what: "capacity", at: null };
  if (one.kind === "zone" && one.table.kind === "private" && !one.table.camera) return { what: "private", at: null };
  return null;
}

/** The first shape with a problem, on whatever it is drawn: {on, one, problem}; none: undefined. */
export const firstMistake = (model) => [null, ...model.cameras.map((one) => one.id)]
  .flatMap((on) => model.shapes(on).map((one) => ({ on, one, problem: problemOf(one, model) }))).find((found) => found.problem);

/** Of 8, 12, 13 or 14 digits, the last one right (GS1 General Specifications, 7.9). */
function isGtin(digits) {
  if (!/^(\d{8}|\d{12,14})$/.test(digits)) return false;
  const sum = [...digits.slice(0, -1)].reverse().reduce((all, digit, n) => all + Number(digit) * (n % 2 ? 1 : 3), 0);
  return (10 - (sum % 10)) % 10 === Number(digits.at(-1));
}

const waiting = new Map();
/** Makes what is in `box` anew by `render()`, but not before the focus has gone where the Tab key leads: while a
    change is told it is on nothing, and would have nowhere to go. It stays on what has the same name. `now`: at
    once. */
export function afresh(box, render, now = false) {
  clearTimeout(waiting.get(box));
  const go = () => {
    const held = box.contains(document.activeElement) && (document.activeElement.name || document.activeElement.dataset.act);
    render();
    if (held) box.querySelector(`[name="${held}"], [data-act="${held}"]`)?.focus();
  };
  if (now) go();
  else waiting.set(box, setTimeout(go, 0));
}

/** A form for the chosen shape. `set(key, value)`, `turn()`, `remove()`; `place` has the `size` and `step` of
    what it is drawn on, its `unit`, and `put(n, axis, value)`; of a facing, `before` has the `zones` that may be
    before its shelf, the one that is, and `set(zone)`. */
export function form(one, { set, turn, remove, problem, write, user, place, before }) {
  const field = (label, input, note) => h("label", label, input, note && h("small", note));
  const text = (key, value, more = {}) => h("input", { value: value ?? "", name: key, ...more, onchange: (event) => set(key, event.target.value.trim()) });
  const num = (key, value, more) => h("input", { type: "number", value: value ?? "", name: key, ...more, onchange: (event) => set(key, event.target.value === "" ? undefined : Number(event.target.value)) });
  const table = one.table;
  openNumbers = $("details.by-number")?.open ?? openNumbers; // a browser tells late that they were opened
  return h("form.shape-form", { onsubmit: (event) => event.preventDefault() },
    field(t("draw.name"), text("name", nameOf(table), { maxlength: "80" })),
    one.kind === "zone" && field(t("draw.kind"),
      h("select", { name: "kind", onchange: (event) => set("kind", event.target.value) }, ZONE_KINDS.map((kind) => h("option", { value: kind, selected: kind === table.kind }, t(`zonekind.${kind}`)))),
      t(`zonewhat.${table.kind}`)),
    one.kind === "zone" && table.kind !== "private" && field(t("draw.min_stay"), num("min_stay_s", table.min_stay_s ?? 1, { min: "0", max: "3600", step: "0.5" }), t("draw.min_stay_why")),
    one.kind === "line" && field(t("draw.leads"),
      h("select", { name: "entrance", onchange: (event) => set("entrance", event.target.value === "yes") },
        h("option", { value: "yes", selected: table.entrance !== false }, t("draw.leads_in")), h("option", { value: "no", selected: table.entrance === false }, t("draw.leads_between")))),
    one.kind === "facing" && field("GTIN", text("gtin", table.gtin, { inputmode: "numeric", maxlength: "14" }), t("draw.gtin_why")),
    one.kind === "facing" && field(t("draw.capacity"), num("capacity", table.capacity, { min: "1", max: "10000", step: "1" })),
    before && field(t("draw.before"),
      h("select", { name: "before", onchange: (event) => before.set(event.target.value) },
        !before.always && h("option", { value: "", selected: !before.zone }, t("draw.before_none")),
        before.zone && !before.zones.some((zone) => zone.id === before.zone) && h("option", { value: before.zone, selected: true }, `? ${before.zone}`),
        before.zones.map((zone) => h("option", { value: zone.id, selected: zone.id === before.zone }, nameOf(zone)))), t("draw.before_why")),
    h("details.by-number", { open: openNumbers, ontoggle: (event) => { openNumbers = event.target.open; } }, h("summary", { "data-act": "numbers" }, t("draw.by_number", { unit: place.unit })),
      h("ol", pointsOf(one).map((point, n) => h("li", ["x", "y"].map((name, axis) => h("input", { type: "number", name: `${name}-${n}`, "aria-label": t(`draw.${name}_of`, { n: n + 1 }), value: point[axis], min: "0", max: place.size[axis], step: "any", inputmode: "decimal", onchange: (event) => {
        if (event.target.value !== "" && event.target.checkValidity()) place.put(n, axis, Number(event.target.value));
        else event.target.value = point[axis];
      } })))))),
    problem && h("p.note.bad", { id: "mistake" }, t(`mistake.${problem.what}`, { at: problem.at ? write(problem.at) : "" })),
    user && h("p.note", t("draw.used_by", { user })),
    h("div.row",
      one.kind === "line" && h("button", { type: "button", onclick: turn, "data-act": "turn" }, t("draw.turn")),
      h("button.danger", { type: "button", onclick: remove, "data-act": "remove" }, t("draw.remove"))));
}

/** For thumbs and for small things: the board twice as large, around what is chosen. */
export const zoomButtons = (board) => [["+", 2, "larger"], ["−", 0.5, "smaller"]].map(([sign, by, word]) =>
  h("button", { type: "button", "aria-label": t(`draw.${word}`), "data-zoom": word, onclick: () => { board.zoom(Math.min(8, Math.max(1, board.times * by))); board.draw(); } }, sign));
