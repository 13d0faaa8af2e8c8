// One tap by whoever stands before a shelf: full, low or empty. It is kept, and the camera learns from it.

import { may, post } from "../api.js";
import { fill, h, toast } from "../dom.js";
import { duration, t } from "../words.js";

const TAUGHT = ["full", "low", "empty"];
const SHOWN = 6;
const ORDER = { empty: 0, wrong: 1, low: 2, unknown: 3, blocked: 4 };
const sending = new Set();
let asked = null; // the facing that somebody chose on the board
let drawn = () => {};

export const mayCheck = may("answer.alerts");

/** Puts a facing of the board on top of the list. */
export function check(place) {
  asked = place;
  drawn();
  document.querySelector(`#check [data-place="${CSS.escape(place)}"] button`)?.focus();
}

/** `facings`: [{place, shelf, facing, name, shelfName, state, since}], as they stand at `time`. */
export function checks(facings, time) {
  if (!mayCheck) return;
  drawn = () => {
    const wanted = facings.filter((one) => one.place === asked || one.state in ORDER);
    const order = (one) => (one.place === asked ? -1 : ORDER[one.state]);
    wanted.sort((a, b) => order(a) - order(b) || String(a.since).localeCompare(String(b.since)));
    fill("check", h("p.hint", t("shelves.check_what")), wanted.length
      ? h("ul.checks", wanted.slice(0, SHOWN).map((one) => row(one, time)))
      : h("p.empty", t("shelves.check_none")));
  };
  drawn();
}

function row(one, time) {
  const since = one.since ? duration(Math.max(0, (Date.parse(time) - Date.parse(one.since)) / 1000)) : null;
  const says = one.state ? t(`shelfstate.${one.state}`) : t("frame.unseen");
  const buttons = TAUGHT.map((state) => h("button", { type: "button", disabled: sending.has(one.place), "data-state": state, "aria-pressed": String(one.state === state), onclick: () => say(one, state) }, t(`shelfstate.${state}`)));
  return h("li", { "data-place": one.place }, h("p", { id: `check-${one.shelf}-${one.facing}` }, h("b", one.name), h("small", ` ${one.shelfName} · ${says}`, since && one.state ? ` · ${since}` : "")),
    one.state === "wrong" && h("p.hint", t("shelves.check_wrong")),
    h("div.say", { role: "group", "aria-labelledby": `check-${one.shelf}-${one.facing}` }, buttons));
}

/** Only now is it worth anything: what cannot be sent is not kept for later. */
async function say(one, state) {
  sending.add(one.place);
  drawn();
  try {
    await post(`shelves/${one.shelf}/${one.facing}/confirmed`, { state });
    if (asked === one.place) asked = null;
    toast(t("shelves.check_said", { facing: one.name, state: t(`shelfstate.${state}`) }));
  } catch (error) {
    if (error.code !== "offline") throw error;
    toast(t("shelves.check_offline"));
  } finally {
    sending.delete(one.place);
    drawn();
  }
}
