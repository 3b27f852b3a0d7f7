import {
  type Icon,
  IconHandStop,
  IconInbox,
  IconMessageCheck,
  IconMessages,
  IconPhoneOff,
  IconPlugOff,
} from '@tabler/icons-react';
import type { ConversationView } from '../api/inbox.ts';

interface ViewWords {
  readonly label: string;
  readonly icon: Icon;
  /** When there is nothing in it. */
  readonly empty: { readonly title: string; readonly sentence: string };
}

export const VIEWS: readonly ConversationView[] = ['waiting', 'missed', 'held', 'open', 'review', 'done', 'all'];

export const VIEW_WORDS: Readonly<Record<ConversationView, ViewWords>> = {
  waiting: {
    label: 'Waiting',
    icon: IconMessageCheck,
    empty: {
      title: 'Nobody waits for an answer',
      sentence:
        'Whoever writes or is missed on the phone appears here, the longest waiting first, until you reply or mark it done.',
    },
  },
  missed: {
    label: 'Missed',
    icon: IconPhoneOff,
    empty: {
      title: 'No missed call waits',
      sentence: 'Whoever calls and is not answered appears here, until you reply or mark it done.',
    },
  },
  held: {
    label: 'Held up',
    icon: IconPlugOff,
    empty: {
      title: 'No answer is held up',
      sentence: 'An answer comes here when it cannot go out: its number is switched off, or its account paused.',
    },
  },
  open: {
    label: 'Open',
    icon: IconInbox,
    empty: {
      title: 'Nothing is open',
      sentence: 'A conversation opens when somebody writes or is missed on the phone, and stays until it is done.',
    },
  },
  review: {
    label: 'Review',
    icon: IconHandStop,
    empty: {
      title: 'Nothing to review',
      sentence:
        'A text that may be an opt-out comes here, and that person gets no campaign texts until you have decided.',
    },
  },
  done: {
    label: 'Done',
    icon: IconMessageCheck,
    empty: {
      title: 'Nothing is done yet',
      sentence: 'Conversations that you mark as done are kept here, and opt-outs, which need nobody.',
    },
  },
  all: {
    label: 'All',
    icon: IconMessages,
    empty: {
      title: 'No conversations yet',
      sentence: 'Replies to your campaigns, texts that people write of their own accord, and calls arrive here.',
    },
  },
};
