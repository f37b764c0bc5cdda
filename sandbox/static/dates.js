// Times in the acting person's time zone, relative to the workspace's clock; Slack's date tokens.
import { h } from "./dom.js";
import { now, zone } from "./store.js";

const formats = new Map();
function format(options, tz, locale = "en-US") {
  const key = JSON.stringify([options, tz, locale]);
  if (!formats.has(key)) {
    let made;
    try {
      made = new Intl.DateTimeFormat(locale, { timeZone: tz, ...options });
    } catch {
      made = new Intl.DateTimeFormat(locale, { timeZone: "UTC", ...options });
    }
    formats.set(key, made);
  }
  return formats.get(key);
}

const show = (seconds, options, tz = zone(), locale = "en-US") => format(options, tz, locale).format(new Date(seconds * 1000));

export function parts(seconds, tz = zone()) {
  const options = { year: "numeric", month: "2-digit", day: "2-digit", hour: "2-digit", minute: "2-digit", second: "2-digit", hourCycle: "h23" };
  const found = {};
  for (const { type, value } of format(options, tz, "en-US").formatToParts(new Date(seconds * 1000))) found[type] = value;
  return found;
}

export const dayKey = (seconds, tz = zone()) => {
  const p = parts(seconds, tz);
  return `${p.year}-${p.month}-${p.day}`;
};

export const clockTime = (seconds, tz) => { const p = parts(seconds, tz); return `${p.hour}:${p.minute}`; };
const secondsTime = (seconds) => { const p = parts(seconds); return `${p.hour}:${p.minute}:${p.second}`; };
export const zoneName = (seconds = now(), tz = zone()) => show(seconds, { timeZoneName: "short" }, tz).split(", ").pop();

export function absolute(seconds) {
  return `${show(seconds, { weekday: "long", day: "numeric", month: "long", year: "numeric" }, zone(), "en-GB")} at ${secondsTime(seconds)} ${zoneName(seconds)}`;
}

export const bannerTime = (seconds) =>
  `${show(seconds, { weekday: "short", day: "numeric", month: "short" }, zone(), "en-GB")}, ${clockTime(seconds)} ${zoneName(seconds)}`;

// Local wall time -> epoch; a time in a spring gap becomes the first instant after it, an ambiguous one the first.
export function zonedToEpoch(local, tz = zone()) {
  const wall = Date.parse(`${local.length === 16 ? `${local}:00` : local}Z`) / 1000;
  if (Number.isNaN(wall)) return null;
  const offset = (at) => {
    const p = parts(at, tz);
    return Date.parse(`${p.year}-${p.month}-${p.day}T${p.hour}:${p.minute}:${p.second}Z`) / 1000 - Math.floor(at);
  };
  const before = wall - offset(wall - 86400);
  return before + offset(before) === wall ? before : wall - Math.min(offset(wall + 86400), offset(before));
}

export function epochToZoned(seconds, tz = zone()) {
  const p = parts(seconds, tz);
  return `${p.year}-${p.month}-${p.day}T${p.hour}:${p.minute}`;
}

const ordinal = (day) => `${day}${day % 100 > 10 && day % 100 < 14 ? "th" : (["th", "st", "nd", "rd"][day % 10] ?? "th")}`;

function relativeDay(seconds) {
  const distance = Math.round((Date.parse(dayKey(seconds)) - Date.parse(dayKey(now()))) / 86400000);
  return { "-1": "yesterday", 0: "today", 1: "tomorrow" }[distance] ?? null;
}

function longDate(seconds, { weekday = false, month = "long" } = {}) {
  const day = ordinal(Number(parts(seconds).day));
  const sameYear = parts(seconds).year === parts(now()).year;
  const text = `${show(seconds, { month })} ${month === "short" ? Number(parts(seconds).day) : day}${sameYear ? "" : `, ${parts(seconds).year}`}`;
  return weekday ? `${show(seconds, { weekday: "long" })}, ${text}` : text;
}

export function ago(seconds) {
  const distance = now() - seconds;
  const size = Math.abs(distance);
  const step = [[60, "second", 1], [3600, "minute", 60], [86400, "hour", 3600], [Infinity, "day", 86400]].find(([limit]) => size < limit);
  const amount = Math.floor(size / step[2]);
  if (step[1] === "second" && amount < 10) return distance >= 0 ? "just now" : "in a moment";
  const text = `${amount} ${step[1]}${amount === 1 ? "" : "s"}`;
  return distance >= 0 ? `${text} ago` : `in ${text}`;
}

const TOKENS = {
  date_num: (s) => dayKey(s),
  date_slash: (s) => { const p = parts(s); return `${p.month}/${p.day}/${p.year}`; },
  date: (s) => longDate(s),
  date_long: (s) => longDate(s, { weekday: true }),
  date_long_full: (s) => `${show(s, { weekday: "long" })}, ${show(s, { month: "long" })} ${ordinal(Number(parts(s).day))}, ${parts(s).year}`,
  date_short: (s) => longDate(s, { month: "short" }),
  time: (s) => clockTime(s),
  time_secs: (s) => secondsTime(s),
  ago: (s) => ago(s),
};
for (const name of ["date", "date_long", "date_short", "day_divider"]) TOKENS[`${name}_pretty`] = (s) => relativeDay(s) ?? (TOKENS[name] ?? TOKENS.date_long)(s);

export function expandDate(seconds, pattern) {
  let known = true;
  const text = pattern.replace(/\{(\w+)\}/g, (_, name) => {
    if (TOKENS[name]) return TOKENS[name](seconds);
    known = false;
    return "";
  });
  if (!known) return null;
  return text;
}

export function dayTitle(seconds) {
  const near = relativeDay(seconds);
  return near ? near.charAt(0).toUpperCase() + near.slice(1) : longDate(seconds, { weekday: true });
}

// Texts that depend on the clock keep themselves right.
const alive = new WeakMap();
export function liveTime(seconds, text, props = {}) {
  const iso = Number.isFinite(seconds) && Math.abs(seconds) < 8e12 ? new Date(seconds * 1000).toISOString() : undefined;
  const node = h("time", { datetime: iso, title: absolute(seconds), ...props, class: `live-time ${props.class ?? ""}`.trim() });
  node.textContent = text();
  alive.set(node, text);
  return node;
}

export function tick(root = document) {
  for (const node of root.querySelectorAll(".live-time")) {
    const text = alive.get(node)?.();
    if (text !== undefined && node.textContent !== text) node.textContent = text;
  }
}
