// A form that the bot opened: labels with fields, or the older rows with text inputs.

import { useSignal } from "@preact/signals";
import { modal, submitModal } from "../model/acting";
import { directory } from "../model/store";
import { sentenceOf } from "../model/toasts";
import type { Loose, ModalData } from "../model/types";
import { Markdown } from "../text/Markdown";
import { Dialog } from "../ui/Dialog";
import { ModalField } from "./ModalField";
import { begin, check, fieldsOf, sendable, type Field, type Value } from "./modalFields";

export function ModalHost() {
  const open = modal.value;
  return open ? <ModalForm key={open.key} data={open.data} /> : null;
}

function ModalForm({ data }: { data: ModalData }) {
  const fields = fieldsOf(data.components ?? []);
  const values = useSignal<Record<string, Value>>(begin(fields));
  const problems = useSignal<Record<string, string>>({});
  const busy = useSignal(false);
  const error = useSignal<string | null>(null);
  const close = () => (modal.value = null);

  const submit = async () => {
    const found = check(fields, values.value);
    problems.value = found;
    const [first] = Object.keys(found);
    if (first) {
      error.value = null;
      document.getElementById(`field-${first}`)?.focus();
      return;
    }
    busy.value = true;
    error.value = null;
    try {
      const trouble = await submitModal(data, sendable(fields, values.value));
      if (trouble) error.value = `Something went wrong, and what you wrote is still here. ${trouble}`;
      else close();
    } catch (problem) {
      error.value = sentenceOf(problem);
    } finally {
      busy.value = false;
    }
  };

  const known = new Map(fields.map((field) => [field.component, field] as const));
  const show = (field: Field) => (
    <ModalField
      key={field.id}
      field={field}
      value={values.value[field.id]}
      problem={problems.value[field.id]}
      onChange={(value) => {
        values.value = { ...values.value, [field.id]: value };
        if (problems.value[field.id]) problems.value = Object.fromEntries(Object.entries(problems.value).filter(([id]) => id !== field.id));
      }}
    />
  );
  return (
    <Dialog
      title={String(data.title ?? "")}
      from={<p class="dialog-from">A form of {directory.value?.application.name}</p>}
      submit="Submit"
      busy={busy.value}
      error={error.value}
      onClose={close}
      onSubmit={() => void submit()}
    >
      {(data.components ?? []).map((component: Loose, index) => {
        if (component.type === 10) return <Markdown key={index} text={String(component.content ?? "")} />;
        const inner = component.type === 18 ? [component.component as Loose] : ((component.components ?? []) as Loose[]);
        return inner.map((each) => {
          const field = known.get(each);
          return field ? show(field) : <p class="quiet">A component of type {String(each?.type)}, which forms do not have.</p>;
        });
      })}
    </Dialog>
  );
}
