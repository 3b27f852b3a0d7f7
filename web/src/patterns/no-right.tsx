import { Text, Title } from '@mantine/core';
import { IconLock } from '@tabler/icons-react';
import type { Role } from '../api/session.ts';
import { listWords } from './format.ts';
import classes from './message-block.module.css';

const AT_LEAST: Readonly<Record<Role, readonly string[]>> = {
  owner: ['owners'],
  manager: ['owners', 'managers'],
  agent: ['owners', 'managers', 'agents'],
  viewer: ['everyone'],
};

/** "Owners and managers can launch campaigns. Ask one of them." */
export function rightSentence(least: Role, act: string): string {
  const words = listWords(AT_LEAST[least]);
  return `${words.charAt(0).toUpperCase()}${words.slice(1)} can ${act}. Ask one of them.`;
}

type NoRightProps = { readonly sentence: string } | { readonly least: Role; readonly act: string };

/** In place of something that this person may not see or do: says who may. */
export function NoRight(props: NoRightProps) {
  const sentence = 'sentence' in props ? props.sentence : rightSentence(props.least, props.act);
  return (
    <div className={classes.block}>
      <IconLock size={28} stroke={1.5} className={classes.icon} aria-hidden />
      <Title order={2} size="h3">
        Not with your role
      </Title>
      <Text c="dimmed" size="sm">
        {sentence}
      </Text>
    </div>
  );
}
