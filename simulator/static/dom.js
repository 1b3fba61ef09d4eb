// Small helpers. Text only ever becomes text nodes; nothing here reads HTML.

export function element(tag, attributes = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value === undefined || value === null || value === false) continue;
    if (name === "class") node.className = value;
    else if (name === "on") for (const [event, act] of Object.entries(value)) node.addEventListener(event, act);
    else node.setAttribute(name, value === true ? "" : value);
  }
  node.append(...children.flat().filter((child) => child !== null && child !== undefined && child !== ""));
  return node;
}

export function fill(node, ...children) {
  node.replaceChildren(...children.flat().filter((child) => child !== null && child !== undefined));
}

export function byId(id) {
  return document.getElementById(id);
}

/** A round mark with somebody's first letter; the tint follows the id, so it stays theirs. */
export function avatar(person) {
  const letter = Array.from(person.name)[0].toUpperCase();
  const tint = person.bot ? "bot" : Number(BigInt(person.id) >> 22n) % 6;
  return element("span", { class: `avatar tint-${tint}`, "aria-hidden": "true" }, letter);
}

/** Only web addresses become links; anything else stays text. */
export function safeAddress(text) {
  try {
    const url = new URL(text);
    return url.protocol === "https:" || url.protocol === "http:" ? url.href : null;
  } catch {
    return null;
  }
}
