// Tills: how long people waited, and what one more till would have changed.

import { ask, steadily } from "../api.js";
import { coverageNote, figure, measured, table, tableOf } from "../charts.js";
import { changed } from "../compared.js";
import { beginOf, plusDays } from "../days.js";
import { fill, h } from "../dom.js";
import { chartBox, overTime, stamp } from "../overtime.js";
import { csvOf, onPeriod } from "../period.js";
import { withOneMore } from "../queueing.js";
import { duration, hourOf, number, t } from "../words.js";

const shop = steadily("shop");
const box = chartBox(t("tills.over"), ".tall");
const WEEKS_DAYS = 28;
const WORTH_S = 20; // a wait that one more till shortens by less is not worth a till

/** Each card as soon as its own answer is there: how long people waited comes first. */
async function show(period, signal) {
  const { zones, tills } = await shop;
  const names = new Map([...zones, ...tills].map((one) => [one.id, one]));
  const name = (id) => names.get(id)?.name ?? id;
  const { query, by } = period;
  // By the hour, what one more till would change; of a long time its last weeks say that, and soon.
  const lately = { since: period.days > WEEKS_DAYS ? beginOf(plusDays(period.until, 1 - WEEKS_DAYS)) : query.since, until: query.until };
  const whole = ask("queues", { ...query, by: "whole" }, signal);
  const over = ask("queues", { ...query, by }, signal);
  const hours = by === "hour" ? over : ask("queues", { ...lately, by: "hour" }, signal);
  const dwell = ask("dwell", { ...lately, by: "whole" }, signal);
  const receipts = ask("receipts", { ...query, by: "whole" }, signal);
  await Promise.all([
    whole.then((answer) => waitedIn(answer, name)),
    Promise.all([whole, over]).then(([{ rows }, answer]) => rows.length && waitedOver(answer, name, period)),
    Promise.all([whole, hours, dwell]).then(([{ rows }, byHour, stays]) => rows.length && oneMore(byHour.rows, stays.rows.filter((row) => names.get(row.place)?.kind === "counter"), period)),
    receipts.then((answer) => paid(answer, name)),
  ]);
}

function waitedIn(whole, name) {
  if (!whole.rows.length) return ["waited", "served", "more", "over", "queues"].map((card) => fill(card, h("p.empty", t("tills.none"))));
  top(whole);
  return fill("queues", h("div.scroll", { tabindex: "0" }, table(whole.rows, [[t("tills.queue"), (row) => name(row.place)], [t("tills.people"), (row) => measured(row.waited), true], [t("tills.mean"), (row) => measured(row.waiting_mean_s, duration), true], [t("tills.p90"), (row) => measured(row.waiting_p90_s, duration), true], [t("tills.longest"), (row) => measured(row.length_max), true]])));
}

function waitedOver(over, name, period) {
  fill("over", box, tableOf(over.rows, [[t("tills.time"), stamp(period)], [t("tills.queue"), (row) => name(row.place)], [t("tills.people"), (row) => measured(row.waited), true], [t("tills.mean"), (row) => measured(row.waiting_mean_s, duration), true], [t("tills.longest"), (row) => measured(row.length_max), true]], csvOf("queues", { by: period.by })));
  const rows = summed(over.rows);
  const others = over.compare && summed(over.compare.rows);
  // Short waits by the second: nobody thinks of 0.2 minutes.
  const short = [...rows, ...(others ?? [])].every((row) => (row.minutes.value ?? 0) < 2);
  const inSeconds = (list) => list?.map((row) => ({ ...row, minutes: Object.fromEntries(Object.entries(row.minutes).map(([key, value]) => [key, value === null ? null : value * 60])) }));
  const write = (v) => (v === null || v === undefined ? "–" : duration(short ? v : v * 60));
  return overTime(box, short ? inSeconds(rows) : rows, short ? inSeconds(others) : others, "minutes", period, { write, colours: "orange", unit: t(short ? "unit.seconds" : "unit.minutes") });
}

/** All queues together, by time: the mean wait of a person, in minutes. */
function summed(rows) {
  const times = new Map();
  for (const row of rows) {
    const one = times.get(row.start) ?? { start: row.start, place: "", detail: "", coverage: row.coverage, people: 0, spent: 0, low: 0, high: 0, sure: true };
    const n = row.waited?.value;
    if (n && row.waiting_mean_s?.value !== null) {
      one.people += n;
      one.spent += n * row.waiting_mean_s.value;
      one.sure &&= row.waiting_mean_s.low !== null && row.waiting_mean_s.low !== undefined;
      one.low += n * (row.waiting_mean_s.low ?? 0);
      one.high += n * (row.waiting_mean_s.high ?? 0);
    }
    times.set(row.start, one);
  }
  return [...times.values()].map((one) => ({ ...one, minutes: { value: one.people ? one.spent / one.people / 60 : null, low: one.people && one.sure ? one.low / one.people / 60 : null, high: one.people && one.sure ? one.high / one.people / 60 : null } }));
}

function top(whole) {
  const [all] = summed(whole.rows);
  const other = whole.compare && summed(whole.compare.rows)[0];
  const seconds = (one) => one && { value: one.minutes.value === null ? null : one.minutes.value * 60, low: one.minutes.low === null ? null : one.minutes.low * 60, high: one.minutes.high === null ? null : one.minutes.high * 60 };
  fill("waited", figure(seconds(all), "", { write: duration }), changed(seconds(all), seconds(other)), coverageNote(all.coverage));
  const known = whole.rows.filter((row) => (row.waited?.value ?? null) !== null);
  const people = known.length ? known.reduce((sum, row) => sum + row.waited.value, 0) : null;
  fill("served", figure({ value: people }, t("unit.people")), other && changed({ value: people }, { value: other.people }));
}

/** By the hours of the day with the longest waits, over all days of the time. */
function oneMore(rows, counters, period) {
  const served = counters.reduce((sum, row) => sum + (row.stays?.value ?? 0), 0);
  const spent = counters.reduce((sum, row) => sum + (row.total_s?.value ?? 0), 0);
  if (!served) return fill("more", figure(null, ""), h("p.change", t("tills.unknown")));
  const service_s = spent / served;
  const hours = new Map();
  let saved_s = 0;
  for (const row of rows) {
    const [n, wait] = [row.waited?.value, row.waiting_mean_s?.value];
    if (!n || wait === null || wait === undefined) continue;
    const then = withOneMore(n, service_s, wait);
    saved_s += n * (wait - then);
    const hour = hourOf(row.start);
    const one = hours.get(hour) ?? { hour, n: 0, now: 0, then: 0 };
    hours.set(hour, { hour, n: one.n + n, now: one.now + n * wait, then: one.then + n * then });
  }
  const worth = [...hours.values()].map((one) => ({ ...one, now: one.now / one.n, then: one.then / one.n })).filter((one) => one.now - one.then >= WORTH_S).sort((a, b) => (b.now - b.then) * b.n - (a.now - a.then) * a.n).slice(0, 3);
  const note = h("p", h("small", t("tills.estimate"), period.days > WEEKS_DAYS ? ` ${t("tills.lately", { days: number(WEEKS_DAYS) })}` : ""));
  if (!worth.length) return fill("more", h("p", t("tills.fine")), note);
  return fill("more", h("p", t("tills.saved", { minutes: duration(saved_s / Math.min(WEEKS_DAYS, period.days)) })),
    h("ul.list", worth.map((one) => h("li", t("tills.busy", { hour: number(one.hour), now: duration(one.now), then: duration(one.then) })))), note);
}

function paid(answer, name) {
  const rows = answer.rows.filter((row) => row.receipts?.value);
  if (!rows.length) return fill("receipts", h("p.empty", t("tills.no_receipts")));
  const money = (row) => (value) => {
    const currency = row.detail || "JPY";
    const form = new Intl.NumberFormat(document.documentElement.lang, { style: "currency", currency });
    return value === null || value === undefined ? "–" : form.format(value / 10 ** form.resolvedOptions().maximumFractionDigits);
  };
  return fill("receipts", h("div.scroll", { tabindex: "0" }, table(rows, [[t("tills.till"), (row) => (row.place ? name(row.place) : t("tills.all"))], [t("tills.n_receipts"), (row) => number(row.receipts.value), true], [t("tills.amount"), (row) => measured(row.amount, money(row)), true], [t("tills.per_receipt"), (row) => measured(row.amount_mean, money(row)), true]])), h("p", h("a", { href: csvOf("receipts", { by: "day" }), download: true }, t("frame.csv"))));
}

onPeriod(show);
