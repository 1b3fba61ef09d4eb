// What stands in the message box, read as a command: "/bytes send user:@Ada amount:50".
// Pure: text and the registered commands in, meaning out.

import type { Command, Option } from "../model/types";

export const TYPE = {
  SUB: 1,
  GROUP: 2,
  STRING: 3,
  INTEGER: 4,
  BOOLEAN: 5,
  USER: 6,
  CHANNEL: 7,
  ROLE: 8,
  MENTIONABLE: 9,
  NUMBER: 10,
  ATTACHMENT: 11,
} as const;

export const KIND = { SLASH: 1, USER: 2, MESSAGE: 3 } as const;
const IN_GUILD = 0;
const IN_BOT_DM = 1;

export interface Callable {
  path: string;
  description: string;
  options: Option[];
}

export interface Reading {
  command: Callable | null;
  typed: string;
  values: Record<string, string>;
  free: string;
  /** The option being written, and where its value begins in the text. */
  open: { name: string; from: number } | null;
}

/** Whether somebody with these permissions is offered a command, there or in a direct message. */
export function offered(command: Command, permissions: bigint, direct: boolean): boolean {
  if (direct) return command.contexts ? command.contexts.includes(IN_BOT_DM) : !command.guild_id;
  if (command.contexts && !command.contexts.includes(IN_GUILD)) return false;
  if (command.default_member_permissions === null) return true;
  const needed = BigInt(command.default_member_permissions);
  const administrator = (permissions & 8n) !== 0n;
  return administrator || (needed !== 0n && (permissions & needed) === needed);
}

/** Every slash command that can be called: {path: "bytes send", description, options}. */
export function callable(commands: Command[]): Callable[] {
  return commands.filter((command) => command.type === KIND.SLASH).flatMap((command) => leaves(command, command.name));
}

function leaves(node: { description: string; options?: Option[] }, path: string): Callable[] {
  const options = node.options ?? [];
  const nested = options.filter((option) => option.type === TYPE.SUB || option.type === TYPE.GROUP);
  if (nested.length) return nested.flatMap((option) => leaves(option, `${path} ${option.name}`));
  return [{ path, description: node.description, options }];
}

/** Split text into the command it names and its options. `command` is null while none is named. */
export function read(text: string, commands: Callable[]): Reading {
  const typed = text.slice(1);
  const command = commands
    .filter((each) => typed === each.path || typed.startsWith(`${each.path} `))
    .sort((a, b) => b.path.length - a.path.length)[0];
  if (!command) return { command: null, typed, values: {}, free: "", open: null };
  const tail = typed.slice(command.path.length);
  const marks = optionMarks(tail, command);
  const values: Record<string, string> = {};
  marks.forEach((mark, index) => {
    values[mark.name] = tail.slice(mark.end, marks[index + 1]?.start ?? tail.length).trim();
  });
  const last = marks.at(-1);
  const free = tail.slice(0, marks[0]?.start ?? tail.length).trim();
  const open = last ? { name: last.name, from: command.path.length + 1 + last.end } : null;
  return { command, typed, values, free, open };
}

function optionMarks(tail: string, command: Callable) {
  // An option is named once; its name again is part of what is written there ("reason:ask for amount:7").
  const open = new Set(command.options.map((option) => option.name));
  return [...tail.matchAll(/(?<=\s)([^\s:]{1,32}):/gu)]
    .filter((match) => open.delete(match[1] ?? ""))
    .map((match) => ({ name: match[1] ?? "", start: match.index, end: match.index + match[0].length }));
}
