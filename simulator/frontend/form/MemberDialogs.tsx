// Joining and renaming: small forms about people.

import { useSignal } from "@preact/signals";
import { changeMember } from "../model/api";
import { go } from "../model/arrive";
import { say, sentenceOf } from "../model/toasts";
import type { Person } from "../model/types";
import { Dialog, hideDialog } from "../ui/Dialog";

const AGES: [string, number][] = [
  ["made today", 0],
  ["two days old", 2],
  ["a month old", 30],
  ["three years old", 1095],
];

function usernameOf(name: string): string {
  const plain = name.normalize("NFKD").toLowerCase().replace(/[^a-z0-9]+/g, ".").replace(/^\.+|\.+$/g, "");
  return plain.length > 1 ? plain.slice(0, 32) : `newcomer.${Math.floor(Math.random() * 9000 + 1000)}`;
}

export function JoinDialog({ guildId }: { guildId: string }) {
  const name = useSignal("");
  const days = useSignal("30");
  const become = useSignal(false);
  const busy = useSignal(false);
  const error = useSignal<string | null>(null);
  const join = async () => {
    const wanted = name.value.trim();
    if (!wanted) {
      error.value = "Write a name first.";
      return;
    }
    busy.value = true;
    try {
      const person = await changeMember({
        guild_id: guildId,
        action: "join",
        username: usernameOf(wanted),
        global_name: wanted,
        account_age_days: Number(days.value),
      });
      hideDialog();
      say(`${wanted} has joined.`);
      if (become.value) go({ userId: person.id });
    } catch (problem) {
      error.value = sentenceOf(problem);
    } finally {
      busy.value = false;
    }
  };
  return (
    <Dialog title="Someone new joins" submit="Let them join" busy={busy.value} error={error.value} onClose={hideDialog} onSubmit={() => void join()}>
      <label class="labelled">
        Name
        <input type="text" maxLength={32} value={name.value} onInput={(event) => (name.value = event.currentTarget.value)} />
      </label>
      <label class="labelled">
        Their account is
        <select value={days.value} onChange={(event) => (days.value = event.currentTarget.value)}>
          {AGES.map(([words, age]) => <option key={age} value={String(age)}>{words}</option>)}
        </select>
      </label>
      <label class="choice">
        <input type="checkbox" checked={become.value} onChange={(event) => (become.value = event.currentTarget.checked)} />
        <span>Then be this person</span>
      </label>
    </Dialog>
  );
}

export function RenameDialog({ guildId, person }: { guildId: string; person: Person }) {
  const nick = useSignal(person.nick ?? person.name);
  const busy = useSignal(false);
  const error = useSignal<string | null>(null);
  const rename = async () => {
    busy.value = true;
    try {
      await changeMember({ guild_id: guildId, action: "rename", user_id: person.id, nick: nick.value.trim() || null });
      hideDialog();
    } catch (problem) {
      error.value = sentenceOf(problem);
    } finally {
      busy.value = false;
    }
  };
  return (
    <Dialog title="Rename yourself in this server" submit="Rename" busy={busy.value} error={error.value} onClose={hideDialog} onSubmit={() => void rename()}>
      <label class="labelled">
        Name in this server <span class="subtext">empty: your own name again</span>
        <input type="text" maxLength={32} value={nick.value} onInput={(event) => (nick.value = event.currentTarget.value)} />
      </label>
    </Dialog>
  );
}
