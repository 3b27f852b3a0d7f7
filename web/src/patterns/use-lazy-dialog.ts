import { useDisclosure } from '@mantine/hooks';
import { useEffect, useState } from 'react';

/** A dialog whose code is fetched when it is first opened: render it while `wanted`, inside a `Suspense`. */
export function useLazyDialog() {
  const [opened, handlers] = useDisclosure(false);
  const [wanted, setWanted] = useState(false);
  if (opened && !wanted) setWanted(true);
  useFocusReturn(opened);
  return { opened, wanted, ...handlers };
}

/** By then the dialog has let go of the focus, and whatever its answer leads to has taken it. */
const RETURN_AFTER_MS = 20;

/** A dialog that is there for the first time missed what had the focus before it opened, so it is kept here. */
function useFocusReturn(opened: boolean): void {
  useEffect(() => {
    if (!opened) return undefined;
    const before = document.activeElement;
    return () => {
      const inDialog = document.activeElement?.closest('[role="dialog"]') ?? null;
      setTimeout(() => {
        const now = document.activeElement;
        const lost = now === null || now === document.body || (inDialog?.contains(now) ?? false);
        if (lost && before instanceof HTMLElement) before.focus({ preventScroll: true });
      }, RETURN_AFTER_MS);
    };
  }, [opened]);
}
