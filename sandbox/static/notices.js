// Private answers of the sandbox itself ("the app did not answer"), shown like ephemeral messages.
import { page } from "./page.js";
import { now, recall, remember, store } from "./store.js";

let count = 0;

export function notice({ channel, thread = null, text }) {
  count += 1;
  store.notices.push({ as: store.as, channel, thread, ts: `${Math.floor(now())}.${String(900000 + count)}`, text, notice: true, ephemeral: true });
  if (store.notices.length > 60) store.notices.shift();
  page.render();
}

export const noticesFor = (channel, thread) => store.notices.filter((one) => one.as === store.as && one.channel === channel && (one.thread ?? null) === (thread ?? null));

const dismissed = new Set(recall("dismissed", []));

export function dismiss(message) {
  if (message.notice) store.notices = store.notices.filter((one) => one !== message);
  else {
    dismissed.add(`${store.as}:${message.ts}`);
    remember("dismissed", [...dismissed].slice(-300));
  }
  page.render();
}

export const isDismissed = (message) => message.ephemeral && dismissed.has(`${store.as}:${message.ts}`);
