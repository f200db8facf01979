// The audit list.

import { loadTexts, openForUse, wireSignOut } from "./page.js";

await loadTexts();
wireSignOut();
openForUse();
