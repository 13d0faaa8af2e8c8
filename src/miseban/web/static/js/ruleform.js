// The form of one rule of alerts: a dialog that tells what it shall be.

import { all, h } from "./dom.js";
import { refusal } from "./refusals.js";
import { channelWord, keyOf, unitOf } from "./rulewords.js";
import { t } from "./words.js";

const ROLES = ["staff", "manager", "installer", "marketer", "privacy_officer", "head_office"];
const KINDS = ["fall", "on_floor", "lost_child", "wheelchair", "walking_aid", "slow_walk", "long_search", "unmanned_counter"];
const URGENCIES = ["note", "warning", "urgent"];
const TIMES = { share: 100 }; // typed in percent, a part in the file

const field = (label, input, note) => h("label", label, input, note && h("small", note));
const num = (name, value, more = {}) => h("input", { type: "number", name, value: value ?? "", min: "0", step: "any", inputmode: "decimal", ...more });
const checks = (title, name, choices, chosen, note) => h("fieldset", h("legend", title), note && h("small", note),
  h("div.checks", choices.map(([value, word]) => h("label.check", h("input", { type: "checkbox", name, value, checked: chosen.includes(value) }), word))));
const chosenOf = (form, name) => all(`[name="${name}"]:checked`, form).map((one) => one.value);
const numberOf = (form, name, times = 1) => { const text = form.elements[name]?.value ?? ""; return text === "" ? null : Math.round((Number(text) / times) * 1e6) / 1e6; };

function hoursRow(hours = "09:00-18:00") {
  const [from, to] = hours.split("-");
  const row = h("div.row.hours", h("label", h("span.sr", t("rules.from")), h("input", { type: "time", name: "from", value: from, required: true })), "–",
    h("label", h("span.sr", t("rules.to")), h("input", { type: "time", name: "to", value: to, required: true })),
    h("button", { type: "button", "aria-label": t("rules.remove_hours"), onclick: () => row.remove() }, "×"));
  return row;
}

function stepRow(n, step = { after_s: 180, roles: ["manager"] }) {
  const name = `then-${n}`;
  const row = h("fieldset.step", { "data-channels": JSON.stringify(step.channels ?? []) }, h("legend", t("rules.if_nobody")),
    field(t("rules.after_min"), num("after", Math.round((step.after_s / 60) * 100) / 100, { min: "0.1", max: "1440", required: true })),
    h("div.checks", ROLES.map((role) => h("label.check", h("input", { type: "checkbox", name, value: role, checked: step.roles.includes(role) }), t(`role.${role}`)))),
    h("button", { type: "button", onclick: () => row.remove() }, t("draw.remove")));
  return row;
}

/** Opens it. `seen` is {rule, stands}; `measure` what its `when` can be; `save(put)` rejects with what is
    wrong; `drop()` takes it from the file. */
export function openRule({ seen: { rule, stands }, measure, channels, save, drop, back }) {
  const unit = unitOf(rule.when);
  const times = TIMES[unit] ?? 1;
  const typed = (value) => (value === null || value === undefined ? "" : Math.round(value * times * 1e4) / 1e4);
  const limit = measure.side !== "is";
  const hours = h("div.list-of", rule.hours.map(hoursRow));
  const steps = h("div.list-of", rule.escalate.map((one, n) => stepRow(n, one)));
  const note = h("p.note.bad", { role: "alert", hidden: true });
  let more = rule.escalate.length;
  const withUnit = (word) => t("rules.in_unit", { what: t(word), unit: t(`rules.unit_${unit}`) });

  const form = h("form", { onsubmit: async (event) => {
    event.preventDefault();
    const button = form.querySelector("button.main");
    button.disabled = true;
    try { await save(put()); dialog.close(); } catch (error) {
      if (!error.code) throw error;
      note.textContent = refusal(error);
      note.hidden = false;
      note.scrollIntoView({ block: "nearest" });
    } finally { button.disabled = false; }
  } },
  h("h2", t(`rulekind.${keyOf(rule.when)}`)), h("p", h("small", rule.id)),
  h("label.check", h("input", { type: "checkbox", name: "on", checked: rule.on }), t("rules.is_on")),
  limit && field(withUnit(measure.side === "at_least" ? "rules.at_least" : "rules.at_most"), num("limit", typed(rule[measure.side]), { required: measure.least === null, max: unit === "share" ? "100" : "1000000", placeholder: measure.least === null ? null : String(measure.least) }), measure.least === null ? null : t("rules.by_floor", { n: measure.least })),
  rule.when !== "help.needed" && field(t("rules.hold"), num("hold_s", rule.hold_s, { max: "604800" })),
  rule.when === "help.needed" && checks(t("rules.kinds"), "kinds", KINDS.map((one) => [one, t(`helpkind.${one}`)]), rule.kinds.length ? rule.kinds : KINDS),
  measure.subjects.length > 0 && checks(t("rules.about"), "subjects", measure.subjects.map((one) => [one.id, one.name]), rule.subjects, t("rules.about_all")),
  h("fieldset", h("legend", t("rules.hours")), h("small", t("rules.always")), hours, h("button", { type: "button", "data-act": "hours", onclick: () => { hours.append(hoursRow()); hours.lastChild.querySelector("input").focus(); } }, t("rules.add_hours"))),
  checks(t("rules.who"), "roles", ROLES.map((one) => [one, t(`role.${one}`)]), rule.roles),
  checks(t("rules.how"), "channels", channels.map((one) => [one, channelWord(one)]), rule.channels),
  field(t("rules.urgency"), h("select", { name: "urgency" }, URGENCIES.map((one) => h("option", { value: one, selected: one === rule.urgency }, t(`rules.${one}`))))),
  steps, h("button", { type: "button", "data-act": "step", onclick: () => { steps.append(stepRow((more += 1))); steps.lastChild.querySelector("input").focus(); } }, t("rules.add_step")),
  h("details", h("summary", t("rules.finer")),
    limit && field(withUnit("rules.back"), num("back", typed(rule.back)), t("rules.back_why")),
    field(t("rules.clear"), num("clear_s", rule.clear_s, { max: "604800" })),
    field(t("rules.cooldown"), num("cooldown_s", rule.cooldown_s, { max: "604800" }), t("rules.cooldown_why"))),
  note,
  h("div.row", h("button.main", { type: "submit" }, t("draw.save")), h("button", { type: "button", onclick: () => dialog.close() }, t("frame.close")),
    stands !== "built-in" && drop && h("button.danger", { type: "button", "data-act": "drop", onclick: async () => { await drop(); dialog.close(); } }, t(stands === "changed" ? "rules.as_built_in" : "draw.remove"))));

  function put() {
    const kinds = chosenOf(form, "kinds");
    const found = {
      ...rule, on: form.elements.on.checked, hold_s: numberOf(form, "hold_s") ?? rule.hold_s, clear_s: numberOf(form, "clear_s") ?? 0, cooldown_s: numberOf(form, "cooldown_s") ?? 0,
      urgency: form.elements.urgency.value, roles: chosenOf(form, "roles"), channels: chosenOf(form, "channels"),
      subjects: chosenOf(form, "subjects"), kinds: kinds.length === KINDS.length ? [] : kinds,
      hours: all(".hours", hours).map((row) => `${row.querySelector("[name=from]").value}-${row.querySelector("[name=to]").value}`),
      escalate: all(".step", steps).map((row) => ({ after_s: Number(row.querySelector("[name=after]").value) * 60, roles: all("[type=checkbox]:checked", row).map((one) => one.value), channels: JSON.parse(row.dataset.channels) })),
    };
    if (limit) Object.assign(found, { [measure.side]: numberOf(form, "limit", times), back: numberOf(form, "back", times) });
    return found;
  }

  const dialog = h("dialog.rule", { "aria-label": t(`rulekind.${keyOf(rule.when)}`), onclose: () => { dialog.remove(); back(); } }, form);
  document.body.append(dialog);
  dialog.showModal();
}
