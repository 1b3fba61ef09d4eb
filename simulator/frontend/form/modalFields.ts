// The fields of a bot's form: what they begin with, and what is wrong with what was written. Pure.

import type { Loose } from "../model/types";

export type Value = string | string[] | boolean | File[];

export interface Field {
  id: string;
  type: number;
  label: string;
  description: string;
  required: boolean;
  component: Loose;
}

export const FIELD = { STRING_SELECT: 3, TEXT: 4, USER: 5, ROLE: 6, MENTIONABLE: 7, CHANNEL: 8, FILE: 19, RADIO: 21, CHECKBOXES: 22, CHECKBOX: 23 } as const;

export function fieldsOf(components: Loose[]): Field[] {
  return components.flatMap((outer) => {
    if (outer.type === 18 && outer.component) return [field(outer.component as Loose, String(outer.label ?? ""), String(outer.description ?? ""))];
    if (outer.type === 1) return ((outer.components ?? []) as Loose[]).map((each) => field(each, String(each.label ?? each.placeholder ?? ""), ""));
    return [];
  });
}

function field(component: Loose, label: string, description: string): Field {
  const required = component.type === FIELD.CHECKBOX ? false : component.required !== false;
  return { id: String(component.custom_id), type: Number(component.type), label, description, required, component };
}

export function begin(fields: Field[]): Record<string, Value> {
  return Object.fromEntries(fields.map((each) => [each.id, beginning(each)]));
}

function beginning({ type, component }: Field): Value {
  const options = (component.options ?? []) as Loose[];
  const preset = options.filter((each) => each.default).map((each) => String(each.value));
  if (type === FIELD.TEXT) return String(component.value ?? "");
  if (type === FIELD.CHECKBOX) return component.default === true;
  if (type === FIELD.RADIO) return preset[0] ?? "";
  if (type === FIELD.STRING_SELECT || type === FIELD.CHECKBOXES) return preset;
  return ((component.default_values ?? []) as Loose[]).map((each) => String(each.id));
}

/** How many may be chosen, at least and at most. */
export function range({ type, component, required }: Field): [number, number] {
  const count = ((component.options ?? []) as Loose[]).length;
  const least = Number(component.min_values ?? (type === FIELD.CHECKBOXES ? (required ? 1 : 0) : 1));
  const most = Number(component.max_values ?? (type === FIELD.CHECKBOXES ? count : 1));
  return [required ? Math.max(least, 1) : 0, most];
}

/** What is wrong, by field; empty when the form can be sent. */
export function check(fields: Field[], values: Record<string, Value>): Record<string, string> {
  const problems = fields.map((each) => [each.id, problemOf(each, values[each.id] ?? "")] as const);
  return Object.fromEntries(problems.filter((each): each is [string, string] => each[1] !== null));
}

function problemOf(each: Field, value: Value): string | null {
  if (each.type === FIELD.CHECKBOX) return null;
  if (Array.isArray(value)) {
    const [least, most] = range(each);
    if (!value.length && !each.required) return null;
    if (value.length < least) return least === 1 ? `Choose one${each.type === FIELD.FILE ? " file" : ""}.` : `Choose at least ${least}.`;
    return value.length > most ? `Choose at most ${most}.` : null;
  }
  const text = String(value);
  if (!text) return each.required ? (each.type === FIELD.RADIO ? "Choose one." : "This is needed.") : null;
  const { min_length: least, max_length: most } = each.component;
  if (each.type === FIELD.TEXT && least && text.length < least) return `At least ${least} characters; these are ${text.length}.`;
  if (each.type === FIELD.TEXT && most && text.length > most) return `At most ${most} characters; these are ${text.length}.`;
  return null;
}

/** As it is sent: where nothing was chosen among radio buttons, there is no value. */
export function sendable(fields: Field[], values: Record<string, Value>): Record<string, Value | null> {
  return Object.fromEntries(fields.map((each) => [each.id, each.type === FIELD.RADIO && !values[each.id] ? null : (values[each.id] ?? "")]));
}
