import { describe, expect, it, vi } from 'vitest';
import { groupCommit } from './group-commit.ts';

function recorded(apartMs = 0, enough = 3) {
  const groups: { readonly items: readonly string[]; readonly finish: (error?: Error) => void }[] = [];
  const commits = groupCommit<string, string>({
    sizeMax: 3,
    apartMs,
    enough,
    commit: (items) =>
      new Promise((resolve, reject) => {
        const finish = (error?: Error) =>
          error === undefined ? resolve(items.map((item) => item.toUpperCase())) : reject(error);
        groups.push({ items, finish });
      }),
  });
  return { commits, groups, shapes: () => groups.map(({ items }) => items.join('')) };
}

describe('a group commit', () => {
  it('commits what comes right after a group together, a moment later', async () => {
    const { commits, groups, shapes } = recorded(30);
    const first = commits.add('a');
    expect(shapes()).toEqual(['a']);
    groups[0]?.finish();
    await first;
    const second = commits.add('b');
    const third = commits.add('c');
    await Promise.resolve();
    expect(shapes()).toEqual(['a']);
    await vi.waitFor(() => expect(shapes()).toEqual(['a', 'bc']));
    groups[1]?.finish();
    expect(await Promise.all([second, third])).toEqual(['B', 'C']);
  });

  it('lets enough of them wait no longer', async () => {
    const { commits, groups, shapes } = recorded(60_000, 2);
    const first = commits.add('a');
    groups[0]?.finish();
    await first;
    const rest = [commits.add('b'), commits.add('c')];
    await vi.waitFor(() => expect(shapes()).toEqual(['a', 'bc']));
    rest.push(...[...'de'].map((item) => commits.add(item)));
    groups[1]?.finish();
    await vi.waitFor(() => expect(shapes()).toEqual(['a', 'bc', 'de']));
    groups[2]?.finish();
    expect(await Promise.all(rest)).toEqual(['B', 'C', 'D', 'E']);
  });

  it('commits a lone item at once, and what comes meanwhile together', async () => {
    const { commits, groups, shapes } = recorded();
    const all = [...'abcde'].map((item) => commits.add(item));
    expect(shapes()).toEqual(['a']);
    groups[0]?.finish();
    expect(await all[0]).toBe('A');
    expect(shapes()).toEqual(['a', 'bcd']);
    groups[1]?.finish();
    expect(await Promise.all(all.slice(1, 4))).toEqual(['B', 'C', 'D']);
    groups[2]?.finish();
    expect(await all[4]).toBe('E');
  });

  it('fails those of the group that failed, and goes on', async () => {
    const { commits, groups } = recorded();
    const [first, second] = [commits.add('a'), commits.add('b')];
    groups[0]?.finish(new Error('away'));
    await expect(first).rejects.toThrow('away');
    groups[1]?.finish();
    expect(await second).toBe('B');
  });

  it('never leaves an item without an outcome', async () => {
    const commits = groupCommit<string, string>({ sizeMax: 3, commit: async () => [] });
    await expect(commits.add('a')).rejects.toThrow('0 outcomes of 1');
  });
});
