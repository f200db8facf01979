// The dialog in which the cashier says what goes back of a payment, and why.

import { element } from "./element.js";
import { both, text } from "./page.js";

const place = (id) => document.getElementById(id);
let toRefund = null;

/** Opens the dialog for a payment; everything that is left is chosen. */
export function askWhat(one) {
  toRefund = one;
  place("refund-what").textContent = text("payments.refund_what", { amount: one.kept, name: one.masked_name, number: one.attempt });
  place("refund-parts").hidden = one.returnable.length === 0;
  place("refund-parts").querySelector("ul").replaceChildren(...one.returnable.map(part));
  place("why").value = "";
  recount();
  place("refund").showModal();
}

/** Lets the dialog work; `refund(payment, asked)` is called when the cashier has decided. */
export function wireRefund(refund) {
  place("refund-cancel").addEventListener("click", () => place("refund").close());
  place("refund-parts").addEventListener("input", recount);
  place("refund").querySelector("form").addEventListener("submit", (event) => {
    event.preventDefault();
    place("refund").close();
    refund(toRefund, { why: place("why").value, parts: isWhole() ? [] : chosen() });
  });
}

function part(one, index) {
  const name = both(one, "name");
  const amount = element("input", {
    id: `part-${index}`,
    type: "number",
    min: "0.01",
    max: one.left,
    step: "0.01",
    value: one.left,
    required: true,
    inputmode: "decimal",
    "aria-label": text("payments.refund_amount", { name }),
  });
  const box = element("input", { type: "checkbox", checked: true });
  box.addEventListener("input", () => { amount.disabled = !box.checked; });
  return element(
    "li",
    { "data-charge": one.charge },
    element("label", {}, box, element("span", { text: name })),
    amount,
    element("span", { class: "left", text: text("payments.refund_left", { left: one.left }) }),
  );
}

function chosen() {
  const lines = [...place("refund-parts").querySelectorAll("li")];
  return lines
    .filter((line) => line.querySelector("[type=checkbox]").checked)
    .map((line) => ({ charge: line.dataset.charge, fen: fenOf(line.querySelector("[type=number]").value) }));
}

function isWhole() {
  return toRefund.returnable.length === 0 || sum() === fenOf(toRefund.kept);
}

function sum() {
  return chosen().reduce((fen, one) => fen + one.fen, 0);
}

function recount() {
  const fen = toRefund.returnable.length === 0 ? fenOf(toRefund.kept) : sum();
  place("refund-sum").textContent = `${Math.floor(fen / 100)}.${String(fen % 100).padStart(2, "0")}`;
  place("refund-go").disabled = fen === 0;
}

// Yuan become fen digit by digit: 19.99 * 100 is not 1999.
function fenOf(yuan) {
  const [whole, rest = ""] = String(yuan).split(".");
  return Number(whole || 0) * 100 + Number(rest.padEnd(2, "0").slice(0, 2));
}
