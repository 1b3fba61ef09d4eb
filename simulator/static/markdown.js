// Discord's markdown, as far as bots use it, into DOM nodes. `names` knows who and what ids mean.

import { element, safeAddress } from "./dom.js";
import { exact, styled } from "./times.js";

// Each rule: how it starts, and what it becomes. The first that matches at a place wins.
const INLINE = [
  [/^\\([^\sA-Za-z0-9])/, (match) => match[1]],
  [/^```(?:[a-z0-9+-]*\n)?([\s\S]+?)```/i, (match) => element("pre", {}, element("code", {}, match[1].trimEnd()))],
  [/^``(.+?)``/, (match) => element("code", {}, match[1].trim())],
  [/^`([^`\n]+)`/, (match) => element("code", {}, match[1])],
  [/^\*\*([\s\S]+?)\*\*(?!\*)/, (match, names) => element("strong", {}, inline(match[1], names))],
  [/^__([\s\S]+?)__(?!_)/, (match, names) => element("u", {}, inline(match[1], names))],
  [/^~~([\s\S]+?)~~/, (match, names) => element("s", {}, inline(match[1], names))],
  [/^\|\|([\s\S]+?)\|\|/, (match, names) => element("span", { class: "spoiler", tabindex: "0" }, inline(match[1], names))],
  [/^\*(?!\s)([^*\n]+?)\*/, (match, names) => element("em", {}, inline(match[1], names))],
  [/^_(?!\s)([^_\n]+?)_(?![A-Za-z0-9])/, (match, names) => element("em", {}, inline(match[1], names))],
  [/^<@!?(\d{1,20})>/, (match, names) => mention(`@${names.person(match[1]) ?? "unknown-user"}`)],
  [/^<@&(\d{1,20})>/, (match, names) => mention(`@${names.role(match[1]) ?? "deleted-role"}`)],
  [/^<#(\d{1,20})>/, (match, names) => mention(`#${names.channel(match[1]) ?? "unknown"}`)],
  [/^<\/([^:>]{1,100}):\d{1,20}>/, (match) => mention(`/${match[1]}`)],
  [/^<t:(-?\d{1,12})(?::([tTdDfFsSR]))?>/, (match) => timestamp(Number(match[1]), match[2] ?? "f") ?? match[0]],
  [/^<a?:(\w{2,32}):\d{1,20}>/, (match) => `:${match[1]}:`],
  [/^\[([^\]\n]+)\]\(<?(https?:\/\/[^\s)>]+)>?\)/, (match, names) => link(match[2], inline(match[1], names))],
  [/^<?(https?:\/\/[^\s<>)]+[^\s<>).,:;'"!?])>?/, (match) => link(match[1], [match[1]])],
];

const BLOCKS = [
  [/^(#{1,3}) +(.+)/, (match, names) => element("p", { class: `heading heading-${match[1].length}` }, inline(match[2], names))],
  [/^-# +(.+)/, (match, names) => element("p", { class: "subtext" }, inline(match[1], names))],
  [/^> ?(.*)/, (match, names) => element("blockquote", {}, inline(match[1], names))],
  [/^( *)[-*] +(.+)/, (match, names) => element("p", { class: "item" }, "• ", inline(match[2], names))],
  [/^( *)(\d{1,4})\. +(.+)/, (match, names) => element("p", { class: "item" }, `${match[2]}. `, inline(match[3], names))],
];

export function markdown(text, names) {
  const root = element("div", { class: "markdown", dir: "auto" });
  // Code blocks may span lines, so they are cut out before the text is read line by line.
  for (const part of text.split(/(```[\s\S]+?```)/)) {
    if (part.startsWith("```") && part.length > 6) root.append(...inline(part, names));
    else lines(root, part, names);
  }
  return root;
}

function lines(root, text, names) {
  let paragraph = [];
  const finish = () => {
    if (paragraph.some((line) => line.trim())) {
      root.append(element("p", {}, inline(paragraph.join("\n").replace(/^\n+|\n+$/g, ""), names)));
    }
    paragraph = [];
  };
  for (const line of text.split("\n")) {
    const found = BLOCKS.map(([pattern, make]) => [line.match(pattern), make]).find(([match]) => match);
    if (!found) {
      paragraph.push(line);
      continue;
    }
    finish();
    root.append(found[1](found[0], names));
  }
  finish();
}

export function inline(text, names) {
  const nodes = [];
  let plain = "";
  let rest = text;
  while (rest) {
    const found = INLINE.map(([pattern, make]) => [rest.match(pattern), make]).find(([match]) => match);
    // "_" inside a word is just that.
    const insideWord = found && rest[0] === "_" && /[A-Za-z0-9]$/.test(plain);
    if (found && !insideWord) {
      if (plain) nodes.push(document.createTextNode(plain));
      plain = "";
      nodes.push(found[1](found[0], names));
      rest = rest.slice(found[0][0].length);
    } else {
      plain += rest[0];
      rest = rest.slice(1);
    }
  }
  if (plain) nodes.push(document.createTextNode(plain));
  return nodes;
}

function mention(text) {
  return element("span", { class: "mention", dir: "ltr" }, text);
}

function timestamp(seconds, style) {
  const date = new Date(seconds * 1000);
  if (Number.isNaN(date.getTime())) return null;
  return element("time", { datetime: date.toISOString(), "data-style": style, title: exact(date), tabindex: "0" }, styled(date, style));
}

function link(address, children) {
  const href = safeAddress(address);
  if (!href) return element("span", {}, children);
  return element("a", { href, target: "_blank", rel: "noopener noreferrer" }, children);
}
