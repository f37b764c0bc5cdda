// The main pane for a conversation: heading, log, box.
import { avatar, fill, h, icon, iconButton } from "./dom.js";
import { Composer } from "./composer.js";
import { hintCard, hintWanted } from "./hints.js";
import { MessageList } from "./messagelist.js";
import { noticesFor } from "./notices.js";
import { page } from "./page.js";
import { app, conversation, conversationName, store } from "./store.js";

const list = new MessageList({ label: "Messages" });
export const composer = new Composer({ id: "composer" });
const heading = h("header", { class: "heading" });
const closed = h("p", { class: "closed", hidden: true });
const pane = h("section", { class: "pane" }, heading, list.node, closed, composer.node);
composer.onSend = () => { list.stuck = true; };
let drawn = "";
let introDrawn = "";

export function menuButton() {
  return iconButton("menu", "Open the sidebar", () => document.body.classList.add("drawer"), { class: "menu-button" });
}

export function tabs(current) {
  if (!app().home) return null;
  const tab = (kind, label, place) => h("button", { type: "button", class: "tab", "aria-current": kind === current ? "page" : null, on: { click: () => page.go(place()) } }, label);
  return h("div", { class: "tabs" },
    tab("home", "Home", () => ({ kind: "home" })),
    tab("messages", "Messages", () => ({ kind: "conversation", id: store.state.conversations.find((one) => one.kind === "app_dm")?.id })));
}

function drawHeading(one) {
  const dm = one.kind === "app_dm";
  const sig = JSON.stringify([one.name, one.topic, one.private, one.archived, one.kind, app().name, app().connected, app().home]);
  if (sig === drawn) return;
  drawn = sig;
  fill(heading, menuButton(),
    h("div", { class: "heading-text" },
      h("h1", {}, dm ? avatar(app().name, { app: true }) : icon(one.private ? "lock" : "hash"), h("span", { text: conversationName(one) }), dm ? h("span", { class: "tag", text: "APP" }) : null, one.archived ? h("span", { class: "tag", text: "Archived" }) : null),
      one.topic ? h("p", { class: "topic", title: one.topic, text: one.topic }) : null),
    dm ? tabs("messages") : null);
}

function beginning(one) {
  const sig = JSON.stringify([one.id, one.name, one.private]);
  if (sig === introDrawn) return;
  introDrawn = sig;
  const dm = one.kind === "app_dm";
  list.intro(h("div", { class: "beginning" },
    dm ? avatar(app().name, { app: true }) : h("span", { class: "beginning-mark", "aria-hidden": "true" }, icon(one.private ? "lock" : "hash")),
    h("h2", { text: dm ? app().name : `#${one.name}` }),
    h("p", { text: dm ? `Only you and ${app().name} see this. It pages you here.` : `This is the very beginning of ${one.private ? "the private channel" : ""} #${one.name}.`.replace("  ", " ") })));
}

export function showConversation(root, { opening = false } = {}) {
  const one = conversation(store.place.id);
  if (!one) {
    fill(root, h("section", { class: "pane" }, h("header", { class: "heading" }, menuButton(), h("h1", { text: "Not here" })), h("p", { class: "empty", text: "You are not in this conversation, or it does not exist. Choose one on the left." })));
    drawn = "";
    return;
  }
  if (pane.parentNode !== root) fill(root, pane);
  drawHeading(one);
  beginning(one);
  const messages = store.messages.get(one.id);
  const all = [...(messages ?? []), ...noticesFor(one.id, null)].sort((a, b) => Number(a.ts) - Number(b.ts));
  pane.classList.toggle("loading", !messages);
  list.show(one.id, all, { newLine: store.newLine.get(one.id), opening });
  if (hintWanted(one.id)) {
    const card = hintCard((text) => composer.insert(text));
    card.dataset.sig = `${card.textContent}|${store.as}`;
    list.outro(card);
  } else list.outro(null);
  const reason = one.archived ? "This channel is archived. It can be read, not written to." : one.member === false ? "You are looking at a channel you are not in." : "";
  closed.hidden = !reason;
  closed.textContent = reason;
  composer.node.hidden = Boolean(one.archived);
  composer.target(one.id, null, one.kind === "app_dm" ? `Message ${app().name}` : `Message #${one.name}`);
}

export const scrollToMessage = (ts) => {
  const node = document.querySelector(`.log [data-ts="${CSS.escape(ts)}"]`);
  node?.scrollIntoView({ block: "center" });
  node?.classList.add("changed");
};
