import { Button } from '@mantine/core';
import { IconPlus } from '@tabler/icons-react';
import { lazy, Suspense, useRef } from 'react';
import type { Review } from '../api/campaigns.ts';
import type { TextPreview } from '../api/templates.ts';
import { formatRate } from '../patterns/format.ts';
import { toastDone } from '../patterns/toast.tsx';
import { TextEditor } from '../templates/text-editor.tsx';
import { ICON_STROKE } from '../theme.ts';
import classes from './builder.module.css';
import { BuilderSection, Warnings } from './builder-section.tsx';
import { ChooseTemplate } from './choose-template.tsx';
import { type DraftVariant, VARIANTS_MAX, withVariant } from './draft-form.ts';

const VariantWeight = lazy(() => import('./variant-weight.tsx'));

interface MessageSectionProps {
  readonly variants: readonly DraftVariant[];
  readonly onChange: (variants: readonly DraftVariant[]) => void;
  /** Whose text the checks are about. */
  readonly personId: string | undefined;
  readonly onPreview: (key: string, preview: TextPreview) => void;
  /** The variant that somebody writes in is the one on the phone. */
  readonly onActive: (key: string) => void;
  readonly problems: Review['problems'];
  readonly warnings: Review['warnings'];
  readonly readOnly: boolean;
}

/** The text, or up to five versions of it to compare. */
export function MessageSection(props: MessageSectionProps) {
  const { variants, onChange, personId, onPreview, onActive, problems, warnings, readOnly } = props;
  const weights = variants.reduce((sum, variant) => sum + variant.weight, 0);
  const list = useRef<HTMLDivElement>(null);
  // Undoing happens later than the render that offered it.
  const latest = useRef(variants);
  latest.current = variants;
  const put = (key: string, change: Partial<DraftVariant>): void =>
    onChange(latest.current.map((variant) => (variant.key === key ? { ...variant, ...change } : variant)));
  const remove = (gone: DraftVariant): void => {
    const place = variants.indexOf(gone);
    onChange(variants.filter((variant) => variant.key !== gone.key));
    if (gone.body.trim() === '') return;
    toastDone(`Variant ${gone.label} is removed`, () => onChange(latest.current.toSpliced(place, 0, gone)));
  };
  const add = (): void => {
    onChange(withVariant(variants));
    requestAnimationFrame(() => [...(list.current?.querySelectorAll('textarea') ?? [])].at(-1)?.focus());
  };
  const takeTemplate = (variant: DraftVariant, body: string): void => {
    put(variant.key, { body });
    if (variant.body.trim() === '') return;
    toastDone('The template took the place of the text', () => put(variant.key, { body: variant.body }));
  };
  return (
    <BuilderSection
      field="message"
      title="Message"
      problems={problems}
      answer={variants.length < 2 ? undefined : 'Each person gets one variant, drawn by weight at launch'}
    >
      <div ref={list} className={classes.variants}>
        {variants.map((variant) => (
          // biome-ignore lint/a11y/noStaticElementInteractions: the phone follows the focus; nothing is done here that needs a key.
          <div key={variant.key} onFocus={() => onActive(variant.key)}>
            <TextEditor
              label={variants.length === 1 ? 'Text' : `Variant ${variant.label}`}
              value={variant.body}
              onChange={(body) => put(variant.key, { body })}
              previewContactId={personId}
              asCampaign
              onPreview={(preview) => onPreview(variant.key, preview)}
              placeholder="Hi {first_name|there}, …"
              readOnly={readOnly}
              beside={
                readOnly ? null : (
                  <ChooseTemplate label={variant.label} onChoose={(body) => takeTemplate(variant, body)} />
                )
              }
            />
            {variants.length < 2 ? null : (
              <Suspense fallback={<div className={classes.weightLine} />}>
                <VariantWeight
                  variant={variant}
                  share={formatRate(variant.weight, weights)}
                  onChange={(weight) => put(variant.key, { weight })}
                  readOnly={readOnly}
                  onRemove={readOnly ? undefined : () => remove(variant)}
                />
              </Suspense>
            )}
          </div>
        ))}
      </div>
      <Warnings of="message" warnings={warnings} />
      {readOnly || variants.length >= VARIANTS_MAX ? null : (
        <div>
          <Button size="xs" variant="default" leftSection={<IconPlus size={16} stroke={ICON_STROKE} />} onClick={add}>
            {variants.length === 0 ? 'Write a message' : 'Add a variant to compare'}
          </Button>
        </div>
      )}
    </BuilderSection>
  );
}
