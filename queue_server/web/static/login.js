// Signing in.

import { clearMessages, loadTexts, openForUse, send, tellRefused } from "./page.js";

const form = document.getElementById("login");

async function signIn(event) {
  event.preventDefault();
  clearMessages();
  const button = form.querySelector("button[type=submit]");
  button.disabled = true;
  try {
    const user = document.getElementById("user").value.trim();
    const password = document.getElementById("password").value;
    const signedIn = await send("POST", "/api/login", { user, password });
    location.assign(signedIn.first_page);
  } catch (refused) {
    tellRefused(refused);
    document.getElementById("password").select();
  } finally {
    button.disabled = false;
  }
}

await loadTexts();
form.addEventListener("submit", signIn);
openForUse();
document.getElementById("user").focus();
