// Where what opens beside something stands: below it, or above where there is no room.

export interface Anchor {
  left: number;
  top: number;
  right: number;
  bottom: number;
}

const GAP = 4;
const EDGE = 8;

export function placeBeside(box: HTMLElement, anchor: Anchor, { wide = false } = {}): void {
  if (wide) box.style.setProperty("min-width", `${Math.min(anchor.right - anchor.left, innerWidth - 2 * EDGE)}px`);
  const { width, height } = box.getBoundingClientRect();
  const below = innerHeight - anchor.bottom - GAP - EDGE;
  const above = anchor.top - GAP - EDGE;
  const top = height <= below || below >= above ? anchor.bottom + GAP : anchor.top - GAP - height;
  const left = Math.min(anchor.left, innerWidth - width - EDGE);
  box.style.setProperty("left", `${Math.max(EDGE, left)}px`);
  box.style.setProperty("top", `${Math.max(EDGE, Math.min(top, innerHeight - height - EDGE))}px`);
}

export function pointAnchor(x: number, y: number): Anchor {
  return { left: x, right: x, top: y, bottom: y };
}
