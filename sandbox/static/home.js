// The app's Home tab.
import { avatar, fill, h } from "./dom.js";
import { renderBlocks } from "./blocks.js";
import { menuButton, tabs } from "./conversation.js";
import { viewContext } from "./forms.js";
import { app, store } from "./store.js";

let drawn = "";
let failure = "";

export function homeFailed(text) {
  failure = text;
  drawn = "";
}

export function showHome(root) {
  const { home } = store.state;
  const sig = JSON.stringify([store.as, home && { ...home, state: null, hash: null }, app().name, failure]);
  if (sig === drawn && root.querySelector(".home")) return;
  const same = root.querySelector(".home") && drawn;
  const top = same ? root.querySelector(".home").scrollTop : 0;
  const held = document.activeElement?.dataset?.field;
  drawn = sig;
  const ctx = home ? viewContext(home, (answer) => { failure = answer.message ?? answer.error; drawn = ""; showHome(root); }) : null;
  const body = home ? renderBlocks(home.blocks, ctx) : h("div", { class: "empty" }, avatar(app().name, { app: true }), h("h2", { text: "Nothing here yet" }), h("p", { text: `${app().name} fills this page when it has been opened.` }));
  const warning = failure ? h("p", { class: "form-alert", role: "alert", text: failure }) : null;
  failure = "";
  fill(root, h("section", { class: "pane" },
    h("header", { class: "heading" }, menuButton(), h("div", { class: "heading-text" }, h("h1", {}, avatar(app().name, { app: true }), h("span", { text: app().name }), h("span", { class: "tag", text: "APP" }))), tabs("home")),
    h("div", { class: "home", tabindex: "0", role: "region", "aria-label": `${app().name} Home` }, h("div", { class: "home-page" }, warning, body))));
  root.querySelector(".home").scrollTop = top;
  if (held) [...root.querySelectorAll("[data-field]")].find((node) => node.dataset.field === held)?.focus({ preventScroll: true });
}
