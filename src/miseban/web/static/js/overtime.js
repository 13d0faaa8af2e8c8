// A measure over hours or days, with its interval, the compared time, and what was not seen.

import { chart, colour } from "./charts.js";
import { h } from "./dom.js";
import { beside } from "./compared.js";
import { clock, day, number, t } from "./words.js";

/** "14:00" or "Tue 7 Apr", as rows are by hour or by day; both where there are several days of hours. */
export const stamp = (period) => (row) => (period.by === "day" ? day(row.start) : period.days > 1 ? `${day(row.start)} ${clock(row.start)}` : clock(row.start));

/** Draws `name` of `rows`, in `unit`, into `box`. Hours in which nothing happened at either end are left out; hours
    that were not seen are hatched. */
export function overTime(box, rows, others, name, period, { kind = "line", write = number, colours = "accent", unit = "" } = {}) {
  const pairs = beside(rows, others ?? []);
  let list = pairs;
  if (period.by === "hour" && period.days === 1) {
    const busy = pairs.map(([a, b], n) => ((a[name]?.value ?? 0) > 0 || (b?.[name]?.value ?? 0) > 0 ? n : -1)).filter((n) => n >= 0);
    if (busy.length) list = pairs.slice(busy[0], busy.at(-1) + 1);
  }
  const x = list.map(([row]) => stamp(period)(row));
  const values = (which, key) => list.map((pair) => pair[which]?.[name]?.[key] ?? null);
  const main = colour(colours);
  const traces = [];
  if (others?.length) traces.push({ type: "scatter", mode: "lines", name: t("entrances.compared"), x, y: values(1, "value"), line: { color: colour("soft"), dash: "dot", width: 2 }, hovertemplate: "%{y:,.0f}" });
  const [low, high] = [values(0, "low"), values(0, "high")];
  const middle = values(0, "value");
  const less = (a, b) => (a === null || b === null ? 0 : Math.max(0, a - b));
  const sure = { type: "data", symmetric: false, array: high.map((one, n) => less(one, middle[n])), arrayminus: low.map((one, n) => less(middle[n], one)), color: colour("soft"), thickness: 1.5, width: 4 };
  const shape = kind === "bar" ? { type: "bar", marker: { color: main }, error_y: sure, textposition: "none" } : { type: "scatter", mode: "lines+markers", line: { color: main, width: 2.5 }, marker: { size: 5 } };
  traces.push({ ...shape, name: t("entrances.visitors"), x, y: middle, band: kind === "bar" ? null : { low, high }, line: { color: main, width: 2.5 }, text: list.map(([row]) => write(row[name]?.value)), hovertemplate: "%{text}" });
  const shapes = list.map(([row], n) => [row, n]).filter(([row]) => row.coverage !== null && row.coverage < 0.25)
    .map(([, n]) => ({ type: "rect", xref: "x", yref: "paper", x0: n - 0.5, x1: n + 0.5, y0: 0, y1: 1, line: { width: 0 }, fillcolor: `${colour("hatch")}44`, layer: "below" }));
  return chart(box, traces, { shapes, xaxis: { type: "category", nticks: 12, ...(period.by === "day" ? inTwoLines(x, box) : {}) }, yaxis: { title: { text: unit, font: { size: 12 }, standoff: 4 } } });
}

/** Days under the bars in two lines, and as many as there is room for. */
function inTwoLines(days, box) {
  const step = Math.ceil(days.length / Math.max(3, Math.floor((box.clientWidth || 600) / 52)));
  const shown = days.filter((_, n) => n % step === 0);
  return { tickmode: "array", tickangle: 0, tickvals: shown, ticktext: shown.map((one) => (one.includes("(") ? one.replace(/\s*\(/, "<br>(") : one.replace(/,?\s+/, "<br>"))) };
}

export const chartBox = (label, kind = "") => h(`div.chart${kind}`, { role: "img", "aria-label": label });
