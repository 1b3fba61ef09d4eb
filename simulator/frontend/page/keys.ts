// Keys that mean the same wherever the focus is: writing goes to the message box, Escape to the newest message,
// Alt and an arrow to the next channel.

import { go } from "../model/arrive";
import { readPlace } from "../model/place";
import { enter } from "../model/reading";
import * as store from "../model/store";

const CATEGORY = 4;
const TYPED_INTO = "input, textarea, select, [contenteditable]";
const PRESSED = "button, a, summary, [role=button]";

export function onPageKey(event: KeyboardEvent): void {
  if (event.defaultPrevented || event.isComposing) return;
  if (store.drawer.value) {
    if (event.key === "Escape") closeDrawer();
    return;
  }
  if (document.querySelector("dialog[open], .pop")) return;
  const target = event.target as HTMLElement;
  const box = document.getElementById("composer-input");
  if (event.altKey && (event.key === "ArrowUp" || event.key === "ArrowDown")) {
    nextChannel(event.key === "ArrowUp" ? -1 : 1);
    event.preventDefault();
  } else if (event.key === "Escape") {
    enter(null);
    const log = document.getElementById("log");
    if (log) log.scrollTop = log.scrollHeight;
    box?.focus();
  } else if (!target.matches(TYPED_INTO) && isWriting(event, target)) box?.focus();
}

function isWriting(event: KeyboardEvent, target: HTMLElement): boolean {
  if (event.key === " " && (target.matches(PRESSED) || target.matches(".log, .message"))) return false;
  const pastes = (event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "v";
  const types = event.key.length === 1 && !event.ctrlKey && !event.metaKey && !event.altKey;
  return pastes || types;
}

function nextChannel(way: number): void {
  const known = store.directory.value;
  if (!known) return;
  const { channels } = known.guild;
  const groups = channels.filter((each) => each.type === CATEGORY);
  const outside = channels.filter((each) => each.type !== CATEGORY && !groups.some((group) => group.id === each.parent_id));
  const inOrder = [...outside, ...groups.flatMap((group) => channels.filter((each) => each.parent_id === group.id))];
  const all = store.direct.value ? (known.dms ?? []).map((each) => each.channel_id) : inOrder.map((each) => each.id);
  // The address is ahead of what is shown while somebody presses quickly.
  const at = all.indexOf(readPlace(location.hash).channelId ?? store.channelId.value ?? "");
  const next = all[(at + way + all.length) % all.length];
  if (next) go({ channelId: next });
}

export function openDrawer(which: "channels" | "people"): void {
  store.drawer.value = which;
  requestAnimationFrame(() => document.querySelector<HTMLElement>(`#${which} :is(a, button)`)?.focus());
}

export function closeDrawer(): void {
  const which = store.drawer.value;
  store.drawer.value = null;
  requestAnimationFrame(() => document.getElementById(`open-${which}`)?.focus());
}
