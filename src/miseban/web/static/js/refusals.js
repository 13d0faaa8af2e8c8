// What the hub refused, in the words of this page's language.

import { maybe, number, t } from "./words.js";

/** A sentence for people: by the error's code, and for a mistake in a file by its reason; what is known by
    neither as the hub said it. */
export function refusal(error) {
  if (error.code === "offline") return t("frame.offline");
  if (error.reason && error.reason !== "other") {
    const said = maybe(`reason.${error.reason}`, null);
    if (said) return `${placeOf(error.values)}${said.replace(/\{(\w+)\}/g, (_, name) => plain(error.values[name]))}`;
  }
  return maybe(`refusal.${error.code}`, error.message || error.code);
}

// A million is no 1e+06.
const plain = (value) => (/^-?[\d.]+e\+?\d+$/.test(value) ? number(Number(value)) : value);

/** Zone “milk”, corners: */
function placeOf({ table, id, key }) {
  const kind = maybe(`tablekind.${table}`, table);
  const named = id ? t("refused.named", { kind, id }) : kind;
  return key && key !== "id" ? t("refused.key", { named, key: maybe(`key.${key}`, key) }) : t("refused.place", { named });
}
