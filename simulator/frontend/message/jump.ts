// Bringing a message into sight.

import { say } from "../model/toasts";

export function jumpTo(id: string): void {
  const found = document.getElementById(`message-${id}`);
  if (!found) {
    say("That message is further back than what is loaded here.");
    return;
  }
  found.scrollIntoView({ block: "center" });
  found.focus({ preventScroll: true });
  found.classList.add("found");
  setTimeout(() => found.classList.remove("found"), 1500);
}
