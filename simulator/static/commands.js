// What stands in the message box, read as a command: "/bytes send user:@Ada amount:50".
// Pure: text and the registered commands in, meaning out.

export const TYPE = { SUB: 1, GROUP: 2, STRING: 3, INTEGER: 4, BOOLEAN: 5, USER: 6, CHANNEL: 7, ROLE: 8, MENTIONABLE: 9, NUMBER: 10, ATTACHMENT: 11 };

/** Every command that can be called: {path: "bytes send", description, options}. */
export function callable(commands, permissions) {
  const may = (command) => {
    if (command.default_member_permissions === null) return true;
    const needed = BigInt(command.default_member_permissions);
    const administrator = (permissions & 8n) !== 0n;
    return administrator || (needed !== 0n && (permissions & needed) === needed);
  };
  return commands.filter((command) => command.type === 1 && may(command)).flatMap((command) => leaves(command, command.name));
}

function leaves(node, path) {
  const options = node.options ?? [];
  const nested = options.filter((option) => option.type === TYPE.SUB || option.type === TYPE.GROUP);
  if (nested.length) return nested.flatMap((option) => leaves(option, `${path} ${option.name}`));
  return [{ path, description: node.description, options }];
}

/** Split text into the command it names and its options. `command` is null while none is named. */
export function read(text, commands) {
  const typed = text.slice(1);
  const command = commands
    .filter((each) => typed === each.path || typed.startsWith(`${each.path} `))
    .sort((a, b) => b.path.length - a.path.length)[0] ?? null;
  if (!command) return { command: null, typed };
  const tail = typed.slice(command.path.length);
  const marks = optionMarks(tail, command);
  const values = {};
  marks.forEach((mark, index) => {
    values[mark.name] = tail.slice(mark.end, marks[index + 1]?.start ?? tail.length).trim();
  });
  const last = marks.at(-1);
  const free = tail.slice(0, marks[0]?.start ?? tail.length).trim();
  return { command, typed, tail, values, free, open: last ? { name: last.name, from: command.path.length + 1 + last.end } : null };
}

function optionMarks(tail, command) {
  // An option is named once; its name again is part of what is written there ("reason:ask for amount:7").
  const open = new Set(command.options.map((option) => option.name));
  return [...tail.matchAll(/(?<=\s)([^\s:]{1,32}):/gu)]
    .filter((match) => open.delete(match[1]))
    .map((match) => ({ name: match[1], start: match.index, end: match.index + match[0].length }));
}

/** Turn the options' words into what is sent. Throws an Error with a sentence for the person. */
export function resolve(reading, directory) {
  const { command, values, free } = reading;
  if (free && !command.options.length) throw new Error(`/${command.path} takes no options, so “${free}” has no place in it.`);
  if (free) throw new Error(`“${free}” belongs to no option. Write its name first, for example ${command.options[0].name}:${free}`);
  const missing = command.options.filter((option) => option.required && !values[option.name]);
  if (missing.length) throw new Error(`/${command.path} still needs ${missing.map((option) => `${option.name}:`).join(" and ")}`);
  const options = {};
  for (const [name, text] of Object.entries(values)) {
    if (text === "") continue;
    options[name] = valueOf(command.options.find((option) => option.name === name), text, directory);
  }
  return options;
}

function valueOf(option, text, directory) {
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
      if (option.max_length && text.length > option.max_length) throw new Error(`${option.name} is at most ${option.max_length} characters long.`);
      return text;
    case TYPE.ATTACHMENT:
      throw new Error("Files cannot be attached in this simulator yet.");
    default:
      return named(option, text, directory);
  }
}

function inRange(option, number) {
  const { min_value: low, max_value: high } = option;
  if (low !== undefined && number < low) throw new Error(`${option.name} is at least ${low.toLocaleString("en")}.`);
  if (high !== undefined && number > high) throw new Error(`${option.name} is at most ${high.toLocaleString("en")}.`);
  return number;
}

/** Everything an option of this type may name: {label, detail, id, names}. */
export function nameable(option, directory) {
  const people = directory.people.map((each) => ({ label: `@${each.name}`, detail: each.username, id: each.id, names: [each.name, each.username, each.global_name ?? ""] }));
  const roles = directory.guild.roles.map((each) => ({ label: `@${each.name.replace(/^@/, "")}`, detail: "role", id: each.id, names: [each.name.replace(/^@/, "")] }));
  const channels = directory.guild.channels.map((each) => ({ label: `#${each.name}`, detail: each.topic ?? "", id: each.id, names: [each.name] }));
  if (option.type === TYPE.USER) return people;
  if (option.type === TYPE.ROLE) return roles;
  if (option.type === TYPE.CHANNEL) return channels;
  return option.type === TYPE.MENTIONABLE ? [...people, ...roles] : [];
}

function named(option, text, directory) {
  const wanted = text.replace(/^<?[@#]?[!&]?/, "").replace(/>$/, "").toLowerCase();
  const things = nameable(option, directory);
  const exactly = things.filter((each) => each.id === wanted || each.names.some((name) => name.toLowerCase() === wanted));
  const starting = things.filter((each) => each.names.some((name) => name.toLowerCase().startsWith(wanted)));
  const found = exactly[0] ?? (starting.length === 1 ? starting[0] : null);
  if (found) return found.id;
  // Discord's own client takes the id of somebody who is not here, for example to ban them.
  if (/^\d{17,20}$/.test(wanted)) return wanted;
  throw new Error(starting.length > 1 ? `“${text}” could be ${starting.map((each) => each.label).join(" or ")}.` : `${option.name}: nobody and nothing here is called “${text}”.`);
}

/** Up to three commands worth trying first, with their required options filled in. */
export function samples(commands, directory) {
  const plain = commands.filter((command) => !command.options.some((option) => option.required));
  const toSomebody = commands.filter((command) => command.options.some((option) => option.required && option.type === TYPE.USER));
  const root = (command) => command.path.split(" ")[0];
  const others = plain.filter((command) => root(command) !== root(plain[0]));
  const chosen = [plain[0], toSomebody[0], ...others, ...commands].filter(Boolean);
  return [...new Set(chosen)].slice(0, 3).map((command) => sample(command, directory));
}

function sample(command, directory) {
  const other = directory.people.find((each) => !each.bot && each.id !== directory.viewer.id);
  const words = command.options.filter((option) => option.required).map((option) => {
    if (option.choices?.length) return `${option.name}:${option.choices[0].name}`;
    const low = option.min_value ?? 1;
    const value = {
      [TYPE.INTEGER]: String(Math.max(low, Math.min(50, option.max_value ?? 50))),
      [TYPE.NUMBER]: String(low), [TYPE.BOOLEAN]: "true", [TYPE.USER]: `@${other.name}`, [TYPE.MENTIONABLE]: `@${other.name}`,
      [TYPE.CHANNEL]: `#${directory.guild.channels[0].name}`, [TYPE.ROLE]: `@${directory.guild.roles[1].name}`,
    }[option.type] ?? "hello";
    return `${option.name}:${value}`;
  });
  return [`/${command.path}`, ...words].join(" ");
}
