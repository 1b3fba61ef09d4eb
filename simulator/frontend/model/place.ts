// Who you are and where you look: kept in the address (#channel/person/guild), so that a reload or a link finds it
// again, and several windows can be several people.

export interface Place {
  channelId?: string;
  userId?: string;
  guildId?: string;
}

export const DIRECT = "direct";
/** Stands where a guild's id would, for the list of direct messages. */

export function readPlace(hash: string): Place {
  const [channelId, userId, guildId] = hash.replace(/^#/, "").split("/");
  return { channelId: channelId || undefined, userId: userId || undefined, guildId: guildId || undefined };
}

export function addressOf(place: Place): string {
  const parts = [place.channelId ?? "", place.userId ?? "", place.guildId ?? ""];
  return `#${parts.join("/").replace(/\/+$/, "")}`;
}
