// What the viewer does, and what comes of it at once. The rest arrives on the live line.

import { batch, signal } from "@preact/signals";
import * as api from "./api";
import { enter } from "./reading";
import * as store from "./store";
import { say, sentenceOf } from "./toasts";
import type { Command, Message, ModalData, Outcome } from "./types";

let made = 0;

interface OpenModal {
  key: number;
  data: ModalData;
}
export const modal = signal<OpenModal | null>(null);
/** Components that wait for their answer: "message id/custom id". */
export const busy = signal<ReadonlySet<string>>(new Set());
/** What to say below a message whose component failed. */
export const troubles = signal<ReadonlyMap<string, string>>(new Map());

function here(): { channel_id: string; user_id: string } {
  const viewer = store.viewer();
  const channelId = store.channelId.value;
  if (!viewer || !channelId) throw new Error("There is no channel here. Nothing was sent.");
  return { channel_id: channelId, user_id: viewer.id };
}

function where(): { guild_id?: string; channel_id: string; user_id: string } {
  return store.direct.value ? here() : { guild_id: store.directory.value?.guild.id, ...here() };
}

export async function sendMessage(content: string, files: File[]): Promise<void> {
  const attachments = await Promise.all(files.map(api.upload));
  const reply = store.replyTo.value;
  const message = await api.postMessage({
    ...here(),
    ...(content ? { content } : {}),
    ...(attachments.length ? { attachments } : {}),
    ...(reply ? { reply_to: reply.id } : {}),
  });
  told = { where: "", at: 0 };
  batch(() => {
    store.replyTo.value = null;
    enter(null);
    store.merge([message]);
  });
}

const TYPING_MS = 8_000;
let told = { where: "", at: 0 };

/** Let the others see that something is being written; at most every few seconds. */
export function tellTyping(): void {
  const place = here();
  const where = `${place.channel_id}/${place.user_id}`;
  if (told.where === where && Date.now() - told.at < TYPING_MS) return;
  told = { where, at: Date.now() };
  api.tellTyping(place).catch(() => undefined);
}

export async function editMessage(message: Message, content: string): Promise<void> {
  store.merge([await api.editMessage(message.id, { user_id: here().user_id, content })]);
}

export async function deleteMessage(message: Message): Promise<void> {
  await api.deleteMessage(message.id, { user_id: here().user_id });
  store.forget([message.id]);
}

/** What stands there between sending a command and the bot's answer. */
async function whilePending(command: string, act: () => Promise<Outcome>): Promise<void> {
  const waiting = { key: ++made, command };
  store.pending.value = [...store.pending.value, waiting];
  try {
    take(await act());
  } finally {
    store.pending.value = store.pending.value.filter((each) => each !== waiting);
  }
}

export async function runCommand(name: string, options: Record<string, unknown>, files: [string, File][]): Promise<void> {
  const uploads = await Promise.all(files.map(async ([option, file]) => [option, await api.upload(file)] as const));
  const attachments = uploads.length ? { attachments: Object.fromEntries(uploads) } : {};
  await whilePending(`/${name}`, () => api.runCommand({ ...where(), name, options, ...attachments }));
}

export async function runContextMenu(command: Command, targetId: string): Promise<void> {
  await whilePending(command.name, () => api.runContextMenu({ ...where(), name: command.name, target_id: targetId }));
}

export async function askChoices(name: string, options: Record<string, unknown>, focused: string) {
  const outcome = await api.autocomplete({ ...where(), name, options, focused });
  return outcome.choices ?? [];
}

export async function press(message: Message, customId: string, values?: string[]): Promise<void> {
  const key = `${message.id}/${customId}`;
  if (busy.value.has(key)) return;
  trouble(message.id, null);
  busy.value = new Set([...busy.value, key]);
  try {
    const outcome = await api.pressComponent({
      message_id: message.id,
      custom_id: customId,
      user_id: here().user_id,
      ...(values ? { values } : {}),
    });
    take(outcome);
    if (!answered(outcome)) trouble(message.id, problemOf(outcome));
  } catch (error) {
    say(sentenceOf(error), true);
  } finally {
    busy.value = new Set([...busy.value].filter((each) => each !== key));
  }
}

/** Send a form. Null when it was taken, else what went wrong: the form stays open with what was written. */
export async function submitModal(data: ModalData, fields: Record<string, unknown>): Promise<string | null> {
  const sent: Record<string, unknown> = {};
  for (const [id, value] of Object.entries(fields)) {
    const files = Array.isArray(value) && value[0] instanceof File;
    sent[id] = files ? await Promise.all((value as File[]).map(api.upload)) : value;
  }
  const outcome = await api.submitModal({ custom_id: data.custom_id, fields: sent, user_id: here().user_id });
  if (!answered(outcome)) return problemOf(outcome) || "The bot gave no usable answer.";
  take(outcome);
  return null;
}

function answered(outcome: Outcome): boolean {
  return !outcome.problem && outcome.status >= 200 && outcome.status < 300;
}

function problemOf(outcome: Outcome): string {
  if (outcome.problem) return outcome.problem;
  if (outcome.message?.problem) return outcome.message.problem;
  return outcome.status ? `The bot answered with status ${outcome.status}.` : "The bot did not answer in time.";
}

function take(outcome: Outcome): void {
  if (outcome.message) store.merge([outcome.message]);
  if (outcome.modal) modal.value = { key: ++made, data: outcome.modal };
}

function trouble(messageId: string, text: string | null): void {
  const next = new Map(troubles.value);
  if (text === null) next.delete(messageId);
  else next.set(messageId, text);
  troubles.value = next;
}
