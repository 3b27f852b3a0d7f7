import { Anchor } from '@mantine/core';
import { Link } from '@tanstack/react-router';
import type { AudiencePreview, Exclusion } from '../api/campaigns.ts';
import { formatCount, formatPhone } from '../patterns/format.ts';
import classes from './builder.module.css';

export const leftOutCount = (audience: Pick<AudiencePreview, 'matched' | 'textable'>): number =>
  audience.matched - audience.textable;

/** "6 (asked not to be texted), 2 (the number cannot receive texts)"; a single reason needs no count, it is the whole. */
export const reasonsInShort = (excluded: readonly Exclusion[]): string =>
  excluded
    .map(({ count, sentence }) => {
      const words = `${sentence.charAt(0).toLowerCase()}${sentence.slice(1)}`;
      return excluded.length === 1 ? words : `${formatCount(count)} (${words})`;
    })
    .join(', ');

/** Everybody who matches and gets no text, by reason, with a few of the people. */
export function LeftOut({ excluded }: { readonly excluded: readonly Exclusion[] }) {
  return (
    <ul className={classes.reasons} aria-label="Left out, by reason">
      {excluded.map((exclusion) => (
        <li key={exclusion.reason} className={classes.reason}>
          <b data-tabular>{formatCount(exclusion.count)}</b>
          <span>{exclusion.sentence}</span>
          <span className={classes.people}>
            {exclusion.sample.map((person, index) => (
              <span key={person.id}>
                {index === 0 ? '' : ', '}
                <Anchor
                  inherit
                  c="inherit"
                  underline="always"
                  renderRoot={(props) => (
                    <Link {...props} to="/contacts/$contactId" params={{ contactId: person.id }} />
                  )}
                >
                  {person.name === person.phone ? formatPhone(person.phone) : person.name}
                </Anchor>
              </span>
            ))}
            {exclusion.count > exclusion.sample.length
              ? ` and ${formatCount(exclusion.count - exclusion.sample.length)} more`
              : ''}
          </span>
        </li>
      ))}
    </ul>
  );
}
