// Rules: what people are told of, when, and who.

import { call, Problem, steadily } from "../api.js";
import { figure } from "../charts.js";
import { showVersions } from "../edit/versions.js";
import { $, fill, h, toast } from "../dom.js";
import { refusal } from "../refusals.js";
import { openRule } from "../ruleform.js";
import { keyOf, reasonOf, termsOf } from "../rulewords.js";
import { number, t } from "../words.js";

const NEW = { id: "", on: true, at_least: null, at_most: null, back: null, hold_s: 0, clear_s: 10, cooldown_s: 300, hours: [], subjects: [], kinds: [], urgency: "warning", roles: ["staff"], channels: ["page", "push"], escalate: [] };
let each = null;
const measureOf = (when) => each.measures.find((one) => one.when === when);

async function load() {
  try {
    each = await steadily("rules/each");
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    return fill("answer", h("p.note.bad", { role: "alert" }, t("rules.no_file", { why: refusal(error) })));
  }
  answer();
  list();
  showVersions({ of: "rules", etag: () => each.etag, restored: load });
}

let saving = Promise.resolve();
/** One after the other: what is set while another is on its way would else meet a file that is another. */
function set(body, said) {
  const turn = saving.then(() => setNow(body, said));
  saving = turn.catch(() => {});
  return turn;
}

async function setNow(body, said) {
  try {
    await call("PATCH", "rules/file", { body, headers: { "If-Match": each.etag } });
  } catch (error) {
    if (error.code === "changed") await load();
    throw error;
  }
  await load();
  toast(said);
}

function answer() {
  const on = each.rules.filter(({ rule }) => rule.on).length;
  fill("answer", figure({ value: on }, t("rules.of", { all: number(each.rules.length) })),
    h("p", t("rules.what")),
    h("label.inline", t("rules.language"), h("select", { name: "language", onchange: (event) => set({ language: event.target.value }, t("rules.saved")).catch(told) },
      [["en", "English"], ["ja", "日本語"], ["ko", "한국어"]].map(([code, name]) => h("option", { value: code, selected: code === each.language, lang: code }, name)))));
}

function told(error) {
  if (!(error instanceof Problem)) throw error;
  toast(refusal(error), 10000);
  list();
}

function list() {
  $("#rules .body").replaceChildren();
  fill("rules", h("ul.list.rules", each.rules.map((seen) => {
    const { rule, stands } = seen;
    const measure = measureOf(rule.when);
    const terms = termsOf(rule, measure);
    const flip = h("input", { type: "checkbox", role: "switch", checked: rule.on, "aria-label": t("rules.switch", { rule: reasonOf(rule, measure) }), onchange: (event) => {
      const now = event.target.checked;
      set({ edits: [{ id: rule.id, put: { ...rule, on: now } }] }, t(now ? "rules.on_now" : "rules.off_now")).then(() => focus(rule.id, "switch"), told);
    } });
    return h("li", { class: rule.on ? null : "off", "data-rule": rule.id },
      h("label.switch", flip),
      h("div.says",
        h("p", h("b", reasonOf(rule, measure)), " ", h("span.terms", terms.held.join(" · "))),
        h("p", h("span", "→ ", terms.told), terms.then.map((one) => h("span.then", " → ", one))),
        (stands !== "built-in" || rule.urgency !== "warning") && h("p.chips", stands !== "built-in" && h("span.chip", t(stands === "own" ? "rules.own" : "rules.changed")), rule.urgency !== "warning" && h(`span.chip${rule.urgency === "urgent" ? ".urgent" : ""}`, t(`rules.${rule.urgency}`)))),
      h("span.end", h("button", { type: "button", "data-act": "change", "aria-label": t("rules.change_this", { rule: reasonOf(rule, measure) }), onclick: () => open(seen) }, t("rules.change"))));
  })));
  more();
}

const focus = (id, what) => $(`[data-rule="${id}"] ${what === "switch" ? "[role=switch]" : "[data-act=change]"}`)?.focus();

function open(seen) {
  const { rule } = seen;
  openRule({
    seen, measure: measureOf(rule.when), channels: each.channels, back: () => focus(rule.id, "change"),
    save: ({ id, ...put }) => set({ edits: [{ id, put }] }, t("rules.saved")),
    drop: () => set({ edits: [{ id: rule.id, put: null }] }, t("rules.saved")).catch(told),
  });
}

/** One more rule, of whatever can be looked at. */
function more() {
  const possible = each.measures.filter((one) => one.subjects.length || ["till.load", "room.people", "counts.drift", "help.needed"].includes(one.when));
  const choice = h("select", { name: "when" }, possible.map((one) => h("option", { value: one.when }, t(`rulekind.${keyOf(one.when)}`))));
  fill("more", h("form.row", { onsubmit: (event) => {
    event.preventDefault();
    const when = choice.value;
    const taken = new Set(each.rules.map(({ rule }) => rule.id));
    let n = 1;
    while (taken.has(`${keyOf(when).replaceAll("_", "-")}-${n}`)) n += 1;
    const like = each.rules.find(({ rule }) => rule.when === when)?.rule;
    const { side } = measureOf(when);
    const rule = { ...NEW, when, id: `${keyOf(when).replaceAll("_", "-")}-${n}` };
    if (side !== "is" && like) Object.assign(rule, { [side]: like[side], hold_s: like.hold_s });
    open({ rule, stands: "built-in" });
  } }, h("label.inline", t("rules.about_what"), choice), h("button", { type: "submit" }, t("rules.add"))));
}

await load();
