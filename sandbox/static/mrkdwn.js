// Slack's mrkdwn -> DOM. Nothing here makes markup out of text: every piece ends in a text node.
import { h, link } from "./dom.js";
import { expandDate, liveTime } from "./dates.js";
import { EMOJI } from "./emoji.js";
import { conversation, conversationName, nameOf, person, store } from "./store.js";

const unescape = (text) => text.replace(/&lt;/g, "<").replace(/&gt;/g, ">").replace(/&amp;/g, "&");

export function userMention(id, fallback = "") {
  const known = person(id) || nameOf(id) !== id;
  const mine = id === store.as;
  return h("span", { class: `mention${mine ? " mention-me" : ""}`, title: id, text: `@${known ? nameOf(id) : fallback || id}` });
}

export function channelMention(id, fallback = "") {
  const found = conversation(id);
  const name = found ? conversationName(found) : fallback || "private-channel";
  if (!found) return h("span", { class: "mention", title: id, text: `#${name}` });
  return h("a", { class: "mention", href: `#${id}`, text: `#${name}` });
}

export const broadcastMention = (range) => h("span", { class: "mention mention-me", text: `@${range}` });

export function dateNode(ts, pattern, url, fallback) {
  const seconds = Number(ts);
  const valid = Number.isFinite(seconds) && Math.abs(seconds) < 8e12;
  const text = valid ? expandDate(seconds, pattern) : null;
  if (text === null) return document.createTextNode(fallback ?? "");
  const node = liveTime(seconds, () => expandDate(seconds, pattern), { class: "date-token" });
  return url ? link(url, node) : node;
}

// The inside of <…>, still escaped; null when it is no entity.
function entity(inside) {
  const bar = inside.indexOf("|");
  const target = bar < 0 ? inside : inside.slice(0, bar);
  const label = bar < 0 ? "" : unescape(inside.slice(bar + 1));
  if (/^@[UWB][A-Z0-9]+$/.test(target)) return userMention(target.slice(1), label);
  if (/^#[CGD][A-Z0-9]+$/.test(target)) return channelMention(target.slice(1), label);
  if (/^!(channel|here|everyone)$/.test(target)) return broadcastMention(target.slice(1));
  if (target.startsWith("!subteam^")) return h("span", { class: "mention", text: label || `@${target.slice(9)}` });
  const date = /^!date\^(-?\d+)\^([^^]*)(?:\^(.+))?$/.exec(target);
  if (date) return dateNode(date[1], unescape(date[2]), date[3] ? unescape(date[3]) : null, label);
  if (target.startsWith("!")) return h("span", { text: label || `<${unescape(target)}>` });
  if (/^(https?:\/\/|mailto:|tel:)/i.test(target)) return link(unescape(target), label || unescape(target).replace(/^mailto:/, ""));
  return null;
}

// Text -> items: single characters, or nodes that emphasis may enclose but not look into.
function itemize(text) {
  const items = [];
  const token = /<([^<>\n]+)>|`([^`\n]+)`|:([a-z0-9_+'-]+):(?::skin-tone-[2-6]:)?|https?:\/\/[^\s<>|]+/g;
  let last = 0;
  const push = (piece) => items.push(...Array.from(unescape(piece)));
  for (const match of text.matchAll(token)) {
    let node = null;
    let end = match.index + match[0].length;
    if (match[1] !== undefined) node = entity(match[1]);
    else if (match[2] !== undefined) node = h("code", { text: unescape(match[2]) });
    else if (match[3] !== undefined) node = EMOJI.has(match[3]) ? h("span", { class: "emoji", role: "img", "aria-label": match[3].replace(/_/g, " "), title: `:${match[3]}:`, text: EMOJI.get(match[3]) }) : null;
    else {
      const bare = match[0].replace(/(?:&gt;|[.,;:!?)'"*_~\]])+$/, "");
      end = match.index + bare.length;
      node = link(unescape(bare), unescape(bare));
    }
    if (!node) continue;
    push(text.slice(last, match.index));
    items.push(node);
    last = end;
  }
  push(text.slice(last));
  return items;
}

const MARKS = { "*": "strong", _: "em", "~": "s" };
const isWord = (item) => typeof item === "string" && /[\p{L}\p{N}]/u.test(item);
const isSpace = (item) => typeof item === "string" && /\s/.test(item);

function closing(items, mark, from) {
  for (let at = from + 1; at < items.length; at += 1) {
    if (items[at] !== mark) continue;
    return at > from + 1 && !isSpace(items[at - 1]) && !isWord(items[at + 1]) && items[at + 1] !== mark ? at : -1;
  }
  return -1;
}

function emphasise(items) {
  const out = [];
  let text = "";
  const flush = () => { if (text) out.push(document.createTextNode(text)); text = ""; };
  for (let at = 0; at < items.length; at += 1) {
    const item = items[at];
    const opens = MARKS[item] && !isWord(items[at - 1]) && items[at - 1] !== item && at + 1 < items.length && !isSpace(items[at + 1]) && items[at + 1] !== item;
    const end = opens ? closing(items, item, at) : -1;
    if (end > 0) {
      flush();
      out.push(h(MARKS[item], {}, emphasise(items.slice(at + 1, end))));
      at = end;
    } else if (typeof item === "string") text += item;
    else {
      flush();
      out.push(item);
    }
  }
  flush();
  return out;
}

export const inline = (line) => emphasise(itemize(line));

const BULLET = /^(\s*)([•◦▪‣-]|\d{1,3}[.)])\s+(.+)$/;
const QUOTE = /^(?:&gt;|>)(?!&gt;|>) ?/;

function lines(text) {
  const out = [];
  let paragraph = [];
  const flush = () => {
    if (paragraph.length) out.push(h("div", { class: "para" }, paragraph));
    paragraph = [];
  };
  const rows = text.split("\n");
  for (let at = 0; at < rows.length; at += 1) {
    const row = rows[at];
    if (/^(?:&gt;|>){3}/.test(row)) {
      flush();
      const rest = [row.replace(/^(?:&gt;|>){3} ?/, ""), ...rows.slice(at + 1)].join("\n");
      out.push(h("blockquote", {}, lines(rest)));
      return out;
    }
    if (QUOTE.test(row)) {
      flush();
      const quoted = [];
      while (at < rows.length && QUOTE.test(rows[at])) quoted.push(rows[at++].replace(QUOTE, ""));
      at -= 1;
      out.push(h("blockquote", {}, lines(quoted.join("\n"))));
      continue;
    }
    const bullet = BULLET.exec(row);
    if (bullet) {
      flush();
      out.push(h("div", { class: `list-line${bullet[1].length > 1 ? " list-deep" : ""}` }, h("span", { class: "list-mark", text: `${bullet[2]} ` }), h("span", {}, inline(bullet[3]))));
      continue;
    }
    if (paragraph.length) paragraph.push(h("br"));
    paragraph.push(...inline(row));
  }
  flush();
  return out;
}

export function mrkdwn(text, { verbatim = false } = {}) {
  const root = h("div", { class: "mrkdwn" });
  const pieces = String(text ?? "").split(/```/);
  pieces.forEach((piece, index) => {
    const fenced = index % 2 === 1 && index < pieces.length - 1;
    if (fenced) root.append(h("pre", { text: unescape(piece.replace(/<((?:https?:|mailto:)[^|>]+)(?:\|([^>]*))?>/g, (_, url, label) => label || url).replace(/^\n|\n$/g, "")) }));
    else {
      const unfenced = index % 2 === 1 ? `\`\`\`${piece}` : piece;
      const trimmed = index > 0 ? unfenced.replace(/^\n/, "") : unfenced;
      if (trimmed) root.append(...lines(index < pieces.length - 1 ? trimmed.replace(/\n$/, "") : trimmed));
    }
  });
  if (verbatim) root.classList.add("verbatim");
  return root;
}
