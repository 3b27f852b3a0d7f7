import { Input, Text } from '@mantine/core';
import { type ReactNode, useEffect, useId, useRef } from 'react';
import type { TextPreview } from '../api/templates.ts';
import { ErrorState } from '../patterns/error-state.tsx';
import { formatCount, plural } from '../patterns/format.ts';
import { PartsCounter } from '../patterns/parts-counter.tsx';
import { InsertField } from './insert-field.tsx';
import { caretAfter, piecesOf, placeOfProblem, type Range } from './template-source.ts';
import { TextChecks, TooLong } from './text-checks.tsx';
import classes from './text-editor.module.css';
import { TEXT_LENGTH_MAX, useTextPreview } from './use-text-preview.ts';

interface TextEditorProps {
  readonly value: string;
  readonly onChange: (value: string) => void;
  readonly label: string;
  /** Whose text the counter and the checks are about; a sample person when left out. */
  readonly previewContactId?: string | undefined;
  /** Counted with what is added to the first campaign text that a person gets. */
  readonly asCampaign?: boolean;
  /** The newest answer about the text, for a phone beside it. */
  readonly onPreview?: (preview: TextPreview) => void;
  /** Refusal of the server for this field. */
  readonly error?: ReactNode;
  readonly placeholder?: string;
  readonly readOnly?: boolean;
  /** Right of the label, before the menu of fields: the weight of a variant. */
  readonly beside?: ReactNode;
  readonly autoFocus?: boolean;
}

/**
 * Text of a template or a variant: merge fields stand out, problems are marked where they are, and the line below counts what this
 * person would get.
 */
export function TextEditor(props: TextEditorProps) {
  const { value, onChange, label, previewContactId, onPreview, error, placeholder, readOnly = false, beside } = props;
  const id = useId();
  const area = useRef<HTMLTextAreaElement>(null);
  const {
    preview,
    current,
    error: unchecked,
    retry,
  } = useTextPreview(value, {
    contactId: previewContactId,
    asCampaign: props.asCampaign ?? false,
  });
  const tooLong = value.length > TEXT_LENGTH_MAX;

  const latest = useRef(onPreview);
  latest.current = onPreview;
  useEffect(() => {
    if (preview !== undefined) latest.current?.(preview);
  }, [preview]);

  const problem = current ? (preview?.error ?? undefined) : undefined;
  const broken = problem !== undefined && preview?.fields.length === 0;
  const wrong = Boolean(error) || broken || tooLong;
  const goTo = (position: number): void => {
    const { start, end } = placeOfProblem(value, position);
    area.current?.focus();
    area.current?.setSelectionRange(start, end);
  };

  return (
    <Input.Wrapper
      label={label}
      id={id}
      labelProps={{ htmlFor: id }}
      error={error}
      labelElement="label"
      className={classes.wrapper ?? ''}
      inputContainer={(children) => (
        <div className={classes.stack}>
          <div className={classes.tools}>
            {beside}
            {readOnly ? null : <InsertField onInsert={(snippet) => insert(area.current, snippet)} />}
          </div>
          {children}
          <div className={classes.foot} id={`${id}-checks`}>
            <div className={classes.counter}>
              <Counter source={value} preview={preview} broken={broken || tooLong} />
            </div>
            <div className={classes.checks} aria-live="polite">
              {tooLong ? <TooLong source={value} /> : null}
              {unchecked === null || tooLong ? null : (
                <ErrorState compact error={unchecked} what="The text could not be checked" onRetry={retry} />
              )}
              {preview === undefined || !current ? null : (
                <TextChecks
                  source={value}
                  preview={preview}
                  onGoTo={goTo}
                  onMend={readOnly ? undefined : (mended) => replaceAll(area.current, mended)}
                />
              )}
            </div>
          </div>
        </div>
      )}
    >
      <div className={classes.box} data-error={wrong || undefined}>
        <Mirror
          text={value}
          mark={problem === undefined ? undefined : placeOfProblem(value, problem.position)}
          tone={broken ? 'error' : 'person'}
        />
        <textarea
          ref={area}
          id={id}
          className={classes.area}
          value={value}
          onChange={(event) => onChange(event.currentTarget.value)}
          placeholder={placeholder}
          readOnly={readOnly}
          rows={1}
          dir="auto"
          spellCheck
          // biome-ignore lint/a11y/noAutofocus: only where the page's one purpose is to write this text.
          autoFocus={props.autoFocus ?? false}
          aria-invalid={wrong}
          aria-describedby={error ? `${id}-error ${id}-checks` : `${id}-checks`}
        />
      </div>
    </Input.Wrapper>
  );
}

interface MirrorProps {
  readonly text: string;
  readonly mark: Range | undefined;
  /** Whether the mark is about the text itself or only about the person it is previewed for. */
  readonly tone: 'error' | 'person';
}

/** The same text under the text field, invisible but for its marks; it also gives the field its height. */
function Mirror({ text, mark, tone }: MirrorProps) {
  return (
    <div className={classes.mirror} aria-hidden dir="auto">
      {piecesOf(text, mark).map((piece, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: pieces have no identity beyond their place.
        <span key={index} data-kind={piece.kind} data-marked={piece.marked ? tone : undefined}>
          {piece.text}
        </span>
      ))}
      {/* A last empty line counts only when something stands on it. */}
      {'\u200b'}
    </div>
  );
}

function Counter(props: {
  readonly source: string;
  readonly preview: TextPreview | undefined;
  readonly broken: boolean;
}) {
  const { source, preview, broken } = props;
  if (source === '')
    return (
      <Text span size="xs" c="dimmed">
        One part holds 160 characters, or 70 with emoji
      </Text>
    );
  if (broken || preview === undefined || preview.text === null)
    return (
      <Text span size="xs" c="dimmed">
        {plural(source.length, 'character', 'characters')} written
      </Text>
    );
  return (
    <>
      <PartsCounter {...preview} />
      {preview.charactersOutsideGsm7.length === 0 ? null : (
        <Text span size="xs" c="var(--tone-amber-text)">
          {' '}
          because of {listed(preview.charactersOutsideGsm7)}
        </Text>
      )}
    </>
  );
}

const SHOWN_MAX = 6;
function listed(characters: readonly string[]): string {
  const more = characters.length - SHOWN_MAX;
  return `${characters.slice(0, SHOWN_MAX).join(' ')}${more > 0 ? ` and ${formatCount(more)} more` : ''}`;
}

/** Types at the caret, so that Ctrl+Z takes it back; `execCommand` is the only way that keeps the browser's undo. */
function insert(area: HTMLTextAreaElement | null, text: string): void {
  if (area === null) return;
  area.focus();
  const start = area.selectionStart;
  if (!document.execCommand('insertText', false, text)) {
    area.setRangeText(text, start, area.selectionEnd, 'end');
    area.dispatchEvent(new Event('input', { bubbles: true }));
  }
  area.setSelectionRange(start + caretAfter(text), start + caretAfter(text));
}

function replaceAll(area: HTMLTextAreaElement | null, text: string): void {
  area?.focus();
  area?.select();
  insert(area, text);
}
