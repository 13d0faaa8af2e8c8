// What every page does: languages, log-out, errors that nobody caught.

import { call } from "./api.js";
import { listen } from "./live.js";
import { $, toast } from "./dom.js";
import "./languages.js";
import { refusal } from "./refusals.js";
import { t } from "./words.js";

$("#log-out")?.addEventListener("click", async () => {
  await call("DELETE", "sessions/current").catch(() => {});
  location.assign("/login");
});

addEventListener("unhandledrejection", (event) => {
  const error = event.reason;
  if (error?.name === "Error" && error.code) {
    event.preventDefault();
    toast(refusal(error));
  }
});

document.addEventListener("click", (event) => {
  const menu = $("details.me[open]");
  if (menu && !menu.contains(event.target)) menu.open = false;
});
document.addEventListener("keydown", (event) => {
  if (event.key === "Escape") $("details.me[open]")?.removeAttribute("open");
});

// After the page's own module has said what it wants to hear.
setTimeout(listen, 0);
