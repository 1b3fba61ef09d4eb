// The page: who you are, where you look, and what you see there. Asks once a second what is new.

import { fetchDirectory, fetchView, postMessage, runCommand } from "./api.js";
import { callable } from "./commands.js";
import { setComposer, startComposer } from "./composer.js";
import { avatar, byId, element, fill } from "./dom.js";
import { renderMessage, renderPending } from "./messages.js";
import { refreshRelative, setSimulatorNow } from "./times.js";

const POLL_MS = 1000;
const log = byId("log");
const state = { directory: null, channelId: null, messages: new Map(), revision: 0, looking: 0, atEnd: true };

const names = {
  person: (id) => personOf(id)?.name,
  role: (id) => state.directory.guild.roles.find((each) => each.id === id)?.name.replace(/^@/, ""),
  channel: (id) => state.directory.guild.channels.find((each) => each.id === id)?.name,
  author: (id) => personOf(id) ?? { id, name: "Somebody", bot: false },
};

function personOf(id) {
  return state.directory.people.find((each) => each.id === id);
}

function channel() {
  return state.directory.guild.channels.find((each) => each.id === state.channelId);
}

// --- who and where: kept in the address, so that a reload or a link finds it again ----------------

function place() {
  const [channelId, userId] = location.hash.slice(1).split("/");
  return { channelId, userId };
}

function go(channelId, userId) {
  location.hash = `${channelId}/${userId}`;
}

async function arrive() {
  const visit = ++state.looking;
  const wanted = place();
  const directory = await fetchDirectory(wanted.userId).catch(() => fetchDirectory());
  if (visit !== state.looking) return;
  const found = directory.guild.channels.find((each) => each.id === wanted.channelId) ?? directory.guild.channels[0];
  Object.assign(state, { directory, channelId: found.id, messages: new Map(), revision: 0 });
  renderAround(found);
  fill(log);
  await look();
}

function renderAround(here) {
  const { directory } = state;
  byId("channel-name").textContent = here.name;
  byId("channel-topic").textContent = here.topic ?? "";
  renderChannels(here);
  renderPeople();
  const permissions = BigInt(directory.viewer.permissions);
  setComposer({ newDirectory: directory, newCommands: callable(directory.commands, permissions), channel: here });
  const notice = byId("notice");
  notice.hidden = Boolean(directory.application.endpoint);
  notice.textContent = "No bot is connected. Start the simulator with --endpoint URL, the address where your bot takes interactions.";
}

function renderChannels(current) {
  const { guild, viewer } = state.directory;
  fill(byId("channel-list"), guild.channels.map((each) =>
    element("a", { href: `#${each.id}/${viewer.id}`, class: "channel", "aria-current": each === current ? "page" : null },
      element("span", { class: "hash", "aria-hidden": "true" }, "#"), each.name)));
  fill(byId("channel-select"), guild.channels.map((each) =>
    element("option", { value: each.id, selected: each === current }, `# ${each.name}`)));
}

function rolesOf(person) {
  return state.directory.guild.roles
    .filter((role) => person.roles.includes(role.id) && !role.managed)
    .sort((a, b) => b.position - a.position);
}

function renderPeople() {
  const { people, viewer } = state.directory;
  const top = (person) => (person.bot ? "App" : rolesOf(person).find((role) => role.hoist)?.name ?? "Members");
  const order = [...state.directory.guild.roles].sort((a, b) => b.position - a.position).filter((role) => role.hoist).map((role) => role.name);
  const groups = [...order, "Members", "App"].map((name) => [name, people.filter((each) => top(each) === name)]);
  fill(byId("you"), card(viewer, true));
  fill(byId("people-list"), groups.filter(([, members]) => members.length).map(([name, members]) =>
    element("section", { "aria-label": name },
      element("h3", {}, `${name} · ${members.length}`),
      members.map((each) => (each.bot ? element("div", { class: "person" }, card(each)) : switcher(each, viewer))))));
  fill(byId("person-select"), people.filter((each) => !each.bot).map((each) =>
    element("option", { value: each.id, selected: each.id === viewer.id }, `${each.name} · ${top(each).replace("Members", "Member")}`)));
}

function switcher(person, viewer) {
  const mine = person.id === viewer.id;
  return element("button", { type: "button", class: "person", "aria-pressed": String(mine), title: `Be ${person.name}`,
    on: { click: () => go(state.channelId, person.id) } }, card(person));
}

function card(person, large = false) {
  const badges = large ? rolesOf(person).map((role) => badge(role)) : [];
  const detail = person.bot ? "your bot" : isNew(person) ? "joined yesterday" : person.username;
  return element("span", { class: large ? "card-person large" : "card-person" }, avatar(person),
    element("span", { class: "card-words" },
      element("span", { class: "card-name", dir: "auto" }, person.name),
      element("span", { class: "card-detail" }, detail),
      large ? element("span", { class: "badges" }, badges.length ? badges : element("span", { class: "badge" }, "no roles")) : null));
}

function isNew(person) {
  return Date.now() - Date.parse(person.created_at) < 7 * 86400000;
}

function badge(role) {
  const dot = element("i", { "aria-hidden": "true" });
  if (role.color) dot.style.setProperty("--role", `#${role.color.toString(16).padStart(6, "0")}`);
  return element("span", { class: "badge" }, dot, role.name);
}

// --- messages ------------------------------------------------------------------------------------

async function look() {
  const visit = state.looking;
  const view = await fetchView(state.channelId, state.directory.viewer.id, state.revision);
  if (visit !== state.looking) return;
  setSimulatorNow(view.now);
  if (view.epoch !== state.directory.epoch || view.commands_revision !== state.directory.commands_revision) {
    await arrive();
    return;
  }
  state.revision = view.revision;
  for (const message of view.messages) state.messages.set(message.id, message);
  if (view.messages.length || !log.childElementCount) renderLog(view.messages.map((each) => each.id));
}

/** Only what changed is built anew, so that a screen reader hears only that. */
function renderLog(changed) {
  const first = log.querySelector(".message") === null;
  const ordered = [...state.messages.values()].sort((a, b) => (BigInt(a.id) < BigInt(b.id) ? -1 : 1));
  if (!ordered.length) {
    const next = channel().can_write ? " Type a message, or / to see what the bot can do." : "";
    fill(log, element("p", { class: "quiet" }, `Nothing has been said here yet.${next}`));
    return;
  }
  log.querySelector(":scope > .quiet")?.remove();
  ordered.forEach((message, index) => {
    if (!changed.includes(message.id)) return;
    const node = renderMessage(message, ordered[index - 1], names);
    const known = log.querySelector(`[data-id="${message.id}"]`);
    if (known) known.replaceWith(node);
    else log.insertBefore(node, log.querySelector(`[data-id="${ordered[index + 1]?.id}"]`) ?? log.querySelector(".pending"));
  });
  if (state.atEnd || first) log.scrollTop = log.scrollHeight;
}

async function send(wanted) {
  const { directory, channelId } = state;
  const where = { channel_id: channelId, user_id: directory.viewer.id };
  if (wanted.text) {
    await postMessage({ ...where, content: wanted.text });
  } else {
    const bot = personOf(directory.application.id);
    log.querySelector(":scope > .quiet")?.remove();
    const pending = renderPending(bot, wanted.command, directory.viewer);
    log.append(pending);
    log.scrollTop = log.scrollHeight;
    try {
      await runCommand({ ...where, guild_id: directory.guild.id, name: wanted.command, options: wanted.options });
    } finally {
      pending.remove();
    }
  }
  await look();
  log.scrollTop = log.scrollHeight;
}

async function poll() {
  try {
    await (state.directory ? look() : arrive());
    document.body.classList.remove("away");
  } catch {
    document.body.classList.add("away");
    const notice = byId("notice");
    notice.hidden = false;
    notice.textContent = "The simulator does not answer. This page goes on by itself when it is back.";
    if (state.directory) state.directory.epoch = "gone";
  }
  setTimeout(poll, POLL_MS);
}

// Who reads the newest stays there when the box below grows; who reads older ones is left alone.
log.addEventListener("scroll", () => { state.atEnd = log.scrollHeight - log.scrollTop - log.clientHeight < 80; });
new ResizeObserver(() => { if (state.atEnd) log.scrollTop = log.scrollHeight; }).observe(log);

startComposer(send);
byId("channel-select").addEventListener("change", (event) => go(event.target.value, state.directory.viewer.id));
byId("person-select").addEventListener("change", (event) => go(state.channelId, event.target.value));
window.addEventListener("hashchange", () => arrive().catch(() => {}));
setInterval(refreshRelative, 10 * POLL_MS);
poll();
