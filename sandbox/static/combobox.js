// One select for everything: type to filter, arrows to move, one choice or many.
import { fill, h, icon, uid } from "./dom.js";
import { place } from "./popover.js";

// load(query) -> [{label?, options: [{value, label, note?}]}] (or a promise of it, or {hint: "…"})
export function combobox({ id = uid("combo"), name, placeholder, many = false, max = Infinity, selected = [], clearable = false, load, onChange, describedby, labelledby }) {
  let chosen = [...selected];
  let shown = [];
  let active = -1;
  let opened = false;
  let asked = 0;
  const listId = `${id}-list`;
  const input = h("input", {
    id, type: "text", class: "combo-input", role: "combobox", autocomplete: "off", spellcheck: "false", "aria-autocomplete": "list", "aria-expanded": "false", "aria-controls": listId,
    "aria-label": name, "aria-labelledby": labelledby, "aria-describedby": describedby,
  });
  const chips = h("span", { class: "combo-chips" });
  const clear = h("button", { type: "button", class: "combo-clear", "aria-label": `Clear ${name ?? "choice"}`, tabindex: "-1", on: { click: () => { set([], true); input.focus(); } } }, icon("close"));
  const list = h("div", { id: listId, class: "combo-list", role: "listbox", "aria-label": name ?? placeholder ?? "Options", "aria-multiselectable": many ? "true" : null, popover: "manual" });
  const box = h("div", { class: `combo${many ? " combo-many" : ""}` }, chips, input, clear, icon("down", "combo-arrow"));
  const node = h("div", { class: "combo-wrap" }, box, list);

  function paint() {
    if (!many) input.value = chosen[0]?.label ?? "";
    input.placeholder = many && chosen.length ? "" : placeholder || "Choose an option";
    clear.hidden = many || !clearable || !chosen.length;
    fill(chips, many ? chosen.map((one) => h("span", { class: "chip" }, one.label, h("button", { type: "button", "aria-label": `Remove ${one.label}`, on: { click: (event) => { event.stopPropagation(); set(chosen.filter((other) => other !== one), true); input.focus(); } } }, icon("close")))) : null);
  }

  function set(next, tell) {
    chosen = next;
    paint();
    if (opened) mark();
    if (tell) onChange?.(chosen);
  }

  function mark(scroll = true) {
    shown.forEach((one, index) => {
      one.node.setAttribute("aria-selected", String(chosen.some((other) => other.value === one.value)));
      one.node.classList.toggle("is-active", index === active);
    });
    if (active >= 0) {
      input.setAttribute("aria-activedescendant", shown[active].node.id);
      if (scroll) shown[active].node.scrollIntoView({ block: "nearest" });
    } else input.removeAttribute("aria-activedescendant");
  }

  async function search(query) {
    const turn = ++asked;
    const answer = load(query);
    if (answer instanceof Promise && !shown.length) fill(list, h("p", { class: "combo-note" }, h("span", { class: "spinner" }), " Searching…"));
    const result = await answer;
    if (turn !== asked || !opened) return;
    shown = [];
    fill(list);
    for (const group of result.hint ? [] : result) {
      const options = group.options.map((one) => {
        const option = h("div", { class: "combo-option", role: "option", id: uid("option"), on: { pointerdown: (event) => event.preventDefault(), pointermove: () => point(one), click: () => pick(one) } },
          h("span", { class: "combo-label", text: one.label }), one.note ? h("span", { class: "combo-option-note", text: one.note }) : null, icon("check", "combo-check"));
        shown.push({ ...one, node: option });
        return option;
      });
      if (!options.length) continue;
      list.append(group.label ? h("div", { role: "group", "aria-label": group.label }, h("div", { class: "combo-group", "aria-hidden": "true", text: group.label }), options) : h("div", { role: "presentation" }, options));
    }
    if (!shown.length) list.append(h("p", { class: "combo-note", text: result.hint ?? "No results" }));
    const current = shown.findIndex((one) => chosen.some((other) => other.value === one.value));
    active = shown.length ? Math.max(0, current) : -1;
    mark();
    place(list, box, { width: box.offsetWidth });
  }

  function open() {
    if (opened || input.disabled) return;
    opened = true;
    input.setAttribute("aria-expanded", "true");
    if (!many) input.select();
    place(list, box, { width: box.offsetWidth });
    search("");
  }

  function close() {
    if (!opened) return;
    opened = false;
    asked += 1;
    input.setAttribute("aria-expanded", "false");
    input.removeAttribute("aria-activedescendant");
    if (list.hidePopover && list.matches(":popover-open")) list.hidePopover();
    fill(list);
    shown = [];
    if (many) input.value = "";
    paint();
  }

  function point(one) {
    const at = shown.findIndex((other) => other.value === one.value);
    if (at === active) return;
    active = at;
    mark(false);
  }

  function pick(one) {
    const item = { value: one.value, label: one.label };
    if (many) {
      const has = chosen.some((other) => other.value === one.value);
      if (!has && chosen.length >= max) return;
      input.value = "";
      set(has ? chosen.filter((other) => other.value !== one.value) : [...chosen, item], true);
    } else {
      close();
      if (chosen[0]?.value !== one.value) set([item], true);
    }
  }

  box.addEventListener("pointerdown", (event) => {
    if (event.target.closest("button")) return;
    if (event.target !== input) { event.preventDefault(); input.focus(); }
    if (opened && !many) close();
    else open();
  });
  input.addEventListener("input", () => { if (!opened) { opened = true; input.setAttribute("aria-expanded", "true"); place(list, box, { width: box.offsetWidth }); } search(input.value.trim()); });
  input.addEventListener("blur", () => setTimeout(() => { if (document.activeElement !== input) close(); }, 0));
  input.addEventListener("keydown", (event) => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step) {
      if (!opened) open();
      else if (shown.length) { active = (active + step + shown.length) % shown.length; mark(); }
    } else if (event.key === "Enter") {
      if (opened && active >= 0) pick(shown[active]);
      else if (!opened) open();
    } else if (event.key === "Escape" && opened) close();
    else if (event.key === "Backspace" && many && !input.value && chosen.length) { set(chosen.slice(0, -1), true); return; }
    else return;
    event.preventDefault();
    event.stopPropagation();
  });
  paint();
  return { node, input, get: () => chosen, set };
}

// Options on hand, filtered by what was typed.
export const fixed = (groups) => (query) => {
  const wanted = query.toLowerCase();
  const fits = (one) => !wanted || one.label.toLowerCase().includes(wanted) || one.note?.toLowerCase().includes(wanted);
  return groups.map((group) => ({ label: group.label, options: group.options.filter(fits) })).filter((group) => group.options.length);
};
