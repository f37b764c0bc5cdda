// The `rich_text` block and the `table` block.
import { h, link } from "./dom.js";
import { EMOJI } from "./emoji.js";
import { broadcastMention, channelMention, dateNode, userMention } from "./mrkdwn.js";

function styled(node, style = {}) {
  const wraps = { bold: "strong", italic: "em", strike: "s", underline: "u", code: "code" };
  return Object.entries(wraps).reduce((inner, [name, tag]) => (style[name] ? h(tag, {}, inner) : inner), node);
}

function piece(one) {
  switch (one.type) {
    case "text": return styled(document.createTextNode(one.text ?? ""), one.style);
    case "link": return styled(link(one.url, one.text || one.url), one.style);
    case "emoji": return document.createTextNode(EMOJI.get(one.name) ?? `:${one.name}:`);
    case "user": return styled(userMention(one.user_id), one.style);
    case "usergroup": return h("span", { class: "mention", text: `@${one.usergroup_id}` });
    case "channel": return styled(channelMention(one.channel_id), one.style);
    case "broadcast": return broadcastMention(one.range);
    case "date": return dateNode(one.timestamp, one.format ?? "{date}", one.url, one.fallback);
    case "color": return h("code", { text: one.value });
    default: return document.createTextNode(one.text ?? "");
  }
}

const pieces = (list) => (list ?? []).map(piece);

function part(element) {
  switch (element.type) {
    case "rich_text_section": return h("div", { class: "para" }, pieces(element.elements));
    case "rich_text_quote": return h("blockquote", {}, pieces(element.elements));
    case "rich_text_preformatted": return h("pre", {}, pieces(element.elements));
    case "rich_text_list": {
      const items = (element.elements ?? []).map((item) => h("li", {}, pieces(item.elements)));
      const ordered = element.style === "ordered";
      return h(ordered ? "ol" : "ul", { class: `indent-${Math.min(4, element.indent ?? 0)}`, start: ordered && element.offset ? element.offset + 1 : null }, items);
    }
    default: return null;
  }
}

export const richText = (block) => h("div", { class: "rich-text mrkdwn" }, (block.elements ?? []).map(part));

export function tableBlock(block) {
  const cell = (one) => (one?.type === "rich_text" ? richText(one) : document.createTextNode(one?.text ?? ""));
  const [head, ...body] = block.rows ?? [];
  const row = (tag) => (cells) => h("tr", {}, (cells ?? []).map((one, index) => h(tag, { class: `align-${block.column_settings?.[index]?.align ?? "left"}` }, cell(one))));
  return h("div", { class: "table-scroll" }, h("table", {}, h("thead", {}, head ? row("th")(head) : null), h("tbody", {}, body.map(row("td")))));
}
