// The doctors of an MDT clinic at the nurse station: she says for one of them that he is there, or has left.

import { MARKS } from "./console_team.js";
import { element } from "./element.js";
import { both, tellDone, text } from "./page.js";

const ACTS = { absent: "join-team", present: "leave-team", done: "leave-team" };

/** Lists the doctors of a queue's team, if it has one, each with what can be said of him. */
export function teamBar({ team }, close) {
  if (!team) return null;
  return element(
    "section",
    { class: "team-bar", "aria-label": text("mdt.title") },
    element("h3", { text: text("mdt.title") }),
    element("ul", {}, team.members.map((one) => line(one, close))),
  );
}

/** Says of a doctor what was chosen in the list. */
export async function sayOfDoctor(station, queueId, { act, doctor }, seenEntry) {
  const done = await station.act(queueId, act, { member: doctor.id }, seenEntry);
  if (done) tellDone(text(`mdt.${act.replace("-", "_")}_done`, { doctor: both(doctor, "doctor") }));
}

function line(one, close) {
  const act = ACTS[one.state];
  const doctor = both(one, "doctor");
  return element(
    "li",
    { class: `is-${one.state.replace("_", "-")}`, "data-member": one.id, "data-state": one.state },
    element("span", { "aria-hidden": "true", class: "sign", text: MARKS[one.state] }),
    element("span", { class: "doctor", text: doctor }),
    element("span", { class: "soft", text: both(one, "clinic") }),
    element("span", { class: "state", text: text(`mdt.${one.state}`) }),
    one.is_required && one.state === "absent" ? element("span", { class: "mark late", text: text("mdt.required") }) : null,
    act
      ? element("button", {
          "data-act": act,
          "aria-label": text(`mdt.${act.replace("-", "_")}_of`, { doctor }),
          text: text(`mdt.${act.replace("-", "_")}`),
          click: () => close({ act, doctor: one }),
        })
      : null,
  );
}
