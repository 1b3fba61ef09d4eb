// Choosing from a list: a button that opens a listbox, with a search where the list is long. One or several.

import { useSignal } from "@preact/signals";
import { useEffect, useId, useLayoutEffect, useRef } from "preact/hooks";
import { Icon } from "../icons/Icon";
import { placeBeside } from "./placed";

export interface PickerItem {
  value: string;
  label: string;
  detail?: string;
  sign?: string;
}

interface Props {
  id?: string;
  label: string;
  placeholder: string;
  items: PickerItem[];
  chosen: string[];
  min: number;
  max: number;
  disabled?: boolean;
  busy?: boolean;
  describedBy?: string;
  invalid?: boolean;
  onChoose: (values: string[]) => void;
}

const SEARCHED_FROM = 9;

export function Picker({ id: buttonId, label, placeholder, items, chosen, min, max, disabled, busy, describedBy, invalid, onChoose }: Props) {
  const id = useId();
  const open = useSignal(false);
  const wanted = useSignal("");
  const active = useSignal(0);
  const picked = useSignal<string[]>(chosen);
  const button = useRef<HTMLButtonElement>(null);
  const box = useRef<HTMLDivElement>(null);
  const several = max > 1;
  const searched = items.length >= SEARCHED_FROM;
  const found = items.filter((each) => `${each.label} ${each.detail ?? ""}`.toLowerCase().includes(wanted.value.toLowerCase()));

  const settle = (values: string[]) => {
    const same = values.length === chosen.length && values.every((each) => chosen.includes(each));
    if (!same && values.length >= min) onChoose(values);
  };
  const close = () => {
    if (!open.value) return;
    open.value = false;
    if (several) settle(picked.value);
  };
  const openUp = () => {
    picked.value = chosen;
    wanted.value = "";
    active.value = Math.max(0, items.findIndex((each) => each.value === chosen[0]));
    open.value = true;
  };
  const take = (item: PickerItem | undefined) => {
    if (!item) return;
    const has = picked.value.includes(item.value);
    if (several) {
      if (has) picked.value = picked.value.filter((each) => each !== item.value);
      else if (picked.value.length < max) picked.value = [...picked.value, item.value];
      return;
    }
    open.value = false;
    button.current?.focus();
    settle(has && min === 0 ? [] : [item.value]);
  };

  useLayoutEffect(() => {
    if (!open.value || !box.current || !button.current) return;
    box.current.showPopover();
    placeBeside(box.current, button.current.getBoundingClientRect(), { wide: true });
    box.current.querySelector<HTMLElement>(searched ? "input" : "ul")?.focus();
  }, [open.value]);

  useEffect(() => {
    if (!open.value) return undefined;
    const outside = (event: Event) => {
      const target = event.target as Node;
      if (!box.current?.contains(target) && !button.current?.contains(target)) close();
    };
    const moved = (event: Event) => {
      if (!box.current?.contains(event.target as Node) && box.current && button.current) {
        placeBeside(box.current, button.current.getBoundingClientRect(), { wide: true });
      }
    };
    document.addEventListener("pointerdown", outside, true);
    document.addEventListener("scroll", moved, true);
    return () => {
      document.removeEventListener("pointerdown", outside, true);
      document.removeEventListener("scroll", moved, true);
    };
  });

  const onKey = (event: KeyboardEvent) => {
    const last = found.length - 1;
    const steps: Record<string, number> = {
      ArrowDown: active.value >= last ? 0 : active.value + 1,
      ArrowUp: active.value <= 0 ? last : active.value - 1,
      ...(searched ? {} : { Home: 0, End: last }),
    };
    const step = steps[event.key];
    if (step !== undefined) {
      active.value = step;
      document.getElementById(`${id}-${step}`)?.scrollIntoView({ block: "nearest" });
    } else if (event.key === "Enter" || (event.key === " " && !searched)) take(found[active.value]);
    else if (event.key === "Escape" || event.key === "Tab") {
      close();
      button.current?.focus();
    } else return;
    if (event.key !== "Tab") event.preventDefault();
    event.stopPropagation();
  };

  const list = {
    "aria-activedescendant": found.length ? `${id}-${active.value}` : undefined,
    "aria-controls": `${id}-list`,
  };
  const faces = items.filter((each) => chosen.includes(each.value));
  return (
    <span class="picker">
      <button
        ref={button}
        id={buttonId}
        type="button"
        class="picker-button"
        disabled={disabled}
        aria-haspopup="listbox"
        aria-expanded={open.value}
        aria-describedby={describedBy}
        aria-busy={busy}
        data-invalid={invalid || undefined}
        onClick={() => (open.value ? close() : openUp())}
        onKeyDown={(event) => {
          if (event.key === "ArrowDown" && !open.value) {
            event.preventDefault();
            openUp();
          }
        }}
      >
        <span class={faces.length ? "picker-chosen" : "picker-placeholder"}>
          {faces.length || label !== placeholder ? <span class="unseen">{label}: </span> : null}
          {faces.length ? faces.map((each) => <span key={each.value} class={several ? "chip" : undefined}>{each.sign ? `${each.sign} ` : ""}{each.label} </span>) : placeholder}
        </span>
        {busy ? <Dots /> : <Icon name="chevron-down" size={18} />}
      </button>
      {open.value ? (
        <div ref={box} class="pop picker-box" popover="manual" onKeyDown={onKey}>
          {searched ? (
            <input
              type="text"
              role="combobox"
              aria-label={`Search ${label}`}
              aria-expanded="true"
              aria-autocomplete="list"
              placeholder="Search"
              value={wanted.value}
              autocomplete="off"
              onInput={(event) => {
                wanted.value = event.currentTarget.value;
                active.value = 0;
              }}
              {...list}
            />
          ) : null}
          <ul id={`${id}-list`} role="listbox" aria-label={label} aria-multiselectable={several} tabIndex={searched ? -1 : 0} aria-activedescendant={searched ? undefined : list["aria-activedescendant"]}>
            {found.map((item, index) => (
              <li
                key={item.value}
                id={`${id}-${index}`}
                role="option"
                aria-selected={picked.value.includes(item.value)}
                data-active={index === active.value || undefined}
                onMouseDown={(event) => event.preventDefault()}
                onClick={() => take(item)}
              >
                {item.sign ? <span class="picker-sign" aria-hidden="true">{item.sign}</span> : null}
                <span class="picker-words">
                  <span>{item.label}</span>
                  {item.detail ? <span class="picker-detail">{item.detail}</span> : null}
                </span>
                {picked.value.includes(item.value) ? <Icon name="check" size={18} /> : null}
              </li>
            ))}
          </ul>
          {found.length ? null : <p class="quiet picker-none">Nothing here is called that.</p>}
          {several ? (
            <p class="picker-foot">
              <span>{min === max ? `Choose ${min}` : min ? `Choose ${min} to ${max}` : `Choose up to ${max}`} · {picked.value.length} chosen</span>
              <button type="button" class="button primary" disabled={picked.value.length < min} onClick={() => { close(); button.current?.focus(); }}>Done</button>
            </p>
          ) : null}
        </div>
      ) : null}
    </span>
  );
}

export function Dots() {
  return (
    <span class="dots" aria-hidden="true">
      <i />
      <i />
      <i />
    </span>
  );
}
