// Privacy: which policy is in force, what is kept, what visitors are told, and who did what here.

import { get, may } from "../api.js";
import { fill, h, icon } from "../dom.js";
import { requests } from "../requests.js";
import { day, dayAndTime, maybe, number, t } from "../words.js";

const CLASSES = ["count", "trajectory", "attribute", "assist", "member", "staff", "device"];

async function policy() {
  const found = await get("privacy/policy");
  const said = (key, otherwise) => maybe(`policy_${found.name}.${key}`, otherwise);
  fill("policy", h("p.figure", h("b", said("title", found.title))), h("p.note", icon("privacy"), " ", t("privacy.never")), h("p", h("small", `${t("privacy.basis")}: ${said("basis", found.basis)}`)));
  const howLong = (one) => (!one.on ? t("privacy.off") : one.keep_days ? t("privacy.days", { n: number(one.keep_days) }) : t("privacy.until"));
  fill("kept", h("div.scroll.whole", { tabindex: "0" }, h("table", h("thead", h("tr", ["data", "how_long", "why"].map((one) => h("th", { scope: "col" }, t(`privacy.${one}`))))),
    h("tbody", CLASSES.filter((name) => found[name]).map((name) => h("tr", h("th", { scope: "row" }, t(`dataclass.${name}`)), h("td", howLong(found[name]), found[name].on && found[name].k ? [h("br"), h("small", t("privacy.few", { k: number(found[name].k) }))] : null), h("td", said(name, found[name].why))))))));
}

async function notice() {
  const found = "notice" in document.documentElement.dataset ? await get("privacy/notice") : null;
  const commands = h("div", h("h3", t("privacy.command")), h("ul.list", [["notice", "poster"], ["audit", "audit"], ["assessment", "assessment"]].map(([command, what]) => h("li", h("span", h("code", `miseban privacy ${command}`), h("br"), h("small", t(`privacy.${what}`)))))));
  if (!found) return fill("notice", h("p.note.warning", icon("warning"), " ", t("privacy.no_notice")), commands);
  return fill("notice", h("p", icon("ok"), " ", t("privacy.on_record", { day: day(`${found.posted}T12:00:00Z`), operator: found.operator })), h("p", h("a.button", { href: "/notice", target: "_blank" }, t("privacy.page"))), commands);
}

let before = null;
const entries = [];
async function log() {
  if (!may("see.audit")) return fill("log", h("p.empty", t("privacy.not_yours")));
  const page = await get("audit", { before, limit: 50 });
  entries.push(...page.entries);
  before = page.before;
  const chain = await get("audit/head").then(() => true, (error) => { if (error.code === "offline") throw error; return false; });
  return fill("log", h(chain ? "p.note" : "p.note.bad", icon(chain ? "ok" : "urgent"), " ", t(chain ? "privacy.intact" : "privacy.broken")),
    entries.length ? h("div.scroll", { tabindex: "0" }, h("table", h("thead", h("tr", ["at", "who", "act", "about", "came_from"].map((one) => h("th", { scope: "col" }, t(`privacy.${one}`))))),
      h("tbody", entries.map((one) => h("tr", h("td", dayAndTime(one.at)), h("td", one.who), h("td", { title: one.act }, maybe(`audit.${one.act}`, one.act)), h("td", one.about), h("td", one.came_from)))))) : h("p.empty", t("privacy.nothing")),
    before ? h("p", h("button", { type: "button", onclick: log }, t("privacy.older"))) : null);
}

await Promise.all([policy(), notice(), may("set.privacy") ? requests() : null, log()]);
