// What the bot offers for the option being written, asked after a short pause in the typing.

import { useSignal } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";
import { read, type Callable } from "../commands/reading";
import { openAutocomplete } from "../commands/suggestions";
import { draft, type Chosen } from "../commands/values";
import { askChoices } from "../model/acting";
import type { Choice, Directory } from "../model/types";

const PAUSE_MS = 200;

/** Undefined when nothing is to be asked, null while the first answer is awaited. */
export function useAnswers(text: string, commands: Callable[], directory: Directory | null, chosen: Chosen): Choice[] | null | undefined {
  const answers = useSignal<{ option: string; choices: Choice[] } | null>(null);
  const asked = useRef(0);
  const reading = text.startsWith("/") ? read(text, commands) : null;
  const option = reading ? openAutocomplete(reading) : null;
  const key = option && reading?.command ? `${reading.command.path} ${option.name}` : null;

  useEffect(() => {
    const mine = ++asked.current;
    if (!key || !reading?.command || !option || !directory) {
      answers.value = null;
      return undefined;
    }
    const { path } = reading.command;
    const timer = setTimeout(async () => {
      const choices = await askChoices(path, draft(reading, directory, chosen), option.name).catch(() => []);
      if (mine === asked.current) answers.value = { option: key, choices };
    }, PAUSE_MS);
    return () => clearTimeout(timer);
  }, [text, key]);

  if (!key) return undefined;
  return answers.value?.option === key ? answers.value.choices : null;
}
