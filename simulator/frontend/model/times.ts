// Times as people read them. The simulator's clock may be ahead of this machine's: `offset` says how far.

import { signal } from "@preact/signals";

const offset = signal(0);
/** Changes every few seconds, so that whatever reads it says "2 minutes ago" as long as that is true. */
const beat = signal(0);

export function setSimulatorNow(iso: string): void {
  offset.value = new Date(iso).getTime() - Date.now();
}

export function startBeat(): void {
  setInterval(() => (beat.value += 1), 5_000);
}

export function now(): number {
  void beat.value;
  return Date.now() + offset.value;
}

const STYLES: Record<string, Intl.DateTimeFormatOptions> = {
  t: { timeStyle: "short" },
  T: { timeStyle: "medium" },
  d: { dateStyle: "short" },
  D: { dateStyle: "long" },
  f: { dateStyle: "long", timeStyle: "short" },
  F: { dateStyle: "full", timeStyle: "short" },
  s: { dateStyle: "short", timeStyle: "short" },
  S: { dateStyle: "short", timeStyle: "medium" },
};
const UNITS: [Intl.RelativeTimeFormatUnit, number][] = [
  ["year", 31_557_600],
  ["month", 2_629_800],
  ["day", 86_400],
  ["hour", 3_600],
  ["minute", 60],
  ["second", 1],
];

export function exact(date: Date): string {
  return new Intl.DateTimeFormat("en", { ...STYLES.F, hourCycle: "h23" }).format(date);
}

export function relative(date: Date): string {
  const seconds = Math.round((date.getTime() - now()) / 1000);
  const [unit, size] = UNITS.find(([, each]) => Math.abs(seconds) >= each) ?? (["second", 1] as const);
  return new Intl.RelativeTimeFormat("en", { numeric: "auto" }).format(Math.round(seconds / size), unit);
}

export function styled(date: Date, style: string): string {
  return style === "R" ? relative(date) : new Intl.DateTimeFormat("en", { ...(STYLES[style] ?? STYLES.f), hourCycle: "h23" }).format(date);
}

export function clock(date: Date): string {
  return new Intl.DateTimeFormat("en", { hour: "2-digit", minute: "2-digit", hourCycle: "h23" }).format(date);
}

/** "14:05" today, "Yesterday 14:05", else the date: beside a message's author. */
export function stamp(date: Date): string {
  const today = new Date(now());
  if (date.toDateString() === today.toDateString()) return clock(date);
  const yesterday = new Date(today.getTime() - 86_400_000);
  if (date.toDateString() === yesterday.toDateString()) return `Yesterday ${clock(date)}`;
  return `${new Intl.DateTimeFormat("en", { dateStyle: "medium" }).format(date)} ${clock(date)}`;
}

/** "14:05" today, "tomorrow 14:05", else the day: until when something lasts. */
export function until(date: Date): string {
  const today = new Date(now());
  if (date.toDateString() === today.toDateString()) return clock(date);
  const tomorrow = new Date(today.getTime() + 86_400_000);
  if (date.toDateString() === tomorrow.toDateString()) return `tomorrow ${clock(date)}`;
  return new Intl.DateTimeFormat("en", { day: "numeric", month: "short" }).format(date);
}

/** "Today", "Yesterday" or the date: between the messages of two days. */
export function day(date: Date): string {
  const today = new Date(now());
  if (date.toDateString() === today.toDateString()) return "Today";
  if (date.toDateString() === new Date(today.getTime() - 86_400_000).toDateString()) return "Yesterday";
  return new Intl.DateTimeFormat("en", { dateStyle: "long" }).format(date);
}
