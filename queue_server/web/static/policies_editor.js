// One row for each rule: whether it has a value of its own here, and which.

import { element } from "./element.js";
import { text } from "./page.js";
import { placeText, valueText } from "./policies_words.js";

/** Draws the rules of a table; `changed()` is called after each change. */
export function drawRules(place, draft, table, changed) {
  const rows = draft.view.keys.map((key) => row(draft, table, key, changed));
  place.replaceChildren(...rows);
}

function row(draft, table, key, changed) {
  const name = `rule-${key.key}`;
  const own = draft.value(table, key.key);
  const above = draft.inherited(table, key.key);
  const holder = element("div", { class: `rule${own === undefined ? "" : " is-own"}`, "data-key": key.key });
  const set = (value) => {
    draft.set(table, key.key, value);
    const made = row(draft, table, key, changed);
    const focused = document.activeElement?.id;
    holder.replaceWith(made);
    if (focused) document.getElementById(focused)?.focus();
    changed();
  };
  const from = above.from ? placeText(above.from) : text("policies.default");
  const as = `${valueText(above.value)}${text("policies.from", { from })}`;
  holder.append(
    element("span", { class: "label", id: `${name}-label` }, element("b", { text: text(`policies.key_${key.key}`) }), element("small", { class: "soft", text: text(`policies.hint_${key.key}`) })),
    element("span", { class: "value" }, ...controls(key, name, own, as, set, !table.may_edit)),
  );
  return holder;
}

function controls(key, name, own, as, set, disabled) {
  const chosen = own === undefined ? "" : kindOf(own);
  const options = [["", as], ...optionsOf(key)];
  const select = element(
    "select",
    { id: name, "aria-labelledby": `${name}-label`, disabled, change: () => set(select.value === "" ? null : first(key, select.value)) },
    options.map(([value, label]) => element("option", { value, text: label, selected: value === chosen })),
  );
  return [select, ...more(key, name, own, set, disabled)];
}

function kindOf(own) {
  if (typeof own === "number") return "#";
  if (Array.isArray(own)) return "list";
  if (typeof own === "object") return Object.keys(own)[0];
  return String(own);
}

function optionsOf(key) {
  const words = key.words.map((word) => [word, key.kind === "ranks" ? "" : text(`policies.word_${word}`)]);
  if (key.kind === "flag") return [["true", text("policies.yes")], ["false", text("policies.no")]];
  if (key.kind === "count") return [["#", text("policies.number")], ...words];
  if (key.kind === "ranks" || key.kind === "levels") return [["list", text("policies.list")]];
  const counted = [key.has_every && "every", key.has_places && "places"].filter(Boolean);
  return [...words, ...counted.map((word) => [word, text(word === "places" ? "policies.places_back" : "policies.every", { count: "n" })])];
}

/** Returns the value to begin with once its kind was chosen. */
function first(key, kind) {
  if (kind === "true" || kind === "false") return kind === "true";
  if (kind === "#") return typeof key.default === "number" ? key.default : key.least;
  if (kind === "list") return [...key.default];
  return kind === "every" || kind === "places" ? { [kind]: 2 } : kind;
}

function more(key, name, own, set, disabled) {
  if (typeof own === "number") return [number(key, name, own, set, disabled)];
  if (Array.isArray(own)) return [list(key, name, own, set, disabled)];
  if (own !== null && typeof own === "object") {
    const [[word, count]] = Object.entries(own);
    return [number({ ...key, least: 1, most: 99 }, name, count, (value) => set({ [word]: value }), disabled)];
  }
  return [];
}

function number(key, name, value, set, disabled) {
  const input = element("input", {
    id: `${name}-number`, type: "number", min: key.least, max: key.most, step: 1, value, required: true, disabled,
    "aria-labelledby": `${name}-label`,
    change: () => input.reportValidity() && set(Number(input.value)),
  });
  return input;
}

/** Returns the members in their order: each can be taken out, and (ranks) put further ahead. */
function list(key, name, own, set, disabled) {
  const all = key.kind === "levels" ? [1, 2, 3, 4] : key.words;
  const word = (one) => (key.kind === "levels" ? text("policies.level", { level: one }) : text(`rank.${one}`));
  const without = (one) => own.filter((other) => other !== one);
  const ahead = (one) => {
    const index = own.indexOf(one);
    return [...own.slice(0, index - 1), one, own[index - 1], ...own.slice(index + 1)];
  };
  const joined = (one) => (key.kind === "levels" ? all.filter((other) => other === one || own.includes(other)) : [...own, one]);
  const ordered = key.kind === "levels" ? all : [...own, ...all.filter((one) => !own.includes(one))];
  return element(
    "span",
    { class: "members", role: "group", "aria-labelledby": `${name}-label` },
    ordered.map((one) =>
      element(
        "span",
        {},
        element("label", {}, element("input", { type: "checkbox", id: `${name}-${one}`, checked: own.includes(one), disabled: disabled || (own.length === 1 && own[0] === one), change: () => set(own.includes(one) ? without(one) : joined(one)) }), word(one)),
        key.kind === "ranks" && own.indexOf(one) > 0
          ? element("button", { type: "button", class: "quiet", id: `${name}-${one}-up`, disabled, "aria-label": text("policies.ahead", { what: word(one) }), text: "↑", click: () => set(ahead(one)) })
          : null,
      ),
    ),
  );
}
