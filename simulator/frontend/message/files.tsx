// Attached files: pictures from the simulator itself are shown, everything else is named.

import { Icon } from "../icons/Icon";
import type { Attachment, Loose, Message } from "../model/types";
import { useSignal } from "@preact/signals";

const PICTURES = /^image\/(png|jpeg|gif|webp|avif|svg\+xml)$/;

/** The address of something the simulator serves, whatever name this window knows it by; null for anywhere else. */
export function ownAddress(address: unknown): string | null {
  try {
    const url = new URL(String(address), location.href);
    const local = url.origin === location.origin || /^(127\.0\.0\.1|localhost|\[::1\])$/.test(url.hostname);
    return local && url.protocol.startsWith("http") ? `${url.pathname}${url.search}` : null;
  } catch {
    return null;
  }
}

/** `attachment://name` and addresses, in embeds and components. */
export function fileOf(message: Message, address: unknown): Attachment | undefined {
  const text = String(address ?? "");
  const name = text.match(/^attachment:\/\/(.+)$/)?.[1];
  return (message.attachments ?? []).find((each) => (name ? each.filename === name : each.url === text));
}

export function sizeOf(bytes: number): string {
  if (bytes < 1024) return `${bytes} bytes`;
  if (bytes < 1024 * 1024) return `${(bytes / 1024).toFixed(1)} KB`;
  return `${(bytes / 1024 / 1024).toFixed(1)} MB`;
}

export function AttachedFile({ file }: { file: Attachment }) {
  const address = ownAddress(file.url);
  if (address && PICTURES.test(file.content_type ?? "")) {
    return <Picture address={address} description={file.description || file.filename} name={file.filename} spoiler={file.filename.startsWith("SPOILER_")} />;
  }
  return (
    <p class="file">
      <Icon name="file" size={28} />
      <span class="file-words">
        {address ? (
          <a href={address} download={file.filename}>
            {file.filename}
          </a>
        ) : (
          <span>{file.filename}</span>
        )}
        <span class="subtext">{sizeOf(file.size)}</span>
      </span>
    </p>
  );
}

function Picture({ address, description, name, spoiler, small }: { address: string; description: string; name?: string; spoiler?: boolean; small?: boolean }) {
  const hidden = useSignal(spoiler ?? false);
  if (hidden.value) {
    return (
      <button type="button" class="button secondary" onClick={() => (hidden.value = false)}>
        <Icon name="eye" size={18} /> Show the spoiler
      </button>
    );
  }
  return (
    <a class={`picture${small ? " small" : ""}`} href={address} target="_blank" rel="noopener" title={name}>
      <img src={address} alt={description} loading="lazy" />
    </a>
  );
}

/** A picture of an embed or component. What is elsewhere is not fetched: the page stays on this machine and names it. */
export function Media({ message, item, small = false }: { message: Message; item: Loose; small?: boolean }) {
  const wanted = item.media?.url ?? item.url;
  const file = fileOf(message, wanted);
  const address = file ? ownAddress(file.url) : /^https?:|^\//.test(String(wanted)) ? ownAddress(wanted) : null;
  const description = String(item.description ?? file?.description ?? file?.filename ?? "");
  if (address && (!file || PICTURES.test(file.content_type ?? ""))) {
    return <Picture address={address} description={description || "A picture without a description"} spoiler={item.spoiler === true} small={small} />;
  }
  return (
    <p class={`absent-picture${small ? " small" : ""}`} title={`Not fetched: ${String(wanted)}`}>
      <Icon name="photo" size={18} />
      <span>{description || nameIn(wanted)}</span>
    </p>
  );
}

function nameIn(address: unknown): string {
  const name = String(address ?? "").split(/[?#]/)[0]?.split("/").pop();
  return name ? `Picture: ${name}` : "A picture";
}
