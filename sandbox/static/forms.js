// The surroundings of a rendered set of blocks: where it stands, what was typed, how a press reaches the app.
import { post } from "./api.js";
import { doneStep } from "./hints.js";
import { notice } from "./notices.js";
import { page } from "./page.js";
import { store } from "./store.js";
import { collect } from "./values.js";

const typedIn = new Map(); // where -> Map(field key -> value)

export function typedFor(where) {
  if (!typedIn.has(where)) typedIn.set(where, new Map());
  return typedIn.get(where);
}

export function forgetTyped(keep) {
  for (const where of typedIn.keys()) if (!keep(where)) typedIn.delete(where);
}

function context(where, place, container, kept, failed) {
  const as = store.as;
  const ctx = {
    fields: [],
    typed: typedFor(where),
    kept,
    errorSlots: new Map(),
    async act(block, element, value, label = "") {
      const answer = await post("/ui/action", { as, container, block_id: block.block_id, action_id: element.action_id, value, state: collect(ctx) });
      if (/acknowledge/i.test(label) && answer.ok) doneStep("ack");
      if (!answer.ok) failed(answer);
      await page.refresh({ channel: container.channel });
      return answer;
    },
    suggest: (block, element, query) => post("/ui/suggest", { as, ...place, block_id: block.block_id, action_id: element.action_id, query }),
    changed(block, element, value) {
      if (block.type !== "input") ctx.act(block, element, value);
      else {
        ctx.touched?.(block);
        if (block.dispatch_action) ctx.act(block, element, value);
      }
    },
  };
  return ctx;
}

export function messageContext(channel, message, thread = null) {
  const container = { type: "message", channel, ts: message.ts };
  const failed = (answer) => notice({ channel, thread, text: answer.message ?? answer.error });
  return context(`${store.as}:${channel}:${message.ts}`, { channel, ts: message.ts }, container, null, failed);
}

export function viewContext(view, failed) {
  return context(`${store.as}:${view.id}`, { view_id: view.id }, { type: "view", view_id: view.id }, view.state?.values, failed);
}
