// The demo's list of patients, to pick one whose card this phone shows.

import { element } from "./element.js";
import { both, loadTexts, send, tellRefused, text } from "./page.js";

const filter = document.getElementById("filter");
let patients = [];

function draw() {
  const words = filter.value.trim().toLowerCase();
  const fitting = patients.filter(({ shown }) => shown.toLowerCase().includes(words));
  document.getElementById("patients").replaceChildren(...fitting.map(({ line }) => line));
}

function line(patient) {
  const visits = patient.visits.map(
    (visit) => `${visit.number} · ${visit.slot || text("ticket.walk_in")} · ${both(visit, "clinic")} · ${text(`state.${visit.state}`)}`,
  );
  const shown = visits.join(" ") || text("card.no_visits");
  const made = element(
    "li",
    {},
    element(
      "a",
      { href: `/card/${patient.patient_id}` },
      element("strong", { text: patient.masked_name }),
      element("span", { class: "soft", text: text(`sex.${patient.sex}`) }),
      (visits.length > 0 ? visits : [shown]).map((visit) => element("span", { class: "visit", text: visit })),
    ),
  );
  return { shown: `${patient.masked_name} ${shown}`, line: made };
}

await loadTexts();
filter.addEventListener("input", draw);
try {
  patients = (await send("GET", "/api/cards")).map(line);
  draw();
} catch (refused) {
  tellRefused(refused);
}
