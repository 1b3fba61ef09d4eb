// What can be done with a message and with a person: the bot's own commands, one's own deeds, a moderator's.

import { KIND, offered } from "../commands/reading";
import { deleteMessage, runContextMenu } from "../model/acting";
import { changeBot, changeMember, moderate } from "../model/api";
import { go, writeToBot } from "../model/arrive";
import { MAY, may, outranks } from "../model/permissions";
import * as store from "../model/store";
import { attempt, say } from "../model/toasts";
import type { Command, Message, Person } from "../model/types";
import { Confirm } from "../form/Confirm";
import { RolesDialog } from "../form/RolesDialog";
import { showDialog } from "../ui/Dialog";
import { openMenu, type MenuItem } from "../ui/Menu";
import { now } from "../model/times";
import { PersonHead } from "./PersonHead";

const TEN_MINUTES = 600;
const EPHEMERAL = 64;

/** The bot's commands of one kind that the viewer is offered here. */
function commandsOf(kind: number): Command[] {
  const known = store.directory.value;
  if (!known) return [];
  return known.commands.filter((each) => each.type === kind && offered(each, BigInt(known.viewer.permissions), store.direct.value));
}

function bots(kind: number, targetId: string): MenuItem[] {
  return commandsOf(kind).map((command) => ({ label: command.name, icon: "robot", act: () => attempt(() => runContextMenu(command, targetId)) }));
}

const copy = (text: string, what: string) => attempt(() => navigator.clipboard.writeText(text), `${what} is copied.`);

export function mayEdit(message: Message): boolean {
  return message.author_id === store.viewer()?.id && message.type !== 7 && message.interaction === null;
}

function mayDelete(message: Message): boolean {
  const viewer = store.viewer();
  if (!viewer || message.visible_to) return false;
  return message.author_id === viewer.id || (!store.direct.value && may(viewer, MAY.MANAGE_MESSAGES));
}

export function messageMenu(message: Message): MenuItem[][] {
  const author = store.authorOf(message.author_id);
  const ephemeral = (message.flags & EPHEMERAL) !== 0;
  const own: MenuItem[] = [];
  if (store.channel.value?.can_write && !ephemeral) {
    own.push({
      label: "Reply",
      icon: "corner-up-left",
      act: () => {
        store.replyTo.value = message;
        document.getElementById("composer-input")?.focus();
      },
    });
  }
  if (mayEdit(message)) own.push({ label: "Edit", icon: "pencil", act: () => (store.editing.value = message.id) });
  if (message.text || message.content) own.push({ label: "Copy text", icon: "copy", act: () => copy(message.content || message.text, "The text") });
  const more: MenuItem[] = [{ label: "Copy message id", icon: "id", act: () => copy(message.id, "The id") }];
  if (!author.bot && author.here && author.id !== store.viewer()?.id) more.push(be(author.here));
  if (ephemeral) more.push({ label: "Dismiss", icon: "x", act: () => store.dismiss(message.id) });
  if (mayDelete(message)) more.push({ label: "Delete", icon: "trash", danger: true, act: () => askDelete(message) });
  return [own, ephemeral ? [] : bots(KIND.MESSAGE, message.id), more];
}

function askDelete(message: Message): void {
  const mine = message.author_id === store.viewer()?.id;
  const whose = mine ? "your message" : `the message of ${store.authorOf(message.author_id).name}`;
  showDialog(<Confirm title="Delete message" words={`This deletes ${whose} for everybody.`} submit={mine ? "Delete my message" : "Delete message"} danger act={() => deleteMessage(message)} />);
}

function be(person: Person): MenuItem {
  return { label: `Be ${person.name}`, icon: "switch-horizontal", act: () => go({ userId: person.id }) };
}

export function openPersonMenu(event: MouseEvent, id: string): void {
  const person = store.personOf(id);
  const known = store.directory.value;
  if (!person || !known) {
    if (event.type !== "contextmenu") say("That person is not in this server.");
    return;
  }
  openMenu(event, person.name, personMenu(person), <PersonHead person={person} />);
}

export function personMenu(person: Person): MenuItem[][] {
  const viewer = store.viewer();
  const guild = store.directory.value?.guild;
  if (!viewer || !guild) return [];
  const groups: MenuItem[][] = [[], bots(KIND.USER, person.id), [{ label: "Copy id", icon: "id", act: () => copy(person.id, "The id") }]];
  if (!person.bot && person.id !== viewer.id) groups[0]?.push(be(person));
  if (person.id === store.directory.value?.application.id && !store.direct.value) {
    groups[0]?.push({ label: "Write directly", icon: "message-circle", act: () => attempt(writeToBot) });
  }
  if (!store.direct.value) groups.push(acts(person, viewer, guild.id));
  return groups;
}

/** What the viewer's roles allow. The bot's own departure is the administrator's to order. */
function acts(person: Person, viewer: Person, guildId: string): MenuItem[] {
  const known = store.directory.value;
  if (!known) return [];
  const items: MenuItem[] = [];
  const above = person.id !== viewer.id && outranks(viewer, person, known);
  const order = { guild_id: guildId, moderator_id: viewer.id, user_id: person.id };
  const name = person.name;
  const act = (action: string, more: object = {}) => (reason: string) => moderate({ ...order, action, ...more, ...(reason ? { reason } : {}) });
  if (may(viewer, MAY.MANAGE_ROLES)) items.push({ label: "Roles …", icon: "shield", act: () => showDialog(<RolesDialog person={person} />) });
  if (above && may(viewer, MAY.TIMEOUT)) {
    if (timedOut(person)) {
      items.push({ label: "Remove time-out", icon: "clock-pause", act: () => showDialog(<Confirm title={`Remove the time-out of ${name}`} words={`${name} can write again at once.`} submit={`Let ${name} write again`} withReason act={act("untimeout")} />) });
    } else if (!person.bot) {
      items.push({ label: "Time out for 10 minutes", icon: "hourglass", danger: true, act: () => showDialog(<Confirm title={`Time out ${name}`} words={`${name} can read, but not write, for ten minutes.`} submit={`Time out ${name}`} withReason danger act={act("timeout", { seconds: TEN_MINUTES })} />) });
    }
  }
  if (above && may(viewer, MAY.KICK)) {
    const kick = person.id === known.application.id ? () => changeBot(guildId, "remove") : act("kick");
    items.push({ label: "Kick", icon: "user-minus", danger: true, act: () => showDialog(<Confirm title={`Kick ${name}`} words={`${name} leaves this server, and can come back.`} submit={`Kick ${name}`} withReason danger act={kick} />) });
  }
  if (above && !person.bot && may(viewer, MAY.BAN)) {
    items.push({ label: "Ban", icon: "hammer", danger: true, act: () => showDialog(<Confirm title={`Ban ${name}`} words={`${name} leaves this server and cannot come back. Their messages stay.`} submit={`Ban ${name}`} withReason danger act={act("ban", { delete_message_seconds: 0 })} />) });
  }
  return items;
}

export function timedOut(person: Person): boolean {
  return Boolean(person.timed_out_until) && Date.parse(person.timed_out_until ?? "") > now();
}

export const leaveServer = (guildId: string, userId: string) => changeMember({ guild_id: guildId, action: "leave", user_id: userId });
