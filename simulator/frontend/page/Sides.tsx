// Left: the servers, the channels, and who you are.

import { Icon } from "../icons/Icon";
import { go } from "../model/arrive";
import { addressOf, DIRECT } from "../model/place";
import * as store from "../model/store";
import { timedOut } from "../message/menus";
import { Avatar } from "../ui/Avatar";
import { openMenu } from "../ui/Menu";
import { peopleMenu, serverMenu, switchMenu } from "./serverMenus";

function initials(name: string): string {
  return name.split(/[\s.]+/).filter(Boolean).slice(0, 2).map((word) => Array.from(word)[0]).join("").toUpperCase();
}

export function Rail() {
  const known = store.directory.value;
  if (!known) return null;
  const guilds = known.guilds ?? [known.guild];
  const userId = known.viewer.id;
  const direct = store.direct.value;
  const waiting = (known.dms ?? []).reduce((sum, each) => sum + Number(store.unread.value.has(each.channel_id)), 0);
  return (
    <nav class="rail" aria-label="Servers">
      <a class="rail-item direct" href={addressOf({ userId, guildId: DIRECT })} aria-current={direct ? "page" : undefined} aria-label={`Direct messages${waiting ? `, ${waiting} new` : ""}`} title="Direct messages">
        <Icon name="message-circle" size={24} />
        {waiting ? <span class="count" aria-hidden="true">{waiting}</span> : null}
      </a>
      <hr class="separator" />
      {guilds.map((guild) => (
        <a key={guild.id} class="rail-item" href={addressOf({ userId, guildId: guild.id })} aria-current={!direct && guild.id === known.guild.id ? "page" : undefined} title={guild.name}>
          <span aria-hidden="true">{initials(guild.name)}</span>
          <span class="unseen">{guild.name}</span>
        </a>
      ))}
      <button type="button" class="rail-item" aria-label="People and servers" title="People and servers" aria-haspopup="menu" onClick={(event) => openMenu(event, "People and servers", peopleMenu())}>
        <Icon name="plus" size={22} />
      </button>
    </nav>
  );
}

export function Channels() {
  const known = store.directory.value;
  if (!known) return null;
  const direct = store.direct.value;
  return (
    <aside class={`side channels${store.drawer.value === "channels" ? " open" : ""}`} id="channels" aria-label="Channels">
      <Rail />
      <div class="channels-main">
        <div class="side-head">
          <h2>{direct ? "Direct messages" : known.guild.name}</h2>
          {direct ? null : (
            <button type="button" class="quiet-button" aria-label={`Actions in ${known.guild.name}`} title="Actions" aria-haspopup="menu" onClick={(event) => openMenu(event, known.guild.name, serverMenu())}>
              <Icon name="chevron-down" />
            </button>
          )}
        </div>
        <nav id="channel-list" aria-label={direct ? "Direct messages" : `Channels of ${known.guild.name}`}>{direct ? <DirectList /> : <ChannelList />}</nav>
        <p class="side-foot">A Discord on your own machine. Nothing here leaves it.</p>
        <You />
      </div>
    </aside>
  );
}

function ChannelList() {
  const known = store.directory.value;
  if (!known) return null;
  const { channels } = known.guild;
  const groups = channels.filter((each) => each.type === 4);
  const list = (parent: string | null) =>
    channels
      .filter((each) => each.type !== 4 && (groups.some((group) => group.id === each.parent_id) ? each.parent_id : null) === parent)
      .map((each) => <ChannelLink key={each.id} id={each.id} name={each.name} type={each.type} />);
  return (
    <>
      {list(null)}
      {groups.map((group) => (
        <section key={group.id} aria-label={group.name}>
          <h3 class="group-name">{group.name}</h3>
          {list(group.id)}
        </section>
      ))}
    </>
  );
}

function ChannelLink({ id, name, type }: { id: string; name: string; type: number }) {
  const called = store.unread.value.get(id);
  const userId = store.viewer()?.id;
  const guildId = store.place.value.guildId;
  return (
    <a href={addressOf({ channelId: id, userId, guildId })} class={`channel${called === undefined ? "" : " unread"}`} aria-current={id === store.channelId.value ? "page" : undefined}>
      <Icon name={type === 5 ? "speakerphone" : "hash"} size={18} />
      <span class="channel-name">{name}</span>
      {called === undefined ? null : <span class="unseen">, new messages</span>}
      {called ? <span class="count">{called}<span class="unseen"> for you</span></span> : null}
    </a>
  );
}

function DirectList() {
  const known = store.directory.value;
  if (!known?.dms?.length) {
    return <p class="quiet side-empty">Nobody has written to {known?.viewer.name ?? "you"} yet.</p>;
  }
  return (
    <>
      {known.dms.map((each) => (
        <a key={each.channel_id} href={addressOf({ channelId: each.channel_id, userId: known.viewer.id, guildId: DIRECT })} class={`channel${store.unread.value.has(each.channel_id) ? " unread" : ""}`} aria-current={each.channel_id === store.channelId.value ? "page" : undefined}>
          <Avatar person={each.person} small />
          <span class="channel-name" dir="auto">{each.person.name}</span>
          {store.unread.value.has(each.channel_id) ? <span class="unseen">, new messages</span> : null}
        </a>
      ))}
    </>
  );
}

/** Who you are; the button beside lets you be somebody else. */
function You() {
  const me = store.viewer();
  if (!me) return null;
  return (
    <div class="you" id="you">
      <button type="button" class="you-button" aria-haspopup="menu" title="Be somebody else" onClick={(event) => openMenu(event, "Be somebody else", switchMenu())}>
        <Avatar person={me} />
        <span class="card-words">
          <span class="card-name" dir="auto"><span class="unseen">You are </span>{me.name}</span>
          <span class="card-detail">{timedOut(me) ? "timed out" : me.username}</span>
        </span>
        <Icon name="switch-horizontal" size={18} />
      </button>
    </div>
  );
}

/** On the phone: channels, where you are, who you are, people. */
export function PersonSelect() {
  const known = store.directory.value;
  if (!known) return null;
  const accounts = known.everybody?.filter((each) => !each.bot && each.guild_ids.length > 0) ?? known.people.filter((each) => !each.bot);
  return (
    <label class="person-select">
      <span class="unseen">You are</span>
      <select id="person-select" value={known.viewer.id} onChange={(event) => go({ userId: event.currentTarget.value })}>
        {accounts.map((each) => <option key={each.id} value={each.id}>{known.people.find((person) => person.id === each.id)?.name ?? each.name}</option>)}
      </select>
    </label>
  );
}
