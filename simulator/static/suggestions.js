// What to offer for what stands in the message box. Pure.
// A suggestion is {label, detail, text}: choosing it puts `text` into the box.

import { TYPE, nameable, read } from "./commands.js";

const MOST = 25;

/** {head, items, eager}; `eager` says whether Enter takes the first item instead of sending. */
export function suggest(text, commands, directory) {
  if (!text.startsWith("/")) return null;
  const reading = read(text, commands);
  const started = reading.command && text.length > reading.command.path.length + 1;
  if (!started) return commandList(reading, commands);
  return openValue(text, reading, directory) ?? optionList(text, reading);
}

function commandList({ typed, command }, commands) {
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
function needed(command) {
  return command.options.filter((option) => option.required).map((option) => `${option.name}:`);
}

function openValue(text, reading, directory) {
  if (!reading.open) return null;
  const option = reading.command.options.find((each) => each.name === reading.open.name);
  const values = valuesOf(option, directory);
  if (!values.length) return null;
  const before = text.slice(0, reading.open.from);
  const typed = text.slice(before.length).trim();
  if (values.some((each) => each.label === typed)) return null;
  const wanted = typed.replace(/^[@#]/, "").toLowerCase();
  const items = values
    .filter((each) => each.names.some((name) => name.toLowerCase().includes(wanted)))
    .sort((a, b) => starts(b, wanted) - starts(a, wanted))
    .slice(0, MOST)
    .map((each) => ({ label: each.label, detail: each.detail, text: `${before}${each.label} ` }));
  return items.length ? { head: `${option.name}: ${option.description}`, items, eager: true } : null;
}

function starts(value, wanted) {
  return Number(value.names.some((name) => name.toLowerCase().startsWith(wanted)));
}

function valuesOf(option, directory) {
  if (option.choices?.length) return option.choices.map((each) => ({ label: each.name, detail: "", names: [each.name] }));
  if (option.type === TYPE.BOOLEAN) return ["true", "false"].map((each) => ({ label: each, detail: "", names: [each] }));
  return nameable(option, directory);
}

/** Options that are not used yet; of those, the ones that the word being typed may become. */
function optionList(text, reading) {
  const unused = reading.command.options.filter((option) => !(option.name in reading.values));
  const word = text.match(/\s(\S+)$/)?.[1] ?? "";
  // The first word of a value is part of the value; a later one may begin the next option.
  if (reading.open && text.endsWith(`:${word}`)) return describeOpen(reading);
  if (word.includes(":")) return describeOpen(reading);
  const before = word ? text.slice(0, -word.length) : text;
  const items = unused
    .filter((option) => option.name.startsWith(word))
    .map((option) => ({
      label: `${option.name}:`,
      detail: option.required ? `${option.description} (needed)` : option.description,
      text: `${before}${before.endsWith(" ") ? "" : " "}${option.name}:`,
    }));
  if (!items.length) return describeOpen(reading);
  const needed = unused.some((option) => option.required);
  const eager = reading.open ? needed && !word : needed || Boolean(word);
  return { head: `/${reading.command.path} — ${reading.command.description}`, items, eager };
}

function describeOpen(reading) {
  const option = reading.open && reading.command.options.find((each) => each.name === reading.open.name);
  const head = option ? `${option.name}: ${option.description}` : `/${reading.command.path} — ${reading.command.description}`;
  return { head, items: [], eager: false };
}
