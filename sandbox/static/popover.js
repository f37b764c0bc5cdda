// Floating things: where they stand, menus, and the confirmation dialog.
import { add, h } from "./dom.js";
import { plain } from "./emoji.js";

// Puts `panel` (already in the document, beside its anchor) under or above the anchor, inside the window.
export function place(panel, anchor, { width = null, align = "start" } = {}) {
  if (panel.showPopover && !panel.matches(":popover-open")) panel.showPopover();
  const rect = anchor.getBoundingClientRect();
  const margin = 8;
  if (width) panel.style.minWidth = `${Math.min(width, innerWidth - 2 * margin)}px`;
  panel.style.maxHeight = "";
  const below = innerHeight - rect.bottom - margin;
  const above = rect.top - margin;
  const wanted = panel.scrollHeight + 2;
  const under = below >= Math.min(wanted, 220) || below >= above;
  panel.style.maxHeight = `${Math.max(96, Math.min(320, under ? below - 4 : above - 4))}px`;
  const box = panel.getBoundingClientRect();
  const left = align === "end" ? rect.right - box.width : rect.left;
  panel.style.left = `${Math.max(margin, Math.min(left, innerWidth - box.width - margin))}px`;
  panel.style.top = `${under ? rect.bottom + 4 : Math.max(margin, rect.top - box.height - 4)}px`;
}

let closeMenu = () => {};

// items: {label, description?, danger?, run}
export function openMenu(anchor, items, label) {
  closeMenu();
  const panel = h("div", { class: "menu", role: "menu", "aria-label": label, popover: "manual" });
  const buttons = items.map((item) => h("button", { type: "button", role: "menuitem", tabindex: "-1", class: item.danger ? "menu-danger" : null, on: { click: () => { close(true); item.run(); } } },
    h("span", { class: "menu-label", text: item.label }), item.description ? h("span", { class: "menu-note", text: item.description }) : null));
  add(panel, buttons.length ? buttons : [h("p", { class: "menu-note", text: "Nothing here." })]);
  anchor.after(panel);
  anchor.setAttribute("aria-expanded", "true");
  place(panel, anchor, { width: 200, align: "end" });
  const outside = (event) => { if (!panel.contains(event.target) && !anchor.contains(event.target)) close(false); };
  const onScroll = (event) => { if (!panel.contains(event.target)) close(false); };
  function close(refocus) {
    document.removeEventListener("pointerdown", outside, true);
    document.removeEventListener("scroll", onScroll, true);
    anchor.setAttribute("aria-expanded", "false");
    panel.remove();
    closeMenu = () => {};
    if (refocus) anchor.focus({ preventScroll: true });
  }
  closeMenu = () => close(false);
  document.addEventListener("pointerdown", outside, true);
  document.addEventListener("scroll", onScroll, true);
  panel.addEventListener("keydown", (event) => {
    const at = buttons.indexOf(document.activeElement);
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step) buttons[(at + step + buttons.length) % buttons.length]?.focus();
    else if (event.key === "Home") buttons[0]?.focus();
    else if (event.key === "End") buttons.at(-1)?.focus();
    else if (event.key === "Escape" || event.key === "Tab") close(true);
    else return;
    event.preventDefault();
    event.stopPropagation();
  });
  (buttons[0] ?? panel).focus({ preventScroll: true });
}

// A Block Kit `confirm` object, asked; resolves to true or false. Without one there is nothing to ask.
export function confirmed(confirm) {
  if (!confirm) return Promise.resolve(true);
  const before = document.activeElement;
  return new Promise((resolve) => {
    const finish = (answer) => {
      dialog.close();
      dialog.remove();
      before?.focus?.({ preventScroll: true });
      resolve(answer);
    };
    const body = confirm.text?.type === "mrkdwn" ? confirm.render?.(confirm.text) : null;
    const yes = h("button", { type: "button", class: `button ${confirm.style === "danger" ? "button-danger" : "button-primary"}`, text: plain(confirm.confirm) || "Yes", on: { click: () => finish(true) } });
    const no = h("button", { type: "button", class: "button", text: plain(confirm.deny) || "Cancel", on: { click: () => finish(false) } });
    const dialog = h("dialog", { class: "confirm", role: "alertdialog", "aria-labelledby": "confirm-title", "aria-describedby": "confirm-text" },
      h("h2", { id: "confirm-title", text: plain(confirm.title) || "Are you sure?" }),
      h("div", { id: "confirm-text", class: "confirm-text" }, body ?? plain(confirm.text)),
      h("div", { class: "confirm-buttons" }, no, yes));
    dialog.addEventListener("cancel", (event) => { event.preventDefault(); finish(false); });
    dialog.addEventListener("keydown", (event) => event.stopPropagation());
    document.body.append(dialog);
    dialog.showModal();
    (confirm.style === "danger" ? no : yes).focus();
  });
}
