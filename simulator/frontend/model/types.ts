// What the control API says (docs/simulator.md). Ids are strings, times ISO.

export interface Person {
  id: string;
  guild_id: string;
  name: string;
  username: string;
  global_name: string | null;
  nick: string | null;
  bot: boolean;
  roles: string[];
  permissions: string;
  created_at: string;
  joined_at: string | null;
  timed_out_until?: string | null;
}

export interface Account {
  id: string;
  name: string;
  username: string;
  guild_ids: string[];
  bot: boolean;
  accepts_dms?: boolean;
}

export interface Role {
  id: string;
  name: string;
  position: number;
  permissions: string;
  color: number;
  hoist: boolean;
  managed: boolean;
  mentionable: boolean;
}

export interface Channel {
  id: string;
  name: string;
  type: number;
  topic: string | null;
  position: number;
  parent_id?: string | null;
  can_write: boolean;
  slow_mode_seconds?: number;
}

export interface Guild {
  id: string;
  name: string;
  owner_id: string;
  locale: string;
  has_bot?: boolean;
  channels: Channel[];
  roles: Role[];
}

export interface Application {
  id: string;
  name: string;
  public_key: string;
  endpoint: string | null;
  events_endpoint: string | null;
  gateway_sessions?: number;
}

export interface Raid {
  guild_id: string;
  accounts: number;
  joined: number;
  turned_away: number;
  posted: number;
  greeted: number;
  silenced: number;
  running: boolean;
  stopped: boolean;
}

export interface Directory {
  epoch: string | number;
  now?: string;
  application: Application;
  guilds?: { id: string; name: string }[];
  dms?: { channel_id: string; person: Person }[];
  guild: Guild;
  viewer: Person;
  people: Person[];
  everybody?: Account[];
  commands: Command[];
  raid?: Raid | null;
}

export interface Choice {
  name: string;
  value: string | number;
}

export interface Option {
  type: number;
  name: string;
  description: string;
  required?: boolean;
  choices?: Choice[];
  options?: Option[];
  autocomplete?: boolean;
  min_value?: number;
  max_value?: number;
  min_length?: number;
  max_length?: number;
  channel_types?: number[];
}

export interface Command {
  id: string;
  type: number;
  name: string;
  description: string;
  options?: Option[];
  default_member_permissions: string | null;
  guild_id?: string | null;
  contexts?: number[] | null;
}

export interface Attachment {
  id: string;
  filename: string;
  size: number;
  content_type?: string | null;
  url: string;
  description?: string | null;
  ephemeral?: boolean;
}

/** Embeds and components stay as the bot sent them: nothing about their shape is sure. */
export type Loose = Record<string, any>;

export interface Message {
  id: string;
  channel_id: string;
  author_id: string;
  type: number;
  content: string;
  flags: number;
  components: Loose[];
  embeds: Loose[];
  created_at: string;
  edited_at?: string | null;
  visible_to: string | null;
  status: "shown" | "thinking" | "failed" | "note";
  problem: string | null;
  text: string;
  revision: number;
  attachments?: Attachment[];
  reply_to?: { message_id: string; author_id: string | null; text: string } | null;
  mentions?: { users: string[]; roles: string[]; everyone: boolean };
  interaction: { id: string; type: number; name: string; user_id: string } | null;
}

export interface View {
  epoch: string | number;
  revision: number;
  now: string;
  more?: boolean;
  messages: Message[];
}

export interface ModalData {
  title: string;
  custom_id: string;
  components: Loose[];
}

export interface Outcome {
  interaction_id: string;
  status: number;
  elapsed_ms: number;
  response: unknown;
  message: Message | null;
  modal?: ModalData | null;
  choices?: Choice[];
  problem?: string | null;
}

export interface Upload {
  filename: string;
  content_type?: string;
  content: string;
}

export type Frame =
  | { type: "hello"; epoch: string | number; revision: number; now: string }
  | { type: "message"; message: Message }
  | { type: "deleted"; channel_id: string; ids: string[] }
  | { type: "directory" }
  | { type: "typing"; channel_id: string; user_id: string }
  | { type: "clock"; now: string };
