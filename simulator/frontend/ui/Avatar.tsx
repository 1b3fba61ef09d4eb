interface Face {
  id: string;
  name: string;
  bot: boolean;
}

/** A round mark with somebody's first letter; the tint follows the id, so it stays theirs. */
export function Avatar({ person, small = false }: { person: Face; small?: boolean }) {
  const letter = Array.from(person.name)[0]?.toUpperCase() ?? "?";
  const tint = person.bot ? "bot" : Number(BigInt(person.id) >> 22n) % 6;
  return (
    <span class={`avatar tint-${tint}${small ? " small" : ""}`} aria-hidden="true">
      {letter}
    </span>
  );
}

export function AppTag() {
  return <span class="tag">App</span>;
}
