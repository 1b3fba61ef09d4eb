// Times as people read them. `offset` is how far the simulator's clock is from this machine's.

let offset = 0;

export function setSimulatorNow(iso) {
  offset = new Date(iso).getTime() - Date.now();
}

const STYLES = {
  t: { timeStyle: "short" },
  T: { timeStyle: "medium" },
  d: { dateStyle: "short" },
  D: { dateStyle: "long" },
  f: { dateStyle: "long", timeStyle: "short" },
  F: { dateStyle: "full", timeStyle: "short" },
  s: { dateStyle: "short", timeStyle: "short" },
  S: { dateStyle: "short", timeStyle: "medium" },
};
const UNITS = [["year", 31557600], ["month", 2629800], ["day", 86400], ["hour", 3600], ["minute", 60], ["second", 1]];

export function exact(date) {
  return new Intl.DateTimeFormat("en", STYLES.F).format(date);
}

export function relative(date) {
  const seconds = Math.round((date.getTime() - Date.now() - offset) / 1000);
  const [unit, size] = UNITS.find(([, size]) => Math.abs(seconds) >= size) ?? ["second", 1];
  return new Intl.RelativeTimeFormat("en", { numeric: "auto" }).format(Math.round(seconds / size), unit);
}

export function styled(date, style) {
  return style === "R" ? relative(date) : new Intl.DateTimeFormat("en", STYLES[style] ?? STYLES.f).format(date);
}

/** "14:05" today, "Yesterday 14:05", else the date: beside a message's author. */
export function stamp(date) {
  const now = new Date(Date.now() + offset);
  const clock = new Intl.DateTimeFormat("en", { hour: "2-digit", minute: "2-digit", hourCycle: "h23" }).format(date);
  if (date.toDateString() === now.toDateString()) return clock;
  const yesterday = new Date(now.getTime() - 86400000);
  if (date.toDateString() === yesterday.toDateString()) return `Yesterday ${clock}`;
  return `${new Intl.DateTimeFormat("en", { dateStyle: "medium" }).format(date)} ${clock}`;
}

/** Keep what says "2 minutes ago" true. */
export function refreshRelative() {
  for (const node of document.querySelectorAll("time[data-style='R']")) {
    node.textContent = relative(new Date(node.dateTime));
  }
}
