// The left side: workspace, who I am, conversations.
import { avatar, fill, h, icon, iconButton } from "./dom.js";
import { clockTime, liveTime } from "./dates.js";
import { page } from "./page.js";
import { actors, app, appDm, attentionIn, channels, conversations, firstName, fullName, myself, now, recall, remember, store } from "./store.js";

let drawn = "";
const closeDrawer = () => document.body.classList.remove("drawer");

function badge(count, dot, words) {
  if (count) return h("span", { class: "badge", "aria-label": `${count} ${words}`, text: count > 99 ? "99+" : String(count) });
  return dot ? h("span", { class: "dot", role: "img", "aria-label": "Unread messages" }) : null;
}

function personRow(one) {
  const me = one.id === store.as;
  const seen = me ? attentionIn(conversations()) : (store.attention.get(one.id) ?? { count: 0, dot: false });
  const kind = { guest: "Guest", stranger: "Other workspace" }[one.kind];
  return h("li", {}, h("a", { class: `person${me ? " is-me" : ""}`, href: `?as=${encodeURIComponent(one.name || one.id)}`, data: { person: one.id }, "aria-current": me ? "true" : null, title: me ? "You" : `Become ${fullName(one)}. Ctrl-click opens them in a second tab.`, on: { click: (event) => {
    if (event.metaKey || event.ctrlKey || event.shiftKey) return;
    event.preventDefault();
    closeDrawer();
    page.become(one.id);
  } } }, avatar(fullName(one), { id: one.id }), h("span", { class: "person-text" }, h("span", { class: "person-name", text: fullName(one) }), h("span", { class: "person-note" }, liveTime(now(), () => clockTime(now(), one.tz), { title: null, datetime: null }), (kind ?? one.title) ? ` · ${kind ?? one.title}` : "")), badge(seen.count, seen.dot && !me, "waiting for them")));
}

function row(one) {
  const dm = one.kind === "app_dm";
  const here = store.place.kind === "conversation" && store.place.id === one.id;
  const unread = (one.unread ?? 0) > 0 && one.member !== false && !one.archived;
  const count = dm ? (one.unread ?? 0) : unread ? (one.mentions ?? 0) : 0;
  const label = dm ? app().name : one.name;
  return h("li", {}, h("a", { class: `row${here ? " is-here" : ""}${unread ? " is-unread" : ""}${one.member === false || one.archived ? " is-away" : ""}`, href: `#${one.id}`, data: { conversation: one.id }, "aria-current": here ? "page" : null, title: one.topic || null, on: { click: (event) => {
    if (event.metaKey || event.ctrlKey) return;
    event.preventDefault();
    closeDrawer();
    page.go({ kind: "conversation", id: one.id });
  } } }, dm ? avatar(label, { app: true }) : icon(one.archived ? "archive" : one.private ? "lock" : "hash"), h("span", { class: "row-name", text: label }), dm ? h("span", { class: "row-note", text: "messages" }) : null, badge(count, false, dm ? "unread" : "mentions")));
}

function homeRow() {
  const here = store.place.kind === "home";
  return h("li", {}, h("a", { class: `row${here ? " is-here" : ""}`, href: "#home", data: { conversation: "home" }, "aria-current": here ? "page" : null, on: { click: (event) => {
    event.preventDefault();
    closeDrawer();
    page.go({ kind: "home" });
  } } }, icon("home"), h("span", { class: "row-name", text: `${app().name} Home` })));
}

const group = (title, items) => (items.length ? h("section", { class: "group", "aria-label": title }, h("h2", { text: title }), h("ul", {}, items)) : null);

export function showSidebar(root) {
  const { workspace, conversations: all } = store.state;
  const folded = recall("people-folded", false);
  const sig = JSON.stringify([store.as, store.place.kind, store.place.id, workspace, all, actors(), app(), [...store.attention], folded]);
  if (sig === drawn) return;
  drawn = sig;
  const focused = document.activeElement;
  const held = root.contains(focused) ? ["person", "conversation"].map((name) => focused.dataset[name] && `[data-${name}="${CSS.escape(focused.dataset[name])}"]`).find(Boolean) ?? (focused.id ? `#${focused.id}` : null) : null;
  const scrolled = root.querySelector(".sidebar-scroll")?.scrollTop ?? 0;
  const mine = channels().filter((one) => one.member !== false && !one.archived);
  const others = channels().filter((one) => one.member === false && !one.archived);
  const archived = channels().filter((one) => one.archived);
  const fold = h("button", { id: "who", type: "button", class: "who", "aria-expanded": String(!folded), "aria-controls": "people", on: { click: () => { remember("people-folded", !folded); page.render(); } } },
    h("span", {}, "You are ", h("strong", { text: firstName(myself()) })), icon("down"));
  const dm = appDm();
  fill(root,
    h("header", { class: "workspace" }, h("span", { class: "workspace-mark", "aria-hidden": "true", text: Array.from(workspace?.name ?? "S")[0] }), h("span", { class: "workspace-text" }, h("strong", { text: workspace?.name ?? "Workspace" }), h("span", { text: "on Belfry, a sandbox" })), iconButton("close", "Close the sidebar", closeDrawer, { class: "drawer-close" })),
    h("div", { class: "sidebar-scroll" },
      h("section", { class: "people", "aria-label": "Who you are" }, fold, h("ul", { id: "people", hidden: folded }, actors().map(personRow))),
      group("Channels", mine.map(row)),
      group("Apps", [dm ? row(dm) : null, app().home ? homeRow() : null].filter(Boolean)),
      group("Channels you are not in", others.map(row)),
      group("Archived", archived.map(row)),
      app().connected === false ? h("p", { class: "disconnected", role: "status" }, icon("alert"), `${app().name} is not connected. Start the bot, and this note goes away.`) : null));
  root.querySelector(".sidebar-scroll").scrollTop = scrolled;
  if (held) root.querySelector(held)?.focus({ preventScroll: true });
}
