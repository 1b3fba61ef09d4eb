// One menu at a time: of a message, of a person, of the server. Opened at the pointer or at its button.

import type { ComponentChildren } from "preact";
import { signal } from "@preact/signals";
import { useEffect, useLayoutEffect, useRef } from "preact/hooks";
import { Icon, type IconName } from "../icons/Icon";
import { placeBeside, pointAnchor, type Anchor } from "./placed";

export interface MenuItem {
  label: string;
  icon?: IconName;
  danger?: boolean;
  act: () => unknown;
}

export interface OpenMenu {
  label: string;
  groups: MenuItem[][];
  head?: ComponentChildren;
  anchor: Anchor;
  back: HTMLElement | null;
}

const menu = signal<OpenMenu | null>(null);

/** Open at the pointer, or, when the keyboard or a button asked, at what was asked from. */
export function openMenu(event: MouseEvent, label: string, groups: MenuItem[][], head?: ComponentChildren): void {
  event.preventDefault();
  event.stopPropagation();
  const target = event.currentTarget as HTMLElement;
  const byKey = event.type !== "contextmenu" || (event.clientX === 0 && event.clientY === 0) || (event as PointerEvent).pointerType === "";
  const focused = document.activeElement instanceof HTMLElement ? document.activeElement : null;
  const from = event.type === "contextmenu" && focused && target.contains(focused) ? focused : target;
  const filled = groups.filter((group) => group.length);
  if (!filled.length) return;
  menu.value = {
    label,
    groups: filled,
    head,
    anchor: byKey ? from.getBoundingClientRect() : pointAnchor(event.clientX, event.clientY),
    back: focused && focused !== document.body ? focused : target,
  };
}

function close(giveBack: boolean): void {
  const { back } = menu.value ?? {};
  menu.value = null;
  if (giveBack && back?.isConnected) back.focus({ preventScroll: true });
}

export function MenuHost() {
  const open = menu.value;
  return open ? <Menu key={open.label} open={open} /> : null;
}

function Menu({ open }: { open: OpenMenu }) {
  const box = useRef<HTMLDivElement>(null);
  const items = () => [...(box.current?.querySelectorAll<HTMLElement>("[role=menuitem]") ?? [])];

  useLayoutEffect(() => {
    if (!box.current) return;
    box.current.showPopover();
    placeBeside(box.current, open.anchor);
    items()[0]?.focus();
  }, [open]);

  useEffect(() => {
    const outside = (event: Event) => {
      if (!box.current?.contains(event.target as Node)) close(false);
    };
    const resized = () => close(false);
    document.addEventListener("pointerdown", outside, true);
    window.addEventListener("resize", resized);
    return () => {
      document.removeEventListener("pointerdown", outside, true);
      window.removeEventListener("resize", resized);
    };
  }, []);

  // Letters in quick succession are the beginning of a word in the item that is meant; the same one again goes on
  // to the next item.
  const typed = useRef({ text: "", at: 0 });
  const find = (letter: string, all: HTMLElement[], at: number) => {
    const quick = Date.now() - typed.current.at < 700;
    const word = (quick ? typed.current.text : "") + letter.toLowerCase();
    typed.current = { text: word, at: Date.now() };
    const text = [...word].every((each) => each === word[0]) ? letter.toLowerCase() : word;
    const from = text.length > 1 ? at : at + 1;
    const around = [...all.slice(from), ...all.slice(0, from)];
    const words = (each: HTMLElement) => each.textContent?.toLowerCase() ?? "";
    (around.find((each) => words(each).startsWith(text)) ?? around.find((each) => words(each).includes(` ${text}`)))?.focus();
  };

  const onKey = (event: KeyboardEvent) => {
    const all = items();
    const at = all.indexOf(document.activeElement as HTMLElement);
    const steps: Record<string, number> = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: all.length - 1 };
    const step = steps[event.key];
    if (step !== undefined) all.at(step % all.length)?.focus();
    else if (event.key === "Escape" || event.key === "Tab") close(true);
    else if (event.key.length === 1 && event.key !== " ") {
      find(event.key, all, Math.max(at, 0));
      return;
    } else return;
    event.preventDefault();
    event.stopPropagation();
  };

  return (
    <div ref={box} class="pop menu" popover="manual" onKeyDown={onKey} onContextMenu={(event) => event.preventDefault()}>
      {open.head}
      <div role="menu" aria-label={open.label}>
        {open.groups.map((group, index) => (
          <div key={index} class="menu-group" role="group">
            {group.map((item) => (
              <button
                key={item.label}
                type="button"
                role="menuitem"
                tabIndex={-1}
                class={item.danger ? "danger" : undefined}
                onClick={() => {
                  close(true);
                  void item.act();
                }}
              >
                <span>{item.label}</span>
                {item.icon ? <Icon name={item.icon} size={18} /> : null}
              </button>
            ))}
          </div>
        ))}
      </div>
    </div>
  );
}
