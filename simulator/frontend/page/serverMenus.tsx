// Menus about the server, its people, and who one is.

import { advanceClock, changeBot, changeMember, changePerson, makeGuild, stopRaid } from "../model/api";
import { go } from "../model/arrive";
import * as store from "../model/store";
import { attempt } from "../model/toasts";
import type { Account } from "../model/types";
import { Confirm } from "../form/Confirm";
import { JoinDialog, RenameDialog } from "../form/MemberDialogs";
import { RaidDialog } from "../form/RaidDialog";
import { leaveServer } from "../message/menus";
import { showDialog } from "../ui/Dialog";
import type { MenuItem } from "../ui/Menu";

const PASSING: [string, number][] = [
  ["Ten minutes pass", 600],
  ["An hour passes", 3_600],
  ["A day passes", 86_400],
];

export function peopleMenu(): MenuItem[][] {
  const known = store.directory.value;
  if (!known) return [];
  const { guild, viewer } = known;
  const account = known.everybody?.find((each) => each.id === viewer.id);
  const gone = (known.everybody ?? []).filter((each) => !each.bot && !each.guild_ids.includes(guild.id)).slice(-3).reverse();
  return [
    [
      { label: "Someone new joins", icon: "user-plus", act: () => showDialog(<JoinDialog guildId={guild.id} />) },
      ...gone.map((each): MenuItem => ({
        label: `${each.name} joins`,
        icon: "user-plus",
        act: () => attempt(() => changeMember({ guild_id: guild.id, action: "join", user_id: each.id }), `${each.name} has joined.`),
      })),
    ],
    [
      ...(account ? [directSwitch(account)] : []),
      { label: "Rename yourself here", icon: "pencil", act: () => showDialog(<RenameDialog guildId={guild.id} person={viewer} />) },
      { label: "Leave this server", icon: "logout", danger: true, act: () => showDialog(<Confirm title={`Leave ${guild.name}`} words={`${viewer.name} leaves ${guild.name}. Anybody can bring them back from the People menu.`} submit={`Leave ${guild.name}`} danger act={() => leaveServer(guild.id, viewer.id)} />) },
    ],
    [
      {
        label: "Make a server",
        icon: "plus",
        act: () => attempt(async () => {
          const made = await makeGuild({ name: `${viewer.name.split(" ")[0]}'s server`, owner_id: viewer.id });
          go({ guildId: made.id, channelId: undefined });
        }),
      },
    ],
  ];
}

/** Whoever takes no direct messages is out of the bot's reach; it has to live with that. */
function directSwitch(account: Account): MenuItem {
  const takes = account.accepts_dms ?? true;
  return {
    label: takes ? "Take no direct messages" : "Take direct messages again",
    icon: "message-circle",
    act: () => attempt(() => changePerson({ user_id: account.id, accepts_dms: !takes }), takes ? `${account.name} takes no direct messages now.` : `${account.name} takes direct messages again.`),
  };
}

export function serverMenu(): MenuItem[][] {
  const known = store.directory.value;
  if (!known) return [];
  const { guild, application } = known;
  const bot: MenuItem = known.guild.has_bot
    ? { label: `Remove ${application.name}`, icon: "robot", danger: true, act: () => showDialog(<Confirm title={`Remove ${application.name}`} words={`The bot leaves ${guild.name}, and its commands with it.`} submit={`Remove ${application.name}`} danger act={() => changeBot(guild.id, "remove")} />) }
    : { label: `Add ${application.name}`, icon: "robot", act: () => attempt(() => changeBot(guild.id, "add"), `${application.name} is in ${guild.name} now.`) };
  const times = PASSING.map(([label, seconds]): MenuItem => ({ label, icon: "hourglass", act: () => attempt(() => advanceClock(seconds), `${label}: it is later now.`) }));
  const raid: MenuItem = known.raid?.running
    ? { label: "Stop the raid", icon: "users", act: () => attempt(() => stopRaid(guild.id)) }
    : { label: "Start a raid", icon: "users", act: () => showDialog(<RaidDialog guildId={guild.id} guildName={guild.name} />) };
  // What takes something away does not stand where the focus lands.
  const rest = [...peopleMenu().slice(0, 2), [raid], times];
  return bot.danger ? [...rest, [bot]] : [[bot], ...rest];
}

export function switchMenu(): MenuItem[][] {
  const known = store.directory.value;
  if (!known) return [];
  const somewhere = known.everybody?.filter((each) => each.guild_ids.length > 0) ?? known.people;
  const accounts = somewhere.filter((each) => !each.bot && each.id !== known.viewer.id);
  return [accounts.map((each) => ({ label: `Be ${known.people.find((person) => person.id === each.id)?.name ?? each.name}`, act: () => go({ userId: each.id }) }))];
}
