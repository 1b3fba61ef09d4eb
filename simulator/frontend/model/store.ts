// What the page knows. Everything shown follows from these signals; model/arrive.ts and model/live.ts fill them.

import { computed, signal } from "@preact/signals";
import { DIRECT, readPlace } from "./place";
import type { Channel, Directory, Message, Person } from "./types";

export const place = signal(readPlace(location.hash));
export const directory = signal<Directory | null>(null);
export const channelId = signal<string | null>(null);

/** The messages of the channel in sight, by id. */
export const messages = signal<ReadonlyMap<string, Message>>(new Map());
export const more = signal(false);
export const loaded = signal(false);

export const away = signal(false);
export const unread = signal<ReadonlyMap<string, number>>(new Map());
/** By channel, the first message in it that was not seen. */
export const firstUnread = signal<ReadonlyMap<string, string>>(new Map());
export const typing = signal<ReadonlyMap<string, number>>(new Map());

export interface Pending {
  key: number;
  command: string;
}
export const pending = signal<Pending[]>([]);

export const replyTo = signal<Message | null>(null);
export const editing = signal<string | null>(null);
export const drawer = signal<"channels" | "people" | null>(null);
export const membersShown = signal(true);

export const direct = computed(() => place.value.guildId === DIRECT);

/** Older first; ids grow with time. */
export const ordered = computed(() =>
  [...messages.value.values()].filter((each) => !dismissed.value.has(each.id)).sort((a, b) => compareIds(a.id, b.id)),
);

export function compareIds(a: string, b: string): number {
  return a.length - b.length || (a < b ? -1 : a > b ? 1 : 0);
}

export const channel = computed<Channel | null>(() => {
  const known = directory.value;
  if (!known || !channelId.value) return null;
  const found = known.guild.channels.find((each) => each.id === channelId.value);
  if (found) return found;
  const dm = known.dms?.find((each) => each.channel_id === channelId.value);
  return dm ? { id: dm.channel_id, name: dm.person.name, type: 1, topic: null, position: 0, can_write: true } : null;
});

export function viewer(): Person | null {
  return directory.value?.viewer ?? null;
}

export function personOf(id: string): Person | undefined {
  const known = directory.value;
  return known?.people.find((each) => each.id === id) ?? known?.dms?.find((each) => each.person.id === id)?.person;
}

export interface Author {
  id: string;
  name: string;
  bot: boolean;
  here?: Person;
}

/** Who wrote something: also those who have left are still called by their name. */
export function authorOf(id: string): Author {
  const here = personOf(id);
  if (here) return { id, name: here.name, bot: here.bot, here };
  const account = directory.value?.everybody?.find((each) => each.id === id);
  if (account) return { id, name: account.name, bot: account.bot };
  const application = directory.value?.application;
  if (application?.id === id) return { id, name: application.name, bot: true };
  return { id, name: "Somebody", bot: false };
}

export function roleName(id: string): string | undefined {
  return directory.value?.guild.roles.find((each) => each.id === id)?.name.replace(/^@/, "");
}

export function channelName(id: string): string | undefined {
  return directory.value?.guild.channels.find((each) => each.id === id)?.name;
}

/** Lay newer versions of messages over those known. */
export function merge(news: Message[]): void {
  const here = news.filter((each) => each.channel_id === channelId.value);
  const fresh = here.filter((each) => (messages.value.get(each.id)?.revision ?? -1) <= each.revision);
  if (!fresh.length) return;
  messages.value = new Map([...messages.value, ...fresh.map((each) => [each.id, each] as const)]);
}

export function forget(ids: string[]): void {
  const left = new Map(messages.value);
  for (const id of ids) left.delete(id);
  if (left.size !== messages.value.size) messages.value = left;
}

/** Whether a message calls the viewer: by name, by a role of theirs, or everybody. */
export function callsMe(message: Message): boolean {
  const me = viewer();
  const called = message.mentions;
  if (!me || !called || message.author_id === me.id) return false;
  return called.everyone || called.users.includes(me.id) || called.roles.some((role) => me.roles.includes(role));
}

// --- what only one person sees can be put away; it stays away for as long as this window lives ------

const DISMISSED = "dismissed";
export const dismissed = signal<ReadonlySet<string>>(new Set(JSON.parse(sessionStorage.getItem(DISMISSED) ?? "[]") as string[]));

export function dismiss(id: string): void {
  dismissed.value = new Set([...dismissed.value, id]);
  sessionStorage.setItem(DISMISSED, JSON.stringify([...dismissed.value].slice(-200)));
}
