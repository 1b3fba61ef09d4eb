// What the viewer has seen in the channel in sight, and where the new begins.

import { effect, signal } from "@preact/signals";
import * as store from "./store";
import type { Message } from "./types";

/** The line "New" stands before this message. */
export const newFrom = signal<string | null>(null);
/** How many have come since the viewer last looked. */
export const unseen = signal(0);
/** Who reads the newest is kept there; whoever looks for something further up is not. */
export const log = { atEnd: true };
let seen = true;

function looking(): boolean {
  return log.atEnd && document.hasFocus();
}

/** Where the new begins in a channel that is entered; null where all is known. */
export function enter(first: string | null): void {
  newFrom.value = first;
  unseen.value = 0;
  log.atEnd = true;
  seen = true;
}

export function scrolled(end: boolean): void {
  log.atEnd = end;
  look();
}

function look(): void {
  if (!looking()) return;
  seen = true;
  unseen.value = 0;
}

/** A message that was not there before came into the channel in sight. */
export function arrived(message: Message): void {
  if (message.author_id === store.viewer()?.id) return enter(null);
  if (looking()) return;
  if (seen) newFrom.value = message.id;
  seen = false;
  unseen.value += 1;
}

/** Keep the window's title up to date: it is all that is seen of a window behind another. */
export function startReading(): void {
  window.addEventListener("focus", look);
  effect(() => {
    const known = store.directory.value;
    if (!known) return;
    const called = [...store.unread.value.values()].reduce((sum, each) => sum + each, 0);
    const waiting = called + unseen.value;
    const channel = store.channel.value;
    const place = channel ? `${store.direct.value ? "@" : "#"}${channel.name} · ` : "";
    document.title = `${waiting ? `(${waiting}) ` : ""}${place}${store.direct.value ? "Direct messages" : known.guild.name} · ${known.viewer.name} · local Discord`;
  });
}
