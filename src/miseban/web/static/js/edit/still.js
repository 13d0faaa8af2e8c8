// A picture of the place without people, made anew by the hub and kept by nobody but this page.

import { post } from "../api.js";
import { refusal } from "../refusals.js";
import { t } from "../words.js";

/** The view in blocks larger than a face: {blocks: rows of colours, or null; why}. */
export async function takeBlocks(camera) {
  try {
    const found = await post(`cameras/${encodeURIComponent(camera)}/blocks`, {});
    return found.rows ? { blocks: found.rows, why: "" } : { blocks: null, why: `${t(`camcheck.${found.code}`)} (${found.detail})` };
  } catch (error) {
    return { blocks: null, why: refusal(error) };
  }
}

/** {picture: an address for an image, or null; why: a sentence, or ""}. */
export async function takeStill(camera) {
  try {
    const found = await post(`cameras/${encodeURIComponent(camera)}/still`, {});
    if (found.picture) return { picture: `data:image/jpeg;base64,${found.picture}`, why: "" };
    return { picture: null, why: `${t(`camcheck.${found.code}`)} (${found.detail})` };
  } catch (error) {
    return { picture: null, why: refusal(error) };
  }
}
