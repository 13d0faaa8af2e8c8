// Areas: where on the floor people spend their time, how long they stay in each area, and where they stop.

import { choices, narrow } from "../areas/choice.js";
import { forSale, placed, rank, stops, strips } from "../areas/lists.js";
import { drawPicture } from "../areas/picture.js";
import { ask, may, steadily } from "../api.js";
import { coverageNote, figure, measured, tableOf } from "../charts.js";
import { changed } from "../compared.js";
import { dayOf } from "../days.js";
import { $, all, fill, h } from "../dom.js";
import { takeStill } from "../edit/still.js";
import { cellsOf, chanceMark, differencesOf, hatched, heatLayer, legend, topOf } from "../heat.js";
import { hubNow } from "../hubclock.js";
import { chartBox, overTime, stamp } from "../overtime.js";
import { csvOf, onPeriod, period, view, viewed } from "../period.js";
import { drawPlan, noPlan, shopPlan } from "../plan.js";
import { refusal } from "../refusals.js";
import { duration, number, share, t } from "../words.js";

const shop = steadily("shop");
const box = chartBox(t("areas.stays_over"));
/** Pictures of the place without people, by camera: of this page alone, gone with it. */
const stills = new Map();
let shown = null;
let mapped = null;
let again = null;
let told = ""; // the area that its card tells of
const fit = choices($("#choice"), () => again());

/** Each card as soon as its own answers are there; what takes longest is asked for first. */
async function show(when, signal) {
  fit(when);
  const more = narrow(when);
  const query = { ...when.query, ...more };
  const alone = { since: query.since, until: query.until, ...more };
  const heat = "floor" in document.documentElement.dataset ? ask("heat", query, signal) : null;
  const areas = ask("areas", query, signal);
  const dwell = ask("dwell", { ...query, by: "whole" }, signal);
  const funnel = ask("funnel", alone, signal);
  const ranked = Promise.all([shop, areas, dwell]).then(([found, used, stays]) => {
    const list = placed(new Map(found.zones.map((one) => [one.id, one])), used, stays);
    shown = { more, list };
    rank(list, choose, more);
    strips(list, choose, more);
    return list;
  });
  await Promise.all([
    ranked.then(() => drawArea(signal)),
    Promise.all([shop, funnel]).then(([found, told]) => stops(found, told, more)),
    Promise.all([ranked, shopPlan(), heat]).then(([list, plan, told]) => { mapped = { when, list, plan, heat: told }; drawMap(); }),
  ]);
}

function choose(zone) {
  view("area", zone);
  const { list, more } = shown;
  rank(list, choose, more);
  strips(list, choose, more);
  markChosen();
  drawArea().catch((error) => {
    if (!error.code) throw error;
    if (viewed("area") === zone) fill("area", h("p.note.bad", { role: "alert" }, refusal(error)));
  });
}

function markChosen() {
  const chosen = viewed("area");
  for (const shape of all("[data-zone]")) shape.classList.toggle("chosen", shape.dataset.zone === chosen);
}

/** In one sentence, before any picture. */
function answer(list) {
  const known = forSale(list).filter((one) => one.row.share?.value);
  if (known.length < 2) return null;
  const told = (one) => ({ name: one.zone.name, part: share(one.row.share.value, 1) });
  const [most, least] = [told(known[0]), told(known.at(-1))];
  return h("p.answer", t("areas.answer", { most: most.name, most_part: most.part, least: least.name, least_part: least.part }));
}

function drawMap() {
  const { when, list, plan, heat } = mapped;
  if (!plan) return fill("map", answer(list), noPlan());
  const mode = heat.compare ? viewed("mode", "heat") : "heat";
  const difference = mode === "difference";
  const [a, b] = [cellsOf([heat]), heat.compare ? cellsOf([heat.compare]) : new Map()];
  const { cells, chance } = difference ? differencesOf(heat) : { cells: mode === "other" ? b : a };
  // Both times on one scale, so that they can be compared by eye.
  const top = difference ? topOf(cells) : Math.max(topOf(a), topOf(b));
  const camera = plan.cameras.find((one) => one.id === viewed("camera"));
  const options = { label: camera ? t("areas.seen_by", { camera: camera.name }) : t("areas.map"), onzone: (zone) => choose(zone.id) };
  let drawn;
  if (camera) drawn = drawPicture(plan, camera, cells, top, { ...options, difference, chance, still: stills.get(camera.id) });
  else {
    drawn = drawPlan(plan, options);
    drawn.layer("under").append(heatLayer(cells, plan, top, { difference, chance }), difference ? hatched(chance) : "");
  }
  drawn.svg.classList.add("with-heat");
  const visits = heat.rows[0]?.person_s.base ?? 0;
  const minutes = [...a.values()].reduce((sum, one) => sum + one * 0.25, 0);
  const modes = ["heat", "other", "difference"].map((one) => [one, t(`areas.${one}`)]);
  fill("map", answer(list),
    h("p", a.size ? t("areas.total", { minutes: number(minutes), visits: number(visits) }) : t("areas.none")),
    h("div.row",
      heat.compare && segments(t("areas.mode"), modes, mode, (one) => { view("mode", one === "heat" ? "" : one); drawMap(); }),
      plan.cameras.length > 0 && surfaces(plan, camera), camera && may("set.shop") && lookButton(camera)),
    difference && h("p", { id: "certain" }, certainty(cells, chance, when)),
    drawn.svg, legend(top, t(difference ? "areas.legend_difference" : "areas.legend"), difference),
    difference && cells.size > 0 && h("p.row", chanceMark(), h("small", t("areas.chance_is"))),
    heat.notes.length > 0 && h("p", h("small", t("areas.left_out"))),
    camera && h("p", h("small", t(stills.has(camera.id) ? "areas.still_is" : may("set.shop") ? "areas.outline_may" : "areas.outline_is"))));
  markChosen();
}

/** How many squares differ, and of which days that is told. */
function certainty(cells, chance, when) {
  const goesOn = when.until >= dayOf(hubNow());
  if (!cells.size) return t(goesOn ? "areas.not_over" : "areas.none");
  const sure = [...cells].filter(([key]) => !chance.has(key));
  const more = sure.filter(([, one]) => one > 0).length;
  const words = sure.length ? t("areas.differ", { n: number(sure.length), of: number(cells.size), more: number(more), less: number(sure.length - more) }) : t("areas.differ_none", { of: number(cells.size) });
  return goesOn ? `${words} ${t("areas.without_today")}` : words;
}

/** The plan, or one of the cameras that know their floor. */
function surfaces(plan, camera) {
  const pick = (event) => { view("camera", event.target.value); drawMap(); $("#surface")?.focus(); };
  return h("label.inline", t("areas.surface"), h("select", { id: "surface", onchange: pick }, h("option", { value: "", selected: !camera }, t("areas.plan")),
    plan.cameras.map((one) => h("option", { value: one.id, selected: one === camera }, one.name))));
}

function lookButton(camera) {
  const word = t(stills.has(camera.id) ? "areas.still_again" : "areas.still");
  const says = h("small", { role: "status" });
  const take = async (event) => {
    event.target.disabled = true;
    says.textContent = t("areas.still_wait");
    const { picture, why } = await takeStill(camera.id);
    event.target.disabled = false;
    says.textContent = why;
    if (!picture) return;
    stills.set(camera.id, picture);
    if (viewed("camera") === camera.id) drawMap();
  };
  return h("span.row", h("button", { type: "button", id: "look", onclick: take }, word), says);
}

function segments(label, options, chosen, pick) {
  return h("div.segments", { role: "group", "aria-label": label }, options.map(([value, text]) => h("button", { type: "button", "aria-pressed": String(value === chosen), onclick: () => pick(value) }, text)));
}

async function drawArea(signal) {
  const { list, more } = shown;
  const when = period();
  const title = $("#area-title");
  const chosen = list.find((one) => one.zone.id === viewed("area"));
  title.textContent = chosen?.zone.name ?? t("areas.area");
  if (!chosen?.stay) told = "";
  if (!chosen?.stay) return fill("area", h("p.empty", t(viewed("area") ? "frame.nothing" : "areas.choose")));
  const { zone, stay, other } = chosen;
  const own = { ...more, by: when.by, zones: zone.id };
  // Under its name nothing of another area, whether the answer comes or not.
  if (told !== zone.id) fill("area", h("p.loading", t("frame.loading")));
  told = "";
  const over = await ask("dwell", { ...when.query, ...own }, signal);
  if (viewed("area") !== zone.id) return; // another was chosen meanwhile
  told = zone.id;
  const one = (key, write) => h("div.figures", h("h3", t(`areas.${key.replace("_s", "")}`)), figure(stay[key], "", { write }), changed(stay[key], other?.[key]));
  fill("area", h("div.four", one("stays", number), one("mean_s", duration), one("median_s", duration), one("p90_s", duration)),
    coverageNote(stay.coverage), box, stay.stays?.value === null && h("p", h("small", t("frame.withheld"))),
    tableOf(over.rows, [[t("areas.time"), stamp(when)], [t("areas.stays"), (r) => measured(r.stays), true], [t("areas.mean"), (r) => measured(r.mean_s, duration), true], [t("areas.median"), (r) => measured(r.median_s, duration), true]], csvOf("dwell", own)));
  await overTime(box, over.rows, over.compare?.rows, "stays", when, { kind: "bar", unit: t("areas.stays") });
}

again = onPeriod(show);
