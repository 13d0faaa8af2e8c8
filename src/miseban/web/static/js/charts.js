// Charts by plotly.js, loaded when the first is drawn; a table stands behind each, and CSV behind that.

import { h, STATIC } from "./dom.js";
import { number, share, t } from "./words.js";

// Where an element of this name stands, plotly.js does not put the style of maps into the page, which
// would be refused (and which nothing here needs).
const OF_MAPS = "9f215cf04c5486422605d13261cb87401f4e7763b6296af81e98efbc0130da53";

let loading = null;
function plotly() {
  loading ??= new Promise((done, failed) => {
    document.head.append(h("meta", { id: OF_MAPS }));
    const script = h("script", { src: `${STATIC}/plotly.js` });
    script.onload = () => done(globalThis.Plotly);
    script.onerror = () => failed(new Error("plotly.js"));
    document.head.append(script);
  });
  return loading;
}

const dark = matchMedia("(prefers-color-scheme: dark)");
export const colour = (name) => getComputedStyle(document.documentElement).getPropertyValue(`--${name}`).trim();
/** Okabe-Ito, in an order in which neighbours differ most. */
export const CATEGORIES = ["blue", "orange", "green", "purple", "sky"];
/** cividis: even for colour-blind people. */
export const HEAT = [[0, "#00224e"], [0.25, "#35456c"], [0.5, "#666970"], [0.75, "#a59c74"], [1, "#fee838"]];
export const DIFFERENCE = [[0, "#0072b2"], [0.5, "#e8e8e8"], [1, "#d55e00"]];

const drawn = new Map();

/** Draws `traces` (as plotly's, with `band: {low, high}` for an interval) into `box`. Drawn again where
    something was drawn, it moves there. */
export async function chart(box, traces, layout = {}) {
  drawn.set(box, [traces, layout]);
  const Plotly = await plotly();
  await new Promise((done) => setTimeout(done)); // what is known by now is shown before a chart is drawn
  if (drawn.get(box)?.[0] !== traces) return; // another was asked for meanwhile
  const ink = colour("ink");
  const soft = colour("soft");
  const axis = { gridcolor: colour("line"), zeroline: false, linecolor: colour("line"), tickfont: { color: soft, size: 12 }, fixedrange: true, automargin: true };
  const whole = {
    paper_bgcolor: "rgba(0,0,0,0)", plot_bgcolor: "rgba(0,0,0,0)", font: { family: "inherit", color: ink, size: 13 },
    margin: { l: 44, r: 12, t: 8, b: 34 }, showlegend: false, hovermode: "x unified", bargap: 0.25, dragmode: false,
    hoverlabel: { bgcolor: colour("card"), font: { color: ink } }, separators: ".,",
    ...layout, xaxis: { ...axis, ...layout.xaxis }, yaxis: { ...axis, rangemode: "tozero", ...layout.yaxis },
  };
  const all = traces.flatMap((one) => (one.band ? [banded(one), plain(one)] : [plain(one)]));
  await Plotly.react(box, all, whole, { displayModeBar: false, responsive: true, staticPlot: false });
  box.removeAttribute("aria-busy");
}

const plain = ({ band, ...trace }) => trace;
function banded(trace) {
  const points = trace.x.map((x, n) => [x, trace.band.low[n], trace.band.high[n]]).filter(([, low, high]) => low !== null && low !== undefined && high !== null && high !== undefined);
  return {
    type: "scatter", mode: "lines", line: { width: 0 }, fill: "toself", fillcolor: `${trace.line?.color ?? colour("accent")}33`, hoverinfo: "skip",
    x: [...points.map((p) => p[0]), ...points.map((p) => p[0]).reverse()], y: [...points.map((p) => p[1]), ...points.map((p) => p[2]).reverse()],
  };
}

dark.addEventListener("change", () => { for (const [box, [traces, layout]] of drawn) if (box.isConnected) chart(box, traces, layout); else drawn.delete(box); });

/** The table behind a chart: `columns` are [title, row => text, numeric?]; and CSV behind it. */
export function tableOf(rows, columns, csv = null) {
  const box = h("div.scroll", { tabindex: "0" });
  const all = h("details.table", h("summary", t("frame.table")), box, csv && h("p", h("a", { href: csv, download: true }, t("frame.csv"))));
  // Written when it is opened: a year of eight cameras takes longer to write than to draw.
  all.addEventListener("toggle", () => all.open && !box.firstChild && box.append(table(rows, columns)));
  return all;
}
export function table(rows, columns) {
  return h("table", h("thead", h("tr", columns.map(([title, , numeric]) => h(numeric ? "th.n" : "th", { scope: "col" }, title)))),
    h("tbody", rows.map((row) => h("tr", columns.map(([, text, numeric]) => h(numeric ? "td.n" : "td", text(row)))))));
}

/** A measure as text: "412 (398–431)"; a dash where it is not known. */
export function measured(one, write = number) {
  if (!one || one.value === null || one.value === undefined) return "–";
  const sure = one.low !== null && one.low !== undefined && one.high !== undefined && one.high !== null;
  return sure ? `${write(one.value)} (${t("frame.between", { low: write(one.low), high: write(one.high) })})` : write(one.value);
}

/** A big value with unit, interval and change: the answer of a page. `one` is a measure. */
export function figure(one, unit, { write = number, note = null } = {}) {
  const known = one && one.value !== null && one.value !== undefined;
  const sure = known && one.low !== null && one.low !== undefined;
  return h("div", h("p.figure", h("b", known ? write(one.value) : "–"), h("span.unit", unit),
    sure && h("span.interval", t(one.low > one.value || one.high < one.value ? "frame.interval_unseen" : "frame.interval", { low: write(one.low), high: write(one.high) }))), note);
}

/** How much of the time was seen, where it was not all. */
export const coverageNote = (coverage) => (coverage !== null && coverage !== undefined && coverage < 0.98 ? h("p.change", t("frame.partly", { share: share(coverage) })) : null);
