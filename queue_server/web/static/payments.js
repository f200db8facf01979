// The cashier's page: payments of the day with what has to be looked at first, and a day's bills.

import { element } from "./element.js";
import { drawClaims } from "./payments_claims.js";
import { askWhat, wireRefund } from "./refund.js";
import { both, clearMessages, loadTexts, openForUse, send, tellDone, tellRefused, text, wireSignOut } from "./page.js";

const DAY_MS = 86400000;
const place = (id) => document.getElementById(id);
let view = null;
let me = null;
let toEmpty = null;

async function show() {
  clearMessages();
  try {
    view = await send("GET", "/api/payments");
    draw();
  } catch (refused) {
    tellRefused(refused);
  }
}

function draw() {
  const wanted = place("find").value.trim().toLowerCase();
  const found = view.rows.filter((one) => !wanted || searchable(one).includes(wanted));
  place("came").textContent = view.came;
  place("went-back").textContent = view.went_back;
  place("rows").replaceChildren(...found.map(row));
  drawClaims(view.claims, me, act);
  place("cash-part").hidden = view.kept.length + view.boxes.length === 0;
  place("kept-part").hidden = view.kept.length === 0;
  place("kept").replaceChildren(...view.kept.map(keptRow));
  place("boxes").replaceChildren(...view.boxes.map(boxRow));
  place("put-off-part").hidden = view.put_off.rows.length === 0;
  place("put-off-sum").textContent = view.put_off.sum;
  place("put-off").replaceChildren(...view.put_off.rows.map(putOffRow));
  place("nothing").hidden = found.length > 0;
}

function putOffRow(one) {
  const state = one.is_overdue ? "overdue" : one.is_released ? "released" : "asked";
  return element(
    "tr",
    { class: one.is_overdue ? "is-to-look-at" : null, "data-put-off": one.deferral },
    element("td", { class: "at", text: one.asked_at }),
    element("td", {}, one.masked_name, element("span", { class: "number", text: one.patient })),
    element("td", {}, both(one, "items"), element("span", { class: "number", text: one.deferral })),
    element("td", { class: "at", text: one.due_on }),
    element("td", {}, element("span", { class: "mark", text: text(`payments.put_off_${state}`) })),
    element("td", { class: "amount", text: one.amount }),
  );
}

function keptRow(one) {
  return element(
    "tr",
    { "data-kept": one.attempt },
    element("td", { class: "at", text: one.opened_at }),
    element("td", { text: one.masked_name }),
    element("td", {}, element("span", { class: "number", text: one.attempt })),
    element("td", { text: text(`payments.kept_${one.goes}`) }),
    element("td", { class: "amount", text: one.amount }),
    element("td", {}, key("hand_out", () => handOut(one))),
  );
}

function boxRow(one) {
  const counts = text("payments.box_count", { count: one.count, found: one.found_count });
  return element(
    "tr",
    { class: one.agrees ? null : "is-to-look-at", "data-box": one.device },
    element("td", { text: one.device }),
    element(
      "td",
      {},
      counts,
      one.agrees ? null : element("span", { class: "advice", text: text("payments.box_differs") }),
    ),
    element("td", { class: "amount", text: one.unassigned }),
    element("td", { class: "amount", text: one.amount }),
    element("td", {}, key("empty", () => askCounted(one))),
  );
}

function key(act, click) {
  return me.role === "cashier" ? element("button", { text: text(`payments.${act}`), click }) : null;
}

async function handOut(one) {
  const about = one.attempt;
  if (!window.confirm(text("payments.hand_out_sure", { about }))) return;
  await act(`hand_out/${about}`, undefined, text("payments.hand_out_done", { about }));
}

function askCounted(one) {
  toEmpty = one;
  place("empty-what").textContent = text("payments.empty_what", { about: one.device, amount: one.amount });
  place("counted").value = "";
  place("empty").showModal();
}

async function empty(event) {
  event.preventDefault();
  place("empty").close();
  const counted = place("counted").value.trim();
  const done = text("payments.empty_done", { about: toEmpty.device, counted });
  await act(`empty/${toEmpty.device}`, { counted }, done);
}

async function act(what, body, done) {
  try {
    view = await send("POST", `/api/payments/${what}`, body);
    draw();
    tellDone(done);
    // What had the keyboard has been drawn anew: it goes where the next payment is looked up.
    place("find").focus();
  } catch (refused) {
    tellRefused(refused);
  }
}

function searchable(one) {
  const numbers = [one.attempt, one.transaction, one.receipt, one.reversal, one.official];
  return [...numbers, one.masked_name, one.amount, stateText(one)].join(" ").toLowerCase();
}

function stateText(one) {
  return text(`payments.state_${one.state}`);
}

function row(one) {
  return element(
    "tr",
    { class: one.is_to_look_at ? "is-to-look-at" : null, "data-attempt": one.attempt },
    element("td", { class: "at", text: one.opened_at }),
    element("td", { text: one.masked_name }),
    element("td", {}, both(one, "items"), element("span", { class: "number", text: one.attempt })),
    element("td", {}, text(`payments.channel_${one.channel}`), element("span", { class: "number", text: one.transaction })),
    element(
      "td",
      {},
      element("span", { class: "mark", text: stateText(one) }),
      both(one, "advice") ? element("span", { class: "advice", text: both(one, "advice") }) : null,
    ),
    receiptCell(one),
    element("td", { class: "amount", text: one.amount }),
    element("td", { class: "amount", text: one.paid }),
    element("td", { class: "amount", text: one.refunded }),
    element(
      "td",
      {},
      one.can_be_refunded && me.role === "cashier"
        ? element("button", { text: text("payments.refund"), click: () => askWhat(one) })
        : null,
    ),
  );
}

function receiptCell(one) {
  const reversal = one.reversal ? text("payments.reversal", { number: one.reversal }) : "";
  const waiting = one.receipt_state ? text(`payments.receipt_${one.receipt_state}`, { code: one.receipt_refusal }) : "";
  return element(
    "td",
    { class: "receipt" },
    one.receipt,
    one.official ? element("span", { class: "number", text: one.official }) : null,
    reversal ? element("span", { class: "reversal", text: reversal }) : null,
    waiting ? element("span", { class: "advice", text: waiting }) : null,
  );
}

async function refund(one, asked) {
  await act(`refund/${one.attempt}`, asked, text("payments.refund_done"));
}

async function compare(event) {
  event.preventDefault();
  clearMessages();
  place("outcome").textContent = text("payments.comparing");
  place("differences").replaceChildren();
  try {
    const found = await send("POST", "/api/payments/reconcile", { day_on: place("day").value });
    place("differences").replaceChildren(...found.differences.map(difference), ...found.boxes.map(boxCount));
    const key = !found.is_there ? "not_there" : found.differences.length ? "different" : "agrees";
    const parts = { day: found.day_on, came: found.came, back: found.went_back, count: found.differences.length };
    place("outcome").textContent = text(`payments.${key}`, parts) + cashText(found);
  } catch (refused) {
    place("outcome").textContent = "";
    tellRefused(refused);
  }
}

function difference(one) {
  return element(
    "tr",
    { class: "is-to-look-at" },
    element("td", { text: text(`payments.channel_${one.channel}`) }),
    element("td", {}, one.attempt, element("span", { class: "number", text: one.transaction })),
    element("td", { text: text(`payments.kind_${one.kind}`) }),
    element("td", { class: "amount", text: one.books }),
    element("td", { class: "amount", text: one.gateway }),
    element("td", { text: both(one, "advice") }),
  );
}

function cashText(found) {
  if (found.boxes.length === 0 && found.cash_kept === "0.00") return "";
  const parts = { came: found.cash_came, out: found.cash_handed_out, kept: found.cash_kept };
  return ` ${text("payments.cash_day", parts)}`;
}

function boxCount(one) {
  const when = one.emptied_at ? text("payments.box_emptied", { at: one.emptied_at }) : text("payments.box_not_emptied");
  const kinds = one.kinds.map((kind) => element("span", { class: "mark", text: text(`payments.kind_${kind}`) }));
  const counts = text("payments.box_count", { count: one.count, found: one.found_count });
  return element(
    "tr",
    { class: one.kinds.length ? "is-to-look-at" : null, "data-box-of-day": one.device },
    element("td", { text: text("payments.channel_cash") }),
    element("td", {}, one.device, element("span", { class: "number", text: when })),
    element("td", { class: "kinds" }, ...kinds, element("span", { class: "number", text: counts })),
    element("td", { class: "amount", text: one.amount }),
    element("td", { class: "amount", text: one.counted }),
    element("td", { text: both(one, "advice") }),
  );
}

async function exportAll() {
  await save("export", "differences");
}

async function exportReceipts() {
  await save("receipts", "receipts");
}

async function save(what, name) {
  const day = place("day").value;
  const answer = await fetch(`/api/payments/${what}`, {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify({ day_on: day }),
  });
  if (answer.status === 204) {
    place("outcome").textContent = text("payments.not_there", { day });
    return;
  }
  if (!answer.ok) {
    tellRefused(await answer.json());
    return;
  }
  const file = URL.createObjectURL(await answer.blob());
  element("a", { href: file, download: `${name}-${day}.csv` }).click();
  URL.revokeObjectURL(file);
}

await loadTexts();
wireSignOut();
place("day").value = new Date(Date.now() - DAY_MS).toLocaleDateString("sv-SE");
place("find").addEventListener("input", draw);
place("refresh").addEventListener("click", show);
place("compare").addEventListener("submit", compare);
place("export").addEventListener("click", exportAll);
place("receipts").addEventListener("click", exportReceipts);
wireRefund(refund);
place("empty").querySelector("form").addEventListener("submit", empty);
place("empty-cancel").addEventListener("click", () => place("empty").close());
me = await send("GET", "/api/me");
place("who-am-i").textContent = me.display_name;
place("first-page").href = me.first_page;
place("first-page").hidden = me.first_page === location.pathname;
await show();
openForUse();
