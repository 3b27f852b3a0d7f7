import { escapeHtml } from '../platform/escape-html.ts';
import { plainPage } from '../platform/plain-page.ts';
import { htmlAnswer } from './html-answer.ts';

/** The page behind the link in a text. It names no number. */
export type OptOutPage = 'ask' | 'done' | 'unknown' | 'too_often';

const STATUS: Readonly<Record<OptOutPage, number>> = { ask: 200, done: 200, unknown: 404, too_often: 429 };

export function optOutPage(page: OptOutPage, business: string): Response {
  const [title, content] = wordsOf(page, escapeHtml(business));
  return htmlAnswer(STATUS[page], plainPage({ title, content, language: 'en' }));
}

function wordsOf(page: OptOutPage, name: string): readonly [title: string, content: string] {
  switch (page) {
    case 'ask':
      return [
        `Stop texts from ${name}?`,
        `<p>No more texts to the number that got this link.</p>
<form method="post"><button type="submit">Stop all texts</button></form>`,
      ];
    case 'done':
      return [
        `No more texts from ${name}`,
        '<p>It is done, and nothing else is needed. If it was a mistake, text START to the number that wrote to you.</p>',
      ];
    case 'too_often':
      return [
        'Just a moment',
        '<p>This link was used many times in a short while. Try it again in a few minutes, or answer the text with STOP.</p>',
      ];
    default:
      return [
        'This link is not whole',
        '<p>Part of it may be missing. Answer the text with STOP instead: that works at once.</p>',
      ];
  }
}
