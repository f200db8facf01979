// The information desk: finds a patient's visits, says where to go, answers calls for help.

import { absenceSentence } from "./absence.js";
import { isTyping } from "./dialogs.js";
import { element, refill } from "./element.js";
import { openKeyTable } from "./key_table.js";
import { LiveView } from "./live.js";
import { both, clearMessages, clockText, loadTexts, minutesSince, openForUse, send, tellDone, tellRefused, text, wireSignOut } from "./page.js";

const SEARCH_AFTER_MS = 180;
const LOOK_AGAIN_MS = 3000;
const KEYS = [
  ["/", "desk.key_find"],
  ["↑ ↓", "desk.key_choose"],
  ["P", "desk.slip"],
  ["N", "desk.full_name"],
  ["H", "desk.key_help"],
  ["Esc", "desk.key_clear"],
  ["?", "keys.help"],
];
const OVER = ["done", "cancelled", "expired", "transferred"];
const byId = (id) => document.getElementById(id);
const live = new LiveView("/api/desk/stream", { show: draw, connected });
let found = null;
let names = {};
let asked = "";
let timer = 0;

function draw(view) {
  byId("line").textContent = clockText(view.now_s);
  drawHelp(view.help_calls);
  refill(byId("clinics"), view.clinics, () => view.clinics.map(clinicRow));
}

function drawHelp(calls) {
  byId("help").hidden = calls.length === 0;
  refill(byId("help"), calls, () =>
    calls.map((call) =>
      element(
        "p",
        {},
        element("span", { text: text("help.call", { device: call.device, time: clockText(call.called_s), minutes: minutesSince(call.called_s, live.nowSecond()) }) }),
        element("button", { class: "main", "data-help": call.help_id, text: text("help.go"), click: () => answer(call) }),
      ),
    ),
  );
}

function clinicRow(clinic) {
  const { name } = clinic;
  const isOpen = clinic.status === "open" && !clinic.absence;
  const wait = clinic.wait_min === null ? text("desk.unknown") : text("desk.minutes", { count: clinic.wait_min });
  return element(
    "tr",
    { "data-queue": name.id },
    element("th", { scope: "row" }, element("strong", { text: both(name, "clinic") }), element("small", { text: `${both(name, "doctor")} ${both(name, "doctor_title")}` })),
    element("td", {}, element("strong", { text: both(name, "room") }), element("small", { text: `${both(clinic, "area")} · ${both(clinic, "floor")}` })),
    element("td", { class: "figure", text: clinic.called || "–" }),
    element("td", { class: "figure", text: String(clinic.waiting_count) }),
    element(
      "td",
      {},
      isOpen ? element("span", { class: "figure", text: wait }) : element("span", { class: `mark ${clinic.status === "stopped" ? "stopped" : "paused"}`, text: stateOf(clinic) }),
    ),
  );
}

function stateOf({ absence, status }) {
  return absence ? absenceSentence(absence) : text(`queue.${status}`);
}

// --- finding ---

async function search(query) {
  asked = query;
  if (!query) {
    found = null;
    names = {};
    drawFound();
    return;
  }
  try {
    const answer = await send("POST", "/api/desk/search", { query });
    if (asked !== query) return;
    found = answer;
    drawFound();
  } catch (refused) {
    tellRefused(refused);
  }
}

function drawFound() {
  const focused = document.activeElement?.closest?.(".visit")?.dataset.ticket;
  const inside = document.activeElement?.dataset?.act;
  refill(byId("found"), [found, names], () => (found ? lines(found) : [hint("desk.lead")]));
  if (!focused) return;
  const card = byId("found").querySelector(`[data-ticket="${CSS.escape(focused)}"]`);
  (card?.querySelector(`[data-act="${inside}"]`) ?? card)?.focus({ preventScroll: true });
}

function lines({ visits, masked_name: masked, other_days: others, is_cut: isCut }) {
  const made = visits.map(visitCard);
  if (masked) made.push(element("li", { class: "hint", text: text("desk.no_visit", { name: masked }) }), ...others.map(otherDay));
  if (made.length === 0) made.push(hint("desk.nothing"));
  if (isCut) made.push(hint("finder.cut"));
  return made;
}

function hint(key) {
  return element("li", { class: "hint", text: text(key) });
}

function visitCard({ visit, masked_name: masked, wait_min: wait }) {
  const state = visit.place?.state ?? visit.state;
  const name = names[visit.ticket_id] ?? (masked || text("ticket.no_name"));
  const waits = wait === null ? "desk.ahead" : "desk.ahead_wait";
  return element(
    "li",
    { class: `visit is-${state.replaceAll("_", "-")}`, "data-ticket": visit.ticket_id, "data-state": state, tabindex: "0" },
    element(
      "div",
      { class: "head" },
      element("span", { class: "number", text: visit.number }),
      element("span", { class: "name", text: name }),
      element("span", { class: "state", text: text(`state.${state}`) }),
    ),
    element("p", { class: "go", text: whereToGo(visit, state) }),
    visit.place && ["waiting", "standby"].includes(state)
      ? element("p", { class: "wait", text: text(waits, { ahead: visit.place.ahead_count, count: wait }) })
      : null,
    visit.absence && !OVER.includes(state) ? element("p", { class: "absence", text: absenceSentence(visit.absence) }) : null,
    element("p", { class: "soft", text: [both(visit, "clinic"), both(visit, "doctor"), both(visit, "room"), visit.slot_text].filter(Boolean).join(" · ") }),
    element(
      "div",
      { class: "buttons" },
      visit.place ? element("button", { "data-act": "slip", click: () => printSlip(visit, masked) }, text("desk.slip"), element("kbd", { text: "P" })) : null,
      element("button", { "data-act": "name", disabled: visit.ticket_id in names, click: () => showName(visit) }, text("desk.full_name"), element("kbd", { text: "N" })),
    ),
  );
}

function otherDay(visit) {
  return element(
    "li",
    { class: "visit" },
    element("p", { class: "go", text: `${visit.day_on} ${visit.slot_text}` }),
    element("p", { class: "soft", text: [both(visit, "clinic"), both(visit, "doctor"), both(visit, "area"), both(visit, "floor")].join(" · ") }),
  );
}

/** Says where the patient has to go now, in one sentence. */
function whereToGo(visit, state) {
  const place = { area: both(visit, "area"), floor: both(visit, "floor"), room: visit.place ? both(visit.place, "called_room") || both(visit, "room") : both(visit, "room") };
  if (state === "called" || state === "in_service") return text(visit.doctors_come ? "desk.go_stay" : "desk.go_room", place);
  if (state === "waiting" || state === "standby") return text("desk.go_wait", place);
  if (visit.can_check_in) return text("desk.go_check_in", place);
  return both(visit, "hint") || text(OVER.includes(state) ? "desk.go_over" : "desk.go_nurse", place);
}

// --- what the desk does ---

async function answer(call) {
  try {
    await send("POST", `/api/desk/help/${call.help_id}/answer`, {});
    tellDone(text("help.done", { device: call.device }));
  } catch (refused) {
    tellRefused(refused);
  }
}

async function showName(visit) {
  try {
    const { full_name: name } = await send("POST", "/api/desk/name", { ticket: visit.ticket_id });
    names = { ...names, [visit.ticket_id]: name || text("ticket.no_name") };
    drawFound();
  } catch (refused) {
    tellRefused(refused);
  }
}

async function printSlip(visit, masked) {
  try {
    const { svg } = await send("POST", "/api/desk/slip", { ticket: visit.ticket_id });
    const drawn = new DOMParser().parseFromString(svg, "image/svg+xml").documentElement;
    byId("slip").replaceChildren(
      element("strong", { text: both(visit, "clinic") }),
      element("span", { class: "number", text: visit.number }),
      element("span", { text: masked }),
      element("span", { class: "room", text: `${both(visit, "area")} · ${both(visit, "floor")}` }),
      element("span", { text: `${both(visit, "doctor")} · ${both(visit, "room")} ${visit.slot_text}` }),
      document.importNode(drawn, true),
      element("span", { text: text("desk.slip_scan") }),
    );
    window.print();
    tellDone(text("desk.slip_done", { number: visit.number }));
  } catch (refused) {
    tellRefused(refused);
  }
}

// --- keys ---

/** Returns the card that has the focus, or the only one. */
function chosen() {
  const cards = [...byId("found").querySelectorAll(".visit[data-ticket]")];
  const focused = document.activeElement?.closest?.(".visit[data-ticket]");
  return focused ?? (cards.length === 1 ? cards[0] : null);
}

function choose(step) {
  const cards = [...byId("found").querySelectorAll(".visit[data-ticket]")];
  const at = cards.indexOf(document.activeElement?.closest?.(".visit[data-ticket]"));
  cards[Math.max(0, Math.min(cards.length - 1, at + step))]?.focus();
}

function clear() {
  clearMessages();
  byId("query").value = "";
  search("");
  byId("query").focus();
}

function pressed(event) {
  if (event.repeat || document.querySelector("dialog[open]")) return;
  const isInField = event.target === byId("query");
  if (event.key === "Escape") clear();
  else if (event.key === "ArrowDown") choose(1);
  else if (event.key === "ArrowUp" && !isInField) choose(-1);
  else if (event.key === "Enter" && isInField) choose(1);
  else if (isTyping(event) || event.ctrlKey || event.altKey || event.metaKey) return;
  else if (event.key === "/") byId("query").select();
  else if (event.key === "?") openKeyTable(KEYS);
  else if (event.key.toLowerCase() === "p") chosen()?.querySelector('[data-act="slip"]')?.click();
  else if (event.key.toLowerCase() === "n") chosen()?.querySelector('[data-act="name"]')?.click();
  else if (event.key.toLowerCase() === "h") document.querySelector("[data-help]")?.click();
  else return;
  event.preventDefault();
}

function connected(isConnected) {
  document.body.classList.toggle("is-down", !isConnected);
  byId("line").classList.toggle("down", !isConnected);
  byId("line-down").hidden = isConnected;
  if (!isConnected) byId("line").textContent = text("line.down");
}

await loadTexts();
wireSignOut();
send("GET", "/api/me").then((user) => {
  byId("who").textContent = user.display_name;
});
byId("query").addEventListener("input", () => {
  clearTimeout(timer);
  timer = setTimeout(() => search(byId("query").value.trim()), SEARCH_AFTER_MS);
});
byId("keys").addEventListener("click", () => openKeyTable(KEYS));
document.addEventListener("keydown", pressed);
drawFound();
// Where somebody has to go changes with every call.
setInterval(() => asked && found && search(asked), LOOK_AGAIN_MS);
live.start();
openForUse();
byId("query").focus();
