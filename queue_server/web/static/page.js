// What every page needs: texts, the language switch, questions to the server, messages.

import { element } from "./element.js";

export const language = document.documentElement.lang.startsWith("zh") ? "zh" : "en";
const other = language === "zh" ? "en" : "zh";
let texts = {};

/** Loads the texts; everything else on a page comes after it. */
export async function loadTexts() {
  const answer = await fetch(`/texts/${language}`);
  texts = await answer.json();
  for (const button of document.querySelectorAll("[data-language]")) {
    button.addEventListener("click", () => chooseLanguage(button.dataset.language));
    button.setAttribute("aria-pressed", String(button.dataset.language === language));
  }
}

/** Returns the text of a key, with its parts in braces filled in. */
export function text(key, parts = {}) {
  if (!(key in texts)) throw new Error(`no text ${key}`);
  return texts[key].replace(/\{(\w+)\}/g, (_, name) => parts[name]);
}

/** Returns the field of `holder` in the page's language: `both(queue, "room")`. */
export function both(holder, field) {
  return holder[`${field}_${language}`] || holder[`${field}_${other}`] || "";
}

function chooseLanguage(chosen) {
  document.cookie = `language=${chosen}; path=/; max-age=31536000; SameSite=Strict`;
  location.reload();
}

/** Makes the id of one intent: however often it is sent, it is done once. */
export function newRequestId() {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

/** Sends JSON; returns the answer, or throws `{code, message_zh, message_en}`. */
export async function send(method, address, body) {
  let answer;
  try {
    answer = await fetch(address, {
      method,
      headers: { "Content-Type": "application/json" },
      body: body === undefined ? undefined : JSON.stringify(body),
    });
  } catch {
    throw { code: "NO_LINE", message_zh: text("line.lost"), message_en: "" };
  }
  const found = await answer.json();
  if (answer.ok) return found;
  if (found.code === "NOT_SIGNED_IN") location.assign("/login");
  throw found;
}

/** Shows that something was done; it goes by itself. */
export function tellDone(sentence) {
  const place = document.getElementById("messages");
  place.replaceChildren(element("p", { class: "done", text: sentence }));
  setTimeout(() => place.firstElementChild?.textContent === sentence && place.replaceChildren(), 5000);
}

/** Shows why something was not done, in both languages, until it has been read. */
export function tellRefused(refused) {
  if (!refused.message_zh && !refused.message_en) throw refused;
  const place = document.getElementById("messages");
  const close = element("button", {
    class: "quiet",
    "aria-label": text("dialog.close"),
    text: "✕",
    click: clearMessages,
  });
  place.replaceChildren(
    element(
      "div",
      { class: "refused", role: "alert", "data-code": refused.code },
      element("strong", { text: both(refused, "message") }),
      element("span", { lang: other === "zh" ? "zh-CN" : "en", text: refused[`message_${other}`] }),
      close,
    ),
  );
}

/** Takes away what stands there. */
export function clearMessages() {
  document.getElementById("messages").replaceChildren();
}

/** Returns how long ago a second of the day was, in minutes. */
export function minutesSince(second, nowSecond) {
  return Math.max(0, Math.floor((nowSecond - second) / 60));
}

/** Returns a second of the day as `08:41`. */
export function clockText(second) {
  const hours = Math.floor(second / 3600);
  const minutes = Math.floor(second / 60) % 60;
  return `${String(hours).padStart(2, "0")}:${String(minutes).padStart(2, "0")}`;
}

/** Lets the page be used: before its parts are wired, a click or a key would be lost. */
export function openForUse() {
  document.body.inert = false;
}

/** Wires the sign-out button. */
export function wireSignOut() {
  document.getElementById("sign-out").addEventListener("click", async () => {
    await send("POST", "/api/logout", {});
    location.assign("/login");
  });
}
