// "@Ada" and "#general" in an ordinary message: offered while typing, sent as Discord's <@id>. Pure.

import type { Directory } from "../model/types";
import type { Offer } from "./suggestions";

const MOST = 10;
const CATEGORY = 4;

interface Name {
  label: string;
  detail: string;
  sent: string;
}

function names(directory: Directory): Name[] {
  return [
    ...directory.people.map((each) => ({ label: `@${each.name}`, detail: each.username, sent: `<@${each.id}>` })),
    ...directory.guild.roles
      .filter((each) => each.id !== directory.guild.id)
      .map((each) => ({ label: `@${each.name.replace(/^@/, "")}`, detail: "role", sent: `<@&${each.id}>` })),
    ...directory.guild.channels.filter((each) => each.type !== CATEGORY).map((each) => ({ label: `#${each.name}`, detail: each.topic ?? "", sent: `<#${each.id}>` })),
  ];
}

/** Who and what the word before the caret may become. */
export function suggestMention(text: string, caret: number, directory: Directory): Offer | null {
  const begun = text.slice(0, caret).match(/(?:^|\s)([@#][^@#\n]{0,32})$/)?.[1];
  if (!begun || text.startsWith("/")) return null;
  const wanted = begun.toLowerCase();
  const before = text.slice(0, caret - begun.length);
  const items = names(directory)
    .filter((each) => each.label.toLowerCase().startsWith(wanted) || (wanted.length > 1 && `${wanted[0]}${each.detail}`.startsWith(wanted)))
    .slice(0, MOST)
    .map((each) => ({ label: each.label, detail: each.detail, text: `${before}${each.label} ${text.slice(caret).trimStart()}` }));
  if (!items.length || items.some((each) => each.label === begun.trim())) return null;
  return { head: wanted[0] === "#" ? "Channels" : "People and roles", items, eager: true };
}

/** Names of people, roles and channels become what Discord sends for them; the longest name wins. */
export function withMentions(text: string, directory: Directory): string {
  const known = names(directory).sort((a, b) => b.label.length - a.label.length);
  let sent = "";
  for (let at = 0; at < text.length; ) {
    const starts = (text[at] === "@" || text[at] === "#") && (at === 0 || /[\s(]/.test(text[at - 1] ?? ""));
    const found = starts ? known.find((each) => text.startsWith(each.label, at) && !/[\p{L}\p{N}_]/u.test(text[at + each.label.length] ?? "")) : undefined;
    sent += found ? found.sent : text[at];
    at += found ? found.label.length : 1;
  }
  return sent;
}

/** The other way, for editing what was sent. */
export function withNames(text: string, directory: Directory): string {
  return names(directory).reduce((result, each) => result.replaceAll(each.sent, each.label), text);
}
