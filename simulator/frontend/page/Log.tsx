// The messages: days between them, older ones on the way up, what is still to come at the end.

import { useSignal } from "@preact/signals";
import { useEffect, useLayoutEffect, useRef } from "preact/hooks";
import { lookBack, writeToBot } from "../model/arrive";
import { log as position, newFrom, scrolled, unseen } from "../model/reading";
import * as store from "../model/store";
import { day } from "../model/times";
import { attempt } from "../model/toasts";
import type { Message } from "../model/types";
import { MessageView, Thinking } from "../message/MessageView";
import { AppTag, Avatar } from "../ui/Avatar";
import { Icon } from "../icons/Icon";

const TOGETHER_MS = 7 * 60 * 1000;
const NEAR_END = 80;
const NEAR_START = 200;
const NEW_LINE = "new-line";

function together(message: Message, before: Message | undefined): boolean {
  if (!before || message.interaction || before.interaction || message.reply_to) return false;
  if (before.author_id !== message.author_id || before.visible_to !== message.visible_to) return false;
  const between = Date.parse(message.created_at) - Date.parse(before.created_at);
  return between < TOGETHER_MS && !newDay(message, before);
}

function newDay(message: Message, before: Message | undefined): boolean {
  return !before || new Date(message.created_at).toDateString() !== new Date(before.created_at).toDateString();
}

/** Whether the line "New" belongs between two messages. The first of the new may be gone, or further back. */
function beginsNew(message: Message, before: Message | undefined): boolean {
  const first = newFrom.value;
  if (!first || store.compareIds(message.id, first) < 0) return false;
  return !before || store.compareIds(before.id, first) < 0;
}

function isAbove(box: HTMLElement, id: string): boolean {
  const line = document.getElementById(id);
  return line !== null && line.getBoundingClientRect().bottom < box.getBoundingClientRect().top;
}

export function Log() {
  const log = useRef<HTMLDivElement>(null);
  const inner = useRef<HTMLDivElement>(null);
  const height = useRef(0);
  const oldest = useRef<string | undefined>(undefined);
  const place = useRef<string | null>(null);
  const loading = useSignal(false);
  const away = useSignal(false);
  const newAbove = useSignal(false);
  const focused = useSignal<string | null>(null);
  const shown = store.ordered.value;
  const here = `${store.channelId.value}/${store.viewer()?.id}`;
  const waiting = store.pending.value;
  const current = shown.some((each) => each.id === focused.value) ? focused.value : shown.at(-1)?.id;

  useLayoutEffect(() => {
    const box = log.current;
    if (!box) return;
    if (place.current !== here) position.atEnd = true;
    const prepended = place.current === here && oldest.current !== undefined && shown[0]?.id !== oldest.current && !position.atEnd;
    // Only what has become longer is followed: whoever moves up by the keys must not be brought back.
    const grown = place.current !== here || box.scrollHeight !== height.current;
    if (position.atEnd && grown) box.scrollTop = box.scrollHeight;
    else if (prepended) box.scrollTop += box.scrollHeight - height.current;
    newAbove.value = isAbove(box, NEW_LINE);
    height.current = box.scrollHeight;
    oldest.current = shown[0]?.id;
    place.current = here;
  });

  // What the viewer does themselves is brought into sight, wherever they were reading.
  useLayoutEffect(() => {
    if (waiting.length && log.current) log.current.scrollTop = log.current.scrollHeight;
  }, [waiting.length]);
  const mine = shown.at(-1);
  useLayoutEffect(() => {
    if (mine?.author_id === store.viewer()?.id && log.current) log.current.scrollTop = log.current.scrollHeight;
  }, [mine?.id]);

  useEffect(() => {
    // Who reads the newest stays there when the box below grows, a picture arrives or a message gets longer.
    const watch = new ResizeObserver(() => {
      if (position.atEnd && log.current) log.current.scrollTop = log.current.scrollHeight;
    });
    if (log.current) watch.observe(log.current);
    if (inner.current) watch.observe(inner.current);
    return () => watch.disconnect();
  }, []);

  const back = async () => {
    if (loading.value || !store.more.value) return;
    loading.value = true;
    await attempt(lookBack);
    loading.value = false;
  };
  const onScroll = () => {
    const box = log.current;
    if (!box) return;
    const left = box.scrollHeight - box.scrollTop - box.clientHeight;
    away.value = left > 600;
    newAbove.value = isAbove(box, NEW_LINE);
    scrolled(left < NEAR_END);
    if (box.scrollTop < NEAR_START) void back();
  };
  const onKeyDown = (event: KeyboardEvent) => {
    const at = event.target as HTMLElement;
    if (!at.matches(".message, .log") || event.altKey || event.ctrlKey || event.metaKey) return;
    const all = [...(log.current?.querySelectorAll<HTMLElement>(".message[data-id]") ?? [])];
    const index = all.indexOf(at);
    const steps: Record<string, number> = { ArrowUp: index < 0 ? all.length - 1 : index - 1, ArrowDown: index + 1 };
    const next = all[steps[event.key] ?? -1];
    if (steps[event.key] === undefined || !next) return;
    event.preventDefault();
    next.focus();
    next.scrollIntoView({ block: "nearest" });
  };

  return (
    <div class="log-frame">
      <div
        ref={log}
        class="log"
        id="log"
        role="log"
        aria-live="polite"
        aria-relevant="additions"
        aria-busy={loading.value || !store.loaded.value}
        aria-label="Messages"
        tabIndex={0}
        onScroll={onScroll}
        onKeyDown={onKeyDown}
        onFocusIn={(event) => {
          const id = (event.target as HTMLElement).closest<HTMLElement>(".message[data-id]")?.dataset.id;
          if (id) focused.value = id;
        }}
      >
        <div ref={inner} class="log-inner">
          <Top shown={shown} loading={loading.value} />
          {shown.flatMap((message, index) => {
            const before = shown[index - 1];
            const at = new Date(message.created_at);
            const begins = beginsNew(message, before);
            return [
              newDay(message, before) ? (
                <h2 key={`day-${message.id}`} class="day">
                  <time dateTime={message.created_at.slice(0, 10)}>{day(at)}</time>
                </h2>
              ) : null,
              begins ? <h2 key="new" id={NEW_LINE} class="day new-line"><span>New<span class="unseen"> messages</span></span></h2> : null,
              <MessageView key={message.id} message={message} follows={!begins && together(message, before)} current={message.id === current} />,
            ];
          })}
          {waiting.map((each) => <Waiting key={each.key} command={each.command} />)}
        </div>
      </div>
      {newAbove.value ? (
        <button type="button" class="to-new" onClick={() => { position.atEnd = false; document.getElementById(NEW_LINE)?.scrollIntoView({ block: "center" }); }}>
          Where the new messages begin <Icon name="chevron-down" size={16} />
        </button>
      ) : null}
      {away.value || unseen.value ? (
        <button type="button" class="to-end" onClick={() => log.current?.scrollTo({ top: log.current.scrollHeight })}>
          To the newest{unseen.value ? ` · ${unseen.value} new` : ""} <Icon name="chevron-down" size={16} />
        </button>
      ) : null}
    </div>
  );
}

function Top({ shown, loading }: { shown: Message[]; loading: boolean }) {
  if (!store.loaded.value) return <Skeleton />;
  if (store.more.value || loading) {
    return <p class="quiet older">Loading older messages …</p>;
  }
  const channel = store.channel.value;
  if (!channel) {
    return (
      <div class="beginning">
        <h2>No messages for you yet</h2>
        <p class="quiet">When a bot writes to you directly, it appears here.</p>
        <button type="button" class="button secondary" onClick={() => void attempt(writeToBot)}>Write to {store.directory.value?.application.name}</button>
      </div>
    );
  }
  const name = store.direct.value ? channel.name : `#${channel.name}`;
  const next = channel.can_write ? " Type a message, or / to see what the bot can do." : "";
  return (
    <div class="beginning">
      <span class="beginning-sign"><Icon name={store.direct.value ? "at" : "hash"} size={32} /></span>
      <h2>{store.direct.value ? name : `Welcome to ${name}`}</h2>
      <p class="quiet">
        {shown.length ? `This is where ${store.direct.value ? "your messages with" : ""} ${name} ${store.direct.value ? "begin" : "begins"}.` : `Nothing has been said here yet.${next}`}
      </p>
    </div>
  );
}

function Skeleton() {
  return (
    <div class="skeleton" role="status">
      <span class="unseen">Loading messages …</span>
      {[62, 38, 74, 46].map((width) => <i key={width} style={{ "--width": `${width}%` }} />)}
    </div>
  );
}

/** What stands there between sending a command and the bot's answer. */
function Waiting({ command }: { command: string }) {
  const known = store.directory.value;
  if (!known) return null;
  const bot = { id: known.application.id, name: known.application.name, bot: true };
  return (
    <article class="message only-you pending">
      <p class="invocation">
        <Avatar person={known.viewer} small />
        <span dir="auto" class="invoker">{known.viewer.name}</span> used <span class="command-name">{command}</span>
      </p>
      <Avatar person={bot} />
      <div class="message-body">
        <p class="message-head"><span class="author">{bot.name}</span> <AppTag /></p>
        <Thinking name={bot.name} />
      </div>
    </article>
  );
}
