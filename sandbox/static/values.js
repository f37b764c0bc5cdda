// What a form of Block Kit elements holds: what was typed, else what the server keeps, else the initial value.
import { plain } from "./emoji.js";
import { conversation, conversationName, nameOf } from "./store.js";

export const LISTS = new Set(["multi_static_select", "multi_external_select", "multi_users_select", "multi_conversations_select", "multi_channels_select", "checkboxes"]);
export const STATEFUL = new Set([...LISTS, "static_select", "external_select", "users_select", "conversations_select", "channels_select", "radio_buttons", "datepicker", "timepicker", "datetimepicker", "plain_text_input", "email_text_input", "url_text_input", "number_input"]);

export const keyOf = (block, element) => `${block.block_id ?? ""}\n${element.action_id ?? ""}`;

export const optionItem = (option) => ({ value: option.value, label: plain(option.text), note: option.description ? plain(option.description) : undefined });
export const userItem = (id) => ({ value: id, label: nameOf(id) });
export const conversationItem = (id) => {
  const found = conversation(id);
  return { value: id, label: found ? (found.kind === "app_dm" ? conversationName(found) : `#${found.name}`) : id };
};

const given = (value) => value !== undefined && value !== null;
const wrap = (value, make) => (given(value) ? [make(value)] : null);

// Items ({value, label}) of a choosing element from `selected_*` (server) or `initial_*` (the block).
export function items(element, source, prefix) {
  const read = (name) => source?.[`${prefix}_${name}`];
  switch (element.type) {
    case "static_select": case "external_select": case "radio_buttons": return wrap(read("option"), optionItem);
    case "multi_static_select": case "multi_external_select": case "checkboxes": return given(read("options")) ? read("options").map(optionItem) : null;
    case "users_select": return wrap(read("user"), userItem);
    case "multi_users_select": return given(read("users")) ? read("users").map(userItem) : null;
    case "conversations_select": return wrap(read("conversation"), conversationItem);
    case "channels_select": return wrap(read("channel"), conversationItem);
    case "multi_conversations_select": return given(read("conversations")) ? read("conversations").map(conversationItem) : null;
    case "multi_channels_select": return given(read("channels")) ? read("channels").map(conversationItem) : null;
    default: return null;
  }
}

function simple(element, source, server) {
  switch (element.type) {
    case "datepicker": return server ? source?.selected_date : source?.initial_date;
    case "timepicker": return server ? source?.selected_time : source?.initial_time;
    case "datetimepicker": return server ? source?.selected_date_time : source?.initial_date_time;
    default: return server ? source?.value : source?.initial_value;
  }
}

// The value to begin with: an array of items for choosing elements, else a string or number or null.
export function initial(element, block, ctx) {
  const typed = ctx.typed.get(keyOf(block, element));
  if (typed !== undefined) return typed;
  const kept = ctx.kept?.[block.block_id]?.[element.action_id];
  const choosing = items(element, {}, "x") !== null || LISTS.has(element.type) || /select|radio/.test(element.type);
  const source = kept ?? element;
  if (choosing) return items(element, source, kept ? "selected" : "initial") ?? [];
  return simple(element, source, Boolean(kept)) ?? null;
}

// What the server wants for it.
export function wire(element, value) {
  if (LISTS.has(element.type)) return (value ?? []).map((one) => one.value);
  if (Array.isArray(value)) return value[0]?.value ?? null;
  return value === "" || value === undefined ? null : value;
}

export function collect(ctx) {
  const state = {};
  for (const field of ctx.fields) (state[field.block.block_id] ??= {})[field.element.action_id] = wire(field.element, field.get());
  return state;
}

// What Slack's own page checks before it sends a form.
export function complaints(ctx) {
  const errors = {};
  for (const { block, element, get } of ctx.fields) {
    if (block.type !== "input") continue;
    const value = wire(element, get());
    const empty = value === null || (Array.isArray(value) ? !value.length : !String(value).trim());
    if (empty && !block.optional) errors[block.block_id] = "Please complete this required field.";
    else if (!empty && typeof value === "string") {
      const length = Array.from(value).length;
      if (element.min_length && length < element.min_length) errors[block.block_id] = `Please write at least ${element.min_length} characters.`;
      else if (element.max_length && length > element.max_length) errors[block.block_id] = `Please write at most ${element.max_length} characters.`;
    }
  }
  return errors;
}
