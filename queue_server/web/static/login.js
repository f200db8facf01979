// Signing in: name and password, then the code of those who have a second factor.

import { clearMessages, loadTexts, openForUse, send, tellRefused } from "./page.js";

const form = document.getElementById("login");
const user = document.getElementById("user");
const password = document.getElementById("password");
const code = document.getElementById("code");

function showStep(isSecond) {
  document.getElementById("first-step").hidden = isSecond;
  document.getElementById("second-step").hidden = !isSecond;
  document.getElementById("back").hidden = !isSecond;
  code.required = isSecond;
  code.value = "";
  if (isSecond) code.focus();
}

function isSecondStep() {
  return !document.getElementById("second-step").hidden;
}

async function signIn(event) {
  event.preventDefault();
  clearMessages();
  const button = form.querySelector("button[type=submit]");
  button.disabled = true;
  try {
    const asked = { user: user.value.trim(), password: password.value };
    if (isSecondStep()) asked.code = code.value;
    const signedIn = await send("POST", "/api/login", asked);
    location.assign(signedIn.first_page);
  } catch (refused) {
    if (refused.code === "CODE_NEEDED") {
      showStep(true);
      return;
    }
    tellRefused(refused);
    (isSecondStep() ? code : password).select();
  } finally {
    button.disabled = false;
  }
}

function startAgain() {
  clearMessages();
  showStep(false);
  password.value = "";
  user.focus();
}

await loadTexts();
form.addEventListener("submit", signIn);
document.getElementById("back").addEventListener("click", startAgain);
openForUse();
user.focus();
