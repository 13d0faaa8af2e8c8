// What the shop file said before: who changed what, and back to it.

import { call, get } from "../api.js";
import { fill, h, toast } from "../dom.js";
import { refusal } from "../refusals.js";
import { dayAndTime, t } from "../words.js";

const KINDS = new Set(["camera", "line", "zone", "shelf", "till", "fixture", "shop", "notice", "staff", "rule"]);
const kindOf = (one) => (KINDS.has(one.kind) ? t(`tablekind.${one.kind}`) : one.kind);
const whatOf = (one) => (one.name ? t("refused.named", { kind: kindOf(one), id: one.name }) : kindOf(one));
const change = (one) => h("li", h("span", t(`versions.${one.what}`, { what: whatOf(one) })));
const changesOf = (all) => (all.length ? h("ul.changes", all.slice(0, 12).map(change), all.length > 12 && h("li", `+ ${all.length - 12}`)) : null);

/** Of the `shop` file or the `rules`. `etag()` of what the page shows; `restored()` when the file is another. */
export async function showVersions({ of = "shop", etag, restored }) {
  const { versions } = await get(`${of}/versions`).catch((error) => { if (error.status === 404) return { versions: [] }; throw error; });
  if (!versions.length) return fill("versions", h("p.empty", t("versions.none")));
  fill("versions", h("ul.list", versions.map((one) => h("li",
    h("div", h("b", dayAndTime(one.set)), " ", h("small", one.by || t("versions.by_hand")), changesOf(one.changes)),
    h("span.end", one.now ? h("span.chip.good", t("versions.now")) : h("button", { type: "button", onclick: (event) => open(one, event.target) }, t("versions.look")))))));

  async function open(one, button) {
    const found = await get(`${of}/versions/${one.id}`);
    const dialog = h("dialog.version", { "aria-label": t("versions.title_of", { time: dayAndTime(one.set) }), onclose: () => { dialog.remove(); button.focus(); } },
      h("h2", t("versions.title_of", { time: dayAndTime(one.set) })),
      h("p", found.changes.length ? t("versions.would") : found.passwords ? t("versions.passwords") : t("versions.words_only")),
      changesOf(found.changes),
      found.diff.length > 0 && h("details", h("summary", t("versions.lines")),
        h("pre.diff", { tabindex: "0" }, found.diff.map((line) => h("span", { class: { "+": "came", "-": "went", "@": "gap", " ": "same" }[line.sign] }, line.sign === "@" ? "…\n" : `${line.sign} ${line.text}\n`)))),
      h("p.note.bad.hidden", { role: "alert" }),
      h("div.row", h("button.main", { type: "button", onclick: restore }, t("versions.restore")), h("button", { type: "button", onclick: () => dialog.close() }, t("frame.close"))));
    document.body.append(dialog);
    dialog.showModal();

    async function restore() {
      try {
        await call("POST", `${of}/versions/${one.id}/restore`, { headers: { "If-Match": etag() } });
      } catch (error) {
        const note = dialog.querySelector(".note");
        note.textContent = refusal(error);
        return note.classList.remove("hidden");
      }
      dialog.close();
      toast(t("versions.restored"));
      restored();
    }
  }
}
