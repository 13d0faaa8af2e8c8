// Where the floor is in a camera's picture: pairs of points on both, and how well they agree.

import { post } from "../api.js";
import { h } from "../dom.js";
import { refusal } from "../refusals.js";
import { number, t } from "../words.js";
import { floorLines, pictureBackdrop, planBackdrop } from "./backdrop.js";
import { Pins } from "./pins.js";

const WAIT_MS = 400;
const LEAST = 4;

/** `model` has the camera; `still` its picture or null. Gives the elements of the card. */
export function calibration(model, camera, still, { metres, pixels, changed }) {
  const pairs = (camera.floor_points ?? []).map((one) => ({ pixel: [...one.pixel], floor_m: [...one.floor_m] }));
  let waiting = null;
  let asked = 0;
  const floor = model.floor;
  const result = h("div.calibrated", { "aria-live": "polite" });
  const rows = h("tbody");
  const side = { toPixel: model.toPixel[camera.id], floor, fixtures: model.now.fixture };
  const sides = {
    pixel: new Pins({ size: camera.resolution, step: 1, digits: 1, write: pixels, label: t("calib.picture"), backdrop: pictureBackdrop(camera, still, side) }, told("pixel")),
    floor_m: new Pins({ size: [floor.width_m, floor.depth_m], step: 0.01, digits: 2, write: metres, label: t("calib.plan"), backdrop: planBackdrop(floor, model.now.fixture.map((one) => ({ points: one.polygon, closed: true, name: one.name ?? one.id }))) }, told("floor_m")),
  };

  function told(which) {
    return {
      put(place) {
        const open = pairs.find((pair) => !pair[which]);
        if (open) open[which] = place;
        else if (pairs.length < 24) pairs.push({ pixel: null, floor_m: null, [which]: place });
        show(true);
      },
      moved(n, place, done) { pairs[n][which] = place; show(done); },
    };
  }

  function show(done) {
    for (const [which, pins] of Object.entries(sides)) pins.show(pairs.map((pair) => pair[which]));
    rows.replaceChildren(...pairs.map((pair, n) => h("tr", h("td", String(n + 1)), h("td", pair.pixel ? pixels(pair.pixel) : t("calib.click_picture")), h("td", pair.floor_m ? metres(pair.floor_m) : t("calib.click_plan")),
      h("td.n", { "data-off": String(n) }, "…"), h("td", h("button", { type: "button", "aria-label": t("calib.remove", { n: n + 1 }), onclick: () => { pairs.splice(n, 1); show(true); } }, "×")))));
    if (done) judge();
  }

  function judge() {
    clearTimeout(waiting);
    asked += 1;
    const mine = asked;
    const whole = pairs.filter((pair) => pair.pixel && pair.floor_m);
    waiting = setTimeout(async () => {
      const found = await post(`cameras/${encodeURIComponent(camera.id)}/calibrate`, { points: whole }).catch((error) => ({ problem: refusal(error), points_cm: whole.map(() => null) }));
      if (mine !== asked) return;
      const bad = new Set();
      whole.forEach((pair, n) => {
        const off = found.points_cm[n];
        const at = pairs.indexOf(pair);
        if (n === found.suspect) bad.add(at);
        rows.querySelector(`[data-off="${at}"]`).textContent = off === null ? "–" : `${number(off)} cm`;
      });
      for (const cell of rows.querySelectorAll("[data-off]")) if (cell.textContent === "…") cell.textContent = "–";
      for (const [which, pins] of Object.entries(sides)) pins.show(pairs.map((pair) => pair[which]), bad);
      sides.pixel.over.replaceChildren(...(found.to_pixel ? floorLines(found.to_pixel, floor, camera.resolution, "fit") : []));
      result.replaceChildren(...said(found, whole.length));
      changed(found.problem || whole.length < LEAST ? null : whole);
    }, WAIT_MS);
  }

  function said(found, n) {
    if (n < LEAST) return [h("p.figure", h("b", number(n)), h("span.unit", t("calib.of_four"))), h("p", t("calib.how"))];
    if (found.problem) return [h("p.note.bad", t("calib.problem", { why: found.problem }))];
    const known = found.residual_cm !== null;
    return [
      h("p.figure", h("b", known ? number(found.residual_cm) : "–"), h("span.unit", known ? t("calib.cm_off") : t("calib.fifth"))),
      h("p", t("calib.lens", { height: number(found.height_m, 1), down: number(found.tilt_deg), across: number(found.angle_deg) })),
    ];
  }

  show(true);
  return [
    result,
    h("div.pair", h("figure", h("figcaption", t("calib.picture")), sides.pixel.svg), h("figure", h("figcaption", t("calib.plan")), sides.floor_m.svg)),
    h("div.row", h("button", { type: "button", "data-act": "pair", onclick: () => {
      if (pairs.length >= 24) return;
      pairs.push({ pixel: camera.resolution.map((one) => one / 2), floor_m: [floor.width_m / 2, floor.depth_m / 2] });
      show(true);
      sides.pixel.focus(pairs.length - 1);
    } }, t("calib.add"))),
    h("div.scroll", h("table", h("thead", h("tr", ["n", "picture", "plan", "off"].map((name) => h(name === "off" ? "th.n" : "th", { scope: "col" }, t(`calib.col_${name}`))), h("th", h("span.unseen", t("draw.remove"))))), rows)),
  ];
}
