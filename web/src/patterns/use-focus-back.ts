import { type RefObject, useEffect, useRef } from 'react';

/** For the button that opens something in its own place: it has the focus again when that is closed. */
export function useFocusBack(opened: boolean): RefObject<HTMLButtonElement | null> {
  const button = useRef<HTMLButtonElement>(null);
  const before = useRef(opened);
  useEffect(() => {
    if (before.current && !opened) button.current?.focus();
    before.current = opened;
  }, [opened]);
  return button;
}
