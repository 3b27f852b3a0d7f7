import { Title } from '@mantine/core';
import { IconBulb, IconPencilExclamation } from '@tabler/icons-react';
import type { ReactNode } from 'react';
import type { Review } from '../api/campaigns.ts';
import { Check } from '../templates/text-checks.tsx';
import classes from './builder.module.css';

export type BuilderField = Review['problems'][number]['field'];

/** Where a problem's link leads. */
export const sectionId = (field: BuilderField): string => `draft-${field}`;

interface BuilderSectionProps {
  readonly field: BuilderField;
  readonly title: string;
  /** The section's answer: "371 people". */
  readonly answer?: ReactNode;
  readonly problems: Review['problems'];
  readonly children: ReactNode;
}

/** What is worth knowing about a section although it does not stand against a launch. */
export function Warnings({ of, warnings }: { readonly of: BuilderField; readonly warnings: Review['warnings'] }) {
  return warnings
    .filter((warning) => warning.field === of)
    .map(({ message }) => (
      <Check key={message} tone="amber" icon={IconBulb}>
        {message}.
      </Check>
    ));
}

/** One question of the builder, with what still stands against a launch in it. */
export function BuilderSection({ field, title, answer, problems, children }: BuilderSectionProps) {
  return (
    <section className={classes.section} aria-labelledby={sectionId(field)}>
      <div className={classes.sectionHead}>
        <Title order={2} size="h2" id={sectionId(field)} tabIndex={-1} className={classes.sectionTitle}>
          {title}
        </Title>
        {answer === undefined ? null : <div className={classes.answer}>{answer}</div>}
      </div>
      {children}
      {problems
        .filter((problem) => problem.field === field)
        .map((problem) => (
          <Check key={problem.message} tone="amber" icon={IconPencilExclamation}>
            {problem.message}.
          </Check>
        ))}
    </section>
  );
}
