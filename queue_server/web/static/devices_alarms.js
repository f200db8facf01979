// The alarms in sentences, the worst first; many of them are folded.

import { ageText } from "./devices_words.js";
import { element, refill } from "./element.js";
import { both, text } from "./page.js";

const SHOWN = 3;
let isOpen = false;

/** Draws the alarms; `chosen(about)` is called with what one of them is about. */
export function drawAlarms(place, alarms, passedS, chosen) {
  const shown = isOpen ? alarms : alarms.slice(0, SHOWN);
  place.classList.toggle("is-quiet", alarms.length === 0);
  refill(place, [shown, alarms.length, isOpen, passedS], () => [
    alarms.length ? null : element("p", { class: "soft", text: text("devices.no_alarms") }),
    ...shown.map((alarm) => line(alarm, passedS, chosen)),
    alarms.length > SHOWN ? folding(place, alarms, passedS, chosen) : null,
  ]);
}

function line(alarm, passedS, chosen) {
  return element(
    "p",
    { class: `alarm ${alarm.severity}`, "data-code": alarm.code },
    element("span", { class: "mark", text: text(`devices.${alarm.severity}`) }),
    element("span", { class: "sentence", text: both(alarm, "message") }),
    element("span", { class: "soft age", text: ageText(alarm.age_s + passedS) }),
    alarm.about
      ? element("button", { class: "quiet", text: alarm.about, click: () => chosen(alarm.about) })
      : null,
  );
}

function folding(place, alarms, passedS, chosen) {
  const count = alarms.length - SHOWN;
  return element("button", {
    class: "quiet folding",
    text: isOpen ? text("devices.fewer_alarms") : text("devices.more_alarms", { count }),
    click: () => {
      isOpen = !isOpen;
      drawAlarms(place, alarms, passedS, chosen);
    },
  });
}
