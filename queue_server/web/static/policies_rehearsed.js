// What a rehearsal has shown: in a sentence, in two plots, in a table, and as rule text.

import { element } from "./element.js";
import { clockText, language, text } from "./page.js";
import { drawCalls, drawWaits, isSooner, kindText } from "./policies_plots.js";
import { placeText } from "./policies_words.js";

const place = (id) => document.getElementById(id);

export function drawRehearsed(found, tables) {
  const nameOf = (queue) => placeText(tables.find(({ level, of }) => level === "queue" && of === queue));
  const parts = { people: found.people_count, changed: found.changed_count, sooner: found.sooner_count, later: found.later_count, at: found.as_of };
  place("rehearsed-sum").textContent = text(found.people_count === 0 ? "policies.sum_nobody" : found.changed_count === 0 ? "policies.sum_same" : "policies.sum", parts);
  drawWaits(place("plot-waits"), found.waits);
  drawCalls(place("plot-calls"), found.changed);
  drawTable(found.changed, nameOf);
  drawTexts(found.texts, nameOf);
  const names = found.absent.map(nameOf).join(text("policies.comma"));
  place("absent").textContent = found.absent.length === 0 ? "" : text("policies.absent", { names });
}

function drawTable(changed, nameOf) {
  const when = (second) => (second === null ? text("policies.not_called") : clockText(second));
  const minutes = ({ called_s: was, would_be_called_s: would }) => (was === null || would === null ? "–" : `${would > was ? "+" : "−"}${Math.abs(Math.round((would - was) / 60))}`);
  place("changed").closest("details").hidden = changed.length === 0;
  const headings = ["number", "queue", "kind", "came", "was", "would", "minutes"];
  place("changed").replaceChildren(
    element("thead", {}, element("tr", {}, headings.map((name) => element("th", { scope: "col", text: text(`policies.column_${name}`) })))),
    element(
      "tbody",
      {},
      changed.map((one) =>
        element(
          "tr",
          { class: isSooner(one) ? "is-sooner" : "is-later" },
          element("th", { scope: "row", class: "number", text: one.number }),
          [nameOf(one.queue), kindText(one.kind), clockText(one.arrived_s), when(one.called_s), when(one.would_be_called_s), minutes(one)].map((cell) => element("td", { text: cell })),
        ),
      ),
    ),
  );
}

/** Draws only the sentences that change, each as it was and as it would be. */
function drawTexts(texts, nameOf) {
  if (texts.length === 0) {
    place("texts").replaceChildren(element("p", { class: "soft", text: text("policies.texts_same") }));
    return;
  }
  place("texts").replaceChildren(
    ...texts.map((one) => {
      const [before, after] = [one[`before_${language}`], one[`after_${language}`]];
      const changed = before.map((sentence, index) => [sentence, after[index]]).filter(([was, would]) => was !== would);
      return element(
        "div",
        { class: "changed-text" },
        element("p", { class: "soft", text: one.queues.map(nameOf).join(text("policies.comma")) }),
        changed.map(([was, would]) => element("p", { class: "sentence" }, element("del", { text: was }), element("ins", { text: would }))),
      );
    }),
  );
}
