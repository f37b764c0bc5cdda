// The `markdown` block: standard Markdown, another language than mrkdwn. The usual part of it, as DOM.
import { h, link } from "./dom.js";
import { emojiText } from "./emoji.js";
import { broadcastMention, channelMention, userMention } from "./mrkdwn.js";

const INLINE = /(\\[\\`*_{}[\]()#+\-.!~>|])|`([^`]+)`|!?\[([^\]]*)\]\(([^()\s]+)\)|\*\*([^*]+(?:\*[^*]+)*)\*\*|__([^_]+)__|~~([^~]+)~~|\*([^*\s][^*]*)\*|(?<![\p{L}\p{N}])_([^_\s][^_]*)_(?![\p{L}\p{N}])|<@([UW][A-Z0-9]+)>|<#([CG][A-Z0-9]+)>|<!(channel|here|everyone)>|<(https?:[^>\s]+)>|(https?:\/\/[^\s<>)]+)/gu;

function span(text) {
  const out = [];
  let last = 0;
  const decode = (piece) => emojiText(piece.replace(/&lt;/g, "<").replace(/&gt;/g, ">").replace(/&amp;/g, "&"));
  for (const m of text.matchAll(INLINE)) {
    if (m.index > last) out.push(decode(text.slice(last, m.index)));
    last = m.index + m[0].length;
    if (m[1]) out.push(m[1].slice(1));
    else if (m[2] !== undefined) out.push(h("code", { text: decode(m[2]) }));
    else if (m[4] !== undefined) out.push(link(decode(m[4]), ...span(m[3] || m[4])));
    else if (m[5] ?? m[6]) out.push(h("strong", {}, span(m[5] ?? m[6])));
    else if (m[7]) out.push(h("s", {}, span(m[7])));
    else if (m[8] ?? m[9]) out.push(h("em", {}, span(m[8] ?? m[9])));
    else if (m[10]) out.push(userMention(m[10]));
    else if (m[11]) out.push(channelMention(m[11]));
    else if (m[12]) out.push(broadcastMention(m[12]));
    else out.push(link(decode(m[13] ?? m[14]), decode(m[13] ?? m[14])));
  }
  if (last < text.length) out.push(decode(text.slice(last)));
  return out;
}

const cells = (row) => row.trim().replace(/^\||\|$/g, "").split("|").map((cell) => cell.trim());

function table(rows) {
  const [head, , ...body] = rows;
  return h("div", { class: "table-scroll" }, h("table", {},
    h("thead", {}, h("tr", {}, cells(head).map((cell) => h("th", { scope: "col" }, span(cell))))),
    h("tbody", {}, body.map((row) => h("tr", {}, cells(row).map((cell) => h("td", {}, span(cell))))))));
}

const LIST = /^(\s*)([-*+]|\d+[.)])\s+(.*)$/;

function list(rows) {
  const ordered = /\d/.test(LIST.exec(rows[0])[2]);
  const items = rows.map((row) => {
    const [, indent, , text] = LIST.exec(row);
    const task = /^\[([ xX])\]\s+(.*)$/.exec(text);
    return h("li", { class: indent.length > 1 ? "list-deep" : null }, task ? [task[1] === " " ? "☐ " : "☑ ", ...span(task[2])] : span(text));
  });
  return h(ordered ? "ol" : "ul", ordered ? { start: Number.parseInt(LIST.exec(rows[0])[2], 10) } : {}, items);
}

export function markdown(source) {
  const root = h("div", { class: "markdown" });
  const rows = String(source ?? "").split("\n");
  const take = (at, test) => {
    const taken = [];
    while (at + taken.length < rows.length && test(rows[at + taken.length])) taken.push(rows[at + taken.length]);
    return taken;
  };
  for (let at = 0; at < rows.length;) {
    const row = rows[at];
    const heading = /^(#{1,6})\s+(.*)$/.exec(row);
    if (/^\s*```/.test(row)) {
      const body = take(at + 1, (one) => !/^\s*```/.test(one));
      root.append(h("pre", { text: body.join("\n") }));
      at += body.length + 2;
    } else if (heading) {
      root.append(h("p", { class: "md-heading", role: "heading", "aria-level": Math.min(6, heading[1].length + 2) }, span(heading[2])));
      at += 1;
    } else if (/^\s*([-*_])(\s*\1){2,}\s*$/.test(row)) {
      root.append(h("hr"));
      at += 1;
    } else if (/^>/.test(row)) {
      const quoted = take(at, (one) => /^>/.test(one));
      root.append(h("blockquote", {}, markdown(quoted.map((one) => one.replace(/^> ?/, "")).join("\n"))));
      at += quoted.length;
    } else if (LIST.test(row)) {
      const listed = take(at, (one) => LIST.test(one));
      root.append(list(listed));
      at += listed.length;
    } else if (row.includes("|") && /^\s*\|?\s*:?-+:?\s*(\|\s*:?-+:?\s*)*\|?\s*$/.test(rows[at + 1] ?? "")) {
      const grid = take(at, (one) => one.includes("|"));
      root.append(table(grid));
      at += grid.length;
    } else if (!row.trim()) at += 1;
    else {
      const text = [row, ...take(at + 1, (one) => one.trim() && !/^(#{1,6}\s|>|\s*```)/.test(one) && !LIST.test(one))];
      root.append(h("p", {}, text.flatMap((line, index) => (index ? [h("br"), ...span(line)] : span(line)))));
      at += text.length;
    }
  }
  return root;
}
