// Offline check-ins that did not fit: what is in the way, what to do, and that it is done.

import { element, refill } from "./element.js";
import { both, clockText, send, tellDone, tellRefused, text } from "./page.js";

export function drawConflicts(host, conflicts) {
  host.hidden = conflicts.length === 0;
  refill(host, conflicts, () => [
    element("h2", { text: text("conflict.title_count", { count: conflicts.length }) }),
    element("ul", {}, ...conflicts.map(row)),
  ]);
}

function row(conflict) {
  const who = [conflict.masked_name || text("conflict.nobody"), ...conflict.tickets].join(" · ");
  return element(
    "li",
    { "data-conflict": conflict.conflict_id },
    element("span", { class: "number", text: conflict.number }),
    element("span", {
      class: "soft",
      text: text("conflict.when", { time: clockText(conflict.checked_in_s), device: conflict.device }),
    }),
    element("span", { text: who }),
    element(
      "span",
      {},
      element("span", { class: "reason", text: `${both(conflict, "reason")} ` }),
      element("span", { text: both(conflict, "advice") }),
    ),
    element("button", { class: "main", text: text("conflict.settle"), click: () => settle(conflict) }),
  );
}

async function settle(conflict) {
  try {
    await send("POST", `/api/station/conflicts/${conflict.conflict_id}/settle`, {});
    tellDone(text("conflict.settled", { number: conflict.number }));
  } catch (refused) {
    tellRefused(refused);
  }
}
