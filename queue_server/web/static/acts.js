// Asks the server to do something with a queue, once for each intent.

import { clearMessages, newRequestId, send, tellRefused } from "./page.js";

const TRIES = 3;
const RETRY_AFTER_MS = 700;

/**
 * Makes `act(queue, name, body, seenEntry)` for a page with this live view. It returns what was
 * done once the page shows it, or null when it was refused and the refusal is shown.
 * `seenEntry` is the state of the day the person decided on.
 */
export function makeAct(live) {
  return async function act(queue, name, body = {}, seenEntry = live.view.entry_count) {
    clearMessages();
    const asked = { request_id: newRequestId(), seen_entry: seenEntry, ...body };
    try {
      const done = await sendUntilAnswered(`/api/queues/${queue}/${name}`, asked);
      await live.reached(done.entry);
      return done;
    } catch (refused) {
      tellRefused(refused);
      return null;
    }
  };
}

/** The request id stays the same, so a repeated try gets the first answer. */
async function sendUntilAnswered(address, asked) {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await send("POST", address, asked);
    } catch (refused) {
      if (attempt === TRIES || !["NO_LINE", "NO_ANSWER"].includes(refused.code)) throw refused;
      await new Promise((resolve) => setTimeout(resolve, RETRY_AFTER_MS));
    }
  }
}
