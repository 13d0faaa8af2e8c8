// Days of the shop's calendar. A day is text, "2026-04-07"; its moments depend on the time zone.

import { TIMEZONE } from "./words.js";

const parts = new Intl.DateTimeFormat("en-CA", { timeZone: TIMEZONE, year: "numeric", month: "2-digit", day: "2-digit" });
const offset = new Intl.DateTimeFormat("en", { timeZone: TIMEZONE, timeZoneName: "longOffset" });

export const dayOf = (moment) => parts.format(new Date(moment));

export function plusDays(day, n) {
  const date = new Date(`${day}T12:00:00Z`);
  date.setUTCDate(date.getUTCDate() + n);
  return date.toISOString().slice(0, 10);
}

export const daysBetween = (since, until) => Math.round((Date.parse(`${until}T00:00:00Z`) - Date.parse(`${since}T00:00:00Z`)) / 86400000);

/** The moment at which `day` begins in the shop, ISO 8601 with its offset. */
export function beginOf(day, at = "00:00:00") {
  let moment = Date.parse(`${day}T${at}Z`);
  let shift = "+00:00";
  for (let n = 0; n < 2; n++) {
    // Twice: the offset is that of the moment itself, not of the same clock in UTC.
    const name = offset.formatToParts(new Date(moment)).find((one) => one.type === "timeZoneName").value;
    shift = name === "GMT" ? "+00:00" : name.slice(3);
    const [, sign, hours, minutes] = /([+-])(\d\d):(\d\d)/.exec(shift);
    moment = Date.parse(`${day}T${at}Z`) - (sign === "-" ? -1 : 1) * (Number(hours) * 60 + Number(minutes)) * 60000;
  }
  return `${day}T${at}${shift}`;
}
