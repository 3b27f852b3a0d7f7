import { describe, expect, it } from 'vitest';
import { personQueue } from './person-queue.ts';

const start = (inFlightMax: number) => {
  const running: string[] = [];
  const started: string[] = [];
  const ends = new Map<string, () => void>();
  const queue = personQueue({ inFlightMax, afterEach: () => {} });
  const add = (phone: string, name: string): void =>
    queue.add(phone, () => {
      running.push(name);
      started.push(name);
      return new Promise((resolve) => ends.set(name, resolve));
    });
  const end = async (name: string): Promise<void> => {
    running.splice(running.indexOf(name), 1);
    ends.get(name)?.();
    await Promise.resolve().then(() => {});
  };
  return { queue, running, started, add, end };
};

describe('person queue', () => {
  it('runs different people side by side and one person in order', async () => {
    const { running, add, end, queue } = start(10);
    add('a', 'a1');
    add('a', 'a2');
    add('b', 'b1');
    expect(running).toEqual(['a1', 'b1']);
    expect(queue.active).toBe(3);
    await end('a1');
    expect(running).toEqual(['b1', 'a2']);
    await end('b1');
    await end('a2');
    expect(queue.active).toBe(0);
  });

  it('never runs more than it may', async () => {
    const { running, started, add, end } = start(2);
    for (const name of ['a', 'b', 'c', 'd']) add(name, name);
    expect(running).toEqual(['a', 'b']);
    await end('b');
    expect(running).toEqual(['a', 'c']);
    await end('a');
    await end('c');
    expect(started).toEqual(['a', 'b', 'c', 'd']);
  });

  it('starts nothing after it was stopped', async () => {
    const { started, add, end, queue } = start(1);
    add('a', 'a1');
    add('b', 'b1');
    queue.stop();
    await end('a1');
    add('c', 'c1');
    expect(started).toEqual(['a1']);
    expect(queue.active).toBe(0);
  });
});
