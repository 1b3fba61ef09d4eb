// Components of a message: V2's containers and sections, and the rows that were there before them.

import type { VNode } from "preact";
import { useSignal } from "@preact/signals";
import { Icon } from "../icons/Icon";
import { busy, press } from "../model/acting";
import { cssColour } from "../model/permissions";
import type { Loose, Message } from "../model/types";
import { itemsOf } from "../form/choices";
import { Markdown } from "../text/Markdown";
import { safeAddress } from "../text/pieces";
import { Dots, Picker } from "../ui/Picker";
import { AttachedFile, fileOf, Media } from "./files";

interface Props {
  component: Loose;
  message: Message;
}

const KINDS: Record<number, (props: Props) => VNode | null> = {
  1: (props) => <div class="row"><Children {...props} /></div>,
  2: Button,
  3: Select,
  5: Select,
  6: Select,
  7: Select,
  8: Select,
  9: Section,
  10: ({ component }) => <Markdown text={String(component.content ?? "")} />,
  11: ({ component, message }) => <Media message={message} item={component} small />,
  12: Gallery,
  13: File,
  14: ({ component }) => <hr class={`separator${component.divider === false ? " bare" : ""}${component.spacing === 2 ? " wide" : ""}`} />,
  17: Container,
};
const BUTTON_KINDS: Record<number, string> = { 1: "primary", 2: "secondary", 3: "success", 4: "danger", 5: "link" };

export function Component(props: Props) {
  const Kind = KINDS[props.component?.type as number];
  if (!Kind) return <p class="quiet">A component of type {String(props.component?.type)}, which messages do not have.</p>;
  return <Kind {...props} />;
}

function Children({ component, message }: Props) {
  return <>{((component.components ?? []) as Loose[]).map((each, index) => <Component key={each.id ?? index} component={each} message={message} />)}</>;
}

function Container({ component, message }: Props) {
  const hidden = useSignal(component.spoiler === true);
  const accent = Number.isInteger(component.accent_color) ? { "--accent": cssColour(component.accent_color as number) } : undefined;
  if (hidden.value) {
    return (
      <button type="button" class="button secondary" onClick={() => (hidden.value = false)}>
        <Icon name="eye" size={18} /> Show the spoiler
      </button>
    );
  }
  return (
    <div class={`card container${accent ? " accented" : ""}`} style={accent}>
      <Children component={component} message={message} />
    </div>
  );
}

function Section({ component, message }: Props) {
  return (
    <div class="section">
      <div class="section-words">
        <Children component={component} message={message} />
      </div>
      {component.accessory ? <Component component={component.accessory as Loose} message={message} /> : null}
    </div>
  );
}

function Gallery({ component, message }: Props) {
  const items = (component.items ?? []) as Loose[];
  return (
    <div class={`gallery${items.length > 1 ? " several" : ""}`}>
      {items.map((item, index) => <Media key={index} message={message} item={item} />)}
    </div>
  );
}

function File({ component, message }: Props) {
  const file = fileOf(message, component.file?.url);
  if (file) return <AttachedFile file={file} />;
  return <p class="file"><Icon name="file" size={28} /> {String(component.file?.url ?? "A file").replace(/^attachment:\/\//, "")}</p>;
}

function Button({ component, message }: Props) {
  const style = Number(component.style);
  const sign = component.emoji?.id ? `:${component.emoji.name}:` : component.emoji?.name;
  const face = (
    <>
      {sign ? <span class="button-sign">{sign}</span> : null}
      {component.label ? <span>{String(component.label)}</span> : null}
    </>
  );
  if (style === 5) {
    const href = safeAddress(component.url);
    if (!href || component.disabled) return <button type="button" class="button link" disabled>{face}</button>;
    return (
      <a class="button link" href={href} target="_blank" rel="noopener noreferrer">
        {face} <Icon name="external-link" size={16} />
      </a>
    );
  }
  if (style === 6) return <button type="button" class="button primary" disabled title="There is no shop on this machine">{face}</button>;
  const waiting = busy.value.has(`${message.id}/${component.custom_id}`);
  return (
    <button
      type="button"
      class={`button ${BUTTON_KINDS[style] ?? "secondary"}`}
      disabled={component.disabled === true}
      aria-busy={waiting}
      onClick={() => void press(message, String(component.custom_id))}
    >
      <span class="button-face">{face}</span>
      {waiting ? <Dots /> : null}
    </button>
  );
}

function Select({ component, message }: Props) {
  const before = defaults(component);
  const chosen = useSignal(before);
  const seen = useSignal(message.revision);
  if (seen.value !== message.revision) {
    // The bot has answered with a new state of the message: what it says is chosen counts again.
    seen.value = message.revision;
    chosen.value = before;
  }
  const max = Number(component.max_values ?? 1);
  return (
    <Picker
      label={String(component.placeholder ?? "Choose")}
      placeholder={String(component.placeholder ?? "Make a selection")}
      items={itemsOf(component)}
      chosen={chosen.value}
      min={Number(component.min_values ?? 1)}
      max={max}
      disabled={component.disabled === true}
      busy={busy.value.has(`${message.id}/${component.custom_id}`)}
      onChoose={(values) => {
        chosen.value = values;
        void press(message, String(component.custom_id), values);
      }}
    />
  );
}

export function defaults(component: Loose): string[] {
  if (component.type === 3) {
    return ((component.options ?? []) as Loose[]).filter((each) => each.default).map((each) => String(each.value));
  }
  return ((component.default_values ?? []) as Loose[]).map((each) => String(each.id));
}
