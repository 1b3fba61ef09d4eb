// What is seen of a raid that somebody has started here: how far it has got, and a way to stop it.

import { useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { Icon } from "../icons/Icon";
import { stopRaid } from "../model/api";
import * as store from "../model/store";
import { attempt } from "../model/toasts";
import type { Raid } from "../model/types";

export function RaidStrip() {
  const known = store.directory.value;
  if (!known?.raid || store.direct.value) return null;
  return <Strip key={known.guild.id} raid={known.raid} />;
}

/** One button that first stops and then closes, so that who pressed it keeps their place. */
function Strip({ raid }: { raid: Raid }) {
  // One that was over before this page looked is old news.
  const shown = useSignal(raid.running);
  useEffect(() => {
    if (raid.running) shown.value = true;
  }, [raid.running]);
  if (!shown.value && !raid.running) return null;
  const done = raid.joined + raid.turned_away;
  const close = () => {
    shown.value = false;
    document.getElementById("composer-input")?.focus();
  };
  return (
    <section class="notice raid" aria-label="Raid">
      <Icon name={raid.running ? "users" : "check"} size={18} />
      <span>
        <strong>{raid.running ? "A raid is going on." : raid.stopped ? "The raid was stopped." : "The raid is over."}</strong> {wordsOf(raid)}
        <progress max={raid.accounts} value={done} aria-label="Accounts that have come" />
      </span>
      <button type="button" class="button secondary" onClick={raid.running ? () => void attempt(() => stopRaid(raid.guild_id)) : close}>
        {raid.running ? "Stop the raid" : "Close"}
      </button>
      <span class="unseen" role="status">{raid.running ? "A raid has begun." : `The raid is over. ${wordsOf(raid)}`}</span>
    </section>
  );
}

function wordsOf(raid: Raid): string {
  const parts = [`${raid.joined} of ${raid.accounts} accounts have joined`];
  if (raid.posted) parts.push(`${raid.posted} ${raid.posted === 1 ? "has" : "have"} advertised`);
  if (raid.greeted) parts.push(`${raid.greeted} only said hello`);
  if (raid.silenced) parts.push(`${raid.silenced} could not write`);
  if (raid.turned_away) parts.push(`${raid.turned_away} found the invites paused`);
  const last = parts.pop();
  return `${parts.length ? `${parts.join(", ")} and ${last}` : last}.`;
}
