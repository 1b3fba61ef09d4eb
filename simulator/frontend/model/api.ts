// The control API. A refusal becomes an Error whose message is the simulator's sentence.

import type { Directory, Message, Outcome, Person, Raid, Upload, View } from "./types";

type Query = Record<string, string | number | null | undefined>;
type Body = Record<string, unknown>;

async function answerOf<T>(response: Response): Promise<T> {
  const body = await response.json().catch(() => null);
  if (!response.ok) throw new Error(body?.error ?? `The simulator answered ${response.status}.`);
  return body as T;
}

async function get<T>(path: string, query: Query): Promise<T> {
  const asked = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) {
    if (value !== null && value !== undefined) asked.set(name, String(value));
  }
  return answerOf<T>(await fetch(`${path}?${asked}`));
}

async function post<T>(path: string, body: Body): Promise<T> {
  const headers = { "Content-Type": "application/json" };
  return answerOf<T>(await fetch(path, { method: "POST", headers, body: JSON.stringify(body) }));
}

export const fetchDirectory = (query: { user_id?: string; guild_id?: string }) =>
  get<Directory>("/_sim/directory", query);
export const fetchView = (query: { channel_id: string; user_id: string; before?: string; limit?: number }) =>
  get<View>("/_sim/view", query);

export const postMessage = (body: Body) => post<Message>("/_sim/messages", body);
export const editMessage = (id: string, body: { user_id: string; content: string }) =>
  post<Message>(`/_sim/messages/${id}/edit`, body);
export const deleteMessage = (id: string, body: { user_id: string }) =>
  post<{ deleted: boolean }>(`/_sim/messages/${id}/delete`, body);

export const runCommand = (body: Body) => post<Outcome>("/_sim/commands", body);
export const runContextMenu = (body: Body) => post<Outcome>("/_sim/context-menus", body);
export const autocomplete = (body: Body) => post<Outcome>("/_sim/autocomplete", body);
export const pressComponent = (body: Body) => post<Outcome>("/_sim/components", body);
export const submitModal = (body: Body) => post<Outcome>("/_sim/modals", body);

export const changeMember = (body: Body) => post<Person>("/_sim/members", body);
export const moderate = (body: Body) => post<unknown>("/_sim/moderation", body);
export const changeRole = (body: Body) => post<unknown>("/_sim/roles", body);
export const changeBot = (guildId: string, action: "add" | "remove") => post<unknown>(`/_sim/guilds/${guildId}/bot`, { action });
export const makeGuild = (body: Body) => post<{ id: string; name: string }>("/_sim/guilds", body);
export const changePerson = (body: { user_id: string; accepts_dms: boolean }) => post<unknown>("/_sim/people", body);
export const openDirect = (userId: string) => post<{ channel_id: string; person: Person }>("/_sim/dms", { user_id: userId });
export const tellTyping = (body: { channel_id: string; user_id: string }) => post<unknown>("/_sim/typing", body);
export const startRaid = (body: { guild_id: string; accounts: number; seconds: number; posts: number }) => post<Raid>("/_sim/raid", body);
export const stopRaid = (guildId: string) => post<Raid>("/_sim/raid/stop", { guild_id: guildId });
export const advanceClock = (seconds: number) => post<{ now: string }>("/_sim/clock", { advance: seconds });

/** A file as the control API takes it: its bytes as base64. */
export function upload(file: File): Promise<Upload> {
  return new Promise((resolve, reject) => {
    const reader = new FileReader();
    reader.onerror = () => reject(new Error(`${file.name} could not be read. Nothing was sent.`));
    reader.onload = () => {
      const content = String(reader.result).split(",", 2)[1] ?? "";
      resolve({ filename: file.name, content_type: file.type || undefined, content });
    };
    reader.readAsDataURL(file);
  });
}
