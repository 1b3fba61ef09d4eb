// Embeds and components of a message. Buttons and selects are shown and rest: they come later.

import { element, safeAddress } from "./dom.js";
import { markdown } from "./markdown.js";
import { stamp } from "./times.js";

const COMPONENTS = {
  1: (component, names) => element("div", { class: "row" }, children(component, names)),
  2: button,
  3: select, 5: select, 6: select, 7: select, 8: select,
  9: section,
  10: (component, names) => markdown(String(component.content ?? ""), names),
  11: (component) => media([component]),
  12: (component) => media(component.items ?? []),
  13: (component) => element("p", { class: "attachment" }, String(component.file?.url ?? "A file")),
  14: (component) => element("hr", { class: `separator${component.divider === false ? " bare" : ""}${component.spacing === 2 ? " wide" : ""}` }),
  17: container,
};
const BUTTON_KINDS = { 1: "primary", 2: "secondary", 3: "success", 4: "danger", 5: "link" };
const RESTING = "Buttons and menus do nothing in this simulator yet";

export function renderComponent(component, names) {
  const render = COMPONENTS[component?.type];
  if (!render) return element("p", { class: "quiet" }, `A component of type ${component?.type}, which is not shown yet.`);
  return render(component, names);
}

function children(component, names) {
  return (component.components ?? []).map((child) => renderComponent(child, names));
}

function container(component, names) {
  const node = element("div", { class: "card" }, children(component, names));
  accent(node, component.accent_color);
  return node;
}

function section(component, names) {
  const accessory = component.accessory ? renderComponent(component.accessory, names) : null;
  return element("div", { class: "section" }, element("div", {}, children(component, names)), accessory);
}

function button(component) {
  const face = [component.emoji?.id ? null : component.emoji?.name, component.label].filter(Boolean).join(" ");
  const href = component.style === 5 ? safeAddress(component.url) : null;
  if (href) return element("a", { class: "button link", href, target: "_blank", rel: "noopener noreferrer" }, face, " ↗");
  return element("button", { type: "button", class: `button ${BUTTON_KINDS[component.style] ?? "secondary"}`, disabled: true, title: RESTING }, face);
}

function select(component) {
  const chosen = component.options?.find((option) => option.default)?.label;
  return element("button", { type: "button", class: "button select", disabled: true, title: RESTING }, chosen ?? component.placeholder ?? "Choose", " ▾");
}

// Pictures would be fetched from elsewhere; the page stays on this machine and names them instead.
function media(items) {
  return element("p", { class: "attachment" }, items.map((item) => `Picture: ${item.description ?? item.media?.url ?? "untitled"}`).join(" · "));
}

export function renderEmbed(embed, names) {
  const fields = (embed.fields ?? []).map((field) =>
    element("div", { class: field.inline ? "field inline" : "field" },
      element("div", { class: "field-name" }, markdown(String(field.name ?? ""), names)),
      markdown(String(field.value ?? ""), names)));
  const foot = [embed.footer?.text, embed.timestamp ? stamp(new Date(embed.timestamp)) : null].filter(Boolean).join(" · ");
  const href = embed.url ? safeAddress(embed.url) : null;
  const title = embed.title ? markdown(embed.title, names) : null;
  const node = element("div", { class: "card embed" },
    embed.author?.name ? element("p", { class: "embed-author" }, embed.author.name) : null,
    title ? element("div", { class: "embed-title" }, href ? element("a", { href, target: "_blank", rel: "noopener noreferrer" }, title) : title) : null,
    embed.description ? markdown(embed.description, names) : null,
    fields.length ? element("div", { class: "fields" }, fields) : null,
    embed.image || embed.thumbnail ? media([{ media: embed.image ?? embed.thumbnail }]) : null,
    foot ? element("p", { class: "subtext" }, foot) : null);
  accent(node, embed.color);
  return node;
}

function accent(node, color) {
  if (!Number.isInteger(color)) return;
  node.classList.add("accented");
  node.style.setProperty("--accent", `#${(color & 0xffffff).toString(16).padStart(6, "0")}`);
}
