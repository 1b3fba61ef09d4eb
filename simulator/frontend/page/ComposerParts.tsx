// What stands around the message box: what to try, what is answered, files to send.

import { Icon } from "../icons/Icon";
import { changeBot } from "../model/api";
import * as store from "../model/store";
import { attempt } from "../model/toasts";
import { files, removeFile } from "./files";

export function Hint({ commands, writable, bot, put }: { commands: string[]; writable: boolean; bot: boolean; put: (text: string) => void }) {
  if (!writable) return null;
  const known = store.directory.value;
  if (known?.guild.has_bot === false && !store.direct.value) {
    const { guild, application } = known;
    return (
      <p class="hint">
        {application.name} is not in {guild.name}.
        <button type="button" class="sample" onClick={() => void attempt(() => changeBot(guild.id, "add"))}>Add it</button>
      </p>
    );
  }
  if (!commands.length) {
    return bot ? <p class="hint">The bot has registered no commands for you here. They appear as soon as it does.</p> : null;
  }
  return (
    <p class="hint">
      <span class="hint-word">Try</span>
      {commands.map((each) => <button key={each} type="button" class="sample" onClick={() => put(each)}>{each}</button>)}
    </p>
  );
}

export function Reply() {
  const message = store.replyTo.value;
  if (!message) return null;
  return (
    <p class="replying">
      <span>Replying to <strong dir="auto">{store.authorOf(message.author_id).name}</strong></span>
      <button type="button" class="quiet-button" aria-label="Stop replying" onClick={() => (store.replyTo.value = null)}><Icon name="x" size={16} /></button>
    </p>
  );
}

export function Files() {
  if (!files.value.length) return null;
  return (
    <ul class="chosen-files" aria-label="Files to send">
      {files.value.map((file) => (
        <li key={file.name}>
          <Icon name={file.type.startsWith("image/") ? "photo" : "file"} size={18} />
          <span>{file.name}</span>
          <button type="button" class="quiet-button" aria-label={`Remove ${file.name}`} onClick={() => removeFile(file)}><Icon name="x" size={16} /></button>
        </li>
      ))}
    </ul>
  );
}
