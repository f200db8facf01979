// Late, left, paused, stopped: what is told of a doctor who sees nobody, and the one key that says so.

import { buttons, chooseByDigit, choices, openDialog } from "./dialogs.js";
import { element } from "./element.js";
import { both, clockText, text } from "./page.js";

const KINDS = ["late", "left", "paused", "stopped"];
const CAUSES = ["rescue", "urgent", "surgery", "consultation", "device_fault", "duty"];
const PAUSE_CAUSES = ["break", "duty", "urgent", "rescue", "consultation", "device_fault"];
const PAUSE_S = 600;
const PAUSE_STEP_S = 300;

/** Says what a nurse has to do about those who were told of a stop: whom to call comes first. */
export function toldMark(told) {
  return told.unreached.length > 0
    ? text("told.unreached", { count: told.unreached.length })
    : text("told.reached", { count: told.reached_count });
}

/** Says how many patients know of a stop by a message, and how many somebody has to call. */
export function toldSentence(told) {
  return [
    text("told.reached", { count: told.reached_count }),
    told.untold_count > 0 ? text("told.untold", { count: told.untold_count }) : "",
    told.unreached.length > 0 ? text("told.unreached", { count: told.unreached.length }) : "",
  ].filter(Boolean).join(" · ");
}

/** Returns "Away for a while · in surgery · back about 10:30". */
export function absenceSentence(absence) {
  const returns = absence.returns_text
    ? text(`absence.returns_${absence.kind}`, { time: absence.returns_text })
    : "";
  return [text(`absence.${absence.kind}`), both(absence, "cause"), returns].filter(Boolean).join(" · ");
}

/** Asks which way, why and until when; returns the body of the act, or null. */
export function askAbsence(queue) {
  return openDialog("absence-dialog", (close) => {
    const returns = element("input", { type: "time", id: "returns-at" });
    const approval = element("input", { id: "approval", maxlength: "40", autocomplete: "off" });
    const approvalField = element(
      "label",
      { class: "field" },
      text("absence.approval"),
      approval,
      element("small", { text: text("absence.approval_lead") }),
    );
    const kinds = KINDS.map((kind) => ({ value: kind, label: text(`absence.${kind}`) }));
    const causes = CAUSES.map((cause) => ({ value: cause, label: text(`absence.cause_${cause}`) }));
    const made = element(
      "form",
      {
        method: "dialog",
        submit: (event) => {
          event.preventDefault();
          if (!isComplete()) return;
          close({
            kind: picked("kind"),
            cause: picked("cause"),
            returns_at: returns.value || null,
            approval: needsApproval() ? approval.value.trim() : "",
          });
        },
      },
      element("h2", { text: text("absence.title", { doctor: both(queue.name, "doctor") }) }),
      choices("kind", kinds),
      element("h3", { id: "cause-head", text: text("absence.cause") }),
      choices("cause", causes, { className: "choices-row" }),
      element("label", { class: "field" }, text("absence.returns"), returns),
      approvalField,
      element("p", { class: "soft", text: text("absence.lead") }),
      buttons(close, text("absence.confirm")),
    );
    const picked = (name) => made.querySelector(`input[name=${name}]:checked`)?.value ?? null;
    const needsApproval = () => picked("kind") === "stopped" && queue.stop_needs_approval;
    const isComplete = () =>
      picked("kind") && picked("cause") && (!needsApproval() || approval.value.trim() !== "");
    const check = () => {
      approvalField.hidden = !needsApproval();
      made.querySelector("button[type=submit]").disabled = !isComplete();
    };
    made.addEventListener("change", check);
    made.addEventListener("input", check);
    made.addEventListener("keydown", (event) => {
      if (event.key === "Enter" && event.target.type === "radio" && isComplete()) made.requestSubmit();
    });
    made.querySelector("input[type=radio]").setAttribute("autofocus", "");
    check();
    return made;
  });
}

/** Asks why the doctor pauses, and until when; returns the body of the act, or null. */
export function askPause(queue, nowSecond) {
  const causes = PAUSE_CAUSES.map((cause) => ({ value: cause, label: text(`absence.cause_${cause}`) }));
  const until = Math.ceil((nowSecond + PAUSE_S) / PAUSE_STEP_S) * PAUSE_STEP_S;
  return openDialog("absence-dialog", (close) => {
    const returns = element("input", { type: "time", id: "returns-at", value: clockText(until) });
    const made = element(
      "form",
      {
        method: "dialog",
        submit: (event) => {
          event.preventDefault();
          const cause = made.querySelector("input[name=cause]:checked").value;
          close({ kind: "paused", cause, returns_at: returns.value || null, approval: "" });
        },
      },
      element("h2", { text: text("absence.pause_title", { doctor: both(queue.name, "doctor") }) }),
      element("h3", { text: text("absence.cause") }),
      choices("cause", causes, { chosen: "break" }),
      element("label", { class: "field" }, text("absence.returns"), returns),
      element("p", { class: "soft", text: text("absence.pause_lead") }),
      buttons(close, text("absence.pause_confirm")),
    );
    made.addEventListener("keydown", (event) => {
      chooseByDigit(event, made);
      if (event.key === "Enter" && event.target.type === "radio") made.requestSubmit();
    });
    made.querySelector("input:checked").setAttribute("autofocus", "");
    return made;
  });
}

/** Draws what is told of the doctor, and a stop that waits for a second person. */
export function absenceBar(queue, { act, isOwn }) {
  const { absence, asked_stop: asked } = queue;
  const parts = [];
  if (absence) {
    const end = absence.kind === "stopped" ? "reopen" : "attend";
    parts.push(
      element(
        "p",
        { class: `absence is-${absence.kind}` },
        element("strong", { text: absenceSentence(absence) }),
        element("button", {
          "data-act": end,
          text: text(absence.kind === "paused" ? "absence.end_paused" : `absence.${end}`),
          click: () => act(end),
        }),
      ),
    );
  }
  if (asked) {
    parts.push(
      element(
        "p",
        { class: "absence is-asked" },
        element("strong", {
          text: text("absence.asked", { by: asked.by.split(":")[1], approval: asked.approval }),
        }),
        isOwn(asked.by)
          ? element("span", { text: text("absence.second_person") })
          : element("button", {
              class: "danger",
              "data-act": "confirm-stop",
              text: text("absence.confirm_stop"),
              click: () => act("confirm-stop"),
            }),
        element("button", {
          "data-act": "withdraw-stop",
          text: text("absence.withdraw_stop"),
          click: () => act("withdraw-stop"),
        }),
      ),
    );
  }
  return parts;
}
