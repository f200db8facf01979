// A policy's keys and values in words.

import { both, text } from "./page.js";

/** Returns a value, as a site file has it, in words; null: nothing of its own at this level. */
export function valueText(value, level = "") {
  if (value === null || value === undefined) return text(level === "hospital" ? "policies.default" : "policies.as_above");
  if (typeof value === "boolean") return text(value ? "policies.yes" : "policies.no");
  if (typeof value === "number") return String(value);
  if (typeof value === "string") return text(`policies.word_${value}`);
  if (Array.isArray(value)) {
    const words = value.map((one) => (typeof one === "number" ? String(one) : text(`rank.${one}`)));
    return words.join(text("policies.comma"));
  }
  const [[word, count]] = Object.entries(value);
  return text(word === "places" ? "policies.places_back" : "policies.every", { count });
}

/** Returns what the hospital, an area or a queue is called. */
export function placeText(table) {
  if (table.level === "queue") return `${both(table, "name")} · ${both(table, "more")}`;
  return table.level === "hospital" ? text("policies.hospital") : both(table, "name");
}

export const same = (one, other) => JSON.stringify(one ?? null) === JSON.stringify(other ?? null);
