// My account: password, and tokens for programs of mine.

import { call, get, post } from "../api.js";
import { $, fill, h, toast } from "../dom.js";
import { hubNow } from "../hubclock.js";
import { once, rightWord, tokenTable } from "../tokens.js";
import { t } from "../words.js";

const form = $("#password");
form.addEventListener("submit", async (event) => {
  event.preventDefault();
  const { old, new: fresh, again } = Object.fromEntries(new FormData(form));
  if (fresh !== again) return toast(t("welcome.differ"));
  const changed = (await call("PUT", "sessions/current/password", { body: { old, new: fresh } })).given;
  // The session is another one now, and so is what vouches for its changes.
  $("meta[name=csrf]").content = changed.csrf;
  form.reset();
  return toast(t("account.changed"));
});

const me = await get("sessions/current");
const MAY = me.rights.filter((one) => one !== "set.people");
let shown = null;

async function draw() {
  const tokens = await get("tokens");
  const make = h("form.row", { onsubmit: async (event) => {
    event.preventDefault();
    const data = new FormData(event.target);
    const ends = new Date(hubNow() + Number(data.get("days")) * 86400000).toISOString();
    const made = await post("tokens", { name: data.get("name"), scopes: data.getAll("scope"), expires_at: ends });
    shown = once(t("account.shown_once"), made.token);
    await draw();
  } },
  h("label.inline", t("people.name"), h("input", { name: "name", required: true, maxlength: "64" })),
  h("label.inline", t("account.days"), h("select", { name: "days" }, [7, 30, 90, 365].map((n) => h("option", { value: n, selected: n === 90 }, t("account.n_days", { n }))))),
  h("fieldset.row", h("legend", t("people.may")), MAY.map((right) => h("label.inline", h("input", { type: "checkbox", name: "scope", value: right, checked: right === "see.count" }), rightWord(right)))),
  h("button", t("account.make")));
  fill("mine", h("p", t("account.what")), shown, tokenTable(tokens, draw), h("h3", t("account.make")), make);
}

await draw();
