// The audit list: who saw whose name, and who did what, on one clinic day.

import { element } from "./element.js";
import { both, clearMessages, loadTexts, openForUse, send, tellDone, tellRefused, text, wireSignOut } from "./page.js";

const ABOUT_SHOWN_MAX = 6;
const place = (id) => document.getElementById(id);
let shown = null;
let asking = 0;

function asked() {
  const found = { what: place("what").value, who: place("who").value.trim(), about: place("about").value.trim() };
  if (place("day").value) found.day_on = place("day").value;
  return found;
}

/** Shows what is asked for: from the newest row on, or those before a row. */
async function show(before = null) {
  const mine = ++asking;
  clearMessages();
  document.body.classList.add("is-old");
  try {
    const page = await send("POST", "/api/audit", before === null ? asked() : { ...asked(), before });
    if (mine === asking) draw(page, before);
  } catch (refused) {
    tellRefused(refused);
  } finally {
    if (mine === asking) document.body.classList.remove("is-old");
  }
}

function draw(page, before) {
  shown = page;
  place("day").value = page.day_on;
  place("previous-day").disabled = nextDay(-1) === undefined;
  place("next-day").disabled = nextDay(1) === undefined;
  place("users").replaceChildren(
    ...page.users.map(({ name, display_name }) => element("option", { value: name, text: display_name })),
  );
  place("lines").replaceChildren(...page.lines.map(row));
  place("nothing").hidden = page.lines.length > 0;
  place("count").textContent = text("audit.count", { count: page.lines.length });
  place("newest").disabled = before === null;
  place("older").disabled = page.next_before === null;
  document.querySelector(".sheet").scrollTop = 0;
}

function row(line) {
  return element(
    "tr",
    { class: line.is_about_names ? "is-about-names" : null, "data-row": line.row },
    element("td", { class: "number", text: line.at }),
    element(
      "td",
      {},
      element("strong", { text: line.name || line.by }),
      line.name ? element("span", { class: "account", text: line.by }) : null,
    ),
    element(
      "td",
      {},
      line.is_about_names ? element("span", { class: "mark", text: text("audit.names_mark") }) : null,
      element("span", { text: both(line, "what") }),
    ),
    element("td", {}, about(line.about)),
    element("td", { text: both(line, "detail") }),
  );
}

function about(patients) {
  const list = element("ul", { class: "about" }, patients.slice(0, ABOUT_SHOWN_MAX).map(patient));
  const others = patients.slice(ABOUT_SHOWN_MAX);
  if (others.length === 0) return list;
  const more = element("button", {
    text: text("audit.more", { count: others.length }),
    click: () => {
      more.parentElement.replaceWith(...others.map(patient));
      list.tabIndex = -1;
      list.focus();
    },
  });
  list.append(element("li", { class: "more" }, more));
  return list;
}

function patient(one) {
  return element(
    "li",
    { title: [both(one, "clinic"), one.patient_id].filter(Boolean).join(" · ") },
    one.number ? element("b", { text: one.number }) : null,
    element("span", { text: one.masked_name || (one.number ? "" : one.patient_id) }),
  );
}

/** Returns the nearest clinic day of the journal after or before the one shown. */
function nextDay(direction) {
  const days = [...shown.days].sort();
  const found = direction > 0 ? days.filter((day) => day > shown.day_on) : days.filter((day) => day < shown.day_on);
  return direction > 0 ? found[0] : found.at(-1);
}

function go(direction) {
  place("day").value = nextDay(direction);
  show();
}

async function exportAll() {
  const button = place("export");
  button.disabled = true;
  button.textContent = text("audit.exporting");
  try {
    const answer = await fetch("/api/audit/export", {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify(asked()),
    });
    if (!answer.ok) throw await answer.json();
    const file = URL.createObjectURL(await answer.blob());
    element("a", { href: file, download: `audit-${shown.day_on}.csv` }).click();
    URL.revokeObjectURL(file);
    tellDone(text("audit.exported", { day: shown.day_on }));
  } catch (refused) {
    tellRefused(refused);
  } finally {
    button.disabled = false;
    button.textContent = text("audit.export");
  }
}

await loadTexts();
wireSignOut();
place("filters").addEventListener("submit", (event) => {
  event.preventDefault();
  show();
});
for (const id of ["day", "what"]) place(id).addEventListener("change", () => show());
place("previous-day").addEventListener("click", () => go(-1));
place("next-day").addEventListener("click", () => go(1));
place("newest").addEventListener("click", () => show());
place("older").addEventListener("click", () => show(shown.next_before));
place("export").addEventListener("click", exportAll);
const me = await send("GET", "/api/me");
place("who-am-i").textContent = me.display_name;
place("first-page").href = me.first_page;
place("first-page").hidden = me.first_page === location.pathname;
await show();
openForUse();
