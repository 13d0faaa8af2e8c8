// A small line without axes: how a figure went over the day.

import { h } from "./dom.js";

/** `values` (null: not known) over their `slots`; `beside` is a normal day; `band` of [low, high]. */
export function spark(values, { beside = [], band = [], label = "" } = {}) {
  const all = [...values, ...beside, ...band.flat()].filter((one) => one !== null && one !== undefined);
  const most = Math.max(1, ...all);
  const slots = Math.max(values.length, beside.length, 2);
  const x = (n) => ((n / (slots - 1)) * 100).toFixed(2);
  const y = (one) => (40 - (one / most) * 38).toFixed(2);
  const way = (list) => {
    let pen = false;
    return list.map((one, n) => {
      if (one === null || one === undefined) { pen = false; return ""; }
      const step = `${pen ? "L" : "M"}${x(n)} ${y(one)}`;
      pen = true;
      return step;
    }).join("");
  };
  const known = band.map((pair, n) => [n, pair]).filter(([, pair]) => pair && pair[0] !== null && pair[0] !== undefined);
  const outline = known.length > 1 && `M${[...known.map(([n, p]) => `${x(n)} ${y(p[0])}`), ...known.reverse().map(([n, p]) => `${x(n)} ${y(p[1])}`)].join("L")}Z`;
  return h("svg.spark", { viewBox: "0 0 100 42", preserveAspectRatio: "none", role: "img", "aria-label": label },
    outline && h("path.band", { d: outline }), h("path.beside", { d: way(beside), "vector-effect": "non-scaling-stroke" }), h("path.line", { d: way(values), "vector-effect": "non-scaling-stroke" }));
}
