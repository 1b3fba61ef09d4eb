// Going somewhere as somebody: the directory first, then the messages there.

import { batch } from "@preact/signals";
import { fetchDirectory, fetchView, openDirect } from "./api";
import { listen } from "./live";
import { addressOf, DIRECT, readPlace, type Place } from "./place";
import { enter } from "./reading";
import * as store from "./store";
import { setSimulatorNow } from "./times";
import { say } from "./toasts";
import type { Directory } from "./types";

const PAGE = 50;
const CATEGORY = 4;
const RAID_PAUSE_MS = 250;
let visit = 0;

export function go(change: Place): void {
  const { guildId, ...rest } = { ...current(), ...change };
  location.hash = addressOf({ ...rest, guildId });
}

function current(): Place {
  const known = store.directory.value;
  return {
    channelId: store.channelId.value ?? undefined,
    userId: known?.viewer.id,
    guildId: store.place.value.guildId,
  };
}

/**
 * Whoever asks for somebody or something that is gone is shown the nearest that is there. Who is where is asked first:
 * a request that is refused would stand in the browser's console.
 */
async function findDirectory(wanted: Place): Promise<Directory> {
  const base = await fetchDirectory({});
  const account = base.everybody?.find((each) => each.id === (wanted.userId ?? base.viewer.id) && !each.bot);
  const [first] = account?.guild_ids ?? [];
  if (!account || !first) return base;
  const guildId = account.guild_ids.find((each) => each === wanted.guildId) ?? (account.guild_ids.includes(base.guild.id) ? base.guild.id : first);
  if (account.id === base.viewer.id && guildId === base.guild.id) return base;
  return fetchDirectory({ user_id: account.id, guild_id: guildId });
}

export async function arrive(): Promise<void> {
  const mine = ++visit;
  const wanted = readPlace(location.hash);
  const known = await findDirectory(wanted);
  if (mine !== visit) return;
  const places = wanted.guildId === DIRECT ? (known.dms ?? []).map((each) => each.channel_id) : known.guild.channels.filter((each) => each.type !== CATEGORY).map((each) => each.id);
  const found = places.find((each) => each === wanted.channelId) ?? places[0] ?? null;
  const moved = found !== store.channelId.value || known.viewer.id !== store.viewer()?.id || known.epoch !== store.directory.value?.epoch;
  const other = known.viewer.id !== store.viewer()?.id;
  batch(() => {
    if (other) {
      // What one person has not read says nothing of the next.
      store.unread.value = new Map();
      store.firstUnread.value = new Map();
    }
    store.place.value = wanted;
    store.directory.value = known;
    store.channelId.value = found;
    store.away.value = false;
    if (!moved) return;
    enter((found && store.firstUnread.value.get(found)) || null);
    store.messages.value = new Map();
    store.loaded.value = false;
    store.more.value = false;
    store.replyTo.value = null;
    store.editing.value = null;
    store.drawer.value = null;
  });
  if (known.now) setSimulatorNow(known.now);
  if (wanted.userId && wanted.userId !== known.viewer.id) {
    const name = known.everybody?.find((each) => each.id === wanted.userId)?.name;
    say(`${name ?? "That person"} is in no server any more. You are ${known.viewer.name} now.`);
    history.replaceState(null, "", addressOf({ channelId: found ?? undefined, userId: known.viewer.id }));
    store.place.value = readPlace(location.hash);
  }
  listen(known.viewer.id, known.epoch);
  await look();
}

let refreshing: Promise<void> | null = null;
let again = false;

/** The directory again, because somebody or something in it changed; who and where stay. Many changes are one. */
export function refreshDirectory(): Promise<void> {
  again = true;
  refreshing ??= (async () => {
    try {
      while (again) {
        again = false;
        await refresh();
        // In a raid everybody who comes is a change: the page looks up now and then.
        if (store.directory.value?.raid?.running) await new Promise((resolve) => setTimeout(resolve, RAID_PAUSE_MS));
      }
    } finally {
      refreshing = null;
    }
  })();
  return refreshing;
}

async function refresh(): Promise<void> {
  const known = store.directory.value;
  if (!known) return;
  const here = store.channelId.value;
  const fresh = await findDirectory({ ...store.place.value, userId: known.viewer.id });
  if (store.directory.value?.viewer.id !== known.viewer.id || store.channelId.value !== here) return;
  const seen = [...fresh.guild.channels.map((each) => each.id), ...(fresh.dms ?? []).map((each) => each.channel_id)];
  const moved = fresh.epoch !== known.epoch || fresh.viewer.id !== known.viewer.id || fresh.guild.id !== known.guild.id;
  if (moved || (here ? !seen.includes(here) : seen.length && !store.direct.value)) await arrive();
  else store.directory.value = fresh;
}

/** The newest messages of the channel in sight; what is no longer among them is forgotten. */
export async function look(): Promise<void> {
  const known = store.directory.value;
  const here = store.channelId.value;
  if (!known || !here) {
    store.loaded.value = true;
    return;
  }
  const view = await fetchView({ channel_id: here, user_id: known.viewer.id, limit: PAGE });
  if (store.channelId.value !== here || store.viewer()?.id !== known.viewer.id) return;
  setSimulatorNow(view.now);
  const oldest = view.messages[0]?.id;
  batch(() => {
    const older = [...store.messages.value].filter(([id]) => oldest && store.compareIds(id, oldest) < 0);
    if (!older.length) store.more.value = view.more ?? false;
    store.messages.value = new Map([...older, ...view.messages.map((each) => [each.id, each] as const)]);
    store.loaded.value = true;
    if (store.unread.value.has(here)) store.unread.value = new Map([...store.unread.value].filter(([id]) => id !== here));
    if (store.firstUnread.value.has(here)) store.firstUnread.value = new Map([...store.firstUnread.value].filter(([id]) => id !== here));
  });
}

/** Writing to the bot, whether or not it ever wrote first. */
export async function writeToBot(): Promise<void> {
  const me = store.viewer();
  if (!me) return;
  const opened = await openDirect(me.id);
  location.hash = addressOf({ channelId: opened.channel_id, userId: me.id, guildId: DIRECT });
}

/** Messages from before the oldest in sight. */
export async function lookBack(): Promise<void> {
  const known = store.directory.value;
  const here = store.channelId.value;
  const oldest = [...store.messages.value.keys()].sort(store.compareIds)[0];
  if (!known || !here || !oldest) return;
  const view = await fetchView({ channel_id: here, user_id: known.viewer.id, before: oldest, limit: PAGE });
  if (store.channelId.value !== here || store.viewer()?.id !== known.viewer.id) return;
  batch(() => {
    store.more.value = (view.more ?? false) && view.messages.length > 0;
    store.merge(view.messages);
  });
}
