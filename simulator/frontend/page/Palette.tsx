import { useEffect, useRef } from "preact/hooks";
import type { Offer, Suggestion } from "../commands/suggestions";

interface Props {
  id: string;
  offer: Offer;
  active: number;
  take: (item: Suggestion) => void;
}

export function Palette({ id, offer, active, take }: Props) {
  const list = useRef<HTMLUListElement>(null);
  useEffect(() => list.current?.children[active]?.scrollIntoView({ block: "nearest" }), [active]);
  const bare = offer.items.length === 0;
  return (
    <div class={`palette${bare ? " bare" : ""}`}>
      <p class="palette-head">{offer.head}</p>
      {bare ? null : (
        <ul id={id} ref={list} role="listbox" aria-label="Suggestions">
          {offer.items.map((item, index) => (
            <li
              key={`${index} ${item.label}`}
              id={`suggestion-${index}`}
              role="option"
              aria-selected={index === active}
              // The box must keep the focus, or the palette would close before the click arrives.
              onMouseDown={(event) => event.preventDefault()}
              onClick={() => take(item)}
            >
              <span class="suggestion" dir="ltr">{item.label}</span>
              {item.options?.length ? (
                <span class="signature">
                  {item.options.map((each) => <span key={each.name} class={each.required ? "needed" : "optional"}>{each.required ? each.name : `${each.name}?`}</span>)}
                </span>
              ) : null}
              {item.detail ? <span class="suggestion-detail">{item.detail}</span> : null}
            </li>
          ))}
        </ul>
      )}
      <p class="palette-keys"><kbd>↑</kbd><kbd>↓</kbd> choose <kbd>Tab</kbd> complete <kbd>Esc</kbd> close</p>
    </div>
  );
}
