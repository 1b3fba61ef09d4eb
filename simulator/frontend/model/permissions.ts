// What the viewer may do to whom. The simulator decides; this only keeps hopeless buttons away.

import type { Directory, Person, Role } from "./types";

export const MAY = {
  KICK: 1n << 1n,
  BAN: 1n << 2n,
  ADMINISTRATOR: 1n << 3n,
  MANAGE_MESSAGES: 1n << 13n,
  MANAGE_ROLES: 1n << 28n,
  TIMEOUT: 1n << 40n,
} as const;

export function may(person: Person, permission: bigint): boolean {
  const bits = BigInt(person.permissions);
  return (bits & MAY.ADMINISTRATOR) !== 0n || (bits & permission) === permission;
}

export function rolesOf(person: Person, directory: Directory): Role[] {
  return directory.guild.roles
    .filter((role) => person.roles.includes(role.id))
    .sort((a, b) => b.position - a.position);
}

export function topPosition(person: Person, directory: Directory): number {
  if (person.id === directory.guild.owner_id) return Number.MAX_SAFE_INTEGER;
  return rolesOf(person, directory)[0]?.position ?? 0;
}

export function outranks(one: Person, other: Person, directory: Directory): boolean {
  return topPosition(one, directory) > topPosition(other, directory);
}

/** The colour of the highest role that has one, as CSS. */
export function colourOf(person: Person, directory: Directory): string | undefined {
  const role = rolesOf(person, directory).find((each) => each.color !== 0);
  return role && cssColour(role.color);
}

export function cssColour(color: number): string {
  return `#${(color & 0xffffff).toString(16).padStart(6, "0")}`;
}
