// What full and empty look like, said by whoever sets a shelf's camera up: how it stands now becomes that.

import { post } from "../api.js";
import { h, toast } from "../dom.js";
import { t } from "../words.js";
import { nameOf } from "./model.js";

let sending = false;

/** `now()`: the card is drawn anew. Only shelves of the file as it was saved, since no camera knows of others. */
export function referenceList(model, now) {
  const told = model.base.shelf.filter((one) => (one.tells ?? []).includes("state") && one.facing.length);
  if (!told.length) return h("p.empty", t("references.none"));
  const open = model.edits().length > 0;
  return [h("p.hint", t("references.what")), open && h("p.note", t("references.save_first")), h("ul.list.references", told.map((shelf) => row(shelf, open, now)))];
}

function row(shelf, open, now) {
  const boxes = shelf.facing.map((one) => h("label.check", h("input", { type: "checkbox", name: `empty-${shelf.id}-${one.id}`, value: one.id, disabled: open || sending }), nameOf(one)));
  const say = () => send(shelf, boxes.map((box) => box.querySelector("input")).filter((box) => box.checked).map((box) => box.value), now);
  return h("li", { "data-shelf": shelf.id }, h("b", nameOf(shelf)),
    h("details", h("summary", t("references.but")), h("div.checks", boxes)),
    h("button.end", { type: "button", "data-act": `full-${shelf.id}`, disabled: open || sending, onclick: say }, t("references.full")));
}

async function send(shelf, empty, now) {
  sending = true;
  try {
    const told = await post(`shelves/${shelf.id}/references`, { full: "all", empty });
    toast(t("references.said", { shelf: nameOf(shelf), full: told.full.length, empty: told.empty.length }));
  } finally {
    sending = false;
  }
  now(); // what was ticked stays where it could not be sent
}
