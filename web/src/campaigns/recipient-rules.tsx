import { IconCheck, IconChevronRight, IconClock, IconX } from '@tabler/icons-react';
import type { ReactNode } from 'react';
import type { Explanation, RuleCheck } from '../api/recipients.ts';
import { plural } from '../patterns/format.ts';
import { TimeText } from '../patterns/time-text.tsx';
import { toneStyle } from '../patterns/tone.ts';
import { ICON_STROKE } from '../theme.ts';
import { inputWords, inTheWayFirst, rulesInShort } from './explanation-words.ts';
import classes from './recipient-rules.module.css';

/** The record of the decision, for who wants to know exactly: every rule with what it looked at, every attempt. Closed at first. */
export function RecipientRules({ explained }: { readonly explained: Explanation }) {
  const { rules, checkedAt, attempts } = explained;
  return (
    <div>
      {rules.length === 0 ? null : (
        <Fold title={rulesInShort(rules)}>
          <p className={classes.when}>
            As they stood <TimeText at={checkedAt} look="when" />
          </p>
          <ul className={classes.list}>
            {inTheWayFirst(rules).map((rule) => (
              <Rule key={rule.code} rule={rule} />
            ))}
          </ul>
        </Fold>
      )}
      {attempts.length === 0 ? null : (
        <Fold title={plural(attempts.length, 'attempt', 'attempts')}>
          <ol className={classes.list}>
            {attempts.map(({ attempt, startedAt, sentence, detail, outcome, worker }) => (
              <li key={attempt}>
                <span className={classes.number} data-tabular>
                  {attempt}
                </span>
                <div>
                  {sentence}
                  <small>
                    <TimeText at={startedAt} />
                    {detail === null ? '' : ` · ${detail}`}
                  </small>
                  <code>{[outcome ?? 'under way', worker].join(' · ')}</code>
                </div>
              </li>
            ))}
          </ol>
        </Fold>
      )}
    </div>
  );
}

function Fold({ title, children }: { readonly title: string; readonly children: ReactNode }) {
  return (
    <details className={classes.fold}>
      <summary>
        <IconChevronRight size={16} stroke={ICON_STROKE} aria-hidden />
        {title}
      </summary>
      <div className={classes.body}>{children}</div>
    </details>
  );
}

function Rule({ rule }: { readonly rule: RuleCheck }) {
  const { code, kind, forbids, sentence, version } = rule;
  const [RuleIcon, tone, word] = forbids
    ? kind === 'bars'
      ? ([IconX, 'red', 'Forbids: '] as const)
      : ([IconClock, 'amber', 'Waits: '] as const)
    : ([IconCheck, 'green', ''] as const);
  const exactly = [code, version === null ? '' : `table ${version}`, inputWords(rule)].filter((words) => words !== '');
  return (
    <li style={toneStyle(tone)}>
      <RuleIcon size={16} stroke={2} className={classes.icon} aria-hidden />
      <div>
        {word === '' ? null : <b>{word}</b>}
        {sentence}
        <code>{exactly.join(' · ')}</code>
      </div>
    </li>
  );
}
