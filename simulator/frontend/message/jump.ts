// Bringing a message into sight.

import { lookBack } from "../model/arrive";
import { log } from "../model/reading";
import { compareIds, messages, more } from "../model/store";
import { attempt, say } from "../model/toasts";

const MOST_PAGES = 20;

export async function jumpTo(id: string): Promise<void> {
  for (let page = 0; page < MOST_PAGES && more.value && isOlder(id); page += 1) {
    if (!(await attempt(lookBack))) return;
  }
  if (!messages.value.has(id)) {
    say(isOlder(id) && more.value ? "That message is too far back to go to from here." : "That message was deleted.");
    return;
  }
  requestAnimationFrame(() => show(id));
}

/** Whether something is from before all that is loaded. */
function isOlder(id: string): boolean {
  return [...messages.value.keys()].every((each) => compareIds(id, each) < 0);
}

function show(id: string): void {
  const found = document.getElementById(`message-${id}`);
  if (!found) return;
  log.atEnd = false;
  found.scrollIntoView({ block: "center" });
  found.focus({ preventScroll: true });
  found.classList.add("found");
  setTimeout(() => found.classList.remove("found"), 1500);
}
