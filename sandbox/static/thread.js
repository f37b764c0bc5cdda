// The right pane: one thread.
import { fill, h, iconButton } from "./dom.js";
import { Composer } from "./composer.js";
import { MessageList } from "./messagelist.js";
import { noticesFor } from "./notices.js";
import { page } from "./page.js";
import { conversation, conversationName, store } from "./store.js";

const list = new MessageList({ label: "Thread", inThread: true });
const composer = new Composer({ id: "thread-composer", inThread: true });
composer.onSend = () => { list.stuck = true; };
const where = h("p", { class: "topic" });
const close = iconButton("close", "Close the thread", () => page.go({ ...store.place, thread: null }), { class: "thread-close" });
const pane = h("section", { class: "pane" }, h("header", { class: "heading" }, h("div", { class: "heading-text" }, h("h2", { text: "Thread" }), where), close), list.node, composer.node);
let key = "";

export function showThread(root) {
  const { id, thread } = store.place;
  const one = conversation(id);
  const open = store.place.kind === "conversation" && Boolean(thread) && Boolean(one);
  const was = !root.hidden;
  root.hidden = !open;
  document.body.classList.toggle("with-thread", open);
  if (!open) {
    key = "";
    return;
  }
  if (pane.parentNode !== root) fill(root, pane);
  where.textContent = one.kind === "app_dm" ? conversationName(one) : `#${one.name}`;
  const messages = store.thread ?? [];
  const all = [...messages, ...noticesFor(id, thread)];
  const next = `${store.as}:${id}:${thread}`;
  pane.classList.toggle("loading", !store.thread);
  const replies = messages.filter((message) => message.ts !== thread && !message.ephemeral).length;
  list.show(id, all, { replyCount: store.thread ? replies : undefined, opening: next !== key || !store.thread });
  if (store.thread) key = next;
  composer.node.hidden = Boolean(one.archived);
  composer.target(id, thread, "Reply…");
  if (!was) composer.input.focus({ preventScroll: true });
}

document.addEventListener("keydown", (event) => {
  if (event.key === "Escape" && !event.defaultPrevented && event.target.closest?.("#thread")) page.go({ ...store.place, thread: null });
});
