// The shelves beside a plan of them: the shop file's own, or a CSV file that is dropped here. The hub
// compares it and keeps nothing of it; this page has it until it is left.

import { call, get } from "../api.js";
import { table } from "../charts.js";
import { fill, h } from "../dom.js";
import { view, viewed } from "../period.js";
import { refusal } from "../refusals.js";
import { number, share, t } from "../words.js";

const BY = ["product", "brand", "category"];
const LARGEST = 2_000_000; // bytes; the hub refuses more
const SHOWN = 40;
let names = null;
let file = null; // the plan that was dropped: {name, text}
let asked = 0;

/** `of(place)` and `product(gtin)` in words. */
export async function plan(words) {
  names = words;
  await show();
}

async function show() {
  const by = viewed("share", BY[0]);
  const turn = ++asked;
  try {
    const query = { by };
    const told = file ? (await call("POST", "shelves/plan", { query, body: file.text, type: "text/csv" })).given : await get("shelves/plan", query);
    if (turn === asked) fill("plan", chooser(), answer(told, by));
  } catch (error) {
    if (turn !== asked) return;
    const wrong = file ? mistake(error) : refusal(error);
    file = null;
    fill("plan", chooser(), h("p.note.bad", { role: "alert" }, wrong));
  }
}

/** A place to drop a file, which is also a button. */
function chooser() {
  const input = h("input", { type: "file", accept: ".csv,text/csv", id: "plan-file", onchange: () => take(input.files[0]) });
  const zone = h("label.drop", { for: "plan-file" }, input, h("b", t("planogram.drop")), h("small", t("planogram.columns")));
  zone.addEventListener("dragover", (event) => { event.preventDefault(); zone.classList.add("over"); });
  zone.addEventListener("dragleave", () => zone.classList.remove("over"));
  zone.addEventListener("drop", (event) => { event.preventDefault(); zone.classList.remove("over"); take(event.dataTransfer.files[0]); });
  const back = file && h("p.choose", h("button", { type: "button", onclick: () => { file = null; show(); } }, t("planogram.own")));
  return [zone, h("p.hint", file ? t("planogram.with", { name: file.name }) : t("planogram.with_own")), back];
}

async function take(given) {
  if (!given) return;
  // Its bytes, so that the hub says where they are no text.
  file = { name: given.name, text: new Uint8Array(await given.slice(0, LARGEST + 1).arrayBuffer()) };
  await show();
}

function mistake(error) {
  const [, line, column] = /^line (\d+)(?: \((\w+)\))?$/.exec(error.where ?? "") ?? [];
  if (error.code !== "bad-plan") return refusal(error);
  const where = line ? t(column ? "planogram.at_column" : "planogram.at_line", { line, column }) : t("planogram.at_file");
  return [`${where} `, h("span", { lang: "en" }, error.message)];
}

function answer(told, by) {
  const found = told.differences;
  const head = h("p.figure", h("b", number(found.length)), h("span.unit", t("planogram.of", { n: number(told.facings) })));
  const columns = [
    [t("planogram.facing"), (one) => names.of(one.place)], [t("planogram.what"), (one) => said(one)],
    [t("planogram.expected"), (one) => (one.expected ? names.product(one.expected) : "")],
  ];
  const list = found.length
    ? [h("div.scroll", { tabindex: "0" }, table(found.slice(0, SHOWN), columns)), found.length > SHOWN ? h("p.hint", t("planogram.more", { n: number(found.length - SHOWN) })) : null]
    : h("p.empty", t("planogram.as_planned"));
  const rest = told.not_planned.length ? h("p.hint", t("planogram.not_planned", { n: number(told.not_planned.length), names: told.not_planned.slice(0, 5).map(names.of).join(t("planogram.and")) })) : null;
  return [head, list, rest, ...shares(told.shares, by)];
}

function said(one) {
  const found = one.kind === "moved" ? one.found.split(" ").map(names.of).join(t("planogram.and")) : names.product(one.found);
  return t(`planogram.${one.side ? `neighbour_${one.side}` : one.kind}`, { product: names.product(one.gtin), found });
}

function shares(parts, by) {
  const choose = (value) => h("button", { type: "button", "aria-pressed": String(by === value), onclick: () => { view("share", value === BY[0] ? "" : value); show(); } }, t(`planogram.by_${value}`));
  const columns = [
    [t(`planogram.by_${by}`), (one) => (by === "product" ? names.product(one.name) : one.name || t("planogram.nobody_says"))],
    [t("planogram.facings"), (one) => number(one.facings), true], [t("planogram.share"), (one) => share(one.share, 1), true], [t("planogram.planned"), (one) => share(one.planned, 1), true],
  ];
  return [h("h3", t("planogram.shares")), h("p.choose", { role: "group", "aria-label": t("planogram.shares") }, BY.map(choose)), h("div.scroll", { tabindex: "0" }, table(parts.slice(0, SHOWN), columns))];
}
