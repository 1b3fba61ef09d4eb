// The frame: servers and channels, the channel in sight, people.

import { useEffect } from "preact/hooks";
import { useSignal } from "@preact/signals";
import { Icon } from "../icons/Icon";
import { ModalHost } from "../form/ModalForm";
import * as store from "../model/store";
import { hush, toasts } from "../model/toasts";
import { DialogHost } from "../ui/Dialog";
import { MenuHost } from "../ui/Menu";
import { Dots } from "../ui/Picker";
import { Composer } from "./Composer";
import { addFiles } from "./files";
import { closeDrawer, onPageKey, openDrawer } from "./keys";
import { Log } from "./Log";
import { People } from "./People";
import { RaidStrip } from "./RaidStrip";
import { Channels, PersonSelect } from "./Sides";

export function App() {
  const drawer = store.drawer.value;
  useEffect(() => {
    document.addEventListener("keydown", onPageKey);
    return () => document.removeEventListener("keydown", onPageKey);
  }, []);
  if (!store.directory.value) return <p class="starting" role="status">{store.away.value ? AWAY : "Loading …"}</p>;
  return (
    <>
      {store.channel.value ? <a class="skip" href="#composer-input" onClick={skip}>Skip to the message box</a> : null}
      <div class={`frame${store.membersShown.value && !store.direct.value ? "" : " without-people"}`}>
        <Channels />
        <Centre />
        <People />
        {drawer ? <button type="button" class="veil" aria-label="Close" onClick={closeDrawer} /> : null}
      </div>
      <div class="toasts" role="status" aria-label="Notices">
        {toasts.value.map((each) => (
          <p key={each.key} class={`toast${each.bad ? " bad" : ""}`}>
            <Icon name={each.bad ? "alert-triangle" : "check"} size={18} />
            <span>{each.text}</span>
            <button type="button" class="quiet-button" aria-label="Close this notice" onClick={() => hush(each.key)}><Icon name="x" size={16} /></button>
          </p>
        ))}
      </div>
      <DialogHost />
      <ModalHost />
    </>
  );
}

const AWAY = "The simulator does not answer. This page goes on by itself when it is back.";

// The address says who and where, so a jump within the page must not change it.
function skip(event: Event): void {
  event.preventDefault();
  document.getElementById("composer-input")?.focus();
}

function Centre() {
  const dropping = useSignal(false);
  const known = store.directory.value;
  const connected = Boolean(known?.application.endpoint) || (known?.application.gateway_sessions ?? 0) > 0;
  const writable = store.channel.value?.can_write ?? false;
  return (
    <main
      class="centre"
      onDragOver={(event) => {
        if (!writable || !event.dataTransfer?.types.includes("Files")) return;
        event.preventDefault();
        dropping.value = true;
      }}
      onDragLeave={(event) => {
        if (!(event.currentTarget as Node).contains(event.relatedTarget as Node | null)) dropping.value = false;
      }}
      onDrop={(event) => {
        event.preventDefault();
        dropping.value = false;
        if (writable) addFiles([...(event.dataTransfer?.files ?? [])]);
      }}
    >
      <Header />
      <Notice connected={connected} />
      <RaidStrip />
      <Log />
      <Composer />
      <Typing />
      <MenuHost />
      {dropping.value ? <p class="drop">Drop to attach to your message</p> : null}
    </main>
  );
}

/** A strip of its own below the channel's name; the messages end where it begins. */
function Notice({ connected }: { connected: boolean }) {
  const hidden = useSignal(false);
  useEffect(() => {
    // Put away until the next bot that leaves.
    if (connected) hidden.value = false;
  }, [connected]);
  if (store.away.value) return <p class="notice" id="notice" role="status"><Icon name="alert-triangle" size={18} /><span>{AWAY}</span></p>;
  if (connected || hidden.value) return null;
  return (
    <p class="notice" id="notice" role="status">
      <Icon name="robot" size={18} />
      <span><strong>No bot is connected.</strong> Let one connect to the gateway, or start the simulator with <code>--endpoint URL</code>.</span>
      <button type="button" class="quiet-button" aria-label="Close this notice" onClick={() => (hidden.value = true)}><Icon name="x" size={16} /></button>
    </p>
  );
}

function Header() {
  const channel = store.channel.value;
  const direct = store.direct.value;
  return (
    <header class="channel-head">
      <button type="button" class={`quiet-button only-phone${store.unread.value.size ? " has-news" : ""}`} id="open-channels" aria-label={store.unread.value.size ? "Channels, new messages" : "Channels"} aria-expanded={store.drawer.value === "channels"} onClick={() => openDrawer("channels")}><Icon name="menu-2" /></button>
      {channel ? <span class="head-sign"><Icon name={direct ? "at" : channel.type === 5 ? "speakerphone" : "hash"} size={22} /></span> : null}
      <h1 id="channel-name" dir="auto" class={channel && !direct ? "hashed" : undefined}>{channel?.name ?? "Direct messages"}</h1>
      {channel?.topic ? <p id="channel-topic" title={channel.topic}>{channel.topic}</p> : null}
      <span class="head-rest">
        <PersonSelect />
        {direct ? null : (
          <>
            <button type="button" class="quiet-button only-phone" id="open-people" aria-label="People" aria-expanded={store.drawer.value === "people"} onClick={() => openDrawer("people")}><Icon name="users" /></button>
            <button type="button" class="quiet-button not-phone" aria-label="People" title="Show or hide people" aria-pressed={store.membersShown.value} onClick={() => (store.membersShown.value = !store.membersShown.value)}><Icon name="users" /></button>
          </>
        )}
      </span>
    </header>
  );
}

function Typing() {
  const me = store.viewer()?.id;
  const who = [...store.typing.value.keys()]
    .map((key) => key.split("/"))
    .filter(([channelId, userId]) => channelId === store.channelId.value && userId !== me)
    .map(([, userId]) => store.authorOf(userId ?? "").name);
  const words = who.length > 2 ? "Several people are typing …" : who.length ? `${who.join(" and ")} ${who.length > 1 ? "are" : "is"} typing …` : "";
  const slow = store.channel.value?.slow_mode_seconds ?? 0;
  return (
    <div class="typing">
      <p role="status" aria-label="Typing">{words ? <><Dots /> {words}</> : null}</p>
      {slow ? <p class="slow"><Icon name="hourglass" size={14} /> Slow mode: a message every {slow < 60 ? `${slow} seconds` : slow < 3600 ? `${Math.round(slow / 60)} minutes` : `${Math.round(slow / 3600)} hours`}</p> : null}
    </div>
  );
}
