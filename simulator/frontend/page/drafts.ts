// What was begun to be written stays where it was: each channel, and each person, has a draft of their own.

import { useLayoutEffect, useRef } from "preact/hooks";

/** Exchange what stands in the box when `place` changes. Gives a way to put a draft somewhere else. */
export function useDrafts<Draft>(place: string, now: () => Draft, put: (draft: Draft | undefined) => void) {
  const kept = useRef(new Map<string, Draft>());
  const at = useRef(place);
  useLayoutEffect(() => {
    if (at.current === place) return;
    kept.current.set(at.current, now());
    at.current = place;
    put(kept.current.get(place));
  }, [place]);
  return {
    here: () => at.current,
    keep: (where: string, draft: Draft) => kept.current.set(where, draft),
  };
}
