// One message: author, blocks, thread row, menu.
import { h, icon, iconButton, avatar } from "./dom.js";
import { post } from "./api.js";
import { renderAttachments, renderBlocks } from "./blocks.js";
import { absolute, clockTime } from "./dates.js";
import { emojiText } from "./emoji.js";
import { messageContext } from "./forms.js";
import { mrkdwn } from "./mrkdwn.js";
import { dismiss, notice } from "./notices.js";
import { openMenu } from "./popover.js";
import { page } from "./page.js";
import { app, conversation, conversationName, nameOf, person, shortcuts, store } from "./store.js";

export const seconds = (message) => Number(message.ts);

export function author(message) {
  if (message.notice) return { name: "Sandbox", system: true, id: "sandbox" };
  const bot = message.bot || message.user === app().bot_user_id;
  return { name: message.username || (bot ? nameOf(message.user ?? app().bot_user_id) || app().name : nameOf(message.user)), app: bot, id: message.user };
}

const stamp = (message) => h("a", { class: "stamp", href: `#${message.channel ?? store.place.id}/${message.thread_ts ?? message.ts}`, title: absolute(seconds(message)), "aria-label": `Sent ${absolute(seconds(message))}`, text: clockTime(seconds(message)), on: { click: (event) => event.preventDefault() } });

async function runShortcut(shortcut, channel, ts, thread) {
  const answer = await post("/ui/shortcut", { as: store.as, callback_id: shortcut.callback_id, channel, ts });
  if (!answer.ok) notice({ channel, thread, text: answer.message ?? `“${shortcut.name}” failed: ${answer.error}.` });
  await page.refresh({ channel });
}

function tools(message, channel, inThread) {
  if (message.ephemeral || message.deleted) return null;
  const root = message.thread_ts ?? message.ts;
  const offered = shortcuts("message");
  const more = iconButton("more", "More actions for this message", () => openMenu(more, [
    ...offered.map((one) => ({ label: one.name, description: one.description, run: () => runShortcut(one, channel, message.ts, inThread ? root : null) })),
    { label: "Copy text", run: () => navigator.clipboard?.writeText(message.text ?? "") },
  ], "Message shortcuts"), { "aria-haspopup": "menu", "aria-expanded": "false" });
  return h("div", { class: "tools", role: "group", "aria-label": "Message actions" },
    inThread ? null : iconButton("reply", "Reply in thread", () => page.go({ kind: "conversation", id: channel, thread: root })), more);
}

function replies(message, channel) {
  if (!message.reply_count) return null;
  const faces = (message.reply_users ?? []).slice(0, 4).map((id) => avatar(nameOf(id), { id, app: id === app().bot_user_id || person(id)?.kind === "bot" }));
  return h("button", { type: "button", class: "replies", on: { click: () => page.go({ kind: "conversation", id: channel, thread: message.ts }) } },
    h("span", { class: "faces" }, faces), h("span", { class: "replies-count", text: `${message.reply_count} ${message.reply_count === 1 ? "reply" : "replies"}` }), h("span", { class: "replies-open", text: "View thread" }));
}

function above(message, channel, inThread) {
  if (message.ephemeral) return h("p", { class: "above ephemeral-mark" }, icon("eye"), "Only visible to you ·", h("button", { type: "button", class: "text-button", on: { click: () => dismiss(message) } }, "Dismiss message"));
  const reply = message.thread_ts && message.thread_ts !== message.ts;
  if (reply && inThread && message.broadcast) return h("p", { class: "above" }, icon("reply"), `Also sent to ${conversation(channel)?.kind === "app_dm" ? "the direct message" : `#${conversationName(conversation(channel))}`}`);
  if (reply && !inThread) return h("p", { class: "above" }, icon("reply"), h("button", { type: "button", class: "text-button", on: { click: () => page.go({ kind: "conversation", id: channel, thread: message.thread_ts }) } }, "Replied to a thread"));
  return message.pinned ? h("p", { class: "above pinned-mark" }, icon("pin"), "Pinned") : null;
}

export function renderMessage(message, { channel, inThread = false, compact = false }) {
  const who = author(message);
  const thread = inThread ? (message.thread_ts ?? message.ts) : null;
  const body = h("div", { class: "body" });
  let edited = null;
  if (message.deleted) body.append(h("p", { class: "tombstone", text: "This message was deleted." }));
  else {
    if (message.blocks?.length) body.append(renderBlocks(message.blocks, messageContext(channel, message, thread)));
    else if (message.text) body.append(mrkdwn(message.text));
    body.append(...renderAttachments(message.attachments, messageContext(channel, message, thread)));
    if (message.reactions?.length) body.append(h("p", { class: "reactions" }, message.reactions.map((one) => h("span", { class: "reaction", title: (one.users ?? []).map(nameOf).join(", ") }, emojiText(`:${one.name}:`), " ", String(one.users?.length ?? one.count ?? 1)))));
    if (message.edited) {
      const mark = h("span", { class: "edited", title: Number(message.edited) ? `Edited ${absolute(Number(message.edited))}` : null, text: "(edited)" });
      const last = message.blocks?.length ? null : body.querySelector(".mrkdwn > .para:last-child");
      if (last || compact) (last ?? body).append(" ", mark);
      else edited = mark;
    }
  }
  const face = compact ? h("span", { class: "gutter" }, stamp(message)) : avatar(who.name, who);
  const kind = !who.app && { guest: "Guest", stranger: "Other workspace" }[person(message.user)?.kind];
  return h("article", { class: `message${compact ? " compact" : ""}${message.ephemeral ? " ephemeral" : ""}`, tabindex: "-1", "aria-label": `${who.name}, ${clockTime(seconds(message))}`, data: message.notice ? { notice: message.ts } : { ts: message.ts } },
    above(message, channel, inThread),
    face,
    h("div", { class: "content" },
      compact ? null : h("p", { class: "byline" }, h("span", { class: "author", text: who.name }), who.app ? h("span", { class: "tag", text: "APP" }) : null, kind ? h("span", { class: "tag", text: kind }) : null, stamp(message), edited),
      body,
      inThread ? null : replies(message, channel)),
    tools(message, channel, inThread));
}
