// The cameras of the shop file: whether they answer, and one more by its address.

import { post } from "../api.js";
import { h } from "../dom.js";
import { refusal } from "../refusals.js";
import { number, t } from "../words.js";
import { nameOf } from "./model.js";

/** What a check found, as a sentence. */
export function checkWords(found) {
  if (found.code !== "ok") return [h("p.note.bad", { "data-code": found.code }, t(`camcheck.${found.code}`), " ", h("small", found.detail))];
  return [h("p.note", { "data-code": "ok" }, t("camcheck.ok", { width: found.width, height: found.height, fps: found.fps === null ? "–" : number(found.fps) })), !found.live && h("p.note.warning", t("camcheck.recording"))];
}

async function check(source, box) {
  box.replaceChildren(h("p.loading", t("camcheck.looking")));
  try {
    const found = await post("cameras/check", { source });
    box.replaceChildren(...checkWords(found).filter(Boolean));
    return found;
  } catch (error) {
    box.replaceChildren(h("p.note.bad", refusal(error)));
    return null;
  }
}

/** `states` by camera: {up}; `calibrate(id)`, `draw(id)`, `remove(id)`. */
export function cameraList(model, states, { calibrate, draw, remove }) {
  if (!model.cameras.length) return h("p.empty", t("setup.no_cameras"));
  return h("ul.list.cameras", model.cameras.map((one) => {
    const state = states.get(one.id);
    const box = h("div.answer", { "aria-live": "polite" });
    const known = (one.floor_points ?? []).length;
    return h("li", h("div.camera",
      h("div.row", h("b", nameOf(one)), nameOf(one) !== one.id && h("small", one.id), state && h(`span.chip${state.up ? ".good" : ".bad"}`, state.up ? t("setup.up") : t("setup.down")), h("span.chip", known ? t("setup.knows_floor", { n: known }) : t("setup.no_floor_points"))),
      h("p", h("small.address", one.source), " ", h("small", `${one.resolution.join(" × ")} px · ${number(one.fps ?? 5)} ${t("setup.fps")}`)),
      h("div.row",
        h("button", { type: "button", onclick: (event) => busy(event.target, () => check(one.source, box)) }, t("setup.check")),
        h("button", { type: "button", onclick: () => draw(one.id) }, t("setup.draw_on")),
        h("button", { type: "button", onclick: () => calibrate(one.id), disabled: !model.floor }, t("setup.calibrate")),
        h("button.danger", { type: "button", "aria-label": t("setup.remove_camera", { camera: nameOf(one) }), onclick: () => remove(one.id) }, t("draw.remove"))),
      box));
  }));
}

async function busy(button, work) {
  button.disabled = true;
  await work().finally(() => { button.disabled = false; });
}

/** A form for one more. `add(table)` is told when it was checked and is wanted. */
export function addCamera(model, add) {
  const box = h("div.answer", { "aria-live": "polite" });
  const name = h("input", { name: "camera-name", required: true, maxlength: "80", autocomplete: "off" });
  const source = h("input", { name: "camera-source", required: true, maxlength: "1024", autocomplete: "off", spellcheck: "false", placeholder: "rtsp://192.168.1.20/stream1" });
  let found = null;
  const go = h("button.main", { type: "submit", disabled: true }, t("setup.add"));
  source.addEventListener("input", () => { found = null; go.disabled = true; box.replaceChildren(); });
  const look = h("button", { type: "button", "data-act": "check", onclick: () => {
    if (!source.reportValidity()) return;
    busy(look, async () => {
      found = await check(source.value.trim(), box);
      go.disabled = found?.code !== "ok";
    });
  } }, t("setup.check"));
  return h("form.add-camera", { onsubmit: (event) => {
    event.preventDefault();
    if (found?.code !== "ok" || !name.value.trim()) return;
    add({ id: model.freeId("camera"), name: name.value.trim(), source: source.value.trim(), resolution: [found.width, found.height] });
  } }, h("label", t("setup.camera_name"), name), h("label", t("setup.camera_source"), source, h("small", t("setup.camera_forms"))),
  box, h("div.row", look, go));
}
