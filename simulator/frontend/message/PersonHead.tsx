import { colourOf, cssColour, rolesOf } from "../model/permissions";
import { directory } from "../model/store";
import { exact, relative } from "../model/times";
import type { Person } from "../model/types";
import { AppTag, Avatar } from "../ui/Avatar";

/** Who somebody is, above what can be done with them: name, roles, since when they are here. */
export function PersonHead({ person }: { person: Person }) {
  const known = directory.value;
  if (!known) return null;
  const roles = person.guild_id === known.guild.id ? rolesOf(person, known).filter((role) => role.id !== known.guild.id) : [];
  const colour = colourOf(person, known);
  const joined = person.joined_at ? new Date(person.joined_at) : null;
  return (
    <div class="person-head">
      <p class="card-person">
        <Avatar person={person} />
        <span class="card-words">
          <span class={`card-name${colour ? " coloured" : ""}`} style={colour ? { "--role": colour } : undefined} dir="auto">{person.name} {person.bot ? <AppTag /> : null}</span>
          <span class="card-detail">{person.username}</span>
        </span>
      </p>
      {roles.length ? (
        <ul class="role-list" aria-label="Roles">
          {roles.map((role) => (
            <li key={role.id}><i class="role-dot" style={role.color ? { "--role": cssColour(role.color) } : undefined} aria-hidden="true" />{role.name}</li>
          ))}
        </ul>
      ) : null}
      {joined ? <p class="subtext" title={exact(joined)}>Joined {relative(joined)}</p> : null}
    </div>
  );
}
