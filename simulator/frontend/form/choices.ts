// What a select offers: its own options, or people, roles and channels of here.

import { TYPE } from "../commands/reading";
import { nameable } from "../commands/values";
import { directory } from "../model/store";
import type { Loose } from "../model/types";
import type { PickerItem } from "../ui/Picker";

const NAMES: Record<number, number> = { 5: TYPE.USER, 6: TYPE.ROLE, 7: TYPE.MENTIONABLE, 8: TYPE.CHANNEL };

export function itemsOf(component: Loose): PickerItem[] {
  if (component.type === 3) {
    return ((component.options ?? []) as Loose[]).map((each) => ({
      value: String(each.value),
      label: String(each.label),
      detail: each.description ? String(each.description) : undefined,
      sign: each.emoji && !each.emoji.id ? String(each.emoji.name) : undefined,
    }));
  }
  const known = directory.value;
  const type = NAMES[component.type as number];
  if (!known || !type) return [];
  const things = nameable({ type, channel_types: component.channel_types as number[] | undefined }, known);
  return things
    .filter((each) => each.id !== known.guild.id)
    .map((each) => ({ value: each.id, label: each.label, detail: each.detail || undefined }));
}
