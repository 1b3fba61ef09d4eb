// Discord's markdown, as far as people and bots use it: blocks first, then what stands in a line.

import type { ComponentChildren } from "preact";
import { directionOf } from "./direction";
import { inline } from "./inline";

const BLOCKS: [RegExp, (match: RegExpMatchArray) => ComponentChildren][] = [
  [/^(#{1,3}) +(.+)/, (match) => <p class={`heading heading-${match[1]?.length}`}>{inline(match[2])}</p>],
  [/^-# +(.+)/, (match) => <p class="subtext">{inline(match[1])}</p>],
  [/^( *)[-*] +(.+)/, (match) => <p class={`item${depth(match[1])}`}>• {inline(match[2])}</p>],
  [/^( *)(\d{1,4})\. +(.+)/, (match) => <p class={`item${depth(match[1])}`}>{match[2]}. {inline(match[3])}</p>],
];

export function Markdown({ text, suffix }: { text: string; suffix?: ComponentChildren }) {
  return (
    <div class="markdown" dir={directionOf(text)}>
      {blocks(text)}
      {suffix}
    </div>
  );
}

function blocks(text: string): ComponentChildren[] {
  // Code blocks may span lines, so they are cut out before the text is read line by line.
  return text.split(/(```[\s\S]+?```)/).flatMap((part) => (part.startsWith("```") && part.length > 6 ? inline(part) : lines(part)));
}

function lines(text: string): ComponentChildren[] {
  const made: ComponentChildren[] = [];
  let paragraph: string[] = [];
  const finish = () => {
    if (paragraph.some((line) => line.trim())) made.push(<p>{inline(paragraph.join("\n").replace(/^\n+|\n+$/g, ""))}</p>);
    paragraph = [];
  };
  const all = text.split("\n");
  for (let at = 0; at < all.length; at += 1) {
    const line = all[at] ?? "";
    if (/^>>> ?/.test(line)) {
      finish();
      made.push(<blockquote>{lines([line.replace(/^>>> ?/, ""), ...all.slice(at + 1)].join("\n"))}</blockquote>);
      return made;
    }
    if (/^> /.test(line) || line === ">") {
      finish();
      const quoted = [line];
      while (/^> /.test(all[at + 1] ?? "")) quoted.push(all[(at += 1)] ?? "");
      made.push(<blockquote>{lines(quoted.map((each) => each.replace(/^> ?/, "")).join("\n"))}</blockquote>);
      continue;
    }
    const found = BLOCKS.map(([pattern, make]) => [line.match(pattern), make] as const).find(([match]) => match);
    if (!found?.[0]) {
      paragraph.push(line);
      continue;
    }
    finish();
    made.push(found[1](found[0]));
  }
  finish();
  return made;
}

function depth(indent = ""): string {
  return indent.length >= 2 ? " deeper" : "";
}
