import { Text, Title } from '@mantine/core';
import type { ReactNode } from 'react';
import { BrandMark } from '../shell/brand-mark.tsx';
import classes from './welcome.module.css';

interface WelcomeProps {
  readonly title: string;
  readonly lead: string;
  readonly children: ReactNode;
}

/** Frame of the two pages outside the shell: the product in a sentence, and a form. */
export function Welcome({ title, lead, children }: WelcomeProps) {
  return (
    <div className={classes.page}>
      <main className={classes.form}>
        <div className={classes.brand}>
          <BrandMark size={28} />
          Textwright
        </div>
        <div>
          <Title order={1} tabIndex={-1} className={classes.title}>
            {title}
          </Title>
          <Text c="dimmed">{lead}</Text>
        </div>
        {children}
      </main>
      <aside className={classes.story} aria-label="About Textwright">
        <div className={classes.thread} aria-hidden>
          <p data-direction="out">
            Hi Maria! Spring check-up week: we look at your foundation for free. A good day for you?
          </p>
          <p data-direction="in">Thursday after 4 would be great</p>
          <p data-direction="out">Thursday 4:30 it is. See you then!</p>
        </div>
        <Text className={classes.sentence}>
          Text your customers, once and on time, and answer them when they write back.
        </Text>
        <ul className={classes.promises}>
          <li>Every text goes out once, even through a crash.</li>
          <li>STOP stops everything, at once.</li>
          <li>For each person, the reason they were texted or not.</li>
        </ul>
      </aside>
    </div>
  );
}
