import { type RefObject, useEffect, useState } from 'react';

/**
 * For a menu that is fetched when its button is first pressed: it opens as soon as it is there. Its own button has the focus before
 * that, because a menu gives the focus back to what had it, and the button that was pressed is gone by then.
 */
export function useOpeningMenu(button: RefObject<HTMLButtonElement | null>) {
  const [opened, setOpened] = useState(false);
  useEffect(() => {
    button.current?.focus({ preventScroll: true });
    setOpened(true);
  }, [button]);
  return { opened, onChange: setOpened };
}
