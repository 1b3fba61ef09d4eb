// The message box and the palette above it. Keys: arrows, Tab or Enter, Escape.

import { byId, element, fill } from "./dom.js";
import { read, resolve, samples } from "./commands.js";
import { suggest } from "./suggestions.js";

const input = byId("composer-input");
const palette = byId("palette");
const list = byId("palette-list");
const refusal = byId("refusal");

let commands = [];
let directory = null;
let offered = null;
let active = -1;
let send = null;

/** `act` gets {text} or {command, options}; what it throws is shown above the box. */
export function startComposer(act) {
  send = act;
  input.addEventListener("input", () => { refuse(null); offer(); });
  input.addEventListener("keydown", onKey);
  input.addEventListener("blur", close);
  input.addEventListener("focus", () => { if (input.value.startsWith("/")) offer(); });
  byId("composer").addEventListener("submit", (event) => { event.preventDefault(); submit(); });
}

export function setComposer({ newDirectory, newCommands, channel }) {
  directory = newDirectory;
  commands = newCommands;
  input.disabled = !channel.can_write;
  byId("composer").querySelector(".send").disabled = !channel.can_write;
  input.placeholder = channel.can_write
    ? "A message, or / for commands"
    : "You cannot write here";
  refuse(null);
  hint(channel);
}

function hint(channel) {
  const offers = samples(commands, directory).map((text) =>
    element("button", { type: "button", class: "sample", on: { click: () => put(text) } }, text));
  if (!channel.can_write) fill(byId("hint"));
  else if (offers.length) fill(byId("hint"), element("span", { class: "hint-word" }, "Try"), offers);
  else fill(byId("hint"), "The bot has registered no commands for you yet. They appear here as soon as it does.");
}

function put(text) {
  input.value = text;
  input.focus();
  input.setSelectionRange(text.length, text.length);
  refuse(null);
  offer();
}

function onKey(event) {
  const open = !palette.hidden && offered.items.length > 0;
  if (event.key === "Escape" && !palette.hidden) { event.preventDefault(); close(); return; }
  if (!open) return;
  const count = offered.items.length;
  if (event.key === "ArrowDown") { event.preventDefault(); activate((active + 1) % count); }
  else if (event.key === "ArrowUp") { event.preventDefault(); activate(active <= 0 ? count - 1 : active - 1); }
  else if (event.key === "Tab" && !event.shiftKey) { event.preventDefault(); put(offered.items[Math.max(active, 0)].text); }
  else if (event.key === "Enter" && active >= 0) { event.preventDefault(); put(offered.items[active].text); }
}

function offer() {
  offered = suggest(input.value, commands, directory);
  if (!offered) { close(); return; }
  byId("palette-head").textContent = offered.head;
  fill(list, offered.items.map((item, index) => option(item, index)));
  palette.hidden = false;
  palette.classList.toggle("bare", offered.items.length === 0);
  input.setAttribute("aria-expanded", "true");
  activate(offered.eager && offered.items.length ? 0 : -1);
}

function option(item, index) {
  const signature = (item.options ?? []).map((each) =>
    element("span", { class: each.required ? "needed" : "optional" }, each.required ? each.name : `${each.name}?`));
  return element("li", { role: "option", id: `suggestion-${index}`, "aria-selected": "false",
    on: {
      // The box must keep the focus, or the palette would close before the click arrives.
      mousedown: (event) => event.preventDefault(),
      click: () => put(item.text),
    } },
    element("span", { class: "suggestion", dir: "ltr" }, item.label),
    signature.length ? element("span", { class: "signature" }, signature) : null,
    item.detail ? element("span", { class: "suggestion-detail" }, item.detail) : null);
}

function activate(index) {
  active = index;
  [...list.children].forEach((node, place) => node.setAttribute("aria-selected", String(place === index)));
  if (index < 0) { input.removeAttribute("aria-activedescendant"); return; }
  input.setAttribute("aria-activedescendant", `suggestion-${index}`);
  list.children[index].scrollIntoView({ block: "nearest" });
}

function close() {
  palette.hidden = true;
  active = -1;
  input.setAttribute("aria-expanded", "false");
  input.removeAttribute("aria-activedescendant");
}

function refuse(sentence) {
  refusal.hidden = !sentence;
  refusal.textContent = sentence ?? "";
}

async function submit() {
  const text = input.value.trim();
  if (!text) return;
  try {
    close();
    const wanted = text.startsWith("/") ? commandIn(text) : { text };
    input.value = "";
    await send(wanted);
  } catch (error) {
    if (!input.value) input.value = text;
    refuse(error.message);
  }
}

function unknown(text) {
  const root = text.split(" ")[0];
  const below = commands.map((each) => `/${each.path}`).filter((path) => path.startsWith(`${root} `));
  if (below.length) return `${root} goes on: ${below.join(", ")}.`;
  return `There is no command ${root} that you could use. Type / to see those there are.`;
}

function commandIn(text) {
  const reading = read(text, commands);
  if (!reading.command) throw new Error(unknown(text));
  return { command: reading.command.path, options: resolve(reading, directory) };
}
