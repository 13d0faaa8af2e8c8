// Members who ask what is kept of them: received, looked into, answered.

import { get, post } from "./api.js";
import { figure } from "./charts.js";
import { $, fill, h, icon, toast } from "./dom.js";
import { refusal } from "./refusals.js";
import { day, dayAndTime, maybe, number, t } from "./words.js";

const WAYS = ["counter", "letter", "telephone", "mail"];

export async function requests() {
  const { policy, answer_days: days, why, requests: all } = await get("privacy/requests");
  const open = all.filter((one) => !one.answer);
  const late = open.filter((one) => one.late).length;
  /** Once, however often it is pressed; `next` is where the focus goes. What was typed stays where it was not noted. */
  const step = async (event, next, work, said) => {
    const button = event.submitter ?? event.currentTarget;
    button.disabled = true;
    try { await work(); toast(t(said)); } catch (error) {
      if (!error.code) throw error;
      toast(refusal(error), 10000);
      if (event.type === "submit" || error.code === "offline") { button.disabled = false; return; }
    }
    await requests();
    $(`#requests ${next}`)?.focus();
  };
  fill("requests", figure({ value: open.length }, t("requests.open")),
    late > 0 && h("p.note.bad", icon("warning"), " ", t("requests.late", { n: number(late) })),
    h("p", t("requests.what")), h("p", h("small", t("requests.days", { days: number(days) }), " ", maybe(`policy_${policy}.requests`, why))),
    newOne(step, days),
    all.length ? [h("div.scroll.whole", { tabindex: "0" }, h("table",
      h("thead", h("tr", ["wish", "who", "received", "due", "found", "answer"].map((one) => h("th", { scope: "col" }, t(`requests.${one}`))))),
      h("tbody", all.map((one) => row(one, step))))),
    h("p", h("a.button", { href: "/api/v1/privacy/requests/file", download: "" }, icon("download"), " CSV"))] : h("p.empty", t("requests.none")));
}

function newOne(step, days) {
  const choice = (name, of, words) => h("select", { name }, of.map((one) => h("option", { value: one }, t(`${words}.${one}`))));
  return h("form.row", { onsubmit: (event) => {
    event.preventDefault();
    const body = Object.fromEntries(new FormData(event.target));
    step(event, "[name=reference]", () => post("privacy/requests", body), "requests.noted");
  } },
  h("label", t("requests.wish"), choice("wish", ["see", "erase"], "wish")),
  h("label", t("requests.reference"), h("input", { name: "reference", required: true, maxlength: "80", autocomplete: "off", pattern: ".*\\S.*" })),
  h("label", t("requests.way"), choice("way", WAYS, "way")),
  h("button.main", { type: "submit" }, t("requests.add")));
}

function row(one, step) {
  const here = `[data-request="${one.id}"]`;
  const answer = (what) => h("button", { type: "button", "data-answer": what, disabled: what === "nothing-held" && one.found !== 0, onclick: (event) => confirm(t("requests.sure", { answer: t(`answer.${what}`), who: one.reference })) && step(event, here, () => post(`privacy/requests/${one.id}/answer`, { answer: what }), "requests.answered") }, t(`answer.${what}`));
  return h("tr", { "data-request": one.id, tabindex: "-1" },
    h("th", { scope: "row" }, t(`wish.${one.wish}`)),
    h("td", one.reference, h("br"), h("small", t(`way.${one.way}`))),
    h("td", dayAndTime(one.received_at), h("br"), h("small", one.received_by)),
    h("td", day(one.due_at), one.late && h("br"), one.late && h("span.chip.bad", t("requests.over"))),
    h("td", one.looked_at ? [one.found ? t("requests.found_some", { n: number(one.found) }) : t("requests.found_none"), h("br"), h("small", dayAndTime(one.looked_at))] : t("requests.not_looked"),
      !one.answer && h("p", h("button", { type: "button", "data-act": "look", onclick: (event) => step(event, `${here} [data-act=look]`, () => post(`privacy/requests/${one.id}/look`), "requests.looked") }, t("requests.look")))),
    h("td", one.answer ? [h("b", t(`answer.${one.answer}`)), h("br"), h("small", `${dayAndTime(one.answered_at)} · ${one.answered_by}`), h("br"), h("small", t("requests.receipt", { n: one.receipt.split(":")[0] }))] : h("div.row", ["nothing-held", "not-shown", "withdrawn"].map(answer))));
}
