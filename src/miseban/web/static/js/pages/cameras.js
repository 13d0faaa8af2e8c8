// Cameras: what each sees now, what is wrong and what to do about it, and what was lost day by day.

import { ask, may, steadily } from "../api.js";
import { CATEGORIES, chart, colour, figure, table, tableOf } from "../charts.js";
import { fill, h } from "../dom.js";
import { hubNow } from "../hubclock.js";
import { onLive } from "../live.js";
import { chartBox, stamp } from "../overtime.js";
import { csvOf, onPeriod } from "../period.js";
import { clock, dayAndTime, duration, number, share, t } from "../words.js";

const WORST = ["silent", "blocked", "dark", "frozen", "moved", "blurred", "glare", "slow", "clock", "flapping", "disagrees"];
const DASHES = ["solid", "dot", "dash", "dashdot", "longdash"];
/** Of a longer time nobody could tell the marks of a line apart, and eight cameras have thousands. */
const MOST_MARKED = 100;
const shop = steadily("shop");
const trend = chartBox(t("cams.trend"), ".tall");

/** What is wrong with a camera: [trouble, since]. Of one that is silent nothing else is known. */
const wrongs = (one) => (one.newest === null || (!one.up && !Object.keys(one.troubles ?? {}).length) ? [["silent", one.newest]] : Object.entries(one.troubles ?? {}));

async function now({ cameras: all }) {
  const names = new Map((await shop).cameras.map((one) => [one.id, one.name]));
  const nameOf = (id) => names.get(id) ?? id;
  const up = all.filter((one) => one.up).length;
  if (!all.length) {
    fill("each", h("p.empty", t("cams.none")));
    return fill("answer", h("p.empty", t("cams.none")));
  }
  const todo = all.flatMap((one) => wrongs(one).map(([trouble, since]) => ({ one, trouble, since }))).sort((a, b) => WORST.indexOf(a.trouble) - WORST.indexOf(b.trouble));
  fill("answer", figure({ value: up }, t("cams.of", { all: number(all.length) })),
    todo.length ? h("ul.list.todo", todo.map(({ one, trouble, since }) => h("li", h("div",
      h("p", h("b", nameOf(one.camera)), " ", h(`span.chip${one.up ? ".warning" : ".bad"}`, t(`trouble_of.${trouble}`)), since && h("small", " ", t("cams.since", { time: dayAndTime(since) }))),
      h("p", t(`todo.${trouble}`), " ", trouble === "moved" && may("set.shop") && h("a", { href: `/setup?on=${encodeURIComponent(one.camera)}` }, t("cams.redraw"))))))) : h("p.change", t("cams.fine")));
  fill("each", h("div.scroll", { tabindex: "0" }, table(all, [
    [t("cams.camera"), (one) => nameOf(one.camera)],
    [t("cams.state"), (one) => h(`span.chip${one.up ? ".good" : ".bad"}`, one.up ? t("cams.sees") : t(`trouble_of.${wrongs(one)[0][0]}`))],
    [t("cams.heard"), (one) => (one.newest === null ? t("cams.never") : one.age_s < 86400 ? `${clock(one.newest)} (${t("cams.ago", { age: duration(one.age_s) })})` : dayAndTime(one.newest))],
    [t("cams.hour"), (one) => (wrongs(one)[0]?.[0] === "silent" ? "–" : share(one.coverage)), true], // of what it told
    [t("cams.ahead"), (one) => (one.ahead ? number(one.ahead) : "–"), true],
  ])));
}

/** Whether points are marked: few of them, or one that no line leads to. */
const marked = (y) => y.length <= MOST_MARKED || y.some((one, n) => one !== null && (y[n - 1] ?? null) === null && (y[n + 1] ?? null) === null);

async function over(when, signal) {
  const [parts, whole, found] = await Promise.all([ask("cameras", { ...when.query, by: when.by }, signal), ask("cameras", { ...when.query, by: "whole" }, signal), shop]);
  const names = new Map(found.cameras.map((one) => [one.id, one.name]));
  const nameOf = (id) => names.get(id) ?? id;
  const rows = parts.rows.filter((row) => !row.detail);
  const begun = (row) => Date.parse(row.start) < hubNow(); // of what is to come nobody was blind
  const cameras = [...new Set(rows.map((row) => row.place))];
  if (!rows.some((row) => row.coverage > 0)) fill("trend", h("p.empty", t("cams.nothing")));
  else {
    fill("trend", trend, tableOf(rows.filter(begun), [
      [t("cams.camera"), (row) => nameOf(row.place)], [t("cams.when"), stamp(when)],
      [t("cams.seen"), (row) => share(row.coverage), true], [t("cams.lost"), (row) => number(row.lost_min?.value), true], [t("cams.gaps"), (row) => number(row.gaps?.value), true],
    ], csvOf("cameras", { by: when.by })));
    const traces = cameras.map((id, n) => {
      const own = rows.filter((row) => row.place === id);
      const ink = colour(CATEGORIES[n % CATEGORIES.length]);
      const y = own.map((row) => (begun(row) ? row.coverage : null));
      return { type: "scatter", mode: marked(y) ? "lines+markers" : "lines", name: nameOf(id), x: own.map(stamp(when)), y, connectgaps: false, line: { color: ink, width: 2.5, dash: DASHES[n % DASHES.length] }, marker: { size: 5 }, hovertemplate: "%{y:.0%}" };
    });
    await chart(trend, traces, { showlegend: cameras.length > 1, legend: { orientation: "h", y: 1.02, yanchor: "bottom", x: 0 }, xaxis: { type: "category", nticks: 12 }, yaxis: { range: [0, 1.02], tickformat: ".0%" } });
  }
  const own = whole.rows.filter((row) => !row.detail);
  const ill = whole.rows.filter((row) => row.detail && row.troubles?.value > 0);
  fill("lost", h("div.scroll", { tabindex: "0" }, table(own, [
    [t("cams.camera"), (row) => nameOf(row.place)], [t("cams.seen"), (row) => (row.coverage > 0 ? share(row.coverage, 1) : t("frame.unseen")), true],
    [t("cams.lost"), (row) => (row.coverage > 0 ? number(row.lost_min?.value) : "–"), true], [t("cams.gaps"), (row) => (row.coverage > 0 ? number(row.gaps?.value) : "–"), true],
  ])));
  fill("ills", ill.length ? h("div.scroll", { tabindex: "0" }, table(ill, [
    [t("cams.camera"), (row) => nameOf(row.place)], [t("cams.trouble"), (row) => (row.detail in ILLS ? ILLS[row.detail] : row.detail)],
    [t("cams.times"), (row) => number(row.troubles?.value), true], [t("cams.minutes"), (row) => number(row.trouble_min?.value), true],
  ])) : h("p.empty", t("cams.no_ills")));
}
const ILLS = Object.fromEntries(WORST.map((trouble) => [trouble, t(`trouble_of.${trouble}`)]));

onLive("now", now);
onPeriod(over);
