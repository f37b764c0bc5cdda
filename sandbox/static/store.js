// What the page knows: the server's state for the acting person, and where the person is looking.
import { get } from "./api.js";

export const store = {
  as: null, // id of the acting person
  state: null, // last /ui/state
  place: { kind: "conversation", id: null, thread: null }, // or kind "home"
  messages: new Map(), // conversation id -> messages
  thread: null, // messages of the open thread
  notices: [], // local, private answers: {as, channel, thread, ts, text}
  attention: new Map(), // person id -> {count, dot}
  newLine: new Map(), // conversation id -> ts of the first unread message
};

const base = { now: Date.now() / 1000, at: performance.now(), speed: 1 };

export function setState(state) {
  store.state = state;
  const clock = state.clock ?? { now: Date.now() / 1000, speed: 1 };
  Object.assign(base, { now: clock.now, at: performance.now(), speed: clock.speed ?? 1 });
}

export const now = () => base.now + ((performance.now() - base.at) / 1000) * base.speed;
export const speed = () => base.speed;

export const people = () => store.state?.people ?? [];
export const person = (id) => people().find((one) => one.id === id) ?? null;
export const myself = () => person(store.as);
export const app = () => store.state?.app ?? { name: "App" };
export const zone = () => myself()?.tz || "UTC";
export const conversations = () => store.state?.conversations ?? [];
export const conversation = (id) => conversations().find((one) => one.id === id) ?? null;
export const channels = () => conversations().filter((one) => one.kind !== "app_dm");
export const appDm = () => conversations().find((one) => one.kind === "app_dm") ?? null;
export const commands = () => store.state?.commands ?? [];
export const shortcuts = (type) => (store.state?.shortcuts ?? []).filter((one) => one.type === type);

export const fullName = (one) => one?.real_name || one?.name || "Someone";
export const firstName = (one) => fullName(one).split(/\s+/)[0];
export const actors = () => people().filter((one) => !one.deleted && one.kind !== "bot" && one.kind !== "app");

export function nameOf(id) {
  if (id && id === app().bot_user_id) return app().name;
  const found = person(id);
  return found ? fullName(found) : id;
}

export const conversationName = (one) => (one?.kind === "app_dm" ? app().name : (one?.name ?? ""));

export function attentionIn(list) {
  let count = 0;
  let dot = false;
  for (const one of list) {
    if (one.member === false || one.archived) continue;
    count += one.kind === "app_dm" ? (one.unread ?? 0) : (one.mentions ?? 0);
    dot ||= (one.unread ?? 0) > 0;
  }
  return { count, dot };
}

// The others' unread counts, so that a visitor sees where the bot has paged somebody else.
export async function lookAtOthers() {
  const before = JSON.stringify([...store.attention]);
  const others = actors().filter((one) => one.id !== store.as).slice(0, 12);
  const answers = await Promise.all(others.map((one) => get("/ui/state", { as: one.id })));
  others.forEach((one, index) => {
    if (answers[index].ok && answers[index].conversations) store.attention.set(one.id, attentionIn(answers[index].conversations));
  });
  return JSON.stringify([...store.attention]) !== before;
}

export function remember(key, value) {
  try {
    localStorage.setItem(`sandbox.${key}`, JSON.stringify(value));
  } catch { /* private mode: then it is forgotten */ }
}

export function recall(key, fallback = null) {
  try {
    return JSON.parse(localStorage.getItem(`sandbox.${key}`)) ?? fallback;
  } catch {
    return fallback;
  }
}
