// Right: who is here, by the highest role that stands apart.

import { Icon } from "../icons/Icon";
import { go } from "../model/arrive";
import { colourOf, rolesOf } from "../model/permissions";
import * as store from "../model/store";
import { exact, now, relative, until } from "../model/times";
import type { Directory, Person } from "../model/types";
import { openPersonMenu, timedOut } from "../message/menus";
import { AppTag, Avatar } from "../ui/Avatar";
import { openMenu } from "../ui/Menu";
import { peopleMenu } from "./serverMenus";

const NEW_MS = 7 * 86_400_000;

export function groupsOf(directory: Directory): [string, Person[]][] {
  const top = (person: Person) => rolesOf(person, directory).find((role) => role.hoist)?.id ?? "";
  const hoisted = directory.guild.roles.filter((role) => role.hoist).sort((a, b) => b.position - a.position);
  const groups: [string, string][] = [...hoisted.map((role): [string, string] => [role.id, role.name]), ["", "Members"]];
  const byName = (a: Person, b: Person) => a.name.localeCompare(b.name);
  return groups
    .map(([id, name]): [string, Person[]] => [name, directory.people.filter((each) => top(each) === id).sort(byName)])
    .filter(([, members]) => members.length > 0);
}

export function People() {
  const known = store.directory.value;
  if (!known || store.direct.value) return null;
  return (
    <aside class={`side people${store.drawer.value === "people" ? " open" : ""}`} id="people" aria-label="People" hidden={!store.membersShown.value && store.drawer.value !== "people"}>
      <div class="side-head">
        <h2>People</h2>
        <button type="button" class="quiet-button" aria-label="People: join, leave, rename" title="Join, leave, rename" aria-haspopup="menu" onClick={(event) => openMenu(event, "People", peopleMenu())}>
          <Icon name="user-plus" />
        </button>
      </div>
      <div id="people-list">
        {groupsOf(known).map(([name, members]) => (
          <section key={name} aria-label={name}>
            <h3>{name} · {members.length}</h3>
            <ul>
              {members.map((each) => <Row key={each.id} person={each} directory={known} />)}
            </ul>
          </section>
        ))}
      </div>
    </aside>
  );
}

function Row({ person, directory }: { person: Person; directory: Directory }) {
  const mine = person.id === directory.viewer.id;
  const card = <Card person={person} directory={directory} />;
  return (
    <li class="person-row" onContextMenu={(event) => openPersonMenu(event, person.id)}>
      {person.bot ? (
        <span class="person">{card}</span>
      ) : (
        <button type="button" class="person" aria-pressed={mine} title={`Be ${person.name}`} onClick={() => go({ userId: person.id })}>{card}</button>
      )}
      <button type="button" class="quiet-button person-more" aria-label={`More actions for ${person.name}`} title="More actions" aria-haspopup="menu" onClick={(event) => openPersonMenu(event, person.id)}>
        <Icon name="dots" size={18} />
      </button>
    </li>
  );
}

function Card({ person, directory }: { person: Person; directory: Directory }) {
  const colour = colourOf(person, directory);
  return (
    <span class="card-person">
      <Avatar person={person} />
      <span class="card-words">
        <span class={`card-name${colour ? " coloured" : ""}`} style={colour ? { "--role": colour } : undefined} dir="auto">
          {person.name} {person.bot ? <AppTag /> : null}
        </span>
        <Detail person={person} directory={directory} />
      </span>
    </span>
  );
}

function Detail({ person, directory }: { person: Person; directory: Directory }) {
  if (timedOut(person)) {
    const end = new Date(person.timed_out_until ?? 0);
    return (
      <span class="card-detail timed-out" title={`Timed out until ${exact(end)}, ${relative(end)}`}>
        <Icon name="hourglass" size={14} /> timed out until {until(end)}
      </span>
    );
  }
  if (person.id === directory.viewer.id) return <span class="card-detail">you</span>;
  if (person.id === directory.guild.owner_id) return <span class="card-detail">owner</span>;
  if (person.id === directory.application.id) return <span class="card-detail">your bot</span>;
  const joined = Date.parse(person.joined_at ?? person.created_at);
  if (now() - joined < NEW_MS) return <span class="card-detail">joined {relative(new Date(joined))}</span>;
  return <span class="card-detail">{person.username}</span>;
}
