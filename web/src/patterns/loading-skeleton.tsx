import { Skeleton, VisuallyHidden } from '@mantine/core';
import { type ReactNode, useEffect, useState } from 'react';
import classes from './loading-skeleton.module.css';

/** An answer that comes sooner than this shows no skeleton: a flash would look slower than nothing. */
const DELAY_MS = 200;

interface LoadingSkeletonProps {
  /** The final layout: rows of a table, rows of two lines, a detail page, tiles of figures, or lines of text. */
  readonly shape?: 'rows' | 'pairs' | 'detail' | 'tiles' | 'lines';
  readonly count?: number;
  /** A shape of one's own. */
  readonly children?: ReactNode;
}

/** Stands for content that is on its way, in the layout that it will have. */
export function LoadingSkeleton({ shape = 'rows', count = 8, children }: LoadingSkeletonProps) {
  const [shown, setShown] = useState(false);
  useEffect(() => {
    const timer = setTimeout(() => setShown(true), DELAY_MS);
    return () => clearTimeout(timer);
  }, []);
  return (
    <div aria-busy="true">
      <VisuallyHidden>Loading</VisuallyHidden>
      <div
        className={classes.shape}
        data-shape={shape}
        aria-hidden
        style={shown ? undefined : { visibility: 'hidden' }}
      >
        {children ?? blocks(shape, count)}
      </div>
    </div>
  );
}

/** Uneven like real text, but the same at every showing. */
const WIDTHS = [62, 48, 71, 55, 66, 43, 58, 74];

function blocks(shape: NonNullable<LoadingSkeletonProps['shape']>, count: number): ReactNode {
  const each = Array.from({ length: count }, (_, index) => index);
  const width = (index: number): string => `${WIDTHS[index % WIDTHS.length] ?? 60}%`;
  switch (shape) {
    case 'rows':
      return each.map((index) => (
        <div key={index} className={classes.row}>
          <Skeleton height={12} width={width(index)} />
          <Skeleton height={12} width={width(index + 3)} />
          <Skeleton height={12} width={width(index + 5)} />
        </div>
      ));
    case 'pairs':
      return each.map((index) => (
        <div key={index} className={classes.pair}>
          <Skeleton height={12} width={width(index + 5)} />
          <Skeleton height={10} width={width(index + 2)} />
        </div>
      ));
    case 'tiles':
      return each.map((index) => <Skeleton key={index} height={76} radius="md" />);
    case 'detail':
      return (
        <>
          <Skeleton height={20} width="32%" />
          <Skeleton height={12} width="54%" />
          <Skeleton height={160} radius="md" mt="md" />
          <Skeleton height={12} width="71%" />
          <Skeleton height={12} width="62%" />
        </>
      );
    case 'lines':
      return each.map((index) => <Skeleton key={index} height={12} width={width(index)} />);
    default:
      return shape satisfies never;
  }
}
