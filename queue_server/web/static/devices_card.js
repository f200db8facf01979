// One device as a small card: sixty of them fit on a screen.

import {
  clockText,
  heardText,
  isClockRight,
  kindText,
  lineText,
  paperText,
  partsText,
  screenshotAddress,
  seenText,
  soundText,
} from "./devices_words.js";
import { element, refill } from "./element.js";
import { both, text } from "./page.js";

export function makeCard(chosen) {
  return element("button", { class: "card", click: chosen });
}

/** Fills a card. `passedS` seconds have passed since the view came. */
export function drawCard(card, device, passedS, isChosen) {
  card.className = `card is-${device.line} ${device.severity ? `has-${device.severity}` : ""}`;
  card.dataset.device = device.device;
  card.setAttribute("aria-pressed", String(isChosen));
  // One line, and what is wrong comes first: the rest may run out of it.
  const facts = [
    [paperText(device), device.paper.some((one) => !["ok", "unconfirmed"].includes(one))],
    [partsText({ parts: device.parts.filter((one) => !one.endsWith(":ok")) }), true],
    [soundText(device), device.sound !== "ok"],
    [isClockRight(device) ? "" : clockText(device), true],
    [heardText(device, passedS), device.heard !== null && !device.heard.was_spoken],
    [seenText(device, passedS), device.line !== "up"],
  ]
    .filter(([words]) => words)
    .sort(([, one], [, other]) => Number(other) - Number(one));
  const where = [both(device, "place") || kindText(device), device.version].filter(Boolean);
  const shown = [device, lineText(device, passedS), where, facts];
  refill(card, shown, () => [
    picture(device),
    element(
      "span",
      { class: "head" },
      element("strong", { text: device.device }),
      element("span", { class: "state", text: lineText(device, passedS) }),
    ),
    element("span", { class: "where soft", text: where.join(" · ") }),
    element(
      "span",
      { class: "facts" },
      facts.map(([words, isWrong]) => element("span", { class: isWrong && "is-wrong", text: words })),
    ),
  ]);
}

function picture(device) {
  if (!device.screenshot_at) return element("span", { class: `picture is-${device.kind || "unknown"}` });
  return element("img", {
    class: `picture is-${device.kind}`,
    src: screenshotAddress(device),
    alt: text("devices.screenshot_of", { device: device.device }),
  });
}
