import type { ComponentChildren } from "preact";
import type { Loose } from "../model/types";
import { Picker } from "../ui/Picker";
import { itemsOf } from "./choices";
import { FIELD, range, type Field, type Value } from "./modalFields";

interface Props {
  field: Field;
  value: Value | undefined;
  problem?: string;
  onChange: (value: Value) => void;
}

const SHORT = 1;

export function ModalField(props: Props) {
  const { field } = props;
  if (field.type === FIELD.TEXT) return <TextInput {...props} />;
  if (field.type === FIELD.CHECKBOX) return <Checkbox {...props} />;
  if (field.type === FIELD.RADIO || field.type === FIELD.CHECKBOXES) return <Choices {...props} />;
  if (field.type === FIELD.FILE) return <FileInput {...props} />;
  return <Select {...props} />;
}

function strings(value: Value | undefined): string[] {
  return Array.isArray(value) ? value.filter((each) => typeof each === "string") : value === undefined || value === "" ? [] : [String(value)];
}

const ids = (field: Field) => ({ input: `field-${field.id}`, about: `about-${field.id}` });

function Framed({ field, problem, children, labels }: Props & { children: ComponentChildren; labels?: boolean }) {
  const { input, about } = ids(field);
  const words = (
    <>
      {field.label}
      {field.required ? <span class="needed" title="needed" aria-hidden="true"> *</span> : null}
    </>
  );
  return (
    <div class="field-frame">
      {labels ? <label class="field-label" for={input}>{words}</label> : <p class="field-label" id={`label-${field.id}`}>{words}</p>}
      <About field={field} problem={problem} id={about} />
      {children}
    </div>
  );
}

function About({ field, problem, id }: { field: Field; problem?: string; id: string }) {
  return (
    <p class="field-about" id={id}>
      {field.description ? <span>{field.description}</span> : null}
      {problem ? <span class="field-problem">{problem}</span> : null}
    </p>
  );
}

function TextInput(props: Props) {
  const { field, value, problem, onChange } = props;
  const { input, about } = ids(field);
  const common = {
    id: input,
    value: String(value ?? ""),
    placeholder: String(field.component.placeholder ?? ""),
    maxLength: Number(field.component.max_length ?? 4000),
    required: field.required,
    "aria-invalid": Boolean(problem),
    "aria-describedby": about,
    onInput: (event: Event) => onChange((event.currentTarget as HTMLInputElement).value),
  };
  return (
    <Framed {...props} labels>
      {field.component.style === SHORT || field.component.style === undefined ? <input type="text" {...common} /> : <textarea rows={4} {...common} />}
    </Framed>
  );
}

function FileInput(props: Props) {
  const { field, problem, onChange } = props;
  const { input, about } = ids(field);
  const [, most] = range(field);
  return (
    <Framed {...props} labels>
      <input
        id={input}
        type="file"
        multiple={most > 1}
        required={field.required}
        aria-invalid={Boolean(problem)}
        aria-describedby={about}
        onChange={(event) => onChange([...(event.currentTarget.files ?? [])])}
      />
    </Framed>
  );
}

function Checkbox({ field, value, problem, onChange }: Props) {
  const { input, about } = ids(field);
  return (
    <div class="field-frame">
      <label class="choice">
        <input id={input} type="checkbox" checked={value === true} aria-describedby={about} onChange={(event) => onChange(event.currentTarget.checked)} />
        <span>{field.label}</span>
      </label>
      <About field={field} problem={problem} id={about} />
    </div>
  );
}

function Choices({ field, value, problem, onChange }: Props) {
  const { input, about } = ids(field);
  const one = field.type === FIELD.RADIO;
  const chosen = strings(value);
  return (
    <fieldset class="choices" aria-describedby={about} aria-invalid={problem ? true : undefined} aria-required={one ? field.required : undefined} role={one ? "radiogroup" : undefined}>
      <legend class="field-label">{field.label}{field.required ? <span class="needed" aria-hidden="true"> *</span> : null}</legend>
      <About field={field} problem={problem} id={about} />
      {((field.component.options ?? []) as Loose[]).map((option, index) => {
        const own = String(option.value);
        return (
          <label key={own} class="choice">
            <input
              id={index === 0 ? input : undefined}
              type={one ? "radio" : "checkbox"}
              name={input}
              checked={chosen.includes(own)}
              onChange={(event) => {
                if (one) onChange(own);
                else onChange(event.currentTarget.checked ? [...chosen, own] : chosen.filter((each) => each !== own));
              }}
            />
            <span>
              {String(option.label)}
              {option.description ? <span class="subtext choice-detail">{String(option.description)}</span> : null}
            </span>
          </label>
        );
      })}
    </fieldset>
  );
}

function Select(props: Props) {
  const { field, value, problem, onChange } = props;
  const [least, most] = range(field);
  return (
    <Framed {...props}>
      <Picker
        id={ids(field).input}
        label={field.label}
        placeholder={String(field.component.placeholder ?? "Make a selection")}
        items={itemsOf(field.component)}
        chosen={strings(value)}
        min={least}
        max={most}
        describedBy={ids(field).about}
        invalid={Boolean(problem)}
        onChoose={onChange}
      />
    </Framed>
  );
}
