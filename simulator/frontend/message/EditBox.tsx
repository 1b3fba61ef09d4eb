import { useSignal } from "@preact/signals";
import { useLayoutEffect, useRef } from "preact/hooks";
import { withMentions, withNames } from "../commands/mentions";
import { editMessage } from "../model/acting";
import { directory, editing } from "../model/store";
import { attempt } from "../model/toasts";
import type { Message } from "../model/types";

/** A message being written anew, in its place. Enter saves, Escape leaves it as it was. */
export function EditBox({ message }: { message: Message }) {
  const known = directory.value;
  const text = useSignal(known ? withNames(message.content, known) : message.content);
  const box = useRef<HTMLTextAreaElement>(null);
  useLayoutEffect(() => {
    box.current?.focus();
    box.current?.setSelectionRange(text.value.length, text.value.length);
  }, []);
  const leave = () => {
    editing.value = null;
    document.getElementById("composer-input")?.focus();
  };
  const save = async () => {
    const wanted = known ? withMentions(text.value.trim(), known) : text.value.trim();
    if (!wanted || wanted === message.content || (await attempt(() => editMessage(message, wanted)))) leave();
  };
  return (
    <div class="edit-box">
      <textarea
        ref={box}
        aria-label="Edit message"
        rows={Math.min(8, text.value.split("\n").length)}
        maxLength={2000}
        value={text.value}
        onInput={(event) => (text.value = event.currentTarget.value)}
        onKeyDown={(event) => {
          if (event.key === "Escape") leave();
          else if (event.key === "Enter" && !event.shiftKey && !event.isComposing) void save();
          else return;
          event.preventDefault();
          event.stopPropagation();
        }}
      />
      <p class="subtext">
        Escape to <button type="button" class="text-button" onClick={leave}>cancel</button> · Enter to{" "}
        <button type="button" class="text-button" onClick={() => void save()}>save</button>
      </p>
    </div>
  );
}
