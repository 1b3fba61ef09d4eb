// The message box and the palette above it. Keys: arrows, Tab or Enter, Escape.
// While it may become a command it is one line with suggestions; several lines make it a plain text box.

import { useComputed, useSignal } from "@preact/signals";
import { useEffect, useLayoutEffect, useRef } from "preact/hooks";
import { suggestMention, withMentions } from "../commands/mentions";
import { callable, offered, read } from "../commands/reading";
import { samples } from "../commands/samples";
import { suggest, type Suggestion } from "../commands/suggestions";
import { filesIn, nothingChosen, resolve, type Chosen } from "../commands/values";
import { Icon } from "../icons/Icon";
import { runCommand, sendMessage, tellTyping } from "../model/acting";
import * as store from "../model/store";
import { say, sentenceOf } from "../model/toasts";
import { mayEdit, timedOut } from "../message/menus";
import { exact, relative } from "../model/times";
import { Files, Hint, Reply } from "./ComposerParts";
import { useDrafts } from "./drafts";
import { addFiles, files } from "./files";
import { Palette } from "./Palette";
import { useAnswers } from "./answers";

type Box = HTMLInputElement | HTMLTextAreaElement;

const PALETTE = "palette-list";
const LONGEST = 2000;
const NEARLY_FULL = 200;

export function Composer() {
  const text = useSignal("");
  const caret = useSignal(0);
  const lines = useSignal(false);
  const open = useSignal(false);
  const active = useSignal(-1);
  const refusal = useSignal<string | null>(null);
  const chosen = useRef<Chosen>(nothingChosen());
  const box = useRef<Box>(null);
  const chooser = useRef<HTMLInputElement>(null);
  const choosingFor = useRef<string | null>(null);
  const known = store.directory.value;
  const channel = store.channel.value;

  const commands = useComputed(() => {
    const now = store.directory.value;
    if (!now) return [];
    const permissions = BigInt(now.viewer.permissions);
    return callable(now.commands.filter((each) => offered(each, permissions, store.direct.value)));
  });
  const answers = useAnswers(text.value, commands.value, known, chosen.current);
  const command = known && !lines.value ? suggest(text.value, commands.value, known, answers) : null;
  const offer = command ?? (known ? suggestMention(text.value, caret.value, known) : null);
  const shown = open.value && offer !== null;
  const items = offer?.items ?? [];
  const writable = channel?.can_write ?? false;

  useLayoutEffect(() => {
    active.value = offer?.eager && items.length ? 0 : -1;
  }, [offer?.head, items.map((each) => each.text + each.label).join("\n")]);

  // Becoming several lines exchanges the box, and so does sending them; who writes must not notice.
  const before = useRef(lines.value);
  useLayoutEffect(() => {
    if (before.current === lines.value) return;
    before.current = lines.value;
    box.current?.focus();
    box.current?.setSelectionRange(caret.value, caret.value);
  }, [lines.value]);
  const drafts = useDrafts(
    `${channel?.id}/${known?.viewer.id}`,
    () => ({ text: text.value, chosen: chosen.current, files: files.value }),
    (draft) => {
      text.value = draft?.text ?? "";
      caret.value = text.value.length;
      // The box may be exchanged for it, but the focus is wherever it is by now.
      before.current = lines.value = text.value.includes("\n");
      open.value = false;
      files.value = draft?.files ?? [];
      chosen.current = draft?.chosen ?? nothingChosen();
    },
  );
  useLayoutEffect(() => {
    if (!(box.current instanceof HTMLTextAreaElement)) return;
    box.current.style.setProperty("height", "auto");
    box.current.style.setProperty("height", `${Math.min(box.current.scrollHeight, 240)}px`);
  }, [text.value, lines.value]);
  useEffect(() => {
    refusal.value = null;
  }, [channel?.id, known?.viewer.id]);

  const put = (next: string, at = next.length) => {
    text.value = next;
    caret.value = at;
    refusal.value = null;
    open.value = true;
    box.current?.focus();
    requestAnimationFrame(() => box.current?.setSelectionRange(at, at));
  };
  const take = (item: Suggestion | undefined) => {
    if (!item) return;
    if (item.file) {
      choosingFor.current = item.file;
      chooser.current?.click();
      return;
    }
    if (item.choice) {
      const { option, name, value } = item.choice;
      const known = chosen.current.choices.get(option) ?? new Map<string, string | number>();
      chosen.current.choices.set(option, known.set(name, value));
    }
    put(item.text);
  };
  const onInput = (target: Box) => {
    text.value = target.value;
    caret.value = target.selectionStart ?? target.value.length;
    refusal.value = null;
    open.value = true;
    if (!target.value.trim()) lines.value = false;
    else if (!target.value.startsWith("/")) tellTyping();
    const long = target.scrollWidth > target.clientWidth + 1 && !target.value.startsWith("/");
    if (!lines.value && long) lines.value = true;
  };
  const breakLine = (inserted: string) => {
    const at = box.current?.selectionStart ?? text.value.length;
    const end = box.current?.selectionEnd ?? at;
    text.value = `${text.value.slice(0, at)}${inserted}${text.value.slice(end)}`;
    caret.value = at + inserted.length;
    lines.value = true;
  };
  const onPaste = (event: ClipboardEvent) => {
    const pasted = [...(event.clipboardData?.files ?? [])];
    const words = event.clipboardData?.getData("text/plain") ?? "";
    if (pasted.length) addFiles(pasted);
    else if (words.includes("\n") && !lines.value && !text.value.startsWith("/")) breakLine(words.replace(/\r\n?/g, "\n"));
    else return;
    event.preventDefault();
  };

  const submit = async () => {
    const wanted = text.value.trim();
    const sent = files.value;
    if ((!wanted && !sent.length) || !known || !writable) return;
    const held = chosen.current;
    const from = drafts.here();
    const clear = () => {
      text.value = "";
      lines.value = false;
      open.value = false;
    };
    try {
      if (wanted.startsWith("/") && !lines.value) {
        const reading = read(wanted, commands.value);
        if (!reading.command) throw new Error(unknown(wanted));
        const options = resolve(reading, known, held);
        const uploads = filesIn(reading, held);
        clear();
        chosen.current = nothingChosen();
        await runCommand(reading.command.path, options, uploads);
      } else {
        const content = withMentions(wanted, known);
        if (content.length > LONGEST) throw new Error(`A message has at most 2,000 characters; this one has ${content.length.toLocaleString("en")}. Nothing was sent.`);
        clear();
        files.value = [];
        await sendMessage(content, sent);
      }
    } catch (error) {
      if (drafts.here() !== from) {
        drafts.keep(from, { text: wanted, chosen: held, files: wanted.startsWith("/") ? [] : sent });
        say(sentenceOf(error), true);
        return;
      }
      if (!text.value) {
        text.value = wanted;
        lines.value = wanted.includes("\n");
        chosen.current = held;
        if (!wanted.startsWith("/")) files.value = sent;
      }
      open.value = false;
      refusal.value = sentenceOf(error);
    }
  };
  const unknown = (typed: string) => {
    const root = typed.split(" ")[0];
    const below = commands.value.map((each) => `/${each.path}`).filter((path) => path.startsWith(`${root} `));
    if (below.length) return `${root} goes on: ${below.join(", ")}.`;
    return `There is no command ${root} that you could use. Type / to see those there are.`;
  };

  const onKeyDown = (event: KeyboardEvent) => {
    if (event.isComposing) return;
    const count = items.length;
    const chooses = shown && count > 0;
    if (event.key === "Escape") {
      if (shown) open.value = false;
      else if (store.replyTo.value) store.replyTo.value = null;
      else return;
    } else if (chooses && event.key === "ArrowDown") active.value = (active.value + 1) % count;
    else if (chooses && event.key === "ArrowUp") active.value = active.value <= 0 ? count - 1 : active.value - 1;
    else if (chooses && event.key === "Tab" && !event.shiftKey) take(items[Math.max(active.value, 0)]);
    else if (event.key === "Enter" && event.shiftKey && !text.value.startsWith("/")) breakLine("\n");
    else if (event.key === "Enter" && chooses && active.value >= 0) take(items[active.value]);
    else if (event.key === "Enter") void submit();
    else if (event.key === "ArrowUp" && !text.value && !event.altKey && editLast()) return void event.preventDefault();
    else if (event.key === "PageUp" || event.key === "PageDown") turnPage(event.key === "PageUp" ? -1 : 1);
    else return;
    event.preventDefault();
    event.stopPropagation();
  };

  if (!known || !channel) return null;
  const out = timedOut(known.viewer) ? new Date(known.viewer.timed_out_until ?? 0) : null;
  const left = text.value.startsWith("/") && !lines.value ? LONGEST : LONGEST - withMentions(text.value, known).length;
  const placeholder = writable ? `Message ${store.direct.value ? "@" : "#"}${channel.name}, or / for commands` : out ? "You are timed out" : "You cannot write here";
  const attributes = {
    id: "composer-input",
    ref: box as never,
    value: text.value,
    disabled: !writable,
    placeholder,
    spellcheck: false,
    autocomplete: "off",
    "aria-autocomplete": "list" as const,
    "aria-controls": shown && items.length ? PALETTE : undefined,
    "aria-activedescendant": shown && active.value >= 0 ? `suggestion-${active.value}` : undefined,
    onInput: (event: Event) => onInput(event.currentTarget as Box),
    onKeyDown,
    onPaste,
    onBlur: () => (open.value = false),
    onFocus: () => {
      if (text.value.startsWith("/")) open.value = true;
    },
    onSelect: (event: Event) => (caret.value = (event.currentTarget as Box).selectionStart ?? 0),
  };
  return (
    <form
      class="composer"
      id="composer"
      autocomplete="off"
      onSubmit={(event) => {
        event.preventDefault();
        void submit();
      }}
    >
      <Hint commands={samples(commands.value, known)} writable={writable} put={put} bot={known.application.endpoint !== null || (known.application.gateway_sessions ?? 0) > 0} />
      {shown && offer ? <Palette id={PALETTE} offer={offer} active={active.value} take={take} /> : null}
      <p class="refusal" id="refusal" role="alert" hidden={!refusal.value}>{refusal.value}</p>
      {out ? <p class="refusal">You are timed out until <time dateTime={out.toISOString()}>{exact(out)}</time>, {relative(out)}.</p> : null}
      <Reply />
      <div class="composer-box" data-disabled={!writable || undefined}>
        <Files />
        <div class="composer-row">
          <button type="button" class="quiet-button" aria-label="Attach a file" title="Attach a file" disabled={!writable} onClick={() => { choosingFor.current = null; chooser.current?.click(); }}>
            <Icon name="plus" />
          </button>
          {lines.value ? (
            <textarea {...attributes} rows={1} aria-label="Message" />
          ) : (
            <input
              {...attributes}
              type="text"
              role="combobox"
              aria-label="Message or command"
              aria-expanded={shown && items.length > 0}
            />
          )}
          {left < NEARLY_FULL ? <span class={`left${left < 0 ? " over" : ""}`}>{left.toLocaleString("en")}<span class="unseen"> characters left</span></span> : null}
          <button class="send" type="submit" disabled={!writable} aria-label="Send" title="Send">
            <Icon name="send-2" />
          </button>
        </div>
      </div>
      <input
        ref={chooser}
        type="file"
        hidden
        multiple
        id="file-chooser"
        aria-label="Choose files"
        onChange={(event) => {
          const picked = [...(event.currentTarget.files ?? [])];
          event.currentTarget.value = "";
          const option = choosingFor.current;
          const [first] = picked;
          if (!first) return;
          if (!option) return addFiles(picked);
          chosen.current.files.set(option, first);
          put(`${text.value.trimEnd()}${first.name} `);
        }}
      />
    </form>
  );
}

function turnPage(way: number): void {
  const log = document.getElementById("log");
  log?.scrollBy({ top: way * 0.9 * log.clientHeight });
}

/** The arrow up in an empty box edits what one wrote last. */
function editLast(): boolean {
  const last = store.ordered.value.filter(mayEdit).at(-1);
  if (!last) return false;
  store.editing.value = last.id;
  return true;
}
