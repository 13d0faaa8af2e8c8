// Places as people read them.

import { number } from "../words.js";

export const metres = ([x, y]) => `${number(x, 2)} m, ${number(y, 2)} m`;
export const pixels = ([x, y]) => `${number(x)} px, ${number(y)} px`;
