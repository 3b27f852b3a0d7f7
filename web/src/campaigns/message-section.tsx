import { ActionIcon, Button, NumberInput, Text, Tooltip } from '@mantine/core';
import { IconBulb, IconPlus, IconTrash } from '@tabler/icons-react';
import { useRef } from 'react';
import type { Review } from '../api/campaigns.ts';
import type { TextPreview } from '../api/templates.ts';
import { formatRate } from '../patterns/format.ts';
import { toastDone } from '../patterns/toast.tsx';
import { Check } from '../templates/text-checks.tsx';
import { TextEditor } from '../templates/text-editor.tsx';
import { ICON_STROKE } from '../theme.ts';
import { BuilderSection } from './builder-section.tsx';
import classes from './builder.module.css';
import { ChooseTemplate } from './choose-template.tsx';
import { type DraftVariant, VARIANTS_MAX, withVariant } from './draft-form.ts';

interface MessageSectionProps {
  readonly variants: readonly DraftVariant[];
  readonly onChange: (variants: readonly DraftVariant[]) => void;
  /** Whose text the checks are about. */
  readonly personId: string | undefined;
  readonly onPreview: (key: string, preview: TextPreview) => void;
  /** The variant that somebody writes in is the one on the phone. */
  readonly onActive: (key: string) => void;
  readonly problems: Review['problems'];
  readonly warnings: readonly string[];
  readonly readOnly: boolean;
}

const WEIGHT_MAX = 1_000;

/** The text, or up to five versions of it to compare. */
export function MessageSection(props: MessageSectionProps) {
  const { variants, onChange, personId, onPreview, onActive, problems, warnings, readOnly } = props;
  const weights = variants.reduce((sum, variant) => sum + variant.weight, 0);
  const list = useRef<HTMLDivElement>(null);
  const latest = useRef(variants);
  latest.current = variants;
  const put = (key: string, change: Partial<DraftVariant>): void =>
    onChange(latest.current.map((variant) => (variant.key === key ? { ...variant, ...change } : variant)));
  const remove = (gone: DraftVariant): void => {
    const before = variants;
    onChange(variants.filter((variant) => variant.key !== gone.key));
    if (gone.body.trim() !== '') toastDone(`Variant ${gone.label} is removed`, () => onChange(before));
  };
  const add = (): void => {
    onChange(withVariant(variants));
    requestAnimationFrame(() => [...(list.current?.querySelectorAll('textarea') ?? [])].at(-1)?.focus());
  };
  const template = (variant: DraftVariant, body: string): void => {
    const before = variant.body;
    put(variant.key, { body });
    if (before.trim() !== '') toastDone('The template took the place of the text', () => put(variant.key, { body: before }));
  };
  return (
    <BuilderSection
      field="message"
      title="Message"
      problems={problems}
      answer={
        variants.length < 2 ? undefined : 'Each person gets one variant, drawn by weight at launch'
      }
    >
      <div ref={list} className={classes.variants}>
        {variants.map((variant) => (
          <fieldset key={variant.key} className={classes.form} onFocus={() => onActive(variant.key)}>
            <TextEditor
              label={variants.length === 1 ? 'Text' : `Variant ${variant.label}`}
              value={variant.body}
              onChange={(body) => put(variant.key, { body })}
              previewContactId={personId}
              onPreview={(preview) => onPreview(variant.key, preview)}
              placeholder="Hi {first_name|there}, …"
              readOnly={readOnly}
              beside={
                readOnly ? null : (
                  <div className={classes.variantTools}>
                    {variants.length === 1 ? null : (
                      <>
                        <span className={classes.share} data-tabular>
                          {formatRate(variant.weight, weights)}
                        </span>
                        <Tooltip label="Weight: its share of the people">
                          <NumberInput
                            size="xs"
                            className={classes.weight ?? ''}
                            aria-label={`Weight of variant ${variant.label}`}
                            min={1}
                            max={WEIGHT_MAX}
                            allowDecimal={false}
                            allowNegative={false}
                            clampBehavior="strict"
                            value={variant.weight}
                            onChange={(weight) => {
                              if (typeof weight === 'number' && weight >= 1) put(variant.key, { weight });
                            }}
                          />
                        </Tooltip>
                        <Tooltip label={`Remove variant ${variant.label}`}>
                          <ActionIcon
                            size={26}
                            aria-label={`Remove variant ${variant.label}`}
                            onClick={() => remove(variant)}
                          >
                            <IconTrash size={16} stroke={ICON_STROKE} />
                          </ActionIcon>
                        </Tooltip>
                      </>
                    )}
                    <ChooseTemplate label={variant.label} onChoose={(body) => template(variant, body)} />
                  </div>
                )
              }
            />
          </fieldset>
        ))}
      </div>
      {warnings.map((warning) => (
        <Check key={warning} tone="amber" icon={IconBulb}>
          {warning}.
        </Check>
      ))}
      {readOnly || variants.length >= VARIANTS_MAX ? null : (
        <div>
          <Button
            size="xs"
            variant="default"
            leftSection={<IconPlus size={16} stroke={ICON_STROKE} />}
            onClick={add}
          >
            {variants.length === 0 ? 'Write a message' : 'Add a variant to compare'}
          </Button>
          {variants.length === 1 ? (
            <Text span size="xs" c="dimmed" ml="xs">
              Half get the one, half the other; the page then shows both side by side.
            </Text>
          ) : null}
        </div>
      )}
    </BuilderSection>
  );
}
