import { useSignal } from "@preact/signals";
import { sentenceOf } from "../model/toasts";
import { Dialog, hideDialog } from "../ui/Dialog";

interface Props {
  title: string;
  words: string;
  submit: string;
  danger?: boolean;
  withReason?: boolean;
  act: (reason: string) => Promise<unknown>;
}

/** Says what will happen to whom before it does. A refusal is shown here, and nothing is lost. */
export function Confirm({ title, words, submit, danger, withReason, act }: Props) {
  const reason = useSignal("");
  const busy = useSignal(false);
  const error = useSignal<string | null>(null);
  const go = async () => {
    busy.value = true;
    error.value = null;
    try {
      await act(reason.value.trim());
      hideDialog();
    } catch (problem) {
      error.value = sentenceOf(problem);
    } finally {
      busy.value = false;
    }
  };
  return (
    <Dialog title={title} submit={submit} danger={danger} busy={busy.value} error={error.value} onClose={hideDialog} onSubmit={() => void go()}>
      <p>{words}</p>
      {withReason ? (
        <label class="labelled">
          Reason <span class="subtext">for the audit log, may be empty</span>
          <input type="text" maxLength={512} value={reason.value} onInput={(event) => (reason.value = event.currentTarget.value)} />
        </label>
      ) : null}
    </Dialog>
  );
}
