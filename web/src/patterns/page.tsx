import { Text, Title } from '@mantine/core';
import { type ReactNode, useRef } from 'react';
import { useHeadingFocus } from './heading-focus.ts';
import classes from './page.module.css';
import { usePageTitle } from './page-title.ts';

interface PageProps {
  /**
   * `content`: at most 1,280 px, the page scrolls. `fill`: as high as the window, its list scrolls. `start`: as `content`, but in line
   * with a page that fills the window, for pages between which people go to and fro.
   */
  readonly width?: 'content' | 'narrow' | 'fill' | 'start';
  readonly children: ReactNode;
}

/** The frame of every page. */
export function Page({ width = 'content', children }: PageProps) {
  return (
    <div className={classes.page} data-width={width}>
      {children}
    </div>
  );
}

interface PageHeaderProps {
  readonly title: string;
  /** "20,143" beside the title, or a state badge. */
  readonly beside?: ReactNode;
  /** The page's question answered in one line. */
  readonly summary?: ReactNode;
  /** One primary action, at most a few quiet ones before it. */
  readonly actions?: ReactNode;
  /** Breadcrumb and tab title when they differ from the heading. */
  readonly documentTitle?: string;
}

/** Heading of a page: receives the focus after a navigation, and names the breadcrumb and the browser's tab. */
export function PageHeader({ title, beside, summary, actions, documentTitle }: PageHeaderProps) {
  usePageTitle(documentTitle ?? title);
  const heading = useRef<HTMLHeadingElement>(null);
  useHeadingFocus(heading);
  return (
    <div className={classes.header}>
      <div className={classes.heading}>
        <div className={classes.titleLine}>
          <Title ref={heading} order={1} tabIndex={-1} className={classes.title}>
            {title}
          </Title>
          {typeof beside === 'string' ? (
            <Text span c="dimmed" size="lg">
              {beside}
            </Text>
          ) : (
            beside
          )}
        </div>
        {summary === undefined ? null : (
          <Text c="dimmed" component="div" className={classes.summary}>
            {summary}
          </Text>
        )}
      </div>
      {actions === undefined ? null : <div className={classes.actions}>{actions}</div>}
    </div>
  );
}

interface SectionProps {
  readonly title: string;
  /** Small line under the title. */
  readonly note?: ReactNode;
  readonly actions?: ReactNode;
  readonly children: ReactNode;
}

/** A titled part of a page. Sections are separated by space, not by boxes. */
export function Section({ title, note, actions, children }: SectionProps) {
  return (
    <section className={classes.section} aria-label={title}>
      <div className={classes.sectionHead}>
        <div className={classes.sectionTitle}>
          <Title order={2} size="h3">
            {title}
          </Title>
          {note === undefined ? null : (
            <Text size="sm" c="dimmed" component="div">
              {note}
            </Text>
          )}
        </div>
        {actions}
      </div>
      {children}
    </section>
  );
}
