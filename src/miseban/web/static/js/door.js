// Log-in and welcome.

import { call, Problem } from "./api.js";
import { $ } from "./dom.js";
import "./languages.js";
import { refusal } from "./refusals.js";
import { t } from "./words.js";

function onSend(form, send) {
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    const bad = $(".bad", form);
    const button = $("button.main", form);
    button.disabled = true;
    bad.hidden = true;
    try {
      await send(Object.fromEntries(new FormData(form)));
    } catch (error) {
      bad.textContent = error instanceof Problem ? refusal(error) : String(error.message);
      bad.hidden = false;
      button.disabled = false;
    }
  });
}

const login = $("#login");
if (login) {
  onSend(login, async ({ login: name, password }) => {
    await call("POST", "sessions", { body: { login: name, password } });
    location.assign(login.dataset.next);
  });
}

const welcome = $("#welcome");
if (welcome) {
  const link = location.hash.slice(1);
  const purpose = $("#purpose");
  try {
    const found = (await call("POST", "setup/look", { body: { link } })).given;
    purpose.textContent = t(`welcome.${found.purpose.replace("-", "_")}`, { login: found.login });
    if (found.login) welcome.elements.login.closest("label").hidden = true;
    welcome.elements.login.required = !found.login;
    welcome.elements.login.value = found.login;
    welcome.hidden = false;
    onSend(welcome, async ({ login: name, password, again }) => {
      if (password !== again) throw new Error(t("welcome.differ"));
      await call("POST", "setup", { body: { link, password, login: found.login ? "" : name } });
      location.assign("/");
    });
  } catch (error) {
    purpose.textContent = error.code === "offline" ? t("frame.offline") : t("welcome.no_link");
  }
}
