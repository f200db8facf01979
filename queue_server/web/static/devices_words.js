// How the devices page puts what a device says into words.

import { text } from "./page.js";

const PRINTER_WORDS = [
  "paper_near_end",
  "paper_out",
  "cover_open",
  "fault",
  "offline",
  "unreachable",
  "no_answer",
  "unconfirmed",
  "a4_paper_low",
  "a4_paper_out",
  "a4_toner_low",
  "a4_toner_out",
  "a4_tray_open",
  "a4_cover_open",
  "a4_output_full",
  "a4_jam",
  "a4_fault",
  "a4_unreachable",
];
const PART_NAMES = ["scanner", "id_card", "chip_card", "cash"];
const PART_STATES = [
  "ok",
  "stopped",
  "unreachable",
  "CASH_UNREACHABLE",
  "CASH_NO_ANSWER",
  "CASH_WRONG_CURRENCY",
  "CASH_JAM",
  "CASH_BOX_FULL",
  "CASH_BOX_REMOVED",
  "CASH_PATH_OPEN",
];
const CLOCK_RIGHT_S = 5;

/** Returns a time span: `12 s`, `5 min`, `3 h`, `2 d`. */
export function ageText(seconds) {
  if (seconds < 60) return text("devices.seconds", { count: seconds });
  if (seconds < 3600) return text("devices.minutes", { count: Math.floor(seconds / 60) });
  if (seconds < 172800) return text("devices.hours", { count: Math.floor(seconds / 3600) });
  return text("devices.days", { count: Math.floor(seconds / 86400) });
}

export function kindText(device) {
  return text(`devices.${device.kind || "unknown"}`);
}

export function lineText(device, passedS) {
  const age = device.since_s === null ? "" : ageText(device.since_s + passedS);
  return text(`devices.line_${device.line}`, { age });
}

export function seenText(device, passedS) {
  if (device.seen_s === null) return text("devices.seen_never");
  return text("devices.seen", { age: ageText(device.seen_s + passedS) });
}

/** Returns what the printer says, the empty text for a device without one. */
export function paperText(device) {
  return device.paper
    .map((one) => one.toLowerCase())
    .map((one) => {
      if (one === "ok") return text("devices.paper_ok");
      if (PRINTER_WORDS.includes(one)) return text(`devices.${one}`);
      return text("devices.printer_other", { value: one });
    })
    .join(", ");
}

/** Returns how scanner, card readers and bill validator are; empty for a device without any. */
export function partsText(device) {
  return device.parts.map(partText).join(", ");
}

function partText(one) {
  const [name, state] = one.split(":");
  if (!PART_NAMES.includes(name) || !state) return one;
  const how = PART_STATES.includes(state) ? text(`devices.part_${state}`) : state;
  return text("devices.part", { name: text(`devices.part_name_${name}`), state: how });
}

export function soundText(device) {
  return device.sound ? text(`devices.sound_${device.sound}`) : "";
}

export function isClockRight(device) {
  return device.clock_ahead_s === null || Math.abs(device.clock_ahead_s) < CLOCK_RIGHT_S;
}

export function clockText(device) {
  if (device.clock_ahead_s === null) return "";
  if (isClockRight(device)) return text("devices.clock_ok");
  const seconds = Math.round(Math.abs(device.clock_ahead_s));
  return text(device.clock_ahead_s > 0 ? "devices.clock_ahead" : "devices.clock_behind", { seconds });
}

export function heardText(device, passedS) {
  if (device.heard === null) return "";
  const { sequence, was_spoken, age_s } = device.heard;
  const key = was_spoken ? "devices.spoken" : "devices.not_spoken";
  return text(key, { sequence, age: ageText(age_s + passedS) });
}

/** Returns the address of a device's last screenshot; another one after each. */
export function screenshotAddress(device) {
  const at = encodeURIComponent(device.screenshot_at);
  return `/api/devices/${device.device}/screenshot?at=${at}`;
}
