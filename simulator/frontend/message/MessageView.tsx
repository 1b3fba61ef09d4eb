// One message as one person sees it.

import type { VNode } from "preact";
import { Component as Preact } from "preact";
import { withNames } from "../commands/mentions";
import { Icon } from "../icons/Icon";
import { troubles } from "../model/acting";
import { colourOf } from "../model/permissions";
import * as store from "../model/store";
import { clock, exact, stamp } from "../model/times";
import type { Loose, Message } from "../model/types";
import { Markdown } from "../text/Markdown";
import { Mention } from "../text/pieces";
import { AppTag, Avatar } from "../ui/Avatar";
import { openMenu } from "../ui/Menu";
import { Dots } from "../ui/Picker";
import { Component } from "./Components";
import { EditBox } from "./EditBox";
import { Embed } from "./Embed";
import { AttachedFile } from "./files";
import { jumpTo } from "./jump";
import { messageMenu, mayEdit, openPersonMenu } from "./menus";

const EPHEMERAL = 64;
const V2 = 1 << 15;
const SUPPRESS_EMBEDS = 4;
const JOINED = 7;
const CONTEXT_MENU = 23;
const AUTO_MODERATION = 24;

export function MessageView({ message, follows, current }: { message: Message; follows: boolean; current: boolean }) {
  const author = store.authorOf(message.author_id);
  const onlyYou = (message.flags & EPHEMERAL) !== 0 || message.visible_to !== null;
  const at = new Date(message.created_at);
  const classes = ["message", follows && "follows", onlyYou && "only-you", store.callsMe(message) && "calls-me", message.mentions?.everyone && "calls-all", store.replyTo.value?.id === message.id && "answered"];
  return (
    <article
      id={`message-${message.id}`}
      data-id={message.id}
      class={classes.filter(Boolean).join(" ")}
      aria-label={`${author.name}, ${stamp(at)}`}
      tabIndex={current ? 0 : -1}
      onContextMenu={(event) => openMenu(event, "Message", messageMenu(message))}
    >
      <Above message={message} />
      {follows ? <time class="aside-time" dateTime={message.created_at} title={exact(at)}>{clock(at)}</time> : <Avatar person={author} />}
      <div class="message-body">
        {follows ? null : (
          <p class="message-head">
            <AuthorName id={message.author_id} tabIndex={current ? 0 : -1} />
            {author.bot ? <AppTag /> : null}
            <time dateTime={message.created_at} title={exact(at)}>{stamp(at)}</time>
          </p>
        )}
        {store.editing.value === message.id ? <EditBox message={message} /> : <Guarded message={message} />}
        <Trouble message={message} />
        {onlyYou ? (
          <p class="only-you-note">
            <Icon name="eye" size={16} /> Only you can see this ·{" "}
            <button type="button" class="text-button" onClick={() => store.dismiss(message.id)}>Dismiss</button>
          </p>
        ) : null}
      </div>
      {message.status === "shown" && store.editing.value !== message.id ? <Tools message={message} current={current} /> : null}
    </article>
  );
}

export function AuthorName({ id, tabIndex }: { id: string; tabIndex: number }) {
  const author = store.authorOf(id);
  const known = store.directory.value;
  const colour = author.here && known ? colourOf(author.here, known) : undefined;
  const style = colour ? { "--role": colour } : undefined;
  return (
    <button
      type="button"
      class={`author${colour ? " coloured" : ""}`}
      style={style}
      dir="auto"
      tabIndex={tabIndex}
      aria-haspopup="menu"
      onClick={(event) => openPersonMenu(event, id)}
      onContextMenu={(event) => openPersonMenu(event, id)}
    >
      {author.name}
    </button>
  );
}

/** What stands above: the command that was used, or what is answered. */
function Above({ message }: { message: Message }) {
  const { interaction, reply_to: reply } = message;
  if (interaction?.type === 2 && !message.reply_to) {
    const slash = message.type === CONTEXT_MENU ? "" : "/";
    return (
      <p class="invocation">
        <Avatar person={store.authorOf(interaction.user_id)} small />
        <span dir="auto" class="invoker">{store.authorOf(interaction.user_id).name}</span> used <span class="command-name">{slash}{interaction.name}</span>
      </p>
    );
  }
  if (!reply) return null;
  const author = reply.author_id ? store.authorOf(reply.author_id) : null;
  const known = store.directory.value;
  const text = (known ? withNames(reply.text, known) : reply.text).replace(/[*_~`|]+|^#+ |^-# /gm, "");
  return (
    <p class="invocation">
      {author ? <Avatar person={author} small /> : null}
      {author ? <span class="invoker" dir="auto">{author.name}</span> : null}
      <button type="button" class="text-button reply-text" title="Go to that message" onClick={() => void jumpTo(reply.message_id)}>
        <span class="unseen">Reply to: </span>{text || "a message without words"}
      </button>
    </p>
  );
}

/** A bot may send anything; one odd message must not keep the others from being shown. */
class Guarded extends Preact<{ message: Message }, { broken?: boolean; revision?: number }> {
  static override getDerivedStateFromError() {
    return { broken: true };
  }

  /** The next version of the message may be in order again. */
  static override getDerivedStateFromProps(props: { message: Message }, state: { revision?: number }) {
    return state.revision === props.message.revision ? null : { broken: false, revision: props.message.revision };
  }

  override render(): VNode {
    if (this.state.broken) return <p class="quiet">This message has a shape that cannot be shown.</p>;
    return <Body message={this.props.message} />;
  }
}

function Body({ message }: { message: Message }) {
  if (message.status === "failed") {
    return (
      <>
        <p class="failed"><Icon name="alert-triangle" size={18} /> {message.content || "The application did not respond"}</p>
        {message.problem ? <p class="problem">{message.problem}</p> : null}
      </>
    );
  }
  if (message.status === "thinking") return <Thinking name={store.authorOf(message.author_id).name} />;
  if (message.status === "note") return <p class="quiet">{message.content}</p>;
  if (message.type === JOINED && !message.content) return <p class="quiet">has joined this server.</p>;
  if (message.type === AUTO_MODERATION) return <Flagged message={message} />;
  const edited = message.edited_at ? <time class="edited" dateTime={message.edited_at} title={exact(new Date(message.edited_at))}>(edited)</time> : null;
  return (
    <>
      {message.content ? <Markdown text={message.content} suffix={edited} /> : null}
      {(message.flags & V2) === 0 ? message.attachments?.map((each) => <AttachedFile key={each.id} file={each} />) : null}
      {(message.flags & SUPPRESS_EMBEDS ? [] : message.embeds).map((embed, index) => <Embed key={index} embed={embed} message={message} />)}
      {message.components.map((each, index) => <Component key={each.id ?? index} component={each} message={message} />)}
      {message.content ? null : edited}
    </>
  );
}

/** Discord's own alert: what somebody wrote, and by which rule it was stopped. */
function Flagged({ message }: { message: Message }) {
  const embed = message.embeds[0] ?? {};
  const fields = new Map(((embed.fields ?? []) as Loose[]).map((each) => [String(each.name), String(each.value)]));
  const where = fields.get("channel_id");
  const said = [["Rule", fields.get("rule_name")], ["Matched", fields.get("keyword_matched_content") ?? fields.get("keyword")]].filter(([, value]) => value);
  return (
    <>
      <p class="flagged"><Icon name="shield" size={18} /> <strong>AutoMod</strong> {fields.has("flagged_message_id") ? "flagged" : "stopped"} a message{where ? <> in <Mention kind="channel" id={where} /></> : null}</p>
      <div class="card embed accented">
        <Markdown text={String(embed.description ?? message.content)} />
        <p class="subtext">{said.map(([name, value]) => `${name}: ${value}`).join(" · ")}</p>
      </div>
    </>
  );
}

export function Thinking({ name }: { name: string }) {
  return <p class="thinking"><Dots /> {name} is thinking …</p>;
}

function Trouble({ message }: { message: Message }) {
  const problem = troubles.value.get(message.id);
  if (problem === undefined) return null;
  return (
    <div role="alert">
      <p class="failed"><Icon name="alert-triangle" size={18} /> This interaction failed</p>
      <p class="problem">{problem}</p>
    </div>
  );
}

function Tools({ message, current }: { message: Message; current: boolean }) {
  const tabIndex = current ? 0 : -1;
  return (
    <div class="tools" role="group" aria-label="Message actions">
      {store.channel.value?.can_write ? (
        <button type="button" class="quiet-button" aria-label="Reply" title="Reply" tabIndex={tabIndex} onClick={() => answer(message)}><Icon name="corner-up-left" size={18} /></button>
      ) : null}
      {mayEdit(message) ? (
        <button type="button" class="quiet-button" aria-label="Edit" title="Edit" tabIndex={tabIndex} onClick={() => (store.editing.value = message.id)}><Icon name="pencil" size={18} /></button>
      ) : null}
      <button type="button" class="quiet-button" aria-label="More actions" title="More actions" aria-haspopup="menu" tabIndex={tabIndex} onClick={(event) => openMenu(event, "Message", messageMenu(message))}><Icon name="dots" size={18} /></button>
    </div>
  );
}

function answer(message: Message): void {
  store.replyTo.value = message;
  document.getElementById("composer-input")?.focus();
}
