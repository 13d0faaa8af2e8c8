// People: who may come in, and as what.

import { call, get, patch, post, remove } from "../api.js";
import { $, fill, h, toast } from "../dom.js";
import { once, tokenTable } from "../tokens.js";
import { day, dayAndTime, t } from "../words.js";

const form = $("#invite");
const ROLES = [...form.elements.role.options].map((one) => one.value);
const me = await get("sessions/current");

function explain() { $("#may").textContent = t(`rolemay.${form.elements.role.value}`); }
form.elements.role.addEventListener("change", explain);
explain();

form.addEventListener("submit", async (event) => {
  event.preventDefault();
  const { login, role } = Object.fromEntries(new FormData(form));
  const made = await post("people", { login, role });
  showLink(login, made.link);
  form.reset();
  explain();
  await accounts();
});

function showLink(login, link) {
  const box = $("#link");
  box.hidden = false;
  box.replaceChildren(once(t("people.link", { login, until: dayAndTime(link.expires_at) }), location.origin + link.path));
  box.querySelector("input").focus();
}

async function accounts() {
  const all = await get("people");
  const setRole = async (one, role) => {
    await patch(`people/${one.id}`, { role }).finally(accounts);
    toast(t("people.changed", { login: one.login, role: t(`role.${role}`) }));
  };
  const close = async (one) => {
    if (!confirm(t("people.close_sure", { login: one.login }))) return;
    await remove(`people/${one.id}`);
    toast(t("people.closed", { login: one.login }));
    await accounts();
  };
  const reset = async (one) => showLink(one.login, await post(`people/${one.id}/reset`));
  fill("accounts", h("div.scroll", { tabindex: "0" }, h("table",
    h("thead", h("tr", [t("login.login"), t("people.role"), t("people.since"), t("people.actions")].map((one) => h("th", { scope: "col" }, one)))),
    h("tbody", all.map((one) => h("tr", h("td", h("b", one.login), one.login === me.login && ` (${t("people.you")})`, !one.ready && h("br"), !one.ready && h("small", t("people.waits"))),
      h("td", h("select", { "aria-label": `${t("people.role")}: ${one.login}`, onchange: (event) => setRole(one, event.target.value) }, ROLES.map((role) => h("option", { value: role, selected: role === one.role }, t(`role.${role}`))))),
      h("td", day(one.made_at)),
      h("td", h("div.row", h("button", { type: "button", onclick: () => reset(one) }, t("people.reset")), h("button.danger", { type: "button", onclick: () => close(one) }, t("people.close"))))))))));
}

const tokens = async () => fill("tokens", tokenTable((await call("GET", "tokens", { query: { everybodys: true } })).given, tokens, true));
await accounts();
await tokens();
