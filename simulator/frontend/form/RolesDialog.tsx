import { useSignal } from "@preact/signals";
import { changeRole } from "../model/api";
import { cssColour, topPosition } from "../model/permissions";
import { directory, viewer } from "../model/store";
import { sentenceOf } from "../model/toasts";
import type { Person } from "../model/types";
import { Dialog, hideDialog } from "../ui/Dialog";

/** The roles of one person, as far as the viewer may give and take them. */
export function RolesDialog({ person }: { person: Person }) {
  const chosen = useSignal(new Set(person.roles));
  const busy = useSignal(false);
  const error = useSignal<string | null>(null);
  const known = directory.value;
  const me = viewer();
  if (!known || !me) return null;
  const top = topPosition(me, known);
  const roles = known.guild.roles.filter((role) => role.id !== known.guild.id).sort((a, b) => b.position - a.position);
  const save = async () => {
    busy.value = true;
    error.value = null;
    const order = { guild_id: known.guild.id, moderator_id: me.id, user_id: person.id };
    try {
      for (const role of roles) {
        const has = person.roles.includes(role.id);
        if (has !== chosen.value.has(role.id)) await changeRole({ ...order, role_id: role.id, action: has ? "remove" : "add" });
      }
      hideDialog();
    } catch (problem) {
      error.value = sentenceOf(problem);
    } finally {
      busy.value = false;
    }
  };
  return (
    <Dialog title={`Roles of ${person.name}`} submit={`Save roles of ${person.name}`} busy={busy.value} error={error.value} onClose={hideDialog} onSubmit={() => void save()}>
      <fieldset class="choices">
        <legend class="unseen">Roles</legend>
        {roles.map((role) => (
          <label key={role.id} class="choice">
            <input
              type="checkbox"
              checked={chosen.value.has(role.id)}
              disabled={role.managed || role.position >= top}
              onChange={(event) => {
                const next = new Set(chosen.value);
                if (event.currentTarget.checked) next.add(role.id);
                else next.delete(role.id);
                chosen.value = next;
              }}
            />
            <i class="role-dot" style={role.color ? { "--role": cssColour(role.color) } : undefined} aria-hidden="true" />
            <span>{role.name}</span>
            {role.managed ? <span class="subtext">belongs to a bot</span> : role.position >= top ? <span class="subtext">not below you</span> : null}
          </label>
        ))}
      </fieldset>
    </Dialog>
  );
}
