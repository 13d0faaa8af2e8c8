// The buttons that choose a language.

import { all } from "./dom.js";

for (const button of all("[data-language]")) {
  button.addEventListener("click", () => {
    const secure = location.protocol === "https:" ? "; Secure" : "";
    document.cookie = `lang=${button.dataset.language}; Path=/; Max-Age=31536000; SameSite=Lax${secure}`;
    location.reload();
  });
}
