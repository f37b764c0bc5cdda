// The first minute: three things to try, ticked off as they are done.
import { h, icon, iconButton } from "./dom.js";
import { page } from "./page.js";
import { actors, app, appDm, channels, commands, firstName, recall, remember, store } from "./store.js";

const done = new Set(recall("hint-steps", []));

export function doneStep(name) {
  if (done.has(name)) return;
  done.add(name);
  remember("hint-steps", [...done]);
  page.render();
}

export const hintWanted = (channel) => !recall("hint-closed", false) && channels().find((one) => one.member && !one.archived)?.id === channel;

// Whom the card offers to become.
function colleague() {
  const others = actors().filter((one) => one.kind === "member");
  return others.find((one) => one.id !== store.as && /^bob\b/i.test(fullish(one))) ?? others.find((one) => one.id !== store.as) ?? null;
}
const fullish = (one) => `${one.name} ${one.real_name}`;

function step(name, number, title, note, button) {
  const ticked = done.has(name);
  return h("li", { class: `hint-step${ticked ? " hint-done" : ""}` },
    h("span", { class: "hint-number", role: ticked ? "img" : null, "aria-label": ticked ? "Done" : null }, ticked ? icon("check") : String(number)),
    h("div", {}, h("p", { class: "hint-title" }, title), h("p", { class: "hint-note" }, note)), ticked ? null : button);
}

export function hintCard(insert) {
  const command = commands()[0]?.command ?? "/incident";
  const other = colleague();
  const dm = appDm();
  const close = iconButton("close", "Dismiss these hints", () => { remember("hint-closed", true); page.render(); }, { class: "hint-close" });
  const all = ["command", "switch", "ack"].every((name) => done.has(name));
  return h("section", { class: "hint", "aria-label": "Three things to try" },
    close,
    h("h2", {}, all ? "That was the tour." : `Try ${app().name} in a minute`),
    h("p", { class: "hint-lead", text: all ? "Everybody here is invented. Break what you like." : "Nothing is set up and nobody real is paged. Do these three:" }),
    h("ol", { class: "hint-steps" },
      step("command", 1, h("span", {}, "Type ", h("code", { text: command }), " in the box below"), "Declare an incident and choose who owns it.",
        h("button", { type: "button", class: "button button-small", on: { click: () => insert(`${command} `) } }, "Put it in the box")),
      other ? step("switch", 2, h("span", {}, "Switch to ", h("strong", { text: firstName(other) })), "People are on the left: one click and you are them. A second tab can be somebody else.",
        h("button", { type: "button", class: "button button-small", on: { click: () => page.become(other.id) } }, `Become ${firstName(other)}`)) : null,
      step("ack", 3, h("span", {}, "Press ", h("strong", { text: "Acknowledge" })), `On the left, under Apps: ${app().name} pages people by direct message. Watch every copy of the card change.`,
        dm ? h("button", { type: "button", class: "button button-small", on: { click: () => page.go({ kind: "conversation", id: dm.id }) } }, `Open ${app().name}`) : null)));
}
