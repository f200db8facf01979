// The demo's phone: a card that renews itself, and where today's visits stand.

import { element, refill } from "./element.js";
import { LiveView } from "./live.js";
import { absenceSentence } from "./absence.js";
import { both, loadTexts, newRequestId, send, tellDone, tellRefused, text } from "./page.js";

const RETRY_AFTER_MS = 2000;
const OVER = ["done", "cancelled", "expired", "transferred"];
const byId = (id) => document.getElementById(id);
const address = `/api/cards/${location.pathname.split("/").pop()}`;
let renewAt = 0;
let renewAfterMs = 1;
let isRenewing = false;

async function renew() {
  isRenewing = true;
  try {
    const card = await send("GET", address);
    const drawn = new DOMParser().parseFromString(card.svg, "image/svg+xml").documentElement;
    byId("code").replaceChildren(document.importNode(drawn, true));
    renewAfterMs = card.renew_after_s * 1000;
    renewAt = performance.now() + renewAfterMs;
  } catch {
    renewAt = performance.now() + RETRY_AFTER_MS;
  } finally {
    isRenewing = false;
    count();
  }
}

function count() {
  const leftMs = Math.max(0, renewAt - performance.now());
  byId("left").value = leftMs / renewAfterMs;
  byId("countdown").textContent = isRenewing
    ? text("card.renewing")
    : text("card.renews_in", { count: Math.ceil(leftMs / 1000) });
  if (leftMs === 0 && !isRenewing) renew();
}

function draw(view) {
  byId("hospital").textContent = both(view, "hospital");
  byId("name").textContent = view.masked_name;
  refill(byId("visits"), view.visits, () =>
    view.visits.length > 0 ? view.visits.map(visitLine) : [element("li", { class: "soft", text: text("card.no_visits") })],
  );
}

function visitLine(visit) {
  return element(
    "li",
    { class: `visit is-${visit.state.replaceAll("_", "-")}`, "data-state": visit.state },
    element(
      "div",
      { class: "head" },
      element("strong", { class: "number", text: visit.number }),
      element("span", { class: "state", text: text(`state.${visit.state}`) }),
    ),
    element("p", { class: "next", text: whatNext(visit) }),
    visit.absence && !OVER.includes(visit.state)
      ? element(
          "p",
          { class: `absence is-${visit.absence.kind}` },
          element("strong", { text: absenceSentence(visit.absence) }),
          element("span", { text: text(visit.absence.kind === "stopped" ? "card.do_stopped" : "card.do_wait") }),
        )
      : null,
    visit.offer ? offerBox(visit) : null,
    element("p", { text: `${both(visit, "clinic")} · ${both(visit, "doctor")} · ${both(visit, "doctor_title")}` }),
    element("p", {
      class: "soft",
      text: [both(visit, "area"), both(visit, "floor"), both(visit, "room"), visit.slot_text].filter(Boolean).join(" · "),
    }),
  );
}

/** Asks whether the patient wants to see another doctor, who would see him sooner. */
function offerBox(visit) {
  const { offer } = visit;
  const before = offer.before_min === null ? text("offer.unknown") : text("offer.minutes", { count: offer.before_min });
  const after = offer.after_min === 0 ? text("offer.at_once") : text("offer.minutes", { count: offer.after_min });
  return element(
    "section",
    { class: "offer", "aria-label": text("offer.title") },
    element("h3", { text: text("offer.title") }),
    element(
      "dl",
      {},
      wait("before", `${both(visit, "doctor")} · ${both(visit, "room")}`, before),
      wait("after", `${both(offer, "doctor")} · ${both(offer, "room")}`, after),
    ),
    element("p", { class: "soft", text: text("offer.lead") }),
    element(
      "div",
      { class: "buttons" },
      element("button", { class: "main", "data-answer": "yes", text: text("offer.yes"), click: () => answer(visit, true) }),
      element("button", { "data-answer": "no", text: text("offer.no"), click: () => answer(visit, false) }),
    ),
  );
}

function wait(name, who, minutes) {
  return element("div", { class: name }, element("dt", { text: who }), element("dd", { text: minutes }));
}

async function answer(visit, accepts) {
  for (const button of document.querySelectorAll(".offer button")) button.disabled = true;
  try {
    await send("POST", `${address}/offer`, { request_id: newRequestId(), ticket: visit.ticket_id, accepts });
    tellDone(text(accepts ? "offer.accepted" : "offer.declined", { doctor: both(visit.offer, "doctor") }));
  } catch (refused) {
    tellRefused(refused);
    for (const button of document.querySelectorAll(".offer button")) button.disabled = false;
  }
}

function whatNext(visit) {
  if (visit.state === "called" || visit.state === "in_service") {
    return text(visit.doctors_come ? "card.stay" : "card.go", { room: both(visit, "room") });
  }
  if (visit.state === "standby") return text("card.next");
  if (visit.state === "waiting") return text("card.ahead", { count: visit.place.ahead_count });
  if (visit.state === "booked") return both(visit, "hint") || text("card.booked");
  return both(visit, "hint") || (visit.place ? both(visit.place, "reason") : "");
}

await loadTexts();
const live = new LiveView(`${address}/stream`, {
  show: draw,
  connected: (isConnected) => {
    byId("line-down").hidden = isConnected;
  },
});
live.start();
await renew();
setInterval(count, 250);
