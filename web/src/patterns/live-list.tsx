import { Button } from '@mantine/core';
import { IconArrowUp } from '@tabler/icons-react';
import { type ReactNode, type UIEvent, useRef } from 'react';
import { ICON_STROKE } from '../theme.ts';
import classes from './live-list.module.css';

interface LiveListProps {
  /** Says that there is more above than is shown: "14 new contacts"; nothing while all is shown. */
  readonly news: string | undefined;
  /** Lets it in; the list goes back to its top. */
  readonly onShow: () => void;
  readonly onScrolled: (scrolled: boolean) => void;
  /** The virtual table. */
  readonly children: ReactNode;
}

/** A list that goes on by itself at its top, and stands still for whoever reads further down in it. */
export function LiveList({ news, onShow, onScrolled, children }: LiveListProps) {
  const frame = useRef<HTMLDivElement>(null);
  const show = (): void => {
    onShow();
    frame.current?.querySelector('[role="grid"]')?.parentElement?.scrollTo({ top: 0 });
  };
  const onScroll = (event: UIEvent): void => {
    if (event.target instanceof HTMLElement) onScrolled(event.target.scrollTop > 0);
  };
  return (
    <div ref={frame} className={classes.list} onScrollCapture={onScroll}>
      {news === undefined ? null : (
        <div className={classes.above} role="status">
          <Button
            size="xs"
            radius="xl"
            leftSection={<IconArrowUp size={14} stroke={ICON_STROKE} aria-hidden />}
            onClick={show}
          >
            {news}
          </Button>
        </div>
      )}
      {children}
    </div>
  );
}
