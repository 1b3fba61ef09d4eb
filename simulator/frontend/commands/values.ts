// The words of a command's options, turned into what is sent. Pure.

import type { Directory, Option } from "../model/types";
import { TYPE, type Reading } from "./reading";

const CATEGORY = 4;

export interface Nameable {
  label: string;
  detail: string;
  id: string;
  names: string[];
}

/** What was chosen while typing, which the text alone does not hold: files, and what an offered choice stands for. */
export interface Chosen {
  files: Map<string, File>;
  choices: Map<string, Map<string, string | number>>;
}

export const nothingChosen = (): Chosen => ({ files: new Map(), choices: new Map() });

/** Everything an option of this type may name. */
export function nameable(option: { type: number; channel_types?: number[] }, directory: Directory): Nameable[] {
  const people = () =>
    directory.people.map((each) => ({
      label: `@${each.name}`,
      detail: each.username,
      id: each.id,
      names: [each.name, each.username, each.global_name ?? ""],
    }));
  const roles = () =>
    directory.guild.roles.map((each) => {
      const name = each.name.replace(/^@/, "");
      return { label: `@${name}`, detail: "role", id: each.id, names: [name] };
    });
  const channels = () =>
    directory.guild.channels
      .filter((each) => (option.channel_types?.length ? option.channel_types.includes(each.type) : each.type !== CATEGORY))
      .map((each) => ({ label: `#${each.name}`, detail: each.topic ?? "", id: each.id, names: [each.name] }));
  if (option.type === TYPE.USER) return people();
  if (option.type === TYPE.ROLE) return roles();
  if (option.type === TYPE.CHANNEL) return channels();
  return option.type === TYPE.MENTIONABLE ? [...people(), ...roles()] : [];
}

/** Turn the options' words into what is sent. Throws an Error with a sentence for the person. */
export function resolve(reading: Reading, directory: Directory, chosen: Chosen): Record<string, unknown> {
  const { command, values, free } = reading;
  if (!command) return {};
  const first = command.options[0];
  if (free && !first) throw new Error(`/${command.path} takes no options, so “${free}” has no place in it.`);
  if (free && first) throw new Error(`“${free}” belongs to no option. Write its name first, for example ${first.name}:${free}`);
  const missing = command.options.filter((option) => option.required && !values[option.name]);
  if (missing.length) throw new Error(`/${command.path} still needs ${missing.map((option) => `${option.name}:`).join(" and ")}`);
  const options: Record<string, unknown> = {};
  for (const option of command.options) {
    const text = values[option.name];
    if (text && option.type !== TYPE.ATTACHMENT) options[option.name] = valueOf(option, text, directory, chosen);
  }
  return options;
}

/** The files of a command's attachment options. Throws an Error when one is written but not chosen. */
export function filesIn(reading: Reading, chosen: Chosen): [string, File][] {
  const wanted = (reading.command?.options ?? []).filter((each) => each.type === TYPE.ATTACHMENT && reading.values[each.name]);
  return wanted.map((option) => {
    const file = chosen.files.get(option.name);
    if (!file || file.name !== reading.values[option.name]) {
      throw new Error(`${option.name} is a file. Choose it from the list above the box.`);
    }
    return [option.name, file];
  });
}

/** What is written so far, for asking the bot what could follow: nothing of it has to be right yet. */
export function draft(reading: Reading, directory: Directory, chosen: Chosen): Record<string, unknown> {
  const options: Record<string, unknown> = {};
  for (const option of reading.command?.options ?? []) {
    const text = reading.values[option.name];
    if (text === undefined || option.type === TYPE.ATTACHMENT) continue;
    if (option.name === reading.open?.name) {
      options[option.name] = text;
      continue;
    }
    try {
      if (text) options[option.name] = valueOf(option, text, directory, chosen);
    } catch {
      // An option that cannot be read yet is left out, as Discord does.
    }
  }
  return options;
}

function valueOf(option: Option, text: string, directory: Directory, chosen: Chosen): unknown {
  const offered = chosen.choices.get(option.name)?.get(text);
  if (offered !== undefined) return offered;
  const choice = option.choices?.find((each) => each.name === text || String(each.value) === text);
  if (choice) return choice.value;
  if (option.choices?.length) throw new Error(`${option.name} is one of ${option.choices.map((each) => each.name).join(", ")}.`);
  switch (option.type) {
    case TYPE.INTEGER:
      if (!/^-?\d+$/.test(text) || !Number.isSafeInteger(Number(text))) throw new Error(`${option.name} is a whole number.`);
      return inRange(option, Number(text));
    case TYPE.NUMBER:
      if (!Number.isFinite(Number(text))) throw new Error(`${option.name} is a number.`);
      return inRange(option, Number(text));
    case TYPE.BOOLEAN:
      if (text !== "true" && text !== "false") throw new Error(`${option.name} is true or false.`);
      return text === "true";
    case TYPE.STRING:
      if (option.min_length && text.length < option.min_length) throw new Error(`${option.name} is at least ${option.min_length} characters long.`);
      if (option.max_length && text.length > option.max_length) throw new Error(`${option.name} is at most ${option.max_length} characters long.`);
      return text;
    default:
      return named(option, text, directory);
  }
}

function inRange(option: Option, number: number): number {
  const { min_value: low, max_value: high } = option;
  if (low !== undefined && number < low) throw new Error(`${option.name} is at least ${low.toLocaleString("en")}.`);
  if (high !== undefined && number > high) throw new Error(`${option.name} is at most ${high.toLocaleString("en")}.`);
  return number;
}

function named(option: Option, text: string, directory: Directory): string {
  const wanted = text.replace(/^<?[@#]?[!&]?/, "").replace(/>$/, "").toLowerCase();
  const things = nameable(option, directory);
  const exactly = things.find((each) => each.id === wanted || each.names.some((name) => name.toLowerCase() === wanted));
  if (exactly) return exactly.id;
  const starting = things.filter((each) => each.names.some((name) => name.toLowerCase().startsWith(wanted)));
  if (starting.length === 1 && starting[0]) return starting[0].id;
  // Discord's own client takes the id of somebody who is not here, for example to ban them.
  if (/^\d{17,20}$/.test(wanted)) return wanted;
  throw new Error(
    starting.length
      ? `“${text}” could be ${starting.map((each) => each.label).join(" or ")}.`
      : `${option.name}: nobody and nothing here is called “${text}”.`,
  );
}
