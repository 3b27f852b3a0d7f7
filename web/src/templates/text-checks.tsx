import { Anchor } from '@mantine/core';
import { type Icon, IconAlertTriangle, IconBulb, IconUserX } from '@tabler/icons-react';
import type { ReactNode } from 'react';
import type { TextPreview } from '../api/templates.ts';
import { formatCount } from '../patterns/format.ts';
import { toneStyle } from '../patterns/tone.ts';
import { ICON_STROKE, type Tone } from '../theme.ts';
import { CodeText } from './code-text.tsx';
import { addFallback, placeWords, renameField, tagsIn, usualFallback } from './template-source.ts';
import classes from './text-checks.module.css';
import { TEXT_LENGTH_MAX } from './use-text-preview.ts';

interface TextChecksProps {
  readonly source: string;
  readonly preview: TextPreview;
  /** Takes the text with one of the remedies done; left out where the text cannot be changed. */
  readonly onMend?: ((source: string) => void) | undefined;
  /** Puts the caret there. */
  readonly onGoTo: (position: number) => void;
}

/** What is wrong with a text or could be better, each with what to do about it. */
export function TextChecks(props: TextChecksProps) {
  const { source, preview } = props;
  if (source.trim() === '') return null;
  return (
    <>
      <Problem {...props} />
      {preview.warnings.map((warning) => {
        const remedy = remedyFor(warning, props);
        // What a click can do needs no words about how to do it.
        const said = remedy === undefined ? warning : (warning.split('. ')[0] ?? warning);
        return (
          <Check key={warning} tone="amber" icon={IconBulb} remedy={remedy}>
            {ended(capital(tidy(said)))}
          </Check>
        );
      })}
    </>
  );
}

/** A text that parses but lacks something of this person names its fields: then only the person is the trouble. */
function Problem({ source, preview: { error, fields, contact }, onGoTo }: TextChecksProps) {
  if (error === null) return null;
  const place = (
    <Anchor component="button" type="button" inherit onClick={() => onGoTo(error.position)}>
      {capital(placeWords(source, error.position))}
    </Anchor>
  );
  if (fields.length === 0)
    return (
      <Check tone="red" icon={IconAlertTriangle}>
        {place}: <CodeText>{ended(tidy(error.message))}</CodeText>
      </Check>
    );
  const field = tagsIn(source).find((tag) => tag.start === error.position)?.name ?? 'a field';
  return (
    <Check tone="amber" icon={IconUserX}>
      {place}: {contact?.name ?? 'this person'} would not get this text, because there is no{' '}
      <CodeText>{`\`${field}\``}</CodeText> to put here.
    </Check>
  );
}

/** The remedy that a click can do. */
function remedyFor(warning: string, { source, preview, onMend }: TextChecksProps): ReactNode | undefined {
  if (onMend === undefined) return undefined;
  for (const { name, suggestion } of preview.fields) {
    if (suggestion !== null && warning.startsWith(`unknown field {${name}}`))
      return <Mend label={`Use {${suggestion}}`} run={() => onMend(renameField(source, name, suggestion))} />;
    if (warning.startsWith(`{${name}} has no fallback`)) {
      const fallback = usualFallback(name);
      const label = fallback === '' ? 'Add a fallback' : `Make it {${name}|${fallback}}`;
      return <Mend label={label} run={() => onMend(addFallback(source, name, fallback))} />;
    }
  }
  const { plainBody } = preview;
  if (plainBody !== null && warning.includes('not in the SMS alphabet'))
    return <Mend label="Replace by look-alikes" run={() => onMend(plainBody)} />;
  return undefined;
}

const Mend = ({ label, run }: { readonly label: string; readonly run: () => void }) => (
  <Anchor component="button" type="button" inherit fw={550} className={classes.mend} onClick={run}>
    {label}
  </Anchor>
);

export function TooLong({ source }: { readonly source: string }) {
  return (
    <Check tone="red" icon={IconAlertTriangle}>
      The text has {formatCount(source.length)} characters, at most {formatCount(TEXT_LENGTH_MAX)} are kept. Shorten it.
    </Check>
  );
}

/** One line of the list under a text. */
export function Check(props: {
  readonly tone: Tone;
  readonly icon: Icon;
  readonly remedy?: ReactNode;
  readonly children: ReactNode;
}) {
  const { icon: CheckIcon } = props;
  return (
    <p className={classes.check} style={toneStyle(props.tone)}>
      <CheckIcon size={16} stroke={ICON_STROKE} aria-hidden />
      <span>
        {props.children} {props.remedy}
      </span>
    </p>
  );
}

/** Places are marked in the text and named in words, so the parser's offset is left out. */
const tidy = (sentence: string): string => sentence.replaceAll(/ at position \d+/g, '').replace(/\.$/, '');
const ended = (sentence: string): string => (/[.?]$/.test(sentence) ? sentence : `${sentence}.`);
const capital = (sentence: string): string => sentence.charAt(0).toUpperCase() + sentence.slice(1);
