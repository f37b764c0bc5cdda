// A log of messages that keeps what has not changed: nodes, focus and scroll position stay.
import { add, h } from "./dom.js";
import { dayKey, dayTitle, liveTime } from "./dates.js";
import { author, renderMessage, seconds } from "./message.js";
import { isDismissed } from "./notices.js";
import { conversations, people, store, zone } from "./store.js";

const FOCUSABLE = "button, a[href], input, textarea";
const surroundings = () => JSON.stringify([store.as, zone(), people().map((one) => [one.id, one.real_name, one.name]), conversations().map((one) => [one.id, one.name])]);

export class MessageList {
  constructor({ label, inThread = false }) {
    this.inThread = inThread;
    this.items = h("div", { class: "log-items", role: "log", "aria-live": "polite", "aria-label": label });
    this.jump = h("button", { type: "button", class: "jump", hidden: true, on: { click: () => this.toEnd(true) } }, "New messages below");
    this.scroller = h("div", { class: "log", tabindex: "0", "aria-label": label, role: "region" }, this.items);
    this.node = h("div", { class: "log-frame" }, this.scroller, this.jump);
    this.known = new Map();
    this.scroller.addEventListener("scroll", () => { if (this.atEnd()) this.jump.hidden = true; });
    new ResizeObserver(() => { if (this.stuck) this.toEnd(); }).observe(this.items);
    this.scroller.addEventListener("scroll", () => { this.stuck = this.atEnd(); });
    this.stuck = true;
  }

  atEnd() {
    return this.scroller.scrollHeight - this.scroller.scrollTop - this.scroller.clientHeight < 60;
  }

  toEnd(smooth = false) {
    this.scroller.scrollTo({ top: this.scroller.scrollHeight, behavior: smooth ? "smooth" : "instant" });
    this.jump.hidden = true;
    this.stuck = true;
  }

  plan(channel, messages, { newLine, replyCount }) {
    const rows = [];
    const around = surroundings();
    let day = null;
    let before = null;
    for (const message of messages) {
      if (isDismissed(message)) continue;
      const today = dayKey(seconds(message));
      if (today !== day && !this.inThread) {
        rows.push({ key: `day:${today}`, sig: around, make: () => h("div", { class: "day", role: "separator" }, liveTime(seconds(message), () => dayTitle(seconds(message)))) });
        before = null;
      }
      day = today;
      if (message.ts === newLine) {
        rows.push({ key: "new", sig: "new", make: () => h("div", { class: "new-line", role: "separator", "aria-label": "New messages" }, h("span", { text: "New" })) });
        before = null;
      }
      const compact = Boolean(before) && author(before).id === author(message).id && author(before).name === author(message).name && seconds(message) - seconds(before) < 300 && !message.ephemeral && !before.ephemeral && !message.broadcast && !before.broadcast;
      rows.push({ key: `${message.notice ? "n" : "m"}:${message.ts}`, sig: JSON.stringify([message, compact, around]), message, make: () => renderMessage(message, { channel, inThread: this.inThread, compact }) });
      before = message;
      if (replyCount !== undefined && rows.length === 1) {
        rows.push({ key: "count", sig: String(replyCount), make: () => h("div", { class: "thread-count", text: replyCount ? `${replyCount} ${replyCount === 1 ? "reply" : "replies"}` : "No replies yet" }) });
        before = null;
      }
    }
    return rows;
  }

  show(channel, messages, options = {}) {
    const opening = this.channel !== channel || this.as !== store.as || options.opening;
    if (opening) {
      this.known.clear();
      this.items.replaceChildren();
    }
    this.channel = channel;
    this.as = store.as;
    const follow = opening || this.stuck;
    const rows = this.plan(channel, messages, options);
    const keep = new Map();
    let fresh = false;
    let cursor = this.items.firstChild;
    for (const row of rows) {
      const old = this.known.get(row.key);
      let node = old?.node;
      if (!old || old.sig !== row.sig) {
        const made = row.make();
        if (old) {
          if (cursor === old.node) cursor = made;
          this.replace(old.node, made, row);
        } else if (row.message && !opening) fresh = true;
        node = made;
      }
      if (node === cursor) cursor = node.nextSibling;
      else this.items.insertBefore(node, cursor);
      keep.set(row.key, { sig: row.sig, node });
    }
    for (const [key, { node }] of this.known) if (!keep.has(key)) node.remove();
    this.known = keep;
    if (opening) {
      this.toEnd();
      const line = this.items.querySelector(".new-line");
      if (line) this.scroller.scrollTop = Math.min(this.scroller.scrollTop, Math.max(0, line.offsetTop - 60));
      this.stuck = this.atEnd();
    } else if (follow) this.toEnd();
    else if (fresh) this.jump.hidden = false;
  }

  replace(old, made, row) {
    const held = old.contains(document.activeElement) ? [...old.querySelectorAll(FOCUSABLE)].indexOf(document.activeElement) : null;
    const same = held !== null && document.activeElement.textContent;
    if (row.message) made.classList.add("changed");
    old.replaceWith(made);
    if (held === null) return;
    const again = [...made.querySelectorAll(FOCUSABLE)][held];
    (again && again.textContent === same ? again : made).focus({ preventScroll: true });
  }

  intro(node) {
    this.scroller.querySelector(".intro")?.remove();
    if (node) this.scroller.prepend(add(h("div", { class: "intro" }), [node]));
  }

  outro(node) {
    const old = this.scroller.querySelector(".outro");
    if (!node) return old?.remove();
    if (old?.dataset.sig === node.dataset.sig) return undefined;
    old?.remove();
    node.classList.add("outro");
    this.scroller.append(node);
    if (this.stuck) this.toEnd();
    return undefined;
  }
}
