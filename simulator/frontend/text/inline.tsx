// Discord's markdown within a line. Text only ever becomes text nodes; nothing here reads HTML.

import type { ComponentChildren } from "preact";
import { CodeBlock, Link, Mention, Spoiler, Timestamp } from "./pieces";

type Make = (match: RegExpMatchArray) => ComponentChildren;

// Each rule: how it starts, and what it becomes. The first that matches at a place wins.
const RULES: [RegExp, Make][] = [
  [/^\\([^\sA-Za-z0-9])/, (match) => match[1]],
  [/^```(?:([a-z0-9_+.#-]*)\n)?([\s\S]+?)```/i, (match) => <CodeBlock language={match[1]} text={match[2] ?? ""} />],
  [/^``(.+?)``(?!`)/, (match) => <code>{match[1]?.trim()}</code>],
  [/^`([^`\n]+)`/, (match) => <code>{match[1]}</code>],
  [/^\*\*\*([\s\S]+?)\*\*\*(?!\*)/, (match) => <strong><em>{inline(match[1])}</em></strong>],
  [/^\*\*([\s\S]+?)\*\*(?!\*)/, (match) => <strong>{inline(match[1])}</strong>],
  [/^__([\s\S]+?)__(?!_)/, (match) => <u>{inline(match[1])}</u>],
  [/^~~([\s\S]+?)~~/, (match) => <s>{inline(match[1])}</s>],
  [/^\|\|([\s\S]+?)\|\|/, (match) => <Spoiler>{inline(match[1])}</Spoiler>],
  [/^\*(?!\s)((?:\*\*[\s\S]+?\*\*|[^*\n])+?)\*/, (match) => <em>{inline(match[1])}</em>],
  [/^_(?!\s)([^_\n]+?)_(?![A-Za-z0-9])/, (match) => <em>{inline(match[1])}</em>],
  [/^<@!?(\d{1,20})>/, (match) => <Mention kind="person" id={match[1] ?? ""} />],
  [/^<@&(\d{1,20})>/, (match) => <Mention kind="role" id={match[1] ?? ""} />],
  [/^<#(\d{1,20})>/, (match) => <Mention kind="channel" id={match[1] ?? ""} />],
  [/^@(everyone|here)\b/, (match) => <span class="mention me everyone">{match[0]}</span>],
  [/^<\/([^:>]{1,100}):\d{1,20}>/, (match) => <span class="mention">/{match[1]}</span>],
  [/^<t:(-?\d{1,12})(?::([tTdDfFsSR]))?>/, (match) => <Timestamp seconds={Number(match[1])} style={match[2] ?? "f"} raw={match[0]} />],
  [/^<a?:(\w{2,32}):\d{1,20}>/, (match) => `:${match[1]}:`],
  [/^\[((?:[^\]\n\\]|\\.)+)\]\(<?(https?:\/\/[^\s)>]+)>?(?: "[^"\n]*")?\)/, (match) => <Link address={match[2] ?? ""}>{inline(match[1])}</Link>],
  [/^<?(https?:\/\/[^\s<>]*[^\s<>).,:;'"!?*_|~])>?/, (match) => <Link address={match[1] ?? ""}>{match[1]}</Link>],
];

const SPECIAL = /[\\`*_~|<@[h]/;

export function inline(text = ""): ComponentChildren[] {
  const nodes: ComponentChildren[] = [];
  let plain = "";
  let rest = text;
  while (rest) {
    const found = SPECIAL.test(rest[0] ?? "") ? firstRule(rest) : null;
    // "_" inside a word is just that, and so is the "h" of "https" behind a letter.
    const insideWord = found && /[_h]/.test(rest[0] ?? "") && /[A-Za-z0-9]$/.test(plain);
    if (found && !insideWord) {
      if (plain) nodes.push(plain);
      plain = "";
      nodes.push(found[1](found[0]));
      rest = rest.slice(found[0][0].length);
    } else {
      plain += rest[0];
      rest = rest.slice(1);
    }
  }
  if (plain) nodes.push(plain);
  return nodes;
}

function firstRule(text: string): [RegExpMatchArray, Make] | null {
  for (const [pattern, make] of RULES) {
    const match = text.match(pattern);
    if (match) return [match, make];
  }
  return null;
}
