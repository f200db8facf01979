// The policies: choose a place, change rules, rehearse today, save a version. Editor, draft, plots have modules.

import { askConfirmation } from "./dialogs.js";
import { element } from "./element.js";
import { both, clearMessages, loadTexts, openForUse, send, tellDone, tellRefused, text, wireSignOut } from "./page.js";
import { Draft } from "./policies_draft.js";
import { drawRules } from "./policies_editor.js";
import { drawRehearsed } from "./policies_rehearsed.js";
import { drawVersions } from "./policies_versions.js";
import { placeText, valueText } from "./policies_words.js";

const place = (id) => document.getElementById(id);
let draft = null;
let shown = ["hospital", ""];
let asking = 0;

function drawAll() {
  const { view } = draft;
  const inForce = view.versions.find(({ state }) => state === "in_force");
  place("in-force").textContent = inForce ? text("policies.in_force", { number: inForce.number, at: inForce.took_effect_at }) : text("policies.in_force_file");
  place("effective-at").min = view.local_time;
  if (!place("effective-at").value) place("effective-at").value = view.local_time;
  drawVersions(place("versions"), view, { takeOver, cancel });
  drawPlaces();
  drawTable();
  drawDraft();
}

function drawPlaces() {
  const changed = new Set(draft.differences().map(({ level, of }) => `${level}/${of}`));
  const button = (table) => {
    const isShown = table.level === shown[0] && table.of === shown[1];
    const hasOwn = draft.view.keys.some(({ key }) => draft.value(table, key) !== undefined);
    return element(
      "button",
      { type: "button", class: `place is-${table.level}`, id: `place-${table.level}-${table.of}`, "aria-current": isShown ? "true" : null, click: () => go(table) },
      element("span", { text: table.level === "queue" ? both(table, "more") || both(table, "name") : placeText(table) }),
      table.level === "queue" ? element("small", { class: "soft", text: both(table, "name") }) : null,
      hasOwn ? element("span", { class: "has-own", title: text("policies.has_own"), "aria-label": text("policies.has_own"), role: "img" }) : null,
      changed.has(`${table.level}/${table.of}`) ? element("span", { class: "mark returned", text: text("policies.changed") }) : null,
    );
  };
  const focused = document.activeElement?.id;
  place("places").replaceChildren(...draft.view.tables.map(button));
  if (focused?.startsWith("place-")) place(focused)?.focus();
}

function go(table) {
  shown = [table.level, table.of];
  drawPlaces();
  drawTable();
}

function drawTable() {
  const table = draft.table(...shown) ?? draft.view.tables[0];
  shown = [table.level, table.of];
  place("place-title").textContent = placeText(table);
  place("place-hint").textContent = text(table.may_edit ? `policies.place_${table.level}` : "policies.place_read_only");
  drawRules(place("rules"), draft, table, () => {
    drawPlaces();
    drawDraft();
  });
}

/** Draws what is to be changed; what was rehearsed before is no longer about it. */
function drawDraft() {
  asking += 1;
  const differences = draft.differences();
  place("draft").replaceChildren(...differences.map((one) => differenceLine(one)));
  place("draft-nothing").hidden = differences.length > 0;
  place("rehearse").disabled = differences.length === 0;
  place("discard").disabled = differences.length === 0;
  place("rehearsed-hint").hidden = differences.length === 0;
  place("rehearsed").hidden = true;
}

function differenceLine({ level, of, key, before, after }) {
  return element(
    "li",
    {},
    element("span", { class: "soft", text: placeText(draft.table(level, of)) }),
    element("b", { text: text(`policies.key_${key}`) }),
    element("span", {}, element("del", { text: valueText(before, level) }), " → ", element("ins", { text: valueText(after, level) })),
  );
}

async function rehearse() {
  const mine = ++asking;
  clearMessages();
  const button = place("rehearse");
  button.disabled = true;
  button.textContent = text("policies.rehearsing");
  try {
    const found = await send("POST", "/api/policies/rehearse", { seen_revision: draft.view.revision, changes: draft.changes() });
    if (mine !== asking) return;
    drawRehearsed(found, draft.view.tables);
    place("rehearsed").hidden = false;
    place("rehearsed-hint").hidden = true;
    place("rehearsed-title").focus();
  } catch (refused) {
    tellRefused(refused);
  } finally {
    button.textContent = text("policies.rehearse");
    button.disabled = draft.differences().length === 0;
  }
}

async function save() {
  clearMessages();
  const later = document.querySelector("[name=when]:checked").value === "later";
  try {
    const view = await send("POST", "/api/policies/save", {
      seen_revision: draft.view.revision,
      changes: draft.changes(),
      reason: place("reason").value.trim(),
      effective_at: later ? place("effective-at").value : null,
      returns_to: draft.returnsTo,
    });
    place("save").reset();
    place("effective-at").disabled = true;
    draft = new Draft(view);
    drawAll();
    tellDone(text("policies.saved", { number: view.versions[0].number, at: view.versions[0].effective_at }));
    if (!later) setTimeout(refresh, 1500);
  } catch (refused) {
    tellRefused(refused);
    if (refused.code === "POLICY_MOVED") offerTheLatest();
  }
}

/** The rules have moved: one key loads what holds now and keeps what she was about to change. */
function offerTheLatest() {
  const button = element("button", { type: "button", id: "load-latest", class: "main", text: text("policies.load_latest"), click: loadLatest });
  document.querySelector("#messages .refused").append(button);
  button.focus();
}

async function loadLatest() {
  const former = draft;
  try {
    draft = new Draft(await send("GET", "/api/policies"));
  } catch (refused) {
    tellRefused(refused);
    return;
  }
  draft.again(former);
  clearMessages();
  drawAll();
  tellDone(text("policies.loaded_latest"));
}

/** Takes in that a version has taken effect, unless something is being changed. */
async function refresh() {
  if (draft.differences().length > 0) return;
  const view = await send("GET", "/api/policies");
  if (view.revision !== draft.view.revision && draft.differences().length === 0) {
    draft = new Draft(view);
    drawAll();
  }
}

function takeOver(version) {
  draft.takeOver(version);
  drawAll();
  place("draft-title").scrollIntoView({ block: "center" });
  place("rehearse").focus();
}

async function cancel(version) {
  const title = text("policies.cancel_title", { number: version.number });
  if (!(await askConfirmation(title, text("policies.cancel_text", { at: version.effective_at }), text("policies.cancel")))) return;
  const former = draft;
  try {
    draft = new Draft(await send("POST", "/api/policies/cancel", { number: version.number, seen_revision: former.view.revision }));
    draft.again(former);
    drawAll();
    tellDone(text("policies.cancelled", { number: version.number }));
  } catch (refused) {
    tellRefused(refused);
  }
}

await loadTexts();
wireSignOut();
place("discard").addEventListener("click", () => {
  draft.reset();
  drawAll();
});
place("rehearse").addEventListener("click", rehearse);
place("save").addEventListener("submit", (event) => {
  event.preventDefault();
  save();
});
for (const radio of document.querySelectorAll("[name=when]")) {
  radio.addEventListener("change", () => {
    place("effective-at").disabled = radio.value === "now";
  });
}
const me = await send("GET", "/api/me");
place("who-am-i").textContent = me.display_name;
place("first-page").href = me.first_page;
draft = new Draft(await send("GET", "/api/policies"));
drawAll();
setInterval(refresh, 15000);
openForUse();
