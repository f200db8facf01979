// The versions, the latest first: who, when, why, what differs; cancel, and return.

import { element } from "./element.js";
import { text } from "./page.js";
import { placeText, valueText } from "./policies_words.js";

const STATES = { waiting: "priority", in_force: "returned", former: "", cancelled: "missed" };

export function drawVersions(place, view, { takeOver, cancel }) {
  const mayEdit = view.tables.some((table) => table.may_edit);
  const hasMoved = view.versions.some(({ state }) => state === "in_force" || state === "former");
  const isFile = !view.versions.some(({ state }) => state === "in_force");
  const made = view.versions.map((version) => line(version, view, mayEdit, takeOver, cancel));
  place.replaceChildren(...made, fileLine(mayEdit && hasMoved && !isFile, isFile, takeOver));
}

function line(version, view, mayEdit, takeOver, cancel) {
  const { number, state } = version;
  const when = state === "in_force" || state === "former" ? text("policies.took_effect", { at: version.took_effect_at }) : text("policies.effective", { at: version.effective_at });
  return element(
    "li",
    { class: `version is-${state}`, "data-number": number },
    element(
      "div",
      { class: "head" },
      element("h3", {}, text("policies.version", { number }), " ", element("span", { class: `mark ${STATES[state]}`, text: text(`policies.state_${state}`) })),
      element("span", { class: "why", text: version.reason }),
      element("span", { class: "soft", text: [version.name || version.by, text("policies.saved_at", { at: version.saved_at }), when].join(" · ") }),
      element(
        "span",
        { class: "acts" },
        version.may_cancel ? element("button", { type: "button", class: "danger cancel", text: text("policies.cancel"), click: () => cancel(version) }) : null,
        mayEdit && (state === "former" || state === "cancelled") ? element("button", { type: "button", class: "return", text: text("policies.return"), "aria-label": text("policies.return_to", { number }), click: () => takeOver(version) }) : null,
      ),
    ),
    version.returns_to === null ? null : element("p", { class: "soft", text: version.returns_to === 0 ? text("policies.returns_to_file") : text("policies.returns_to", { number: version.returns_to }) }),
    version.file_has_changed ? element("p", { class: "file-changed", text: text("policies.file_changed") }) : null,
    element("ul", { class: "differences" }, version.differences.map((one) => difference(one, view))),
  );
}

function difference({ level, of, key, before, after }, view) {
  const table = view.tables.find((one) => one.level === level && one.of === of);
  return element(
    "li",
    {},
    element("span", { class: "soft", text: table ? placeText(table) : of }),
    element("b", { text: text(`policies.key_${key}`) }),
    element("span", {}, element("del", { text: valueText(before, level) }), " → ", element("ins", { text: valueText(after, level) })),
  );
}

function fileLine(mayReturn, isInForce, takeOver) {
  return element(
    "li",
    { class: "version is-file" },
    element(
      "div",
      { class: "head" },
      element("h3", {}, text("policies.file"), isInForce ? element("span", { class: "mark returned", text: text("policies.state_in_force") }) : null),
      element("span", { class: "soft", text: text("policies.file_hint") }),
      element("span", { class: "acts" }, mayReturn ? element("button", { type: "button", class: "return", text: text("policies.return"), "aria-label": text("policies.return_to_file"), click: () => takeOver({ number: 0, changes: [] }) }) : null),
    ),
  );
}
