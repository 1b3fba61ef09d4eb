// Starting a raid: how many come, how fast, and how many of them write.

import { useSignal, type Signal } from "@preact/signals";
import { startRaid } from "../model/api";
import * as store from "../model/store";
import { sentenceOf } from "../model/toasts";
import { Dialog, hideDialog } from "../ui/Dialog";

const FEWEST = 20;
const MOST = 300;
const LONGEST_SECONDS = 300;

export function RaidDialog({ guildId, guildName }: { guildId: string; guildName: string }) {
  const accounts = useSignal("40");
  const seconds = useSignal("20");
  const posts = useSignal("10");
  const busy = useSignal(false);
  const error = useSignal<string | null>(null);
  const start = async () => {
    const problem = problemOf(accounts.value, FEWEST, MOST, "accounts") ?? problemOf(seconds.value, 1, LONGEST_SECONDS, "seconds") ?? problemOf(posts.value, 0, Number(accounts.value), "posts");
    error.value = problem;
    if (problem) return;
    busy.value = true;
    try {
      await startRaid({ guild_id: guildId, accounts: Number(accounts.value), seconds: Number(seconds.value), posts: Number(posts.value) });
      store.drawer.value = null;
      hideDialog();
    } catch (refusal) {
      error.value = sentenceOf(refusal);
    } finally {
      busy.value = false;
    }
  };
  return (
    <Dialog title="Start a raid" submit="Start the raid" busy={busy.value} error={error.value} onClose={hideDialog} onSubmit={() => void start()}>
      <p>New accounts join {guildName} all at once, and some post the same advertisement. One in eight came at a bad moment: they only say hello.</p>
      <NumberField label="How many accounts" about={`${FEWEST} to ${MOST}`} value={accounts} least={FEWEST} most={MOST} />
      <NumberField label="Within how many seconds" about={`1 to ${LONGEST_SECONDS}`} value={seconds} least={1} most={LONGEST_SECONDS} />
      <NumberField label="How many of them advertise" about="0 to all" value={posts} least={0} most={MOST} />
    </Dialog>
  );
}

function NumberField({ label, about, value, least, most }: { label: string; about: string; value: Signal<string>; least: number; most: number }) {
  return (
    <label class="labelled">
      <span>{label} <span class="subtext">{about}</span></span>
      <input type="number" inputMode="numeric" min={least} max={most} step={1} value={value.value} onInput={(event) => (value.value = event.currentTarget.value)} />
    </label>
  );
}

const ASKED = { accounts: "accounts come", seconds: "seconds it takes", posts: "of them advertise" };

function problemOf(text: string, least: number, most: number, what: keyof typeof ASKED): string | null {
  const number = Number(text);
  if (text.trim() && Number.isInteger(number) && number >= least && number <= most) return null;
  return `Say how many ${ASKED[what]}: a whole number from ${least} to ${most}. Nothing was started.`;
}
