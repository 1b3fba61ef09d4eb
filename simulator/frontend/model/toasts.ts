// One sentence at the edge of the page: what was refused, or what came of something that shows nothing else.

import { signal } from "@preact/signals";

export interface Toast {
  key: number;
  text: string;
  bad: boolean;
}

const SECONDS = 8;
export const toasts = signal<Toast[]>([]);
let made = 0;

export function say(text: string, bad = false): void {
  const toast = { key: ++made, text, bad };
  toasts.value = [...toasts.value.slice(-2), toast];
  setTimeout(() => hush(toast.key), SECONDS * 1000);
}

export function hush(key: number): void {
  toasts.value = toasts.value.filter((each) => each.key !== key);
}

/** Do something; if it is refused, say why. True when it was done. */
export async function attempt(act: () => Promise<unknown>, done?: string): Promise<boolean> {
  try {
    await act();
  } catch (error) {
    say(sentenceOf(error), true);
    return false;
  }
  if (done) say(done);
  return true;
}

export function sentenceOf(error: unknown): string {
  if (error instanceof TypeError) return "The simulator does not answer. Nothing was sent.";
  return error instanceof Error ? error.message : String(error);
}
