// A window before the page. The browser keeps the focus inside, closes on Escape and gives the focus back.

import { signal } from "@preact/signals";
import type { ComponentChildren, VNode } from "preact";
import { useLayoutEffect, useRef } from "preact/hooks";
import { Icon } from "../icons/Icon";

const shown = signal<VNode | null>(null);

export function showDialog(dialog: VNode): void {
  shown.value = dialog;
}

export function hideDialog(): void {
  shown.value = null;
}

export function DialogHost() {
  return shown.value;
}

interface Props {
  title: string;
  label?: string;
  from?: ComponentChildren;
  onClose: () => void;
  onSubmit: () => void;
  busy?: boolean;
  error?: string | null;
  submit: string;
  danger?: boolean;
  children: ComponentChildren;
}

export function Dialog({ title, from, onClose, onSubmit, busy = false, error, submit, danger = false, children }: Props) {
  const box = useRef<HTMLDialogElement>(null);
  const back = useRef<Element | null>(null);
  useLayoutEffect(() => {
    back.current = document.activeElement;
    box.current?.showModal();
    const first = box.current?.querySelector<HTMLElement>(".dialog-body :is(input, textarea, select, button)");
    (first ?? box.current?.querySelector<HTMLElement>("[type=submit]"))?.focus();
    return () => {
      // While it is open, nothing outside could take the focus.
      box.current?.close();
      if (back.current instanceof HTMLElement && back.current.isConnected) back.current.focus({ preventScroll: true });
    };
  }, []);
  return (
    <dialog
      ref={box}
      class="dialog"
      aria-labelledby="dialog-title"
      onCancel={(event) => {
        event.preventDefault();
        onClose();
      }}
    >
      <form
        noValidate
        onSubmit={(event) => {
          event.preventDefault();
          if (!busy) onSubmit();
        }}
      >
        <header class="dialog-head">
          <h2 id="dialog-title">{title}</h2>
          <button type="button" class="quiet-button" aria-label="Close" onClick={onClose}>
            <Icon name="x" />
          </button>
        </header>
        {from}
        <div class="dialog-body">{children}</div>
        <p class="dialog-error" role="alert">{error}</p>
        <footer class="dialog-foot">
          <button type="button" class="button secondary" onClick={onClose}>
            Cancel
          </button>
          <button type="submit" class={`button ${danger ? "danger" : "primary"}`} aria-busy={busy}>
            {submit}
          </button>
        </footer>
      </form>
    </dialog>
  );
}
