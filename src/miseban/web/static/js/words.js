// Words, numbers and times as this language writes them; times are the shop's.

const root = document.documentElement;
export const LANGUAGE = root.lang;
export const TIMEZONE = root.dataset.timezone;
const known = await read(`${root.dataset.static}/words/${LANGUAGE}.json`);

/** Without words there is no page: they are asked for until they come. */
async function read(address) {
  for (let wait = 500; ; wait = Math.min(10000, 2 * wait)) {
    try {
      return await (await fetch(address)).json();
    } catch {
      await new Promise((done) => setTimeout(done, wait));
    }
  }
}

/** The word `key`, with {name} replaced by values.name. An unknown key is an error, as on the server. */
export function t(key, values = {}) {
  if (!(key in known)) throw new Error(`no word ${key}`);
  return known[key].replace(/\{(\w+)\}/g, (_, name) => values[name]);
}
/** The same, or `otherwise` where there is no such word. */
export const maybe = (key, otherwise) => (key in known ? known[key] : otherwise);

const numbers = new Map();
function formatted(value, options) {
  const key = JSON.stringify(options);
  if (!numbers.has(key)) numbers.set(key, new Intl.NumberFormat(LANGUAGE, options));
  return numbers.get(key).format(value);
}
export const number = (value, digits = 0) =>
  value === null || value === undefined ? "–" : formatted(value, { maximumFractionDigits: digits, minimumFractionDigits: digits });
export const share = (value, digits = 0) =>
  value === null || value === undefined ? "–" : formatted(value, { style: "percent", maximumFractionDigits: digits });
export const change = (value, digits = 0) =>
  formatted(value, { style: "percent", maximumFractionDigits: digits, signDisplay: "exceptZero" });

// 45 s, but 45秒 and 45초.
const SPACE = ["ja", "ko"].includes(LANGUAGE) ? "" : " ";
/** A number, as written, with its unit: "people" is that of `unit.people`. */
export const withUnit = (written, unit) => `${written}${SPACE}${t(`unit.${unit}`)}`;

/** Seconds as people say them: 45 s, 3 min, 2 h, 4 days. */
export function duration(seconds) {
  if (seconds === null || seconds === undefined) return "–";
  if (seconds < 90) return withUnit(number(seconds), "seconds");
  if (seconds < 5400) return withUnit(number(seconds / 60, seconds < 600 ? 1 : 0), "minutes");
  if (seconds < 172800) return withUnit(number(seconds / 3600, 1), "hours");
  return withUnit(number(seconds / 86400, 1), "days");
}

const dates = new Map();
function dated(moment, options) {
  const key = JSON.stringify(options);
  if (!dates.has(key)) dates.set(key, new Intl.DateTimeFormat(LANGUAGE, { timeZone: TIMEZONE, ...options }));
  return dates.get(key).format(new Date(moment));
}
export const clock = (moment) => dated(moment, { hour: "2-digit", minute: "2-digit", hourCycle: "h23" });
export const day = (moment) => dated(moment, { month: "short", day: "numeric", weekday: "short" });
export const dayAndTime = (moment) => `${day(moment)} ${clock(moment)}`;
export const weekday = (moment) => dated(moment, { weekday: "long" });
/** The hour of the day in the shop, 0 to 23. */
export const hourOf = (moment) => Number(new Intl.DateTimeFormat("en", { timeZone: TIMEZONE, hour: "numeric", hourCycle: "h23" }).format(new Date(moment)));
/** How far that hour has gone, 0 to 1. */
export const partOfHour = (moment) => Number(new Intl.DateTimeFormat("en", { timeZone: TIMEZONE, minute: "numeric" }).format(new Date(moment))) / 60;
