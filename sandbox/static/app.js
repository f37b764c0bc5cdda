// The page: who acts, where they look, what is fetched when.
import { get, post } from "./api.js";
import { announce, fill, h } from "./dom.js";
import { bannerTime, tick } from "./dates.js";
import { doneStep } from "./hints.js";
import { homeFailed, showHome } from "./home.js";
import { scrollToMessage, showConversation } from "./conversation.js";
import { follow } from "./live.js";
import { showViews } from "./modal.js";
import { page } from "./page.js";
import { showSidebar } from "./sidebar.js";
import { showThread } from "./thread.js";
import { actors, app, attentionIn, conversation, conversationName, conversations, firstName, lookAtOthers, myself, now, setState, speed, store } from "./store.js";

const at = (id) => document.getElementById(id);
let opening = false;

function render() {
  if (!store.state || !store.as) return;
  showSidebar(at("sidebar"));
  if (store.place.kind === "home") showHome(at("main"));
  else showConversation(at("main"), { opening });
  opening = false;
  showThread(at("thread"));
  showViews();
  const { count } = attentionIn(conversations());
  const where = store.place.kind === "home" ? `${app().name} Home` : conversationName(conversation(store.place.id));
  document.title = `${count ? `(${count}) ` : ""}${where ? `${where} · ` : ""}${firstName(myself())} · ${store.state.workspace?.name ?? "Belfry"}`;
}

function clock() {
  if (!store.state) return;
  at("clock").textContent = bannerTime(now());
  const rate = speed();
  const unit = rate % 3600 === 0 && rate ? [rate / 3600, "hour"] : rate % 60 === 0 && rate ? [rate / 60, "minute"] : [rate, "second"];
  at("speed").textContent = rate === 1 ? "real time" : rate === 0 ? "clock stopped" : `${unit[0]} ${unit[1]}${unit[0] === 1 ? "" : "s"} = 1 second`;
}

// ---- fetching: one round at a time, and one more when something was asked meanwhile

let running = null;
let again = false;

async function round() {
  const as = store.as;
  const { kind, id, thread } = store.place;
  const asks = [get("/ui/state", { as }), kind === "conversation" && id ? get("/ui/messages", { as, channel: id }) : null, kind === "conversation" && thread ? get("/ui/messages", { as, channel: id, thread_ts: thread }) : null];
  const [state, messages, replies] = await Promise.all(asks);
  if (as !== store.as) return;
  if (!state.ok) return offline(state);
  setState(state);
  online();
  if (messages?.ok) {
    if (!store.messages.has(id)) opening = store.place.id === id;
    store.messages.set(id, messages.messages ?? []);
    markUnread(id);
  } else if (messages) store.messages.set(id, []);
  if (thread === store.place.thread && id === store.place.id && thread) store.thread = replies?.ok ? (replies.messages ?? []) : [];
  render();
}

async function refresh() {
  again = Boolean(running);
  if (running) {
    await running;
    if (!again) return running;
    again = false;
  }
  running = round().finally(() => { running = null; });
  return running;
}

// The "New" line stays where it was put until the conversation is left.
function markUnread(id) {
  const one = conversation(id);
  if (!one?.unread || id !== store.place.id) return;
  const looking = document.visibilityState === "visible";
  if (!store.newLine.has(id)) {
    const others = store.messages.get(id).filter((message) => message.user !== store.as && !message.ephemeral);
    const first = others[Math.max(0, others.length - one.unread)];
    if (first && (arriving || !looking)) store.newLine.set(id, first.ts);
  }
  if (looking && store.place.id === id) post("/ui/read", { as: store.as, channel: id }).then(() => { one.unread = 0; one.mentions = 0; render(); });
}
let arriving = true;

let othersTimer = null;
function others() {
  clearTimeout(othersTimer);
  othersTimer = setTimeout(async () => { if (await lookAtOthers()) render(); }, 350);
}

const livePill = (text) => {
  at("live").hidden = !text;
  if (at("live").textContent !== text) at("live").textContent = text;
};
let lost = false;
function offline(answer) {
  lost = true;
  livePill("No answer from the sandbox. Trying again…");
  if (!store.state) fill(at("main"), h("section", { class: "empty" }, h("h1", { text: "The sandbox does not answer" }), h("p", { text: answer.message ?? answer.error })));
}
function online() {
  if (lost) livePill("");
  lost = false;
}

// ---- where and who

const toHash = ({ kind, id, thread }) => (kind === "home" ? "#home" : `#${id}${thread ? `/${thread}` : ""}`);

function fromHash() {
  const [id, thread] = decodeURIComponent(location.hash.slice(1)).split("/");
  if (id === "home") return { kind: "home", id: null, thread: null };
  if (/^[CDG][A-Z0-9]+$/i.test(id)) return { kind: "conversation", id, thread: thread || null };
  return null;
}

function permalink(url) {
  const found = /\/archives\/([CDG][A-Z0-9]+)(?:\/p(\d{10})(\d{6}))?(?:\?.*thread_ts=(\d+\.\d+))?/.exec(url);
  return found && { place: { kind: "conversation", id: found[1], thread: found[4] ?? null }, ts: found[2] ? `${found[2]}.${found[3]}` : null };
}

const firstPlace = () => ({ kind: "conversation", id: conversations().find((one) => one.kind !== "app_dm" && one.member !== false && !one.archived)?.id ?? conversations()[0]?.id ?? null, thread: null });

async function enter(place) {
  const before = store.place;
  store.place = { thread: null, id: null, ...place };
  const moved = before.kind !== store.place.kind || before.id !== store.place.id;
  if (moved) {
    store.newLine.delete(before.id);
    opening = true;
    arriving = true;
  }
  if (before.thread !== store.place.thread || moved) store.thread = null;
  render();
  if (moved && store.place.kind === "home") {
    post("/ui/home", { as: store.as }).then((answer) => {
      if (!answer.ok) homeFailed(answer.message ?? answer.error);
      refresh();
    });
  }
  await refresh();
  arriving = false;
  if (moved) announce(document.title);
}

function go(place) {
  const target = { thread: null, ...place };
  if (toHash(target) === location.hash) return enter(target);
  history.pushState(null, "", `${location.search}${toHash(target)}`);
  return enter(target);
}

async function become(id) {
  const one = actors().find((other) => other.id === id);
  if (!one) return;
  if (store.as && id !== store.as) doneStep("switch");
  const here = store.place;
  store.attention.set(store.as, attentionIn(conversations()));
  store.as = id;
  store.messages.clear();
  store.newLine.clear();
  store.thread = null;
  arriving = true;
  const state = await get("/ui/state", { as: id });
  if (store.as !== id) return;
  if (!state.ok) return offline(state);
  setState(state);
  follow(id, { changed, status: (mode) => livePill(mode === "live" ? "" : "Line cut. Asking every 2 s…") });
  store.place = { kind: null };
  // A direct message is its owner's: another person lands in their own.
  const wasDm = here.kind === "conversation" && here.id?.startsWith("D");
  const theirs = conversations().find((other) => other.kind === "app_dm");
  const place = here.kind === "home" ? here : wasDm && theirs ? { kind: "conversation", id: theirs.id } : conversation(here.id) ? here : firstPlace();
  history.replaceState(null, "", `?as=${encodeURIComponent(one.name || id)}${toHash(place)}`);
  await enter(place);
  announce(`You are ${firstName(myself())}`);
  others();
}

function changed(what) {
  const before = store.place.kind === "conversation" && what?.conversations?.length === 1 && what.conversations[0] !== store.place.id;
  refresh();
  if (!before || what?.conversations) others();
}

Object.assign(page, { refresh: async () => { await refresh(); others(); }, go, become, render });

// ---- beginning

async function start() {
  const wanted = new URLSearchParams(location.search).get("as") ?? "";
  // Nobody named, or nobody known by that name: the workspace's own Slackbot is always there to ask.
  let state = { ok: false };
  for (const as of new Set([wanted || "USLACKBOT", "USLACKBOT", ""])) if (!state.ok) state = await get("/ui/state", { as });
  if (!state.ok) {
    offline(state);
    setTimeout(start, 2000);
    return undefined;
  }
  setState(state);
  const lower = wanted.toLowerCase();
  const one = actors().find((other) => other.id === wanted || other.name?.toLowerCase() === lower) ?? actors().find((other) => lower && firstName(other).toLowerCase() === lower) ?? actors().find((other) => other.id === state.me) ?? actors()[0];
  if (!one) return fill(at("main"), h("section", { class: "empty" }, h("h1", { text: "Nobody lives in this workspace yet" })));
  const linked = permalink(location.href);
  store.place = fromHash() ?? linked?.place ?? { kind: "conversation", id: null };
  online();
  if (location.pathname !== "/") history.replaceState(null, "", "/");
  await become(one.id);
  if (linked?.ts) scrollToMessage(linked.ts);
  clock();
  setInterval(() => { clock(); tick(); }, 1000);
  setInterval(() => { if (document.visibilityState === "visible") others(); }, 5000);
  return undefined;
}

addEventListener("popstate", () => enter(fromHash() ?? firstPlace()));
document.addEventListener("visibilitychange", () => { if (document.visibilityState === "visible" && store.as) refresh(); });
at("shade").addEventListener("click", () => document.body.classList.remove("drawer"));
document.addEventListener("keydown", (event) => { if (event.key === "Escape") document.body.classList.remove("drawer"); });
// Links to a message (permalinks) stay inside the page.
document.addEventListener("click", (event) => {
  const anchor = event.target.closest?.("a[href]");
  const mention = /^#([CDG][A-Z0-9]+)$/.exec(anchor?.getAttribute("href") ?? "");
  const found = mention ? { place: { kind: "conversation", id: mention[1] } } : permalink(anchor?.href ?? "");
  if (event.defaultPrevented || !found || !conversation(found.place.id)) return;
  event.preventDefault();
  Promise.resolve(go(found.place)).then(() => { if (found.ts) scrollToMessage(found.ts); });
});

start();
