// A rule of alerts as a sentence.

import { number, share, t, withUnit } from "./words.js";

export const keyOf = (when) => when.replaceAll(".", "_");
/** How a threshold is typed and read: {step, times (what stands in the file, as typed), digits, unit}. */
const UNITS = {
  "queue.length": "people", "queue.waiting_s": "time", "till.load": "people", "room.people": "people",
  "zone.people": "people", "camera.silent_s": "time", "counts.drift": "share", "counts.coverage": "share",
};
export const unitOf = (when) => UNITS[when] ?? null;
export const shown = (when, value) => (unitOf(when) === "time" ? duration(value) : unitOf(when) === "share" ? share(value) : number(value, Number.isInteger(value) ? 0 : 1));

/** Seconds as somebody set them: 90 s, 3 min, 2 h; nothing is rounded away. */
function duration(seconds) {
  const [by, unit] = seconds >= 7200 && seconds % 1800 === 0 ? [3600, "hours"] : seconds >= 120 && seconds % 30 === 0 ? [60, "minutes"] : [1, "seconds"];
  const value = seconds / by;
  return withUnit(number(value, Number.isInteger(value) ? 0 : 1), unit);
}

const listed = (words) => words.join(t("rules.comma"));
export const rolesOf = (roles) => listed(roles.map((one) => t(`role.${one}`)));
export const channelWord = (channel) => (["page", "push"].includes(channel) ? t(`rules.by_${channel}`) : channel);
const hoursWord = (hours) => hours.replace("-", "–");

/** Of which queues, areas, facings or cameras: null where it is about the shop. */
function about(rule, measure) {
  if (rule.when === "help.needed") return rule.kinds.length ? listed(rule.kinds.map((one) => t(`helpkind.${one}`))) : t("rules.any_help");
  const of = { queue: "any_queue", zone: "any_zone", shelf: "any_facing", camera: "any_camera", counts: "any_camera" }[rule.when.split(".")[0]];
  if (!rule.subjects.length) return of ? t(`rules.${of}`) : null;
  const names = new Map(measure.subjects.map((one) => [one.id, one.name]));
  return listed(rule.subjects.map((one) => names.get(one) ?? one));
}

/** When it is raised: "4 people or more wait in Queue 1". */
export function reasonOf(rule, measure) {
  const value = rule[measure.side] ?? measure.least;
  return t(`rulewhen.${keyOf(rule.when)}`, { n: value === null || value === undefined ? "–" : shown(rule.when, value), where: about(rule, measure) ?? "" });
}

/** What else is to be known of it: for how long, where, at which hours, who, who then. */
export function termsOf(rule, measure) {
  const zones = rule.when === "help.needed" && rule.subjects.length ? measure.subjects.filter((one) => rule.subjects.includes(one.id)).map((one) => one.name) : [];
  return {
    held: [rule.hold_s > 0 ? t("rules.for", { time: duration(rule.hold_s) }) : t("rules.at_once"), zones.length && listed(zones),
      rule.hours.length && t("rules.hours_of", { hours: listed(rule.hours.map(hoursWord)) })].filter(Boolean),
    told: t("rules.told", { who: rolesOf(rule.roles), how: listed(rule.channels.map(channelWord)) || "–" }),
    then: rule.escalate.map((one) => t("rules.then", { time: duration(one.after_s), who: rolesOf(one.roles) })),
  };
}
