import type { Icon } from '@tabler/icons-react';

/** Something that the search under Ctrl/Cmd+K can do or open. */
export interface Command {
  readonly id: string;
  readonly kind: 'page' | 'action';
  readonly label: string;
  readonly icon: Icon;
  /** Other words that people may type for it. */
  readonly words?: string;
  readonly hint?: string | undefined;
  readonly run: () => void;
}

/** Commands in which every typed word begins some word; all of them for an empty query. */
export function matchCommands<Given extends Pick<Command, 'label' | 'words'>>(
  commands: readonly Given[],
  query: string,
): readonly Given[] {
  const typed = query.toLowerCase().split(/\s+/).filter(Boolean);
  return commands.filter((command) => {
    const words = `${command.label} ${command.words ?? ''}`.toLowerCase().split(/[^\p{L}\p{N}]+/u);
    return typed.every((start) => words.some((word) => word.startsWith(start)));
  });
}
