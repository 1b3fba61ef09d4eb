// Up to three commands worth trying first, with their required options filled in. Pure.

import type { Directory } from "../model/types";
import { TYPE, type Callable } from "./reading";

export function samples(commands: Callable[], directory: Directory): string[] {
  const plain = commands.filter((command) => !command.options.some((option) => option.required));
  const toSomebody = commands.filter((command) => command.options.some((option) => option.required && option.type === TYPE.USER));
  const root = (command: Callable) => command.path.split(" ")[0];
  const [first] = plain;
  const others = first ? plain.filter((command) => root(command) !== root(first)) : [];
  const chosen = [first, toSomebody[0], ...others, ...commands].filter((each) => each !== undefined);
  return [...new Set(chosen)].slice(0, 3).map((command) => sample(command, directory));
}

function sample(command: Callable, directory: Directory): string {
  const other = directory.people.find((each) => !each.bot && each.id !== directory.viewer.id) ?? directory.viewer;
  const words = command.options
    .filter((option) => option.required && option.type !== TYPE.ATTACHMENT)
    .map((option) => {
      if (option.choices?.[0]) return `${option.name}:${option.choices[0].name}`;
      const low = option.min_value ?? 1;
      const values: Record<number, string> = {
        [TYPE.INTEGER]: String(Math.max(low, Math.min(50, option.max_value ?? 50))),
        [TYPE.NUMBER]: String(low),
        [TYPE.BOOLEAN]: "true",
        [TYPE.USER]: `@${other.name}`,
        [TYPE.MENTIONABLE]: `@${other.name}`,
        [TYPE.CHANNEL]: `#${directory.guild.channels.find((each) => each.type === 0)?.name}`,
        [TYPE.ROLE]: `@${directory.guild.roles[1]?.name}`,
      };
      return `${option.name}:${values[option.type] ?? "hello"}`;
    });
  return [`/${command.path}`, ...words].join(" ");
}
