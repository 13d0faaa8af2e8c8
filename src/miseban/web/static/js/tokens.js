// Tokens of programs as a table, with a way to revoke each.

import { remove } from "./api.js";
import { h, toast } from "./dom.js";
import { day, t } from "./words.js";

export const rightWord = (right) => t(`right.${right.replace(".", "_")}`);

/** `tokens` as the API gives them; `again()` draws the list anew. */
export function tokenTable(tokens, again, owners = false) {
  if (!tokens.length) return h("p.empty", t("people.no_tokens"));
  const revoke = async (one) => {
    if (!confirm(t("people.revoke_sure", { name: one.name }))) return;
    await remove(`tokens/${one.id}`);
    toast(one.name);
    await again();
  };
  const titles = ["name", ...(owners ? ["owner"] : []), "may", "until", "used", "actions"];
  return h("div.scroll", { tabindex: "0" }, h("table", h("thead", h("tr", titles.map((one) => h("th", { scope: "col" }, t(`people.${one}`))))),
    h("tbody", tokens.map((one) => h("tr", h("td", one.name), owners && h("td", one.owner), h("td", one.scopes.map(rightWord).join(", ")), h("td", day(one.expires_at)), h("td", one.used_at ? day(one.used_at) : t("people.never")),
      h("td", h("button.danger", { type: "button", onclick: () => revoke(one) }, t("people.revoke"))))))));
}

/** Something that is shown once, with a way to copy it. */
export function once(text, secret) {
  const field = h("input", { value: secret, readonly: true, "aria-label": text, onfocus: (event) => event.target.select() });
  const copy = async () => { await navigator.clipboard.writeText(secret); toast(t("people.copied")); };
  return h("div.note", h("p", text), h("div.row", field, h("button", { type: "button", onclick: copy }, t("people.copy"))));
}
