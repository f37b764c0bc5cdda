// The box: messages, slash commands with completion and usage, @people and #channels, history by arrow-up.
import { announce, fill, h, icon, iconButton, spinner, avatar } from "./dom.js";
import { post } from "./api.js";
import { doneStep } from "./hints.js";
import { notice } from "./notices.js";
import { openMenu } from "./popover.js";
import { page } from "./page.js";
import { actors, app, channels, commands, fullName, recall, remember, shortcuts, store } from "./store.js";

const drafts = new Map();

export class Composer {
  constructor({ id, inThread = false }) {
    this.inThread = inThread;
    this.at = -1;
    this.listId = `${id}-list`;
    this.input = h("textarea", { id, rows: "1", class: "composer-input", role: "combobox", "aria-autocomplete": "list", "aria-expanded": "false", "aria-controls": this.listId, autocomplete: "off", spellcheck: "true", enterkeyhint: "send" });
    this.list = h("div", { id: this.listId, class: "suggestions", role: "listbox", "aria-label": "Suggestions", hidden: true });
    this.usage = h("p", { class: "usage", hidden: true });
    this.send = iconButton("send", "Send", () => this.submit(), { class: "send" });
    this.bolt = inThread ? null : iconButton("bolt", "Shortcuts", () => this.openShortcuts(), { "aria-haspopup": "menu", "aria-expanded": "false" });
    this.busy = h("span", { class: "composer-busy", hidden: true }, spinner(), h("span", { text: "Waiting for the app…" }));
    this.node = h("div", { class: "composer-wrap" }, this.list, this.usage,
      h("div", { class: "composer" }, this.input, h("div", { class: "composer-bar" }, this.bolt, inThread ? null : iconButton("slash", "Commands", () => this.insert("/"), { class: "slash-button" }), this.busy, h("span", { class: "composer-tip", text: "Enter to send, Shift + Enter for a new line" }), this.send)));
    const slash = this.node.querySelector(".slash-button");
    if (slash) fill(slash, h("span", { "aria-hidden": "true", text: "/" }));
    this.input.addEventListener("input", () => { this.history = undefined; this.changed(); });
    this.input.addEventListener("keydown", (event) => this.key(event));
    this.input.addEventListener("blur", () => setTimeout(() => this.suggest([]), 120));
    this.input.addEventListener("focus", () => this.changed());
  }

  target(channel, thread, placeholder) {
    const where = `${store.as}:${channel}:${thread ?? ""}`;
    this.input.placeholder = placeholder;
    this.input.setAttribute("aria-label", placeholder);
    this.send.disabled = !this.input.value.trim();
    if (where === this.where) return;
    if (this.where) drafts.set(this.where, this.input.value);
    Object.assign(this, { where, channel, thread, history: undefined });
    this.input.value = drafts.get(where) ?? "";
    this.changed(false);
  }

  insert(text) {
    this.input.value = text;
    this.input.focus();
    this.changed();
  }

  changed(suggesting = true) {
    const { input } = this;
    input.style.height = "auto";
    input.style.height = `${Math.min(input.scrollHeight, 180)}px`;
    this.send.disabled = !input.value.trim();
    const command = commands().find((one) => input.value === one.command || input.value.startsWith(`${one.command} `));
    this.usage.hidden = !command || this.inThread;
    if (command) fill(this.usage, h("strong", { text: command.command }), " ", command.usage_hint ?? "");
    if (suggesting) this.suggest(this.matches());
  }

  matches() {
    const before = this.input.value.slice(0, this.input.selectionStart);
    const slash = /^\/\S*$/.exec(before);
    if (slash && !this.inThread) {
      return commands().filter((one) => one.command.startsWith(slash[0]) && one.command !== slash[0]).map((one) => ({ from: 0, text: `${one.command} `, label: one.command, hint: one.usage_hint, note: one.description, mark: avatar("", { app: true }) }));
    }
    const word = /(?:^|\s)([@#])([\p{L}\p{N}._-]*)$/u.exec(before);
    if (!word) return [];
    const from = before.length - word[2].length - 1;
    const wanted = word[2].toLowerCase();
    if (word[1] === "#") return channels().filter((one) => one.name.startsWith(wanted)).slice(0, 8).map((one) => ({ from, text: `#${one.name} `, label: `#${one.name}`, note: one.topic, mark: icon(one.private ? "lock" : "hash") }));
    return actors().filter((one) => `${one.name}\n${fullName(one)}`.toLowerCase().split(/[\s.]/).some((part) => part.startsWith(wanted))).slice(0, 8)
      .map((one) => ({ from, text: `@${one.name} `, label: fullName(one), hint: `@${one.name}`, note: one.title, mark: avatar(fullName(one), { id: one.id }) }));
  }

  suggest(found) {
    this.found = found;
    this.at = found.length ? 0 : -1;
    this.list.hidden = !found.length;
    this.input.setAttribute("aria-expanded", String(Boolean(found.length)));
    fill(this.list, found.map((one, index) => h("div", { id: `${this.listId}-${index}`, class: "suggestion", role: "option", on: { pointerdown: (event) => { event.preventDefault(); this.take(one); } } },
      one.mark, h("span", { class: "suggestion-label", text: one.label }), h("span", { class: "suggestion-hint", text: one.hint ?? "" }), h("span", { class: "suggestion-note", text: one.note ?? "" }))));
    this.mark();
  }

  mark() {
    [...this.list.children].forEach((node, index) => node.setAttribute("aria-selected", String(index === this.at)));
    if (this.at >= 0) this.input.setAttribute("aria-activedescendant", `${this.listId}-${this.at}`);
    else this.input.removeAttribute("aria-activedescendant");
  }

  take(one) {
    const { input } = this;
    const rest = input.value.slice(input.selectionStart);
    input.value = input.value.slice(0, one.from) + one.text + rest;
    input.selectionStart = input.selectionEnd = one.from + one.text.length;
    this.suggest([]);
    this.changed(false);
  }

  key(event) {
    if (event.isComposing) return;
    const { input } = this;
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    const open = this.found?.length > 0;
    if (open && step) { this.at = (this.at + step + this.found.length) % this.found.length; this.mark(); }
    else if (open && (event.key === "Tab" || (event.key === "Enter" && !event.shiftKey))) this.take(this.found[this.at]);
    else if (open && event.key === "Escape") this.suggest([]);
    else if (step && (!input.value || this.history !== undefined)) this.recall(step);
    else if (event.key === "Enter" && !event.shiftKey) this.submit();
    else return;
    event.preventDefault();
    event.stopPropagation();
  }

  recall(step) {
    const lines = recall(`history.${store.as}`, []);
    const next = (this.history ?? lines.length) + step;
    if (next < 0 || next > lines.length) return;
    this.history = next;
    this.input.value = lines[next] ?? "";
    this.changed(false);
    if (next === lines.length) this.history = undefined;
  }

  async submit() {
    const text = this.input.value.trim();
    if (!text) return;
    const { channel, thread } = this;
    const as = store.as;
    remember(`history.${as}`, [...recall(`history.${as}`, []).filter((one) => one !== text), text].slice(-50));
    this.history = undefined;
    this.onSend?.();
    this.input.value = "";
    this.suggest([]);
    this.changed(false);
    const word = /^\/\S+/.exec(text)?.[0];
    if (word && this.inThread) {
      notice({ channel, thread, text: `${word} does not work in threads. Use it in the conversation's main box.` });
      return;
    }
    this.busy.hidden = !word;
    const answer = word ? await post("/ui/command", { as, channel, text }) : await post("/ui/message", { as, channel, text, thread_ts: thread ?? undefined });
    this.busy.hidden = true;
    if (!answer.ok) {
      const message = answer.message ?? `${word ?? "Your message"} failed: ${answer.error}.`;
      notice({ channel, thread, text: message });
      announce(message);
      if (!this.input.value) this.insert(text);
      this.suggest([]);
    } else if (word === commands()[0]?.command) doneStep("command");
    await page.refresh({ channel });
  }

  openShortcuts() {
    const { channel } = this;
    openMenu(this.bolt, shortcuts("global").map((one) => ({ label: one.name, description: one.description || app().name, run: async () => {
      const answer = await post("/ui/shortcut", { as: store.as, callback_id: one.callback_id });
      if (!answer.ok) notice({ channel, text: answer.message ?? `“${one.name}” failed: ${answer.error}.` });
      await page.refresh({ channel });
    } })), "Shortcuts");
  }
}
