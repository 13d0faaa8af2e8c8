// The tills: in which zone people wait for each, and in which they are served.

import { h } from "../dom.js";
import { t } from "../words.js";
import { nameOf } from "./model.js";

const KINDS = { queue: "queue", service: "counter" }; // the zone's kind, by the key of the till

/** `set(id, key, value)`, `add(table)`, `remove(id)`. */
export function tillList(model, { set, add, remove }) {
  const zones = (key) => model.now.zone.filter((one) => one.kind === KINDS[key]);
  const missing = Object.keys(KINDS).filter((key) => !zones(key).length);
  const choice = (till, key) => {
    const known = zones(key);
    const gone = !known.some((one) => one.id === till[key]);
    return h("label", t(`tills_set.${key}`), h("select", { name: `${key}-${till.id}`, "aria-invalid": gone ? "true" : null, onchange: (event) => set(till.id, key, event.target.value) },
      gone && h("option", { value: till[key], selected: true }, `${till[key]} (${t("tills_set.gone")})`),
      known.map((one) => h("option", { value: one.id, selected: one.id === till[key] }, nameOf(one)))));
  };
  const row = (till) => h("li.till", { "data-till": till.id },
    h("label", t("draw.name"), h("input", { name: `name-${till.id}`, value: nameOf(till), maxlength: "80", required: true, onchange: (event) => set(till.id, "name", event.target.value.trim()) })),
    choice(till, "queue"), choice(till, "service"),
    h("button.danger", { type: "button", "data-act": `remove-${till.id}`, "aria-label": t("tills_set.remove", { till: nameOf(till) }), onclick: () => remove(till.id) }, t("draw.remove")));
  return [
    h("p", t("tills_set.what")),
    model.now.till.length ? h("ul.list.tills", model.now.till.map(row)) : h("p.empty", t("tills_set.none")),
    missing.length > 0 && h("p.note", t(`tills_set.miss_${missing[0]}`)),
    h("p", h("button", { type: "button", "data-act": "till", disabled: missing.length > 0, onclick: () => {
      const free = (key) => (zones(key).find((one) => !model.now.till.some((till) => till[key] === one.id)) ?? zones(key).at(-1)).id;
      const id = model.freeId("till");
      add({ id, name: t("tills_set.named", { n: id.split("-").at(-1) }), queue: free("queue"), service: free("service") });
    } }, t("tills_set.add"))),
  ];
}
