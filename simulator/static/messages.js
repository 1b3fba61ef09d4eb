// The log: messages as one person sees them.

import { renderComponent, renderEmbed } from "./components.js";
import { avatar, element } from "./dom.js";
import { markdown } from "./markdown.js";
import { exact, stamp } from "./times.js";

const TOGETHER_MS = 7 * 60 * 1000;
const EPHEMERAL = 64;

export function renderMessage(message, before, names) {
  const author = names.author(message.author_id);
  const follows = !message.interaction && before && !before.interaction &&
    before.author_id === message.author_id && Date.parse(message.created_at) - Date.parse(before.created_at) < TOGETHER_MS;
  const onlyYou = (message.flags & EPHEMERAL) !== 0;
  return element("article", { class: `message${follows ? " follows" : ""}${onlyYou ? " only-you" : ""}`, "data-id": message.id },
    message.interaction ? invocation(message.interaction, names) : null,
    follows ? null : avatar(author),
    element("div", { class: "message-body" },
      follows ? null : head(author, message),
      body(message, names),
      onlyYou ? element("p", { class: "only-you-note" }, element("span", { "aria-hidden": "true" }, "◉ "), "Only you can see this") : null));
}

function invocation(interaction, names) {
  const invoker = names.author(interaction.user_id);
  return element("p", { class: "invocation" },
    element("span", { dir: "auto", class: "invoker" }, invoker.name), " used ",
    element("span", { class: "command-name" }, `/${interaction.name}`));
}

function head(author, message) {
  const at = new Date(message.created_at);
  return element("p", { class: "message-head" },
    element("span", { class: "author", dir: "auto" }, author.name),
    author.bot ? element("span", { class: "tag" }, "App") : null,
    element("time", { datetime: message.created_at, title: exact(at) }, stamp(at)));
}

function body(message, names) {
  if (message.status === "failed") {
    return [
      element("p", { class: "failed" }, element("span", { "aria-hidden": "true" }, "⚠ "), message.content),
      message.problem ? element("p", { class: "problem" }, message.problem) : null,
    ];
  }
  if (message.status === "thinking") return thinking(names.author(message.author_id).name);
  if (message.status === "note") return element("p", { class: "quiet" }, message.content);
  try {
    return [
      message.content ? markdown(message.content, names) : null,
      message.embeds.map((embed) => renderEmbed(embed, names)),
      message.components.map((component) => renderComponent(component, names)),
    ].flat();
  } catch {
    // A bot may send anything; one odd message must not keep the others from being shown.
    return element("p", { class: "quiet" }, "This message has a shape that cannot be shown.");
  }
}

export function thinking(name) {
  const dots = [1, 2, 3].map(() => element("i"));
  return element("p", { class: "thinking" }, element("span", { class: "dots", "aria-hidden": "true" }, dots), `${name} is thinking …`);
}

/** What stands there between sending a command and the bot's answer. */
export function renderPending(bot, commandName, person) {
  return element("article", { class: "message only-you pending" },
    element("p", { class: "invocation" }, element("span", { dir: "auto", class: "invoker" }, person.name), " used ",
      element("span", { class: "command-name" }, `/${commandName}`)),
    avatar(bot),
    element("div", { class: "message-body" },
      element("p", { class: "message-head" }, element("span", { class: "author" }, bot.name), element("span", { class: "tag" }, "App")),
      thinking(bot.name)));
}
