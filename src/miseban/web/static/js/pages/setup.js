// Set-up: cameras, and what is drawn on their pictures and on the plan, tried out before it is saved.

import { call, get, Problem, steadily } from "../api.js";
import { $, fill, h, toast } from "../dom.js";
import { planBackdrop, pictureBackdrop } from "../edit/backdrop.js";
import { Board } from "../edit/board.js";
import { calibration } from "../edit/calibration.js";
import { addCamera, cameraList } from "../edit/cameras.js";
import { isClosed, Model, nameOf, pointsOf } from "../edit/model.js";
import { heardOf, overviewOf } from "../edit/overview.js";
import { afresh, firstMistake, form, problemOf, shapeList, zoomButtons } from "../edit/panel.js";
import { referenceList } from "../edit/references.js";
import { SeenFloor } from "../edit/seenfloor.js";
import { takeBlocks, takeStill } from "../edit/still.js";
import { tillList } from "../edit/tills.js";
import { toolbar } from "../edit/tools.js";
import { TryOut } from "../edit/tryout.js";
import { showVersions } from "../edit/versions.js";
import { metres, pixels } from "../edit/write.js";
import { onLive } from "../live.js";
import { view, viewed } from "../period.js";
import { refusal } from "../refusals.js";
import { number, t } from "../words.js";

const stills = new Map(); // pictures without people, as long as this page is open
let model = null;
let laid = null; // where drawings of pictures lie on the plan
let states = new Map();
let chosen = null;
let listed = ""; // the cameras in the list
let points = null; // calibrated, not yet among the changes
const say = (text) => { $("#said").textContent = text; };

const board = new Board({
  say,
  chosen: (shape) => choose(shape),
  moved: (shape, list) => model.setPoints(shape, list),
  draft: (shape, list) => tryOut.of(shape, list),
  drawn: (tool, list) => added(tool, list),
});
const tryOut = new TryOut($("#tryout"));
$("#board").append(board.svg);
const toCalibrate = (id) => { view("calibrate", id); calibrate(); $("#calib").scrollIntoView(); };
const seen = new SeenFloor({ choice: $("#seen-layer"), box: $("#seen-floor") }, board.layers, { calibrate: toCalibrate, reread, say });

const surface = () => (viewed("on") && model.cameras.some((one) => one.id === viewed("on")) ? viewed("on") : model.floor ? null : model.cameras[0]?.id ?? null);
const camera = () => model.cameras.find((one) => one.id === surface()) ?? null;

async function begin() {
  try {
    model = new Model(await steadily("shop/drawings"), changed);
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    return fill("overview", h("p.note.bad", t("setup.no_file", { why: refusal(error) })));
  }
  laid = await get("shop/plan").catch(() => null);
  shown();
  oneMore();
  showVersions({ etag: () => model.etag, restored: again });
}

async function again() {
  model.load(await get("shop/drawings"));
  laid = await get("shop/plan").catch(() => null);
  chosen = null;
  shown();
  showVersions({ etag: () => model.etag, restored: again });
}

/** With what is not saved yet on top of what somebody else has saved. */
async function reread() {
  model.rebase(await get("shop/drawings"));
  shown();
}

/** Another surface, or the file was read anew. */
function shown() {
  overview();
  cameras();
  surfaces();
  calibrate();
  const one = camera();
  const floor = model.floor;
  if (one) {
    board.surface({ size: one.resolution, step: 1, digits: 1, write: pixels, label: t("draw.on_picture", { camera: nameOf(one) }), angles: false });
    board.layers.under.replaceChildren(...pictureBackdrop(one, stills.get(one.id), { toPixel: model.toPixel[one.id], floor, fixtures: model.now.fixture }).flat(2));
  } else if (floor) {
    const elsewhere = [...(laid?.zones ?? []).map((each) => ({ ...each, kind: "zone", points: each.polygon, closed: true })), ...(laid?.lines ?? []).map((each) => ({ ...each, kind: "line", closed: false }))]
      .filter((each) => model.now[each.kind].find((table) => table.id === each.id)?.camera);
    board.surface({ size: [floor.width_m, floor.depth_m], step: 0.01, digits: 2, write: metres, label: t("draw.on_plan"), angles: true, snapTo: elsewhere.flatMap((each) => each.points) });
    board.layers.under.replaceChildren(...planBackdrop(floor, elsewhere).flat(2));
  }
  $("#board").hidden = !one && !floor;
  tools();
  changed();
}

/** The drawings are others: after each step, undo and redo. */
function changed() {
  chosen = chosen && model.find(chosen, surface());
  const shapes = model.shapes(surface());
  board.show(shapes, chosen);
  fill("shapes", shapeList(shapes, chosen, choose));
  details();
  bar();
  overview();
  tills();
  references();
  tryOut.of(chosen);
  seen.of(model, Boolean(model.floor) && !surface());
  const ids = model.cameras.map((one) => one.id).join(" ");
  if (ids !== listed) { cameras(); surfaces(); }
}

function choose(shape) {
  chosen = shape && model.find(shape, surface());
  const shapes = model.shapes(surface());
  board.show(shapes, chosen);
  fill("shapes", shapeList(shapes, chosen, choose));
  details();
  tryOut.of(chosen);
  if (shape) say(t("draw.chosen", { name: nameOf(shape.table), n: pointsOf(shape).length }));
}

const details = (now) => afresh($("#details"), shapeForm, now);
function shapeForm() {
  const box = $("#details");
  if (!chosen) return box.replaceChildren(h("p.empty", t("draw.choose")));
  const uses = (one) => chosen.kind === "zone" && [one.queue, one.service, one.zone].includes(chosen.id);
  const user = [...model.now.till, ...model.now.shelf].find(uses);
  box.replaceChildren(form(chosen, {
    set: (key, value) => model.set(chosen, key, value),
    turn: () => model.setPoints(chosen, [...pointsOf(chosen)].reverse()),
    remove: () => { const gone = chosen; chosen = null; model.remove(gone); say(t("draw.removed", { name: nameOf(gone.table) })); board.svg.focus(); },
    place: { size: board.size, unit: surface() ? "px" : "m", put: (n, axis, value) => model.setPoints(chosen, pointsOf(chosen).map((point, k) => (k === n ? Object.assign([...point], { [axis]: value }) : point))) },
    problem: problemOf(chosen, model), write: surface() ? pixels : metres, user: user && nameOf(user),
    before: chosen.kind === "facing" && model.before(chosen),
  }));
}

function surfaces() {
  const now = surface();
  const button = (id, name) => h("button", { type: "button", "aria-pressed": String(id === now), "data-surface": id ?? "plan", onclick: () => { view("on", id ?? ""); chosen = null; shown(); } }, name);
  $("#surfaces").replaceChildren(...[model.floor && button(null, t("draw.plan")), ...model.cameras.map((one) => button(one.id, nameOf(one)))].filter(Boolean));
}

function tools() {
  const begin = (kind) => { chosen = null; choose(null); board.draws(board.tool === kind ? null : kind); tools(); board.svg.focus(); board.draw(); say(t("draw.begin")); };
  $("#tools").replaceChildren(...toolbar(board, { on: surface(), has: stills.has(surface()), begin, still, zooms: zoomButtons(board) }));
}

function added(kind, list) {
  const on = surface();
  const table = { id: model.freeId(kind), name: "", ...(on ? { camera: on } : {}), [kind === "line" ? "points" : "polygon"]: list };
  let shelf = null;
  if (kind === "zone") table.kind = "area";
  if (kind === "facing") {
    shelf = model.now.shelf.find((one) => one.camera === on)?.id ?? model.freeId("shelf");
    Object.assign(table, { id: model.freeId("facing", shelf), gtin: "", capacity: 10 });
  }
  table.name = t(`draw.named_${kind}`, { n: table.id.split("-").at(-1) });
  chosen = { kind, id: table.id, shelf };
  model.add(kind, table, shelf);
  tools();
  details(true);
  $("#details input")?.focus();
  $("#details input")?.select();
}

async function still(event) {
  const one = camera();
  event.target.disabled = true;
  event.target.textContent = t("draw.still_wait");
  const { picture, why } = await takeStill(one.id);
  taken(one, picture, why, why && h("button", { type: "button", id: "take-blocks", onclick: blocks }, t("draw.blocks")));
}

/** Where there are always people: in blocks, in which nobody can be told. */
async function blocks(event) {
  const one = camera();
  event.target.disabled = true;
  const { blocks: rows, why } = await takeBlocks(one.id);
  taken(one, rows, why);
}

function taken(one, picture, why, more = null) {
  if (picture) stills.set(one.id, picture);
  if (surface() === one.id) shown();
  $("#trouble").replaceChildren(...(why ? [h("p.note.bad", { role: "alert" }, why, " ", more)] : []));
}

// What is to be saved.

function bar() {
  const edits = model.edits();
  $("#undo").disabled = !model.done.length;
  $("#redo").disabled = !model.undone.length;
  $("#save").disabled = $("#discard").disabled = !edits.length;
  $("#unsaved").textContent = edits.length ? t("draw.unsaved", { n: number(edits.length) }) : t("draw.saved_all");
}

async function save() {
  $("#trouble").replaceChildren();
  const wrong = firstMistake(model);
  if (wrong) {
    if (wrong.on !== surface()) { view("on", wrong.on ?? ""); chosen = wrong.one; shown(); }
    choose(wrong.one);
    return trouble(t("draw.not_saved", { name: nameOf(wrong.one.table), why: t(`mistake.${wrong.problem.what}`, { at: wrong.problem.at ? (wrong.on ? pixels : metres)(wrong.problem.at) : "" }) }));
  }
  $("#save").disabled = true;
  try {
    const edits = model.edits().map(({ shelf, ...one }) => (one.kind === "facing" ? { ...one, shelf } : one));
    await call("PATCH", "shop/file", { body: { edits }, headers: { "If-Match": model.etag } });
  } catch (error) {
    if (error.code === "changed") {
      await reread();
      return trouble(t("draw.changed_meanwhile"));
    }
    bar();
    return trouble(error.code === "offline" ? t("frame.offline") : t("draw.refused", { why: refusal(error) }));
  }
  toast(t("draw.saved"));
  say(t("draw.saved"));
  const held = chosen;
  model.load(await steadily("shop/drawings"));
  laid = await get("shop/plan").catch(() => null);
  chosen = held;
  shown();
  showVersions({ etag: () => model.etag, restored: again });
}
const trouble = (text) => $("#trouble").replaceChildren(h("p.note.bad", { role: "alert" }, text));

function overview() {
  if (model) fill("overview", overviewOf(model, (floor) => { model.step((now) => { now.shop.floor = floor; }); save(); }));
  heard();
}

function heard() {
  if (model) fill("heard", heardOf(model, states));
}

function cameras() {
  if (!model) return;
  listed = model.cameras.map((one) => one.id).join(" ");
  fill("eyes", cameraList(model, states, { remove: (id) => { if (surface() === id) view("on", ""); model.step((now) => { now.camera = now.camera.filter((one) => one.id !== id); }); shown(); }, calibrate: toCalibrate, draw: (id) => { view("on", id); chosen = null; shown(); $("#drawing").scrollIntoView(); } }));
}

const tills = (now) => afresh($("#till-set"), () => fill("till-set", tillList(model, {
  set: (id, key, value) => model.step((now) => { now.till.find((one) => one.id === id)[key] = value || id; }),
  add: (table) => { model.add("till", table); tills(true); $(`[name="name-${table.id}"]`).focus(); },
  remove: (id) => { model.step((now) => { now.till = now.till.filter((one) => one.id !== id); }); tills(true); $("[data-act=till]").focus(); },
})), now);

const references = () => fill("references", referenceList(model, references));

function oneMore() {
  fill("more", addCamera(model, (table) => { model.add("camera", table); cameras(); surfaces(); save().then(oneMore); }));
}

function calibrate() {
  const one = model.cameras.find((each) => each.id === viewed("calibrate"));
  $("#calib").hidden = !one || !model.floor;
  if (!one || !model.floor) return;
  $("#calib-title").textContent = t("calib.title", { camera: nameOf(one) });
  const keep = h("button.main", { type: "button", "data-act": "keep", disabled: true, onclick: () => {
    model.step((now) => { now.camera.find((each) => each.id === one.id).floor_points = points.map(({ pixel, floor_m }) => ({ pixel, floor_m })); });
    save();
  } }, t("calib.save"));
  fill("calib", calibration(model, one, stills.get(one.id), { metres, pixels, changed: (found) => { points = found; keep.disabled = !found; } }),
    h("div.row", keep, h("button", { type: "button", onclick: () => { view("calibrate", ""); calibrate(); } }, t("frame.close"))));
}

$("#undo").addEventListener("click", () => model.undo());
$("#redo").addEventListener("click", () => model.redo());
$("#save").addEventListener("click", save);
$("#discard").addEventListener("click", again);
document.addEventListener("keydown", (event) => {
  if (!model || !(event.ctrlKey || event.metaKey) || event.target.matches("input, select, textarea")) return;
  const key = event.key.toLowerCase();
  if (key === "z" && !event.shiftKey) model.undo();
  else if (key === "y" || (key === "z" && event.shiftKey)) model.redo();
  else return;
  event.preventDefault();
});
addEventListener("beforeunload", (event) => { if (model?.edits().length) event.preventDefault(); });
onLive("now", (now) => {
  const before = JSON.stringify([...states]);
  states = new Map((now.cameras ?? []).map((one) => [one.camera, { up: one.up }]));
  if (model && JSON.stringify([...states]) !== before) { cameras(); heard(); }
});
onLive("lost", () => { states = new Map(); if (model) cameras(); heard(); });
begin();
