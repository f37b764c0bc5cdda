// Block Kit's interactive elements. Each answers {node, get?}; pressing or choosing goes through ctx.act.
import { h, icon, safeUrl, uid } from "./dom.js";
import { combobox, fixed } from "./combobox.js";
import { epochToZoned, zoneName, zonedToEpoch } from "./dates.js";
import { plain } from "./emoji.js";
import { mrkdwn } from "./mrkdwn.js";
import { confirmed, openMenu } from "./popover.js";
import { conversations, conversationName, people, nameOf } from "./store.js";
import { conversationItem, initial, keyOf, LISTS, optionItem, wire } from "./values.js";

const ask = (confirm) => confirmed(confirm ? { ...confirm, render: (object) => mrkdwn(object.text) } : null);
const text = (object) => (object?.type === "mrkdwn" ? mrkdwn(object.text) : document.createTextNode(plain(object)));

async function press(node, element, block, ctx, value, label) {
  if (node.getAttribute("aria-busy") === "true" || !(await ask(element.confirm))) return;
  node.setAttribute("aria-busy", "true");
  await ctx.act(block, element, value, label);
  node.setAttribute("aria-busy", "false");
}

function button(element, block, ctx) {
  const label = plain(element.text);
  const style = { primary: "button-primary", danger: "button-danger" }[element.style] ?? "";
  const url = safeUrl(element.url);
  const click = { click: () => press(node, element, block, ctx, undefined, label) };
  const node = url
    ? h("a", { href: url, target: "_blank", rel: "noopener noreferrer", class: `button ${style}`, "aria-label": element.accessibility_label, on: click }, label)
    : h("button", { type: "button", class: `button ${style}`, "aria-label": element.accessibility_label, on: click }, label);
  return { node };
}

function overflow(element, block, ctx) {
  const node = h("button", { type: "button", class: "button button-overflow", "aria-label": "More actions", "aria-haspopup": "menu", "aria-expanded": "false", on: { click: () => openMenu(node, (element.options ?? []).map((option) => ({
    label: plain(option.text),
    description: option.description ? plain(option.description) : null,
    run: () => {
      if (safeUrl(option.url)) window.open(safeUrl(option.url), "_blank", "noopener,noreferrer");
      press(node, element, block, ctx, option.value, plain(option.text));
    },
  })), "More actions") } }, icon("dots"));
  return { node };
}

const optionGroups = (source) => (source.option_groups?.length ? source.option_groups.map((group) => ({ label: plain(group.label), options: (group.options ?? []).map(optionItem) })) : [{ options: (source.options ?? []).map(optionItem) }]);

function userGroups() {
  const notes = { guest: "Guest", stranger: "Other workspace", bot: "App", app: "App" };
  return [{ options: people().filter((one) => !one.deleted).map((one) => ({ value: one.id, label: nameOf(one.id), note: notes[one.kind] ?? one.title })) }];
}

function conversationGroups(element) {
  const wanted = element.filter?.include;
  const fits = (one) => {
    if (one.archived) return false;
    if (element.type.includes("channels")) return one.kind !== "app_dm" && !one.private;
    return !wanted || wanted.includes(one.kind === "app_dm" ? "im" : one.private ? "private" : "public");
  };
  return [{ options: conversations().filter(fits).map((one) => ({ ...conversationItem(one.id), note: one.kind === "app_dm" ? `Direct message with ${conversationName(one)}` : one.topic })) }];
}

function loader(element, block, ctx) {
  if (element.type.includes("users")) return fixed(userGroups());
  if (element.type.includes("conversations") || element.type.includes("channels")) return fixed(conversationGroups(element));
  if (!element.type.includes("external")) return fixed(optionGroups(element));
  let turn = 0;
  const least = element.min_query_length ?? 3;
  return async (query) => {
    const mine = ++turn;
    if (Array.from(query).length < least) return { hint: `Type at least ${least} character${least === 1 ? "" : "s"}.` };
    await new Promise((done) => setTimeout(done, query ? 200 : 0));
    if (mine !== turn) return { hint: "…" };
    const answer = await ctx.suggest(block, element, query);
    return answer.ok ? optionGroups(answer) : { hint: answer.message ?? "The app did not answer with options." };
  };
}

function select(element, block, ctx, look) {
  const many = LISTS.has(element.type);
  const inside = block.type === "input";
  let before = initial(element, block, ctx);
  const widget = combobox({
    ...look, many, max: element.max_selected_items, selected: before, placeholder: plain(element.placeholder), name: inside ? undefined : plain(element.placeholder) || "Choose",
    clearable: inside && block.optional, load: loader(element, block, ctx),
    onChange: async (next) => {
      if (!inside && !(await ask(element.confirm))) { widget.set(before, false); return; }
      before = next;
      ctx.typed.set(keyOf(block, element), next);
      ctx.changed(block, element, wire(element, next));
    },
  });
  return { node: widget.node, control: widget.input, get: widget.get };
}

function choices(element, block, ctx, look) {
  const many = element.type === "checkboxes";
  const chosen = initial(element, block, ctx).map((one) => one.value);
  const group = look.id ?? uid("choices");
  const read = () => (element.options ?? []).filter((_, index) => inputs[index].checked).map(optionItem);
  const inputs = (element.options ?? []).map((option) => h("input", { type: many ? "checkbox" : "radio", id: uid("choice"), name: group, on: { change: () => {
    ctx.typed.set(keyOf(block, element), read());
    ctx.changed(block, element, wire(element, read()));
  } } }));
  inputs.forEach((input, index) => { input.checked = chosen.includes(element.options[index].value); });
  const node = h("div", { id: group, class: "choices", tabindex: "-1", role: many ? "group" : "radiogroup", "aria-labelledby": look.labelledby, "aria-label": look.labelledby ? null : "Options", "aria-describedby": look.describedby },
    inputs.map((input, index) => h("div", { class: "choice" }, input, h("label", { for: input.id }, text(element.options[index].text)),
      element.options[index].description ? h("div", { class: "choice-note" }, text(element.options[index].description)) : null)));
  return { node, control: inputs[0] ?? node, get: read };
}

function pickTime(element, block, ctx, look) {
  const whole = element.type === "datetimepicker";
  const type = { datepicker: "date", timepicker: "time", datetimepicker: "datetime-local" }[element.type];
  const start = initial(element, block, ctx);
  const input = h("input", { id: look.id, type, class: "input input-time", "aria-label": block.type === "input" ? null : plain(element.placeholder) || "Choose a time", "aria-describedby": look.describedby, value: start === null ? "" : whole ? epochToZoned(Number(start)) : start });
  const get = () => (input.value ? (whole ? zonedToEpoch(input.value) : input.value) : null);
  let wait;
  input.addEventListener("change", () => {
    ctx.typed.set(keyOf(block, element), get());
    clearTimeout(wait);
    wait = setTimeout(async () => { if (block.type === "input" || (await ask(element.confirm))) ctx.changed(block, element, get()); }, block.type === "input" ? 0 : 500);
  });
  const zoned = whole ? h("span", { class: "input-zone", text: zoneName() }) : null;
  return { node: h("div", { class: "time-wrap" }, input, zoned), control: input, get };
}

function textInput(element, block, ctx, look) {
  const multiline = element.type === "plain_text_input" && element.multiline;
  const kind = { email_text_input: "email", url_text_input: "url", number_input: "text" }[element.type] ?? "text";
  const start = initial(element, block, ctx);
  const input = h(multiline ? "textarea" : "input", {
    id: look.id, class: "input", type: multiline ? null : kind, rows: multiline ? 4 : null, placeholder: plain(element.placeholder) || null, autocomplete: "off",
    inputmode: element.type === "number_input" ? "decimal" : null, "aria-label": block.type === "input" ? null : plain(element.placeholder) || "Text", "aria-describedby": look.describedby, value: start ?? "",
  });
  const get = () => input.value || null;
  const limit = element.max_length ?? (element.type === "plain_text_input" ? 3000 : 0);
  const counter = h("span", { class: "counter", "aria-hidden": "true" });
  const count = () => {
    const left = limit - Array.from(input.value).length;
    counter.hidden = !limit || (!element.max_length && left > 200) || (limit > 400 && left > limit / 2);
    counter.textContent = String(left);
    counter.classList.toggle("counter-over", left < 0);
  };
  count();
  const triggers = element.dispatch_action_config?.trigger_actions_on ?? ["on_enter_pressed"];
  let wait;
  input.addEventListener("input", () => {
    ctx.typed.set(keyOf(block, element), input.value);
    count();
    ctx.touched?.(block);
    if (block.dispatch_action && triggers.includes("on_character_entered")) {
      clearTimeout(wait);
      wait = setTimeout(() => ctx.act(block, element, get()), 300);
    }
  });
  input.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || event.isComposing || (multiline && !(event.metaKey || event.ctrlKey))) return;
    event.preventDefault();
    if (block.dispatch_action && triggers.includes("on_enter_pressed") && !multiline) ctx.act(block, element, get());
    else ctx.submit?.();
  });
  return { node: h("div", { class: "input-wrap" }, input, counter), control: input, get };
}

const MAKERS = { button, overflow, checkboxes: choices, radio_buttons: choices, datepicker: pickTime, timepicker: pickTime, datetimepicker: pickTime, plain_text_input: textInput, email_text_input: textInput, url_text_input: textInput, number_input: textInput };

export function element(source, block, ctx, look = {}) {
  const make = MAKERS[source.type] ?? (/_select$/.test(source.type) ? select : null);
  if (!make) return { node: h("span", { class: "unknown", text: `This sandbox does not draw “${source.type}”.` }) };
  const made = make(source, block, ctx, look);
  if (made.control) made.control.dataset.field = keyOf(block, source);
  if (made.get) ctx.fields.push({ block, element: source, get: made.get, control: made.control });
  return made;
}
