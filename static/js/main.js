// The one script every page loads. Each module is one behaviour, bound by data attributes; pages work without any.
import * as arrivals from "./arrivals.js";
import * as autosubmit from "./autosubmit.js";
import * as chat from "./chat.js";
import * as chatDesk from "./chat_desk.js";
import * as chatRing from "./chat_ring.js";
import * as composer from "./composer.js";
import * as csrf from "./csrf.js";
import * as deadlines from "./deadlines.js";
import * as dialogs from "./dialogs.js";
import * as drafts from "./drafts.js";
import * as dropzone from "./dropzone.js";
import * as focus from "./focus.js";
import * as held from "./held.js";
import * as insert from "./insert.js";
import * as leaving from "./leaving.js";
import * as live from "./live.js";
import * as macros from "./macros.js";
import * as mentions from "./mentions.js";
import * as menus from "./menus.js";
import * as pictures from "./pictures.js";
import * as presence from "./presence.js";
import * as push from "./push.js";
import * as rail from "./rail.js";
import * as refresh from "./refresh.js";
import * as requests from "./requests.js";
import * as shortcuts from "./shortcuts.js";
import * as signedOut from "./signed_out.js";
import * as stream from "./stream.js";
import * as submits from "./submits.js";
import * as theme from "./theme.js";
import * as toasts from "./toasts.js";
import * as wrong from "./wrong.js";
import * as zone from "./zone.js";

const behaviours = [arrivals, autosubmit, chat, chatDesk, chatRing, composer, csrf, deadlines, dialogs, drafts, dropzone, focus, held, insert, leaving, live, macros, mentions, menus, pictures, presence, push, rail, refresh, requests, shortcuts, signedOut, stream, submits, theme, toasts, wrong, zone];

for (const behaviour of behaviours) behaviour.start();

// Parts of a page that arrive later are bound like those that came with it.
function bind(root) {
  for (const behaviour of behaviours) behaviour.bind?.(root);
}

bind(document);
document.addEventListener("htmx:afterSwap", (event) => bind(event.detail.elt));
document.documentElement.dataset.ready = "";
