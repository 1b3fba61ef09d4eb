// Files waiting to be sent with the next message: chosen, pasted, or dropped anywhere on the channel.

import { signal } from "@preact/signals";
import { say } from "../model/toasts";

const MOST = 10;
export const files = signal<File[]>([]);

export function addFiles(more: File[]): void {
  const all = [...files.value, ...more];
  if (all.length > MOST) say(`A message takes ${MOST} files; the rest was left out.`, true);
  files.value = all.slice(0, MOST);
  document.getElementById("composer-input")?.focus();
}

export function removeFile(file: File): void {
  files.value = files.value.filter((each) => each !== file);
  document.getElementById("composer-input")?.focus();
}
