import { Anchor, Text } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { lazy, Suspense, useId } from 'react';
import type { Review } from '../api/campaigns.ts';
import { fieldProblem } from '../api/problem.ts';
import { useProductClock } from '../api/product-clock.ts';
import { LoadingSkeleton } from '../patterns/loading-skeleton.tsx';
import { BuilderSection, Warnings } from './builder-section.tsx';
import {
  hoursWords,
  NORMAL_PRIORITY,
  paceWords,
  pointlessWords,
  priorityWords,
  type SendingForm,
} from './sending-form.ts';

const SendingFields = lazy(() => import('./sending-fields.tsx'));

interface ScheduleSectionProps {
  readonly value: SendingForm;
  readonly onChange: (change: Partial<SendingForm>) => void;
  readonly problems: Review['problems'];
  readonly warnings: Review['warnings'];
  /** Why the last save was refused. */
  readonly problem: unknown;
  readonly readOnly: boolean;
}

/** When and how fast. Most campaigns need nothing of it, so that it is one line until somebody wants more. */
export function ScheduleSection({ value, onChange, problems, warnings, problem, readOnly }: ScheduleSectionProps) {
  const [opened, { toggle }] = useDisclosure(false);
  const clock = useProductClock(60_000);
  const id = useId();
  return (
    <BuilderSection
      field="schedule"
      title="Schedule and pace"
      problems={problems}
      answer={
        <Anchor component="button" type="button" size="sm" aria-expanded={opened} aria-controls={id} onClick={toggle}>
          {opened ? 'Fold away' : readOnly ? 'Show' : 'Change'}
        </Anchor>
      }
    >
      <div id={id}>
        {opened ? (
          <Suspense fallback={<LoadingSkeleton shape="lines" count={6} />}>
            <SendingFields
              value={value}
              onChange={onChange}
              problemOf={(pointer) => fieldProblem(problem, pointer)}
              readOnly={readOnly}
            />
          </Suspense>
        ) : (
          <Text size="sm">
            Between {hoursWords(value.window)}, {paceWords(value.pace, clock)}.
            {value.pointless === null ? '' : ` Pointless ${pointlessWords(value.pointless, clock)}.`}
            {value.priority === NORMAL_PRIORITY ? '' : ` Priority ${priorityWords(value.priority)}.`}
          </Text>
        )}
      </div>
      <Warnings of="schedule" warnings={warnings} />
    </BuilderSection>
  );
}
