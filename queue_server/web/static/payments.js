// The cashier's page: payments of the day with what has to be looked at first, and a day's bills.

import { element } from "./element.js";
import { both, clearMessages, loadTexts, openForUse, send, tellDone, tellRefused, text, wireSignOut } from "./page.js";

const DAY_MS = 86400000;
const place = (id) => document.getElementById(id);
let view = null;
let me = null;
let toRefund = null;

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
  place("cash-part").hidden = view.kept.length + view.boxes.length === 0;
  place("kept").replaceChildren(...view.kept.map(keptRow));
  place("boxes").replaceChildren(...view.boxes.map(boxRow));
  place("nothing").hidden = found.length > 0;
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
    element("td", {}, actKey("hand_out", one.attempt)),
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
    element("td", {}, actKey("empty", one.device)),
  );
}

function actKey(act, about) {
  if (me.role !== "cashier") return null;
  return element("button", { text: text(`payments.${act}`), click: () => doAct(act, about) });
}

async function doAct(act, about) {
  if (!window.confirm(text(`payments.${act}_sure`, { about }))) return;
  try {
    view = await send("POST", `/api/payments/${act}/${about}`);
    draw();
    tellDone(text(`payments.${act}_done`, { about }));
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
        ? element("button", { text: text("payments.refund"), click: () => askWhy(one) })
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

function askWhy(one) {
  toRefund = one;
  place("refund-what").textContent = text("payments.refund_what", { amount: one.paid, name: one.masked_name, number: one.attempt });
  place("why").value = "";
  place("refund").showModal();
}

async function refund(event) {
  event.preventDefault();
  place("refund").close();
  try {
    view = await send("POST", `/api/payments/refund/${toRefund.attempt}`, { why: place("why").value });
    draw();
    tellDone(text("payments.refund_done"));
  } catch (refused) {
    tellRefused(refused);
  }
}

async function compare(event) {
  event.preventDefault();
  clearMessages();
  place("outcome").textContent = text("payments.comparing");
  place("differences").replaceChildren();
  try {
    const found = await send("POST", "/api/payments/reconcile", { day_on: place("day").value });
    place("differences").replaceChildren(...found.differences.map(difference));
    const key = !found.is_there ? "not_there" : found.differences.length ? "different" : "agrees";
    const parts = { day: found.day_on, came: found.came, back: found.went_back, count: found.differences.length };
    place("outcome").textContent = text(`payments.${key}`, parts);
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
place("refund").querySelector("form").addEventListener("submit", refund);
place("refund-cancel").addEventListener("click", () => place("refund").close());
me = await send("GET", "/api/me");
place("who-am-i").textContent = me.display_name;
place("first-page").href = me.first_page;
place("first-page").hidden = me.first_page === location.pathname;
await show();
openForUse();
