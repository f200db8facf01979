// The table of keys that `?` shows.

import { openDialog } from "./dialogs.js";
import { element } from "./element.js";
import { text } from "./page.js";

/** Shows `keys`: pairs of keys, separated by spaces, and the text that says what they do. */
export function openKeyTable(keys) {
  return openDialog("", () =>
    element(
      "div",
      { class: "sheet" },
      element("h2", { text: text("station.keys") }),
      element(
        "dl",
        { class: "keys-table" },
        keys
          .map(([pressed, key]) => [
            element("dt", {}, pressed.split(" ").map((one) => element("kbd", { text: one }))),
            element("dd", { text: text(key) }),
          ])
          .flat(),
      ),
    ),
  );
}
