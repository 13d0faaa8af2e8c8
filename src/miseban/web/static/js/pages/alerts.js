// Alerts, on any screen and above all on a clerk's telephone: what to see to, with one thumb.

import { ask, get, post } from "../api.js";
import { table } from "../charts.js";
import { beginOf, dayOf, plusDays } from "../days.js";
import { $, fill, h, icon, toast } from "../dom.js";
import { hubNow } from "../hubclock.js";
import { lostSince, onLive } from "../live.js";
import { offerPush } from "../push.js";
import { Bell } from "../bell.js";
import { keyOf } from "../rulewords.js";
import { duration, LANGUAGE, number, t } from "../words.js";

const bell = new Bell($("#sound"));
const waiting = new Map(); // answers that could not be sent yet: alert to what
let known = new Map();
let first = true;
let mark = "";
let loading = false;

/** Which alerts are open and how they stand; their words are asked for when that changes. */
const open = { now: [], help: [] };
let time = hubNow();
onLive("now", (now) => { time = Date.parse(now.time); open.now = now.alerts; look(); });
onLive("help", (help) => { time = Date.parse(help.time); open.help = help.alerts; look(); });

function look() {
  const all = [...open.now.filter((one) => one.about !== "help"), ...open.help];
  const found = JSON.stringify(all.map((one) => [one.alert, one.accepted, one.escalated]).sort());
  if (found === mark || loading) return ages();
  return load(found);
}

/** `found`: what stands for the state that is asked for; what did not come is asked for again with the
    next message. */
async function load(found = mark) {
  loading = true;
  let alerts;
  try {
    alerts = await get("alerts", { lang: LANGUAGE });
  } catch (error) {
    mark = "";
    if (error.code === "offline") return;
    throw error;
  } finally {
    loading = false;
  }
  mark = found;
  const order = { urgent: 0, warning: 1, note: 2 };
  alerts.sort((a, b) => Boolean(a.accepted) - Boolean(b.accepted) || order[a.urgency] - order[b.urgency] || a.raised.localeCompare(b.raised));
  const fresh = alerts.filter((one) => !known.has(one.alert) || known.get(one.alert).escalated < one.escalated);
  if (!first && fresh.length) bell.ring(fresh.some((one) => one.urgency === "urgent"));
  first = false;
  known = new Map(alerts.map((one) => [one.alert, one]));
  for (const alert of waiting.keys()) if (!known.has(alert)) waiting.delete(alert);
  draw();
}

function draw() {
  const alerts = [...known.values()];
  document.title = document.title.replace(/^(\(\d+\) )?/, alerts.length ? `(${alerts.length}) ` : "");
  const focused = document.activeElement?.dataset?.key;
  const since = lostSince();
  const lost = since && h("p.note.warning", icon("warning"), " ", t("alerts.lost", { since }));
  fill("open", lost, alerts.length ? alerts.map(card) : !lost && h("div.note", h("p", icon("ok"), " ", h("b", t("alerts.quiet"))), h("p", t("alerts.quiet_what"))));
  if (focused) $(`[data-key="${focused}"]`)?.focus();
}

function card(one) {
  const button = (act, word, main = false) => h(main ? "button.main" : "button", { type: "button", "data-key": `${one.alert} ${act}`, onclick: () => answer(one, act) }, t(word));
  const pending = waiting.get(one.alert);
  return h(`article.alert.${one.urgency}${one.accepted ? ".taken" : ""}`, { "data-alert": one.alert },
    h("h3", icon(one.about === "help" ? "help" : one.urgency), one.title), h("p", one.body),
    h("p", h("small", h("span.age", { "data-since": one.accepted ?? one.raised, "data-word": one.accepted ? "alerts.taken" : "alerts.since" }, aged(one.accepted ?? one.raised, one.accepted ? "alerts.taken" : "alerts.since")), one.escalated ? ` · ${t("alerts.escalated")}` : "")),
    pending && h("p.sending", { role: "status" }, t("alerts.sending")),
    h("div.do", one.accepted ? button("done", "alerts.done", true) : button("accept", "alerts.accept", true), button("escalate", "alerts.pass_on")));
}

const aged = (since, word) => t(word, { time: duration(Math.max(0, (time - Date.parse(since)) / 1000)) });
function ages() {
  for (const line of document.querySelectorAll(".age")) {
    const text = aged(line.dataset.since, line.dataset.word);
    if (line.textContent !== text) line.textContent = text;
  }
}

/** An answer that cannot be sent waits for a connection; the alert's own state says when it came through. */
async function answer(one, act) {
  waiting.set(one.alert, act);
  try {
    await post(`alerts/${one.alert}/${act}`);
    waiting.delete(one.alert);
  } catch (error) {
    if (error.code === "offline") return draw();
    waiting.delete(one.alert);
    if (error.status !== 404 && error.code !== "no-such-alert") throw error;
    toast(t("alerts.gone"));
  }
  return load();
}

async function sendAgain() {
  for (const [alert, act] of [...waiting]) if (known.has(alert)) await answer(known.get(alert), act);
}
addEventListener("online", sendAgain);
setInterval(() => { if (waiting.size) sendAgain(); }, 3000);

async function past() {
  const today = dayOf(hubNow());
  const asked = ask("alerts", { since: beginOf(plusDays(today, -27)), until: beginOf(plusDays(today, 1)), by: "whole" });
  const [answered, rules] = await Promise.all([asked, get("rules")]);
  const whens = new Map(rules.rule.map((one) => [one.id, one.when]));
  const alone = (when) => [...whens.values()].filter((one) => one === when).length < 2;
  /** What a rule is about; of several about the same also which. */
  const named = (id) => {
    const when = whens.get(id);
    const word = when && t(`rulekind.${keyOf(when)}`);
    return !word ? id : alone(when) ? word : [word, " ", h("small", id)];
  };
  const rows = answered.rows.filter((row) => row.place && row.raised?.value);
  fill("past", rows.length ? h("div.scroll", { tabindex: "0" }, table(rows, [
    [t("alerts.rule"), (row) => named(row.place)], [t("alerts.raised"), (row) => number(row.raised.value), true], [t("alerts.accepted"), (row) => number(row.accepted?.value), true],
    [t("alerts.done_n"), (row) => number(row.done?.value), true], [t("alerts.answer"), (row) => duration(row.accepted_median_s?.value), true]])) : h("p.empty", t("alerts.no_past")));
}

let told = false;
const tellPast = () => past().then(() => { told = true; }, (error) => { if (error.code !== "offline") throw error; });
onLive("lost", draw);
onLive("back", () => { draw(); if (!told) tellPast(); });
offerPush($("#push"));
tellPast();
