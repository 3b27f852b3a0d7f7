import { Text } from '@mantine/core';
import type { Totals, Variant } from '../api/campaigns.ts';
import { formatCount, formatRate } from '../patterns/format.ts';
import { sharesOf } from './campaign-counts.ts';
import classes from './live-variants.module.css';

/** With fewer people a rate says next to nothing, so it is greyed. */
const SMALL_N = 30;
const FIGURES = ['sent', 'delivered', 'replied', 'optedOut'] as const;

/** What each version of the message led to: rates, and the counts that they are made of. Says nothing about which is better. */
export function LiveVariants({ variants }: { readonly variants: readonly Variant[] }) {
  const [only] = variants;
  if (variants.length === 1 && only !== undefined) return <MessageText body={only.body} />;
  return (
    <>
      <ul className={classes.variants}>
        {variants.map((variant) => (
          <li key={variant.id} className={classes.variant}>
            <b>{variant.label}</b>
            <MessageText body={variant.body} />
            {variant.totals === null ? null : <VariantFigures totals={variant.totals} />}
          </li>
        ))}
      </ul>
      <Text size="sm" c="dimmed">
        A difference between variants may be chance. Rates of fewer than {SMALL_N} people are grey.
      </Text>
    </>
  );
}

function VariantFigures({ totals }: { readonly totals: Totals }) {
  const shares = sharesOf(totals);
  return (
    <dl className={classes.figures}>
      {FIGURES.map((name) => {
        const { label, count, of } = shares[name];
        return (
          <div key={name} data-small={of.count < SMALL_N || undefined}>
            <dt>{label}</dt>
            <dd>
              <b>{of.count === 0 ? '–' : formatRate(count, of.count)}</b>
              <span>
                {formatCount(count)} of {formatCount(of.count)} {of.word}
              </span>
            </dd>
          </div>
        );
      })}
    </dl>
  );
}

function MessageText({ body }: { readonly body: string }) {
  return (
    <Text className={classes.text ?? ''} dir="auto">
      {body}
    </Text>
  );
}
