// Questions to the person: a reason, a choice, a confirmation. Each returns a promise.

import { element } from "./element.js";
import { both, text } from "./page.js";

/** Opens a dialog with this content; `close(value)` settles it, Esc and ✕ settle it with null. */
export function openDialog(className, fill) {
  return new Promise((resolve) => {
    const dialog = element("dialog", { class: className });
    let value = null;
    const close = (chosen) => {
      value = chosen;
      dialog.close();
    };
    dialog.addEventListener("close", () => {
      dialog.remove();
      resolve(value);
    });
    dialog.append(
      fill(close),
      element("button", {
        type: "button",
        class: "quiet close",
        "aria-label": text("dialog.close"),
        text: "✕",
        click: () => close(null),
      }),
    );
    document.body.append(dialog);
    dialog.showModal();
    dialog.querySelector("[autofocus]")?.focus();
  });
}

/** Tells whether keys typed now belong to a field or a dialog and not to the page. */
export function isTyping(event) {
  return (
    document.querySelector("dialog[open]") !== null ||
    event.target.closest?.("input:not([type=checkbox]), select, textarea") !== null
  );
}

/** Returns the buttons at the foot of a form. */
export function buttons(close, mainText, mainClass = "main") {
  return element(
    "div",
    { class: "buttons" },
    element("button", { type: "button", text: text("dialog.cancel"), click: () => close(null) }),
    element("button", { type: "submit", class: mainClass, text: mainText }),
  );
}

function form(submit, ...children) {
  return element(
    "form",
    {
      method: "dialog",
      submit: (event) => {
        event.preventDefault();
        submit();
      },
    },
    ...children,
  );
}

/** Returns labelled radio buttons; the first nine can be chosen by their digit. */
export function choices(name, options, { chosen = null, className = "choices" } = {}) {
  return element(
    "div",
    { class: className, role: "radiogroup" },
    options.map(({ value, label, extra }, index) =>
      element(
        "label",
        {},
        element("input", { type: "radio", name, value, checked: value === chosen }),
        element("span", {}, label, extra ? element("small", { text: extra }) : null),
        className === "choices" ? element("kbd", { text: String(index + 1) }) : null,
      ),
    ),
  );
}

/** Chooses one of the radio buttons of `holder` by its digit. */
export function chooseByDigit(event, holder) {
  if (event.target.matches("input:not([type=radio])") || !/^[1-9]$/.test(event.key)) return;
  const radio = holder.querySelectorAll("input[type=radio]")[Number(event.key) - 1];
  if (!radio) return;
  radio.checked = true;
  radio.focus();
  radio.dispatchEvent(new Event("change", { bubbles: true }));
  event.preventDefault();
}

/**
 * Asks why; returns the reason. The person chooses a common one or writes his own; `kind` is how
 * the names of their texts begin.
 */
export function askReason(title, kind = "") {
  const common = ["one", "two", "three", "four", "five", "six"].map((key) => {
    const label = text(`reason.${kind}${key}`);
    return { value: label, label };
  });
  return openDialog("", (close) => {
    const written = element("input", {
      id: "reason-text",
      maxlength: "100",
      placeholder: text("reason.other"),
      "aria-label": text("reason.other"),
      autocomplete: "off",
    });
    const given = () => written.value.trim() || made.querySelector(":checked")?.value || "";
    const made = form(
      () => given() && close(given()),
      element("h2", { text: title }),
      element("p", { class: "soft", text: text("reason.lead") }),
      choices("reason", common),
      written,
      buttons(close, text(`reason.${kind}confirm`)),
    );
    const main = made.querySelector("button[type=submit]");
    const check = () => {
      main.disabled = !given();
    };
    made.addEventListener("change", check);
    made.addEventListener("input", check);
    made.addEventListener("keydown", (event) => {
      chooseByDigit(event, made);
      // Enter on a chosen reason confirms it, as it does in the text.
      if (event.key === "Enter" && event.target.type === "radio") made.requestSubmit();
    });
    made.querySelector("input[type=radio]").setAttribute("autofocus", "");
    check();
    return made;
  });
}

/** Asks for one of several, none of which is chosen beforehand; returns its value. */
export function askChoice(title, options, mainText) {
  return openDialog("", (close) => {
    const made = form(
      () => chosen() && close(chosen().value),
      element("h2", { text: title }),
      choices("choice", options),
      buttons(close, mainText),
    );
    const chosen = () => made.querySelector("input:checked");
    const main = made.querySelector("button[type=submit]");
    main.disabled = true;
    made.addEventListener("change", () => {
      main.disabled = false;
    });
    made.addEventListener("keydown", (event) => {
      chooseByDigit(event, made);
      if (event.key === "Enter" && event.target.type === "radio") made.requestSubmit();
    });
    made.querySelector("input")?.setAttribute("autofocus", "");
    return made;
  });
}

/** Asks for one line of text, which may be empty; returns it without spaces around. */
export function askText(title, { lead, label, mainText, value = "", maxLength = 100 }) {
  return openDialog("", (close) => {
    const written = element("input", {
      id: "asked-text",
      maxlength: String(maxLength),
      "aria-label": label,
      placeholder: label,
      autocomplete: "off",
      autofocus: true,
      value,
    });
    return form(
      () => close(written.value.trim()),
      element("h2", { text: title }),
      element("p", { class: "soft", text: lead }),
      written,
      buttons(close, mainText),
    );
  });
}

/** Asks whether it is meant; returns true or null. */
export function askConfirmation(title, sentence, mainText) {
  return openDialog("", (close) =>
    form(
      () => close(true),
      element("h2", { text: title }),
      element("p", { text: sentence }),
      buttons(close, mainText, "danger"),
    ),
  );
}

/** Asks for another queue; returns its id. */
export function askQueue(title, queues, mainText) {
  const options = queues.map((queue) => ({
    value: queue.id,
    // An area queue has nobody's title: it is called by its clinic.
    label: both(queue, queue.doctor_title_zh ? "doctor" : "clinic"),
    extra: `${both(queue, "room")} · ${both(queue, queue.doctor_title_zh ? "clinic" : "doctor")}`,
  }));
  return askChoice(title, options, mainText);
}
