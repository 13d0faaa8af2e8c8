// Elements made in one line, so that nothing is ever put together from text (no innerHTML).

const SVG = "http://www.w3.org/2000/svg";
const IN_SVG = new Set("svg g path circle rect line polyline polygon text use title defs pattern linearGradient stop clipPath ellipse".split(" "));

/** h("li.big", {onclick, "aria-label": "…"}, "text", child, [more]): null and false are left out. */
export function h(what, given = {}, ...children) {
  const plain = given === null || typeof given !== "object" || Array.isArray(given) || given instanceof Node;
  if (plain) children.unshift(given);
  const [name, ...classes] = what.split(".");
  const element = IN_SVG.has(name) ? document.createElementNS(SVG, name) : document.createElement(name);
  if (classes.length) element.setAttribute("class", classes.join(" "));
  for (const [key, value] of Object.entries(plain ? {} : given)) {
    if (value === null || value === undefined || value === false) continue;
    if (key.startsWith("on")) element.addEventListener(key.slice(2), value);
    else if (key === "style") for (const [k, v] of Object.entries(value)) element.style.setProperty(k, v);
    else if (key === "value") element.value = value;
    else element.setAttribute(key, value === true ? "" : value);
  }
  element.append(...children.flat(3).filter((one) => one !== null && one !== undefined && one !== false));
  return element;
}

export const $ = (selector, from = document) => from.querySelector(selector);
export const all = (selector, from = document) => [...from.querySelectorAll(selector)];
export const STATIC = document.documentElement.dataset.static;

export function icon(name) {
  return h("svg.icon", { "aria-hidden": "true" }, h("use", { href: `${STATIC}/icons.svg#${name}` }));
}

/** Puts `children` into the body of the card `id`; what is the same stays as it is. */
export function fill(id, ...children) {
  const card = typeof id === "string" ? document.getElementById(id) : id;
  const body = card.querySelector(":scope > .body") ?? card;
  const made = children.flat(3).filter(Boolean).map((one) => (one instanceof Node ? one : document.createTextNode(one)));
  const same = made.length === body.childNodes.length && made.every((one, n) => one.isEqualNode(body.childNodes[n]));
  if (!same) {
    const open = all("details", body).map((one) => one.open);
    body.replaceChildren(...made);
    all("details", body).forEach((one, n, found) => { if (found.length === open.length && open[n]) one.open = true; });
  }
  card.setAttribute("aria-busy", "false");
  return body;
}

/** A short message that goes away by itself. */
export function toast(text, ms = 5000) {
  const line = h("p", text);
  document.getElementById("toasts")?.append(line);
  setTimeout(() => line.remove(), ms);
}
