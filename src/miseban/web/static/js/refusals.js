// What the hub refused, in the words of this page's language.

import { maybe, t } from "./words.js";

/** A sentence for people: by the error's code where it is a known one, else as the hub said it. */
export function refusal(error) {
  if (error.code === "offline") return t("frame.offline");
  return maybe(`refusal.${error.code}`, error.message || error.code);
}
