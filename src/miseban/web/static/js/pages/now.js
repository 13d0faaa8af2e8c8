// Now: the shop at this moment. The hub sends its state once a second; only what changed is drawn.

import { ask, steadily } from "../api.js";
import { coverageNote, figure } from "../charts.js";
import { beginOf, dayOf, plusDays } from "../days.js";
import { $, fill, h, icon } from "../dom.js";
import { Calls, Dots } from "../dots.js";
import { hubNow } from "../hubclock.js";
import { onLive } from "../live.js";
import { drawPlan, noPlan, shopPlan } from "../plan.js";
import { spark } from "../spark.js";
import { change, clock, duration, hourOf, maybe, number, partOfHour, share, t, weekday } from "../words.js";

const AGAIN_MS = 60000; // visitors of the day are asked for once a minute
const WEEKS = 4; // a normal day is the mean of so many of the same weekday
const shop = steadily("shop");
let dots = null;
let calls = null;
let help = null; // only those who may are told of it
let latest = null;

async function drawFloor() {
  const plan = await shopPlan();
  if (!plan) return fill("floor", noPlan());
  const drawn = drawPlan(plan, { label: t("now.floor") });
  dots = new Dots(drawn.layer("over"));
  calls = new Calls(drawn.layer("over"), plan.zones, drawn.size);
  if (help) calls.show(help);
  fill("floor", drawn.svg, h("p", h("small", h("b", { id: "here" }), " ", t("now.legend"))));
}

/** The names of places, by kind and id. */
function namesOf(found) {
  const names = {};
  for (const kind of ["zones", "shelves", "tills", "cameras", "lines"]) names[kind] = new Map(found[kind].map((one) => [one.id, one]));
  const facings = found.shelves.flatMap((shelf) => shelf.facings.map((one) => ({ ...one, shelf: shelf.id })));
  names.facings = new Map(facings.map((one) => [`${one.shelf}/${one.id}`, one.name]));
  // Rules call a facing by its own id where no other has it.
  const alone = (one) => facings.filter((other) => other.id === one.id).length === 1;
  names.goods = new Map(facings.map((one) => [alone(one) ? one.id : `${one.shelf}-${one.id}`, one.name]));
  return names;
}

const alertTitle = (one, names) => {
  const kinds = ["zones", "tills", "cameras", "shelves", "lines"];
  const where = (one.about === "shelf" ? names.goods.get(one.subject) : null) ?? kinds.map((kind) => names[kind].get(one.subject)?.name).find(Boolean) ?? one.subject ?? "";
  return `${t(`alert.${one.about}`)}${where ? `: ${where}` : ""}`;
};

async function show(now) {
  latest = now;
  const names = namesOf(await shop);
  inside(now);
  queues(now, names);
  openAlerts(now, names);
  tills(now, names);
  zones(now, names);
  goods(now, names);
  eyes(now, names);
}

function inside({ inside: one }) {
  if (!one) return fill("inside", figure(null, t("unit.people")), h("p.change", t("now.unknown")));
  const drift = Math.abs(one.drift) > Math.max(3, one.entered * 0.03) && h("p.change", t("now.people_drift", { drift: number(one.drift) }));
  return fill("inside", figure({ value: one.people }, t("unit.people")), drift);
}

function queues({ queues: all }, names) {
  const known = all.filter((one) => one.length !== null);
  if (!all.length) return fill("queue", figure(null, ""), h("p.change", t("now.no_queues")));
  if (!known.length) return fill("queue", figure(null, ""), h("p.change", t("frame.unseen")));
  const longest = known.reduce((a, b) => ((b.waiting_s ?? 0) > (a.waiting_s ?? 0) ? b : a));
  const name = names.zones.get(longest.zone)?.name ?? longest.zone;
  const says = longest.length ? t("now.waits", { queue: name, length: number(longest.length) }) : t("now.nobody_waits");
  const minutes = (longest.waiting_s ?? 0) / 60;
  const low = minutes < 1.5;
  return fill("queue", figure({ value: low ? longest.waiting_s ?? 0 : minutes }, low ? t("unit.seconds") : t("unit.minutes"), { write: (v) => number(v, low ? 0 : 1) }), h("p.change", says));
}

/** Calls for help among them, for whoever is told of these. */
function openAlerts({ alerts }, names) {
  const order = { urgent: 0, warning: 1, note: 2 };
  const open = [...alerts, ...(help?.alerts ?? [])].sort((a, b) => order[a.urgency] - order[b.urgency] || a.raised.localeCompare(b.raised));
  const list = open.slice(0, 3).map((one) => h("li", icon(one.urgency), h("span", alertTitle(one, names)), h("span.end", h("small", clock(one.raised)))));
  return fill("open", figure({ value: open.length }, ""), open.length ? h("ul.list", list) : h("p.change", t("now.no_alerts")), h("p", h("a", { href: "/alerts" }, t("now.all_alerts"))));
}

function tills({ tills: all, queues: lines }, names) {
  if (!all.length) return fill("tills", h("p.empty", t("now.no_queues")));
  const waiting = lines.reduce((sum, one) => sum + (one.length ?? 0), 0);
  const open = all.filter((one) => one.open).length;
  const known = lines.some((one) => one.length !== null);
  const advice = !known
    ? h("p.note", t("frame.unseen"))
    : waiting > 2 * Math.max(1, open) && open < all.length
    ? h("p.note.warning", icon("warning"), " ", t("now.open_another", { waiting: number(waiting), tills: number(open) }))
    : h("p.note", icon("ok"), " ", t("now.fine"));
  return fill("tills", advice, h("ul.list", all.map((one) => h("li", h("span", names.tills.get(one.till)?.name ?? one.till),
    h(one.open ? "span.chip.good" : "span.chip", t(one.open ? "now.till_open" : "now.till_closed")),
    h("span.end", one.waiting === null ? "–" : t("now.waiting", { n: number(one.waiting) }))))));
}

function zones({ zones: all, cameras: eyes }, names) {
  const areas = all.filter((one) => ["area", "entrance", "signage"].includes(names.zones.get(one.zone)?.kind));
  if (!areas.length) return fill("zones", h("p.empty", t("now.no_zones")));
  const used = areas.filter((one) => one.people > 0);
  const seen = !eyes.length || eyes.some((one) => one.up); // else nobody is not known to be nobody
  if (!used.length) return fill("zones", h("p.empty", t(seen ? "now.zones_nobody" : "frame.unseen")));
  const most = Math.max(...used.map((one) => one.people));
  const top = [...used].sort((a, b) => b.people - a.people || a.zone.localeCompare(b.zone)).slice(0, 6);
  return fill("zones", h("ul.list", top.map((one) => h("li", h("span", names.zones.get(one.zone).name),
    h("span.end.row", h("span.bar", h("i", { style: { width: `${(100 * one.people) / most}%` } })), h("b", number(one.people)))))));
}

function goods({ shelves: all, time }, names) {
  if (!all.length) return fill("goods", h("p.empty", t("now.no_shelves")));
  const low = all.filter((one) => ["empty", "low", "wrong"].includes(one.state));
  if (!all.some((one) => one.state !== null)) return fill("goods", h("p.note", t("frame.unseen")));
  if (!low.length) return fill("goods", h("p.note", icon("ok"), " ", t("now.shelves_fine", { n: number(all.filter((one) => one.state !== null).length) })));
  const since = (one) => (one.since ? duration((Date.parse(time) - Date.parse(one.since)) / 1000) : "–");
  const order = { empty: 0, wrong: 1, low: 2 };
  low.sort((a, b) => order[a.state] - order[b.state] || (a.since ?? "").localeCompare(b.since ?? ""));
  return fill("goods", h("ul.list", low.slice(0, 6).map((one) => h("li", icon(one.state === "empty" ? "urgent" : "warning"),
    h("span", names.facings.get(`${one.shelf}/${one.facing}`) ?? one.facing, h("br"), h("small", names.shelves.get(one.shelf)?.name ?? one.shelf)),
    h("span.end", one.state === "low" ? t("now.low", { share: share(one.fill) }) : one.state === "empty" ? t("now.empty_since", { time: since(one) }) : t(`shelfstate.${one.state}`))))));
}

function eyes({ cameras: all }, names) {
  const card = document.getElementById("eyes");
  card.hidden = !all.length;
  if (!all.length) return null;
  const ill = all.filter((one) => !one.up || Object.keys(one.troubles).length);
  if (!ill.length) return fill(card, h("p.note", icon("ok"), " ", t("now.cameras_fine", { n: number(all.length) })));
  return fill(card, h("ul.list", ill.slice(0, 8).map((one) => {
    const troubles = Object.keys(one.troubles).map((name) => maybe(`trouble_of.${name}`, name));
    const says = troubles.length ? troubles.join(", ") : one.age_s === null ? t("now.camera_silent") : t("now.camera_age", { time: duration(one.age_s) });
    return h("li", icon("camera-off"), h("span", names.cameras.get(one.camera)?.name ?? one.camera), h("span.end", h("small", says)));
  })));
}

/** Visitors of today beside a normal day: the mean of the same weekday in the weeks before. */
async function visitors() {
  const today = dayOf(hubNow());
  const day = (name) => ({ since: beginOf(name), until: beginOf(plusDays(name, 1)), by: "hour" });
  const hourly = (answer) => {
    const hours = Array(24).fill(null);
    for (const row of answer.rows) if (row.place === "") hours[hourOf(row.start)] = row.visitors;
    return hours;
  };
  const weeks = Array.from({ length: WEEKS }, (_, n) => ask("visitors", day(plusDays(today, -7 * (n + 1)))));
  const [whole, mine, ...before] = await Promise.all([ask("visitors", { ...day(today), by: "whole" }), ask("visitors", day(today)), ...weeks]);
  const row = whole.rows.find((row) => row.place === "");
  const unseen = row?.visitors?.value === 0 && !row.coverage; // no camera told anything: nobody is not known
  const total = unseen ? undefined : row?.visitors;
  const hours = hourly(mine);
  const hour = hourOf(hubNow());
  const past = before.map(hourly).filter((one) => one.some((v) => v?.value));
  const normal = hours.map((_, n) => {
    const known = past.map((one) => one[n]?.value).filter((v) => v !== null && v !== undefined);
    return known.length ? known.reduce((a, b) => a + b, 0) / known.length : null;
  });
  const part = partOfHour(hubNow());
  const usual = normal.slice(0, hour).reduce((a, b) => a + (b ?? 0), 0) + (normal[hour] ?? 0) * part;
  const beside = past.length > 0 && usual >= 5 && total?.value !== null && total?.value !== undefined;
  const more = beside ? total.value / usual - 1 : 0;
  const said = beside && h(more > 0.02 ? "p.change.up" : more < -0.02 ? "p.change.down" : "p.change", `${t("frame.than_normal", { change: change(more), weekday: weekday(hubNow()) })} (${t("now.usual", { weekday: weekday(hubNow()), number: number(usual) })})`);
  const open = normal.map((v, n) => [v, n]).concat(hours.map((v, n) => [v?.value, n])).filter(([v]) => v).map(([, n]) => n);
  const [first, last] = open.length ? [Math.min(...open), Math.max(...open)] : [0, 23];
  const cut = (list) => list.slice(first, last + 1);
  fill("visitors", figure(total, t("unit.people"), { note: said }), unseen ? h("p.change", t("frame.unseen")) : coverageNote(row?.coverage),
    spark(cut(hours).map((one, n) => (first + n <= hour ? one?.value ?? null : null)), { beside: cut(normal), band: cut(hours).map((one) => [one?.low, one?.high]), label: t("now.visitors") }));
}

onLive("now", show);
onLive("help", async (told) => {
  help = told;
  calls?.show(told);
  const names = namesOf(await shop);
  if (latest) openAlerts(latest, names);
});
onLive("floor", (floor) => {
  if (!dots) return;
  dots.show(floor);
  const here = $("#here");
  if (here) here.textContent = floor.cameras ? t("now.people_here", { n: number(floor.dots.length) }) : t("now.not_seen_live");
});
// Nobody knows where anybody is now.
onLive("lost", () => {
  dots?.show({ dots: [] });
  const here = $("#here");
  if (here) here.textContent = "";
});
drawFloor();
const again = () => visitors().catch((error) => { if (error.code !== "offline") throw error; });
again();
setInterval(() => { if (!document.hidden) again(); }, AGAIN_MS);
document.addEventListener("visibilitychange", () => { if (!document.hidden) again(); });
onLive("back", again);
