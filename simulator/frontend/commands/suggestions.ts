// What to offer for what stands in the message box. Pure.

import type { Choice, Directory, Option } from "../model/types";
import { read, TYPE, type Callable, type Reading } from "./reading";
import { nameable } from "./values";

const MOST = 25;

/** Choosing one puts `text` into the box, or opens the file chooser for an option. */
export interface Suggestion {
  label: string;
  detail: string;
  text: string;
  options?: Option[];
  file?: string;
  /** What an offered choice stands for: its name alone is not what is sent. */
  choice?: { option: string; name: string; value: string | number };
}

export interface Offer {
  head: string;
  items: Suggestion[];
  /** Whether Enter takes the first item instead of sending. */
  eager: boolean;
}

/** `answers` is what the bot offered for the open option: undefined for "not asked", null for "still asking". */
export function suggest(text: string, commands: Callable[], directory: Directory, answers?: Choice[] | null): Offer | null {
  if (!text.startsWith("/")) return null;
  const reading = read(text, commands);
  const started = reading.command && text.length > reading.command.path.length + 1;
  if (!started) return commandList(reading, commands);
  return openFile(text, reading) ?? openAnswers(text, reading, answers) ?? openValue(text, reading, directory) ?? optionList(text, reading);
}

/** The option being written, if the bot itself offers what could be written there. */
export function openAutocomplete(reading: Reading): Option | null {
  const option = openOption(reading);
  return option?.autocomplete ? option : null;
}

function openOption(reading: Reading): Option | undefined {
  return reading.command?.options.find((each) => each.name === reading.open?.name);
}

function commandList({ typed, command }: Reading, commands: Callable[]): Offer {
  const wanted = typed.toLowerCase();
  const starting = commands.filter((each) => each.path.startsWith(wanted));
  const containing = commands.filter((each) => !each.path.startsWith(wanted) && each.path.includes(wanted));
  const items = [...starting, ...containing].slice(0, MOST).map((each) => ({
    label: `/${each.path}`,
    options: each.options,
    detail: each.description,
    text: `/${each.path} ${needed(each)[0] ?? ""}`,
  }));
  const ready = command && !command.options.some((option) => option.required);
  return { head: items.length ? "Commands" : "No command is called that.", items, eager: !ready };
}

/** The options a command cannot do without, as they are typed: the first follows the command at once. */
function needed(command: Callable): string[] {
  return command.options.filter((option) => option.required).map((option) => `${option.name}:`);
}

function openFile(text: string, reading: Reading): Offer | null {
  const option = openOption(reading);
  if (!option || option.type !== TYPE.ATTACHMENT || !reading.open) return null;
  if (reading.values[option.name]) return null;
  const items = [{ label: "Choose a file …", detail: option.description, text: text.slice(0, reading.open.from), file: option.name }];
  return { head: `${option.name}: ${option.description}`, items, eager: true };
}

function openAnswers(text: string, reading: Reading, answers?: Choice[] | null): Offer | null {
  const option = openAutocomplete(reading);
  if (!option || !reading.open || answers === undefined) return null;
  const head = `${option.name}: ${option.description}`;
  if (answers === null) return { head: `${head} · asking the bot …`, items: [], eager: false };
  const typed = text.slice(reading.open.from).trim();
  if (answers.some((each) => each.name === typed) && text.endsWith(" ")) return null;
  const before = text.slice(0, reading.open.from);
  const items = answers.slice(0, MOST).map((each) => ({
    label: each.name,
    detail: String(each.value) === each.name ? "" : String(each.value),
    text: `${before}${each.name} `,
    choice: { option: option.name, name: each.name, value: each.value },
  }));
  // The bot only offers: what is typed may be sent too, so Enter sends unless an offer was gone to.
  const done = answers.some((each) => each.name === typed);
  return { head: items.length ? head : `${head} · the bot offers nothing for this`, items, eager: items.length > 0 && !done };
}

function openValue(text: string, reading: Reading, directory: Directory): Offer | null {
  const option = openOption(reading);
  if (!option || !reading.open) return null;
  const values = valuesOf(option, directory);
  if (!values.length) return null;
  const before = text.slice(0, reading.open.from);
  const typed = text.slice(before.length).trim();
  if (values.some((each) => each.label === typed)) return null;
  const wanted = typed.replace(/^[@#]/, "").toLowerCase();
  const starts = (value: { names: string[] }) => Number(value.names.some((name) => name.toLowerCase().startsWith(wanted)));
  const items = values
    .filter((each) => each.names.some((name) => name.toLowerCase().includes(wanted)))
    .sort((a, b) => starts(b) - starts(a))
    .slice(0, MOST)
    .map((each) => ({ label: each.label, detail: each.detail, text: `${before}${each.label} ` }));
  return items.length ? { head: `${option.name}: ${option.description}`, items, eager: true } : null;
}

function valuesOf(option: Option, directory: Directory): { label: string; detail: string; names: string[] }[] {
  if (option.choices?.length) return option.choices.map((each) => ({ label: each.name, detail: "", names: [each.name] }));
  if (option.type === TYPE.BOOLEAN) return ["true", "false"].map((each) => ({ label: each, detail: "", names: [each] }));
  return nameable(option, directory);
}

/** Options that are not used yet; of those, the ones that the word being typed may become. */
function optionList(text: string, reading: Reading): Offer {
  const command = reading.command;
  if (!command) return { head: "", items: [], eager: false };
  const unused = command.options.filter((option) => !(option.name in reading.values));
  const word = text.match(/\s(\S+)$/)?.[1] ?? "";
  // The first word of a value is part of the value; a later one may begin the next option.
  if ((reading.open && text.endsWith(`:${word}`)) || word.includes(":")) return describeOpen(reading);
  const before = word ? text.slice(0, -word.length) : text;
  const items = unused
    .filter((option) => option.name.startsWith(word))
    .map((option) => ({
      label: `${option.name}:`,
      detail: option.required ? `${option.description} (needed)` : option.description,
      text: `${before}${before.endsWith(" ") ? "" : " "}${option.name}:`,
    }));
  if (!items.length) return describeOpen(reading);
  const stillNeeded = unused.some((option) => option.required);
  const eager = reading.open ? stillNeeded && !word : stillNeeded || Boolean(word);
  return { head: `/${command.path} — ${command.description}`, items, eager };
}

function describeOpen(reading: Reading): Offer {
  const option = openOption(reading);
  const head = option ? `${option.name}: ${option.description}` : `/${reading.command?.path} — ${reading.command?.description}`;
  return { head, items: [], eager: false };
}
