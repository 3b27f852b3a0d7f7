import { useMatches } from '@tanstack/react-router';
import { useEffect } from 'react';
import { usePageTitles } from '../patterns/page-title.ts';
import { type SectionEntry, sectionOf } from './sections.ts';

interface Trail {
  readonly section: SectionEntry | undefined;
  /** The page inside the section; undefined on the section's own page. */
  readonly title: string | undefined;
}

/** Where we are: for the breadcrumb and the tab title. */
export function useTrail(): Trail {
  const titles = usePageTitles();
  const matches = useMatches();
  const leaf = matches.at(-1);
  const section = leaf === undefined ? undefined : sectionOf(leaf.pathname, leaf.staticData.section);
  const own = leaf === undefined ? undefined : (titles[leaf.routeId] ?? leaf.staticData.title);
  const atSection = section !== undefined && leaf?.pathname.replace(/\/$/, '') === section.to.replace(/\/$/, '');
  return { section, title: atSection ? undefined : own };
}

/** Tab title: unread count first, so that it shows in a narrow tab. */
export function useDocumentTitle(trail: Trail, unread: number): void {
  const name = trail.title ?? trail.section?.label;
  const title = `${unread > 0 ? `(${unread}) ` : ''}${name === undefined ? '' : `${name} · `}Textwright`;
  useEffect(() => {
    document.title = title;
  }, [title]);
}
