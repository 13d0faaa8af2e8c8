// Which hours of each day, and which days of the week: kept in the address, so that a link keeps them.

import { h } from "../dom.js";
import { view, viewed } from "../period.js";
import { LANGUAGE, t } from "../words.js";

const NAMES = ["sun", "mon", "tue", "wed", "thu", "fri", "sat"];
/** Longer times are not told by the hour. */
export const MOST_DAYS = 93;
/** From Monday on, as 0 (Sunday) to 6. */
const WEEK = [1, 2, 3, 4, 5, 6, 0];

/** [from, to] as the address has them: full hours, `to` not in them. */
export function hours() {
  const [from, to] = viewed("hours").split("-").map(Number);
  return Number.isInteger(from) && Number.isInteger(to) && from >= 0 && from < to && to <= 24 ? [from, to] : [0, 24];
}
const weekdays = () => [...new Set(viewed("weekdays").split("").map(Number).filter((one) => one <= 6))];

/** What is added to a question; nothing where all of the time is asked for. */
export function narrow(when) {
  const [from, to] = hours();
  const days = weekdays();
  return {
    ...(when.days <= MOST_DAYS && to - from < 24 ? { from_hour: from, to_hour: to } : {}),
    ...(when.days > 1 && days.length && days.length < 7 ? { weekdays: days.map((one) => NAMES[one]) } : {}),
  };
}

const clock = (hour) => `${String(hour).padStart(2, "0")}:00`;

/** Puts both choices into `box`; `onchange()` is called when either is another. Gives what is to be called
    with every new period. */
export function choices(box, onchange) {
  const days = h("div.segments", { role: "group", "aria-label": t("areas.weekdays") });
  const note = h("small", { hidden: true }, t("areas.too_long", { days: MOST_DAYS }));
  const slider = hourSlider(onchange);
  box.replaceChildren(slider.element, days, note);
  drawDays(days, onchange);
  return (when) => {
    slider.able(when.days <= MOST_DAYS);
    note.hidden = when.days <= MOST_DAYS;
    days.hidden = when.days < 2;
  };
}

function drawDays(box, onchange) {
  const name = new Intl.DateTimeFormat(LANGUAGE, { weekday: "short", timeZone: "UTC" });
  const chosen = weekdays();
  const set = (list) => { view("weekdays", WEEK.filter((one) => list.includes(one)).join("")); drawDays(box, onchange); onchange(); };
  const button = (key, pressed, text, list) => h("button", { type: "button", "data-name": key, "aria-pressed": String(pressed), onclick: () => set(list) }, text);
  const focus = box.contains(document.activeElement) ? document.activeElement.dataset.name : null;
  box.replaceChildren(button("all", !chosen.length, t("areas.every_day"), []),
    // 2026-11-22 was a Sunday.
    ...WEEK.map((one) => button(NAMES[one], chosen.includes(one), name.format(new Date(Date.UTC(2026, 10, 22 + one))), chosen.includes(one) ? chosen.filter((x) => x !== one) : [...chosen, one])));
  if (focus) box.querySelector(`[data-name="${focus}"]`)?.focus();
}

/** Two handles on one line: sliders as the browser has them, so that keys, fingers and screen readers know
    them. They never meet: there is an hour between them at least. */
function hourSlider(onchange) {
  const [from, to] = hours();
  const handle = (label, value) => h("input", { type: "range", min: 0, max: 24, step: 1, value, "aria-label": label });
  const [first, last] = [handle(t("areas.from_hour"), from), handle(t("areas.to_hour"), to)];
  const says = h("output");
  const part = h("i");
  const all = h("button", { type: "button" }, t("areas.all_hours"));
  const told = () => [Number(first.value), Number(last.value)];
  const show = () => {
    const [a, b] = told();
    first.setAttribute("aria-valuetext", clock(a));
    last.setAttribute("aria-valuetext", clock(b));
    says.textContent = `${clock(a)} – ${clock(b)}`;
    all.setAttribute("aria-pressed", String(b - a === 24));
    part.style.setProperty("left", `${(a / 24) * 100}%`);
    part.style.setProperty("right", `${(1 - b / 24) * 100}%`);
    // At the right end the first handle lies on top, or it could not be taken back.
    first.style.setProperty("z-index", a > 12 ? "2" : "1");
  };
  const kept = () => {
    const [a, b] = told();
    const text = b - a === 24 ? "" : `${a}-${b}`;
    if (text === viewed("hours")) return;
    view("hours", text);
    onchange();
  };
  first.addEventListener("input", () => { first.value = Math.min(first.value, last.value - 1); show(); });
  last.addEventListener("input", () => { last.value = Math.max(last.value, Number(first.value) + 1); show(); });
  for (const one of [first, last]) one.addEventListener("change", kept);
  all.addEventListener("click", () => { first.value = 0; last.value = 24; show(); kept(); });
  show();
  const marks = h("div.marks", { "aria-hidden": "true" }, [0, 6, 12, 18, 24].map((one) => h("span", String(one))));
  const element = h("div.hours", { role: "group", "aria-label": t("areas.hour") }, h("span.label", t("areas.hour")), h("div.line", h("div.rail-line", part), first, last, marks), says, all);
  return { element, able: (yes) => { for (const one of [first, last, all]) one.disabled = !yes; } };
}
