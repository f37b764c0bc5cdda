// Block Kit blocks -> DOM.
import { h, icon, link, safeUrl, uid } from "./dom.js";
import { plain } from "./emoji.js";
import { element } from "./elements.js";
import { markdown } from "./markdown.js";
import { mrkdwn } from "./mrkdwn.js";
import { richText, tableBlock } from "./richtext.js";

const text = (object) => (object?.type === "mrkdwn" ? mrkdwn(object.text, object) : h("div", { class: "plain", text: plain(object) }));

// The page asks nothing of other computers, so a picture from elsewhere is named and linked, not loaded.
function picture(source, small) {
  const url = source.image_url ?? source.slack_file?.url ?? "";
  const own = url.startsWith("/") && !url.startsWith("//");
  if (own) return h("img", { src: url, alt: source.alt_text ?? "", class: small ? "image-small" : "image" });
  if (small) return h("span", { class: "image-missing image-missing-small", role: "img", "aria-label": source.alt_text, title: source.alt_text }, icon("image"));
  return h("figure", { class: "image-missing", title: "The sandbox loads nothing from other computers" }, icon("image"),
    h("figcaption", {}, source.alt_text || "Picture", " ", safeUrl(url) ? link(url, "Open the picture") : null));
}

function section(block, ctx) {
  const accessory = block.accessory ? (block.accessory.type === "image" ? picture(block.accessory, true) : element(block.accessory, block, ctx).node) : null;
  return h("div", { class: `block-section${accessory ? " has-accessory" : ""}` },
    h("div", { class: "block-section-text" },
      block.text ? text(block.text) : null,
      block.fields?.length ? h("div", { class: "fields" }, block.fields.map((field) => h("div", { class: "field-cell" }, text(field)))) : null),
    accessory ? h("div", { class: "accessory" }, accessory) : null);
}

const context = (block) => h("div", { class: "block-context" }, (block.elements ?? []).map((one) => (one.type === "image" ? picture(one, true) : text(one))));

const actions = (block, ctx) => h("div", { class: "block-actions" }, (block.elements ?? []).map((one) => element(one, block, ctx).node));

function input(block, ctx) {
  const id = uid("field");
  const grouped = block.element?.type === "checkboxes" || block.element?.type === "radio_buttons";
  const label = h(grouped ? "div" : "label", { id: `${id}-label`, class: "label", for: grouped ? null : id, text: plain(block.label) });
  const hint = block.hint ? h("p", { id: `${id}-hint`, class: "hint", text: plain(block.hint) }) : null;
  const error = h("p", { id: `${id}-error`, class: "field-error", role: "alert", hidden: true });
  const made = element(block.element ?? {}, block, ctx, { id, labelledby: grouped ? `${id}-label` : undefined, describedby: [hint && `${id}-hint`, `${id}-error`].filter(Boolean).join(" ") });
  if (!block.optional && made.control && !grouped) made.control.setAttribute("aria-required", "true");
  ctx.errorSlots?.set(block.block_id, { error, control: made.control });
  return h("div", { class: "block-input" },
    h("div", { class: "label-row" }, label, block.optional ? h("span", { class: "optional", text: "(optional)" }) : null),
    made.node, error, hint);
}

function image(block) {
  return h("div", { class: "block-image" }, block.title ? h("p", { class: "image-title", text: plain(block.title) }) : null, picture(block, false));
}

const MAKERS = {
  section, context, actions, input, image,
  header: (block) => h("div", { class: "block-header", role: "heading", "aria-level": "3", text: plain(block.text) }),
  divider: () => h("hr", { class: "block-divider" }),
  markdown: (block) => markdown(block.text),
  rich_text: richText,
  table: tableBlock,
};

export function renderBlocks(blocks, ctx) {
  return h("div", { class: "blocks" }, (blocks ?? []).map((block) => {
    const make = MAKERS[block.type];
    const node = make ? make(block, ctx) : h("p", { class: "unknown", text: `This sandbox does not draw the block “${block.type}”.` });
    node.classList.add("block");
    if (block.block_id) node.dataset.block = block.block_id;
    return node;
  }));
}

export function renderAttachments(attachments, ctx) {
  return (attachments ?? []).map((one) => {
    const colour = /^#?[0-9a-f]{6}$/i.test(one.color ?? "") ? `#${one.color.replace("#", "")}` : { good: "#2f9e6b", warning: "#d9963a", danger: "#c2304a" }[one.color];
    const node = h("div", { class: "attachment" },
      one.pretext ? mrkdwn(one.pretext) : null,
      one.title ? h("p", { class: "attachment-title" }, one.title_link ? link(one.title_link, one.title) : one.title) : null,
      one.blocks?.length ? renderBlocks(one.blocks, ctx) : one.text ? mrkdwn(one.text) : one.fallback ? h("p", { text: one.fallback }) : null,
      one.fields?.length ? h("div", { class: "fields" }, one.fields.map((field) => h("div", { class: "field-cell" }, h("strong", { text: field.title }), mrkdwn(field.value)))) : null,
      one.footer ? h("p", { class: "attachment-footer", text: one.footer }) : null);
    if (colour) node.style.borderLeftColor = colour;
    return node;
  });
}
