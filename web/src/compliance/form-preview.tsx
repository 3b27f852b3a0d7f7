import { Button, CopyButton, SegmentedControl } from '@mantine/core';
import { IconCheck, IconCopy } from '@tabler/icons-react';
import { useState } from 'react';
import { formPage } from '../../../src/opt-in-forms/form-html.ts';
import type { OptInForm } from '../api/opt-in-forms.ts';
import { Section } from '../patterns/page.tsx';
import { ICON_STROKE } from '../theme.ts';
import classes from './form-page.module.css';
import type { FormDraft, Language } from './opt-in-form-draft.ts';

const NAMES: Readonly<Record<Language, string>> = { en: 'English', es: 'Spanish' };
const icon = { size: 16, stroke: ICON_STROKE, 'aria-hidden': true } as const;

/** How the form looks with these words, made by what serves it; and, of a saved one, what to paste into a website. */
export function FormPreview({ draft, form }: { readonly draft: FormDraft; readonly form: OptInForm | undefined }) {
  const [chosen, setChosen] = useState<Language>('en');
  const language = draft.languages.includes(chosen) ? chosen : 'en';
  const html = formPage(
    { address: '#', version: 1, wording: { language, ...draft.words[language] } },
    { ticket: '', other: undefined },
  );
  const snippet = form?.snippets.find((one) => one.language === language)?.html;
  return (
    <div className={classes.side}>
      {draft.languages.length < 2 ? null : (
        <SegmentedControl
          aria-label="Language of the preview"
          value={language}
          onChange={(value) => setChosen(value === 'es' ? 'es' : 'en')}
          data={draft.languages.map((value) => ({ value, label: NAMES[value] }))}
        />
      )}
      {/* No script and no form works in it: it is only to be looked at. */}
      <iframe className={classes.preview} title="How the form looks" sandbox="" srcDoc={html} />
      {snippet === undefined ? null : (
        <Section
          title="For your website"
          note="Plain HTML. It works without scripts too, with one step more on our page."
          actions={
            <CopyButton value={snippet}>
              {({ copied, copy }) => (
                <Button
                  size="xs"
                  variant="default"
                  leftSection={copied ? <IconCheck {...icon} /> : <IconCopy {...icon} />}
                  onClick={copy}
                >
                  {copied ? 'Copied' : 'Copy'}
                </Button>
              )}
            </CopyButton>
          }
        >
          {/* biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls, and the keyboard must reach it. */}
          <pre className={classes.snippet} tabIndex={0}>
            {snippet}
          </pre>
        </Section>
      )}
    </div>
  );
}
