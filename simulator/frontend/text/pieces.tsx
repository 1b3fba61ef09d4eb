// What markdown is made of besides plain words: mentions, times, links, spoilers, code.

import { useSignal } from "@preact/signals";
import type { ComponentChildren } from "preact";
import { cssColour } from "../model/permissions";
import { channelName, directory, personOf, viewer } from "../model/store";
import { exact, styled } from "../model/times";

/** Only web addresses become links; anything else stays text. */
export function safeAddress(text: unknown): string | null {
  try {
    const url = new URL(String(text));
    return url.protocol === "https:" || url.protocol === "http:" ? url.href : null;
  } catch {
    return null;
  }
}

export function Link({ address, children }: { address: string; children: ComponentChildren }) {
  const href = safeAddress(address);
  if (!href) return <span>{children}</span>;
  return (
    <a href={href} target="_blank" rel="noopener noreferrer">
      {children}
    </a>
  );
}

export function Mention({ kind, id }: { kind: "person" | "role" | "channel"; id: string }) {
  if (kind === "channel") {
    const name = channelName(id);
    if (!name) return <span class="mention">#unknown</span>;
    return (
      <a class="mention" href={`#${id}/${viewer()?.id ?? ""}`}>
        #{name}
      </a>
    );
  }
  if (kind === "role") {
    const role = directory.value?.guild.roles.find((each) => each.id === id);
    const style = role?.color ? { "--role": cssColour(role.color) } : undefined;
    return (
      <span class={`mention${role?.color ? " coloured" : ""}${viewer()?.roles.includes(id) ? " me" : ""}`} style={style} dir="ltr">
        @{role?.name.replace(/^@/, "") ?? "deleted-role"}
      </span>
    );
  }
  return (
    <span class={id === viewer()?.id ? "mention me" : "mention"} dir="ltr">
      @{personOf(id)?.name ?? directory.value?.everybody?.find((each) => each.id === id)?.name ?? "unknown-user"}
    </span>
  );
}

export function Timestamp({ seconds, style, raw }: { seconds: number; style: string; raw: string }) {
  const date = new Date(seconds * 1000);
  if (Number.isNaN(date.getTime())) return <>{raw}</>;
  return (
    <time dateTime={date.toISOString()} title={exact(date)} tabIndex={0}>
      {styled(date, style)}
    </time>
  );
}

export function Spoiler({ children }: { children: ComponentChildren }) {
  const shown = useSignal(false);
  if (shown.value) return <span class="spoiler shown">{children}</span>;
  const show = () => (shown.value = true);
  return (
    <span
      class="spoiler"
      role="button"
      tabIndex={0}
      aria-label="Spoiler. Press to read it"
      onClick={show}
      onKeyDown={(event) => {
        if (event.key === "Enter" || event.key === " ") {
          event.preventDefault();
          show();
        }
      }}
    >
      <span aria-hidden="true" inert>{children}</span>
    </span>
  );
}

export function CodeBlock({ language, text }: { language?: string; text: string }) {
  return (
    <pre tabIndex={0} aria-label={language ? `Code, ${language}` : "Code"} role="group">
      <code>{text.trimEnd()}</code>
    </pre>
  );
}
