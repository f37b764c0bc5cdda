// The stack of modal views of the acting person; the top one is shown.
import { announce, fill, h, icon, iconButton, spinner } from "./dom.js";
import { post } from "./api.js";
import { renderBlocks } from "./blocks.js";
import { plain } from "./emoji.js";
import { forgetTyped, viewContext } from "./forms.js";
import { page } from "./page.js";
import { app, store } from "./store.js";
import { collect, complaints } from "./values.js";

const dialog = h("dialog", { class: "modal", role: "dialog", "aria-modal": "true", "aria-labelledby": "modal-title" });
let shown = null; // {id, sig, ctx, view, busy}
let before = null;
const closing = new Set(); // closed here, perhaps not yet there

const signature = (view, depth) => JSON.stringify([depth, store.as, { ...view, state: null, errors: null, hash: null, previous_view_id: null }]);
const errorsOf = (view) => JSON.stringify(view.errors ?? null);

function setErrors(errors, focus) {
  const { ctx } = shown;
  let first = null;
  const lost = [];
  for (const [blockId, slot] of ctx.errorSlots) {
    const message = errors?.[blockId] ?? "";
    slot.error.hidden = !message;
    slot.error.textContent = message;
    slot.control?.setAttribute("aria-invalid", String(Boolean(message)));
    slot.error.closest(".block-input")?.classList.toggle("has-error", Boolean(message));
    if (message) first ??= slot;
  }
  for (const [blockId, message] of Object.entries(errors ?? {})) if (!ctx.errorSlots.has(blockId)) lost.push(message);
  setAlert(lost.join(" "));
  if (first && focus) {
    first.control?.focus({ preventScroll: true });
    first.error.closest(".block-input")?.scrollIntoView({ block: "nearest" });
  }
}

function setAlert(text) {
  const node = dialog.querySelector(".form-alert");
  if (!node) return;
  node.hidden = !text;
  node.textContent = text;
}

function setBusy(busy) {
  if (!shown) return;
  shown.busy = busy;
  dialog.classList.toggle("is-busy", busy);
  const button = dialog.querySelector(".modal-submit");
  button?.setAttribute("aria-busy", String(busy));
  button?.setAttribute("aria-disabled", String(busy));
}

async function submit() {
  if (!shown || shown.busy || !shown.view.submit) return;
  const { id, ctx } = shown;
  const missing = complaints(ctx);
  if (Object.keys(missing).length) return setErrors(missing, true);
  setErrors({}, false);
  setBusy(true);
  const answer = await post("/ui/submit", { as: store.as, view_id: id, state: collect(ctx) });
  await page.refresh({});
  if (shown?.id === id) {
    setBusy(false);
    if (answer.errors) setErrors(answer.errors, true);
    else if (!answer.ok) setAlert(answer.message ?? `That did not work: ${answer.error}. Nothing you typed is lost.`);
  }
  return undefined;
}

async function close({ all = false } = {}) {
  if (!shown) return;
  const { id } = shown;
  const gone = all ? store.state.views.map((one) => one.id) : [id];
  for (const one of gone) closing.add(one);
  showViews();
  await post("/ui/close", { as: store.as, view_id: id, all });
  await page.refresh({});
  for (const one of gone) closing.delete(one);
  showViews();
}

function focusables() {
  return [...dialog.querySelectorAll("button, a[href], input, textarea, [tabindex='0']")].filter((node) => !node.disabled && node.tabIndex >= 0 && node.getClientRects().length);
}

dialog.addEventListener("cancel", (event) => { event.preventDefault(); if (event.target === dialog) close(); });
dialog.addEventListener("keydown", (event) => {
  if (event.defaultPrevented) return;
  if (event.key === "Escape") {
    event.preventDefault();
    event.stopPropagation();
    close();
  } else if (event.key === "Tab") {
    const all = focusables();
    const edge = event.shiftKey ? all[0] : all.at(-1);
    if (document.activeElement !== edge && dialog.contains(document.activeElement)) return;
    event.preventDefault();
    (event.shiftKey ? all.at(-1) : all[0])?.focus();
  }
});

// Where the person was, so that an updated view leaves them there.
function standing() {
  const at = document.activeElement;
  const field = dialog.contains(at) ? at.dataset.field : null;
  const selection = field && typeof at.selectionStart === "number" ? [at.selectionStart, at.selectionEnd] : null;
  const query = field && at.closest(".combo-many") && at.getAttribute("aria-expanded") === "true" ? at.value : null; // of a list of several that is open
  return { field, selection, query, top: dialog.querySelector(".modal-body")?.scrollTop ?? 0, text: dialog.contains(at) && at.matches("button") ? at.textContent : null };
}

function stand({ field, selection, query, top, text }) {
  const body = dialog.querySelector(".modal-body");
  body.scrollTop = top;
  const node = field ? [...dialog.querySelectorAll("[data-field]")].find((one) => one.dataset.field === field) : text ? [...dialog.querySelectorAll("button")].find((one) => one.textContent === text) : null;
  if (!node) return false;
  node.focus({ preventScroll: true });
  if (query !== null) {
    node.value = query;
    node.dispatchEvent(new Event("input"));
  }
  if (selection) try { node.setSelectionRange(...selection); } catch { /* dates have no caret */ }
  return true;
}

function draw(view, depth) {
  const same = shown?.id === view.id;
  const spot = same ? standing() : null;
  const busy = same && shown.busy;
  const ctx = viewContext(view, (answer) => setAlert(answer.message ?? answer.error));
  ctx.submit = submit;
  ctx.touched = (block) => {
    const slot = ctx.errorSlots.get(block.block_id);
    if (slot && !slot.error.hidden) {
      slot.error.hidden = true;
      slot.control?.setAttribute("aria-invalid", "false");
      slot.error.closest(".block-input")?.classList.remove("has-error");
    }
  };
  const old = same ? currentErrors() : null;
  shown = { id: view.id, sig: signature(view, depth), view, ctx, busy, errors: errorsOf(view) };
  const closeLabel = plain(view.close) || (view.submit ? "Cancel" : "Close");
  dialog.dataset.depth = String(Math.min(3, depth));
  dialog.dataset.view = view.id;
  fill(dialog,
    h("header", { class: "modal-head" },
      depth > 1 ? iconButton("back", "Back to the view below", () => close()) : h("span", { class: "modal-app", "aria-hidden": "true" }, icon("bell")),
      h("h2", { id: "modal-title", text: plain(view.title) || app().name }),
      iconButton("close", depth > 1 ? "Close all" : "Close", () => close({ all: true }), { class: "modal-close" })),
    h("div", { class: "modal-body" }, h("p", { class: "form-alert", role: "alert", hidden: true }), renderBlocks(view.blocks, ctx)),
    h("footer", { class: "modal-foot" },
      h("span", { class: "modal-from", text: `From ${app().name}` }),
      h("button", { type: "button", class: "button", on: { click: () => close() }, text: closeLabel }),
      view.submit ? h("button", { type: "button", class: "button button-primary modal-submit", on: { click: submit } }, h("span", { text: plain(view.submit) }), spinner()) : null));
  setErrors(view.errors ?? old, false);
  if (busy) setBusy(true);
  if (!dialog.open) {
    before = document.activeElement;
    dialog.showModal();
  }
  if (!(spot && stand(spot))) {
    const field = ctx.fields.find((one) => ["INPUT", "TEXTAREA"].includes(one.control?.tagName));
    (field?.control ?? dialog.querySelector(".modal-submit") ?? dialog.querySelector(".modal-foot .button")).focus({ preventScroll: true });
  }
  if (!same) announce(`${plain(view.title)}, dialog`);
}

function currentErrors() {
  const found = {};
  for (const [blockId, { error }] of shown.ctx.errorSlots) if (!error.hidden) found[blockId] = error.textContent;
  return found;
}

export function showViews() {
  const views = (store.state.views ?? []).filter((one) => !closing.has(one.id));
  forgetTyped((where) => !/:V/.test(where) || !where.startsWith(`${store.as}:`) || views.some((one) => where.endsWith(`:${one.id}`)) || where.endsWith(`:${store.state.home?.id}`));
  const top = views.at(-1);
  if (!top) {
    if (!shown) return;
    shown = null;
    dialog.close();
    fill(dialog);
    (before?.isConnected ? before : document.getElementById("composer"))?.focus?.({ preventScroll: true });
    return;
  }
  if (!dialog.isConnected) document.body.append(dialog);
  if (shown?.id === top.id && shown.sig === signature(top, views.length)) {
    if (top.errors && shown.errors !== errorsOf(top)) setErrors(top.errors, true);
    shown.errors = errorsOf(top);
    shown.view = top;
  } else draw(top, views.length);
}
