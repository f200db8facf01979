// Insurance settlements that need a person: what is known of each, what to do, and the key for it.

import { element } from "./element.js";
import { both, text } from "./page.js";

const place = (id) => document.getElementById(id);

/** Shows them; `act(what, body, done)` asks the server and draws what it answers. */
export function drawClaims(claims, me, act) {
  place("claims-part").hidden = claims.length === 0;
  place("claims").replaceChildren(...claims.map((one) => row(one, me.role === "cashier" ? () => undone(one, act) : null)));
}

function row(one, click) {
  const why = one.refusal ? text("payments.claim_refused", { code: one.refusal }) : text("payments.claim_silent");
  return element(
    "tr",
    { class: "is-to-look-at", "data-claim": one.claim },
    element("td", { class: "at", text: one.changed_at }),
    element("td", {}, one.masked_name, element("span", { class: "number", text: one.patient })),
    element("td", {}, both(one, "items"), element("span", { class: "number", text: one.claim })),
    element(
      "td",
      {},
      element("span", { class: "mark", text: text(`payments.claim_${one.state}`) }),
      element("span", { class: "number", text: one.transaction }),
      element("span", { class: "advice", text: why }),
    ),
    element("td", { class: "amount", text: one.amount }),
    element("td", { text: both(one, "advice") }),
    element("td", {}, click ? element("button", { text: text("payments.claim_undone"), click }) : null),
  );
}

async function undone(one, act) {
  const about = one.claim;
  if (!window.confirm(text("payments.claim_undone_sure", { about, amount: one.amount }))) return;
  await act(`undone/${about}`, undefined, text("payments.claim_undone_done", { about }));
}
