import { ActionIcon, SegmentedControl, Text, Tooltip } from '@mantine/core';
import { IconChevronLeft, IconChevronRight } from '@tabler/icons-react';
import type { AudiencePreview, Review } from '../api/campaigns.ts';
import type { TextPreview } from '../api/templates.ts';
import { formatMoney, formatPhone, plural } from '../patterns/format.ts';
import { TextPhone } from '../templates/text-phone.tsx';
import { ICON_STROKE } from '../theme.ts';
import classes from './builder.module.css';
import type { DraftVariant } from './draft-form.ts';

interface DraftPreviewProps {
  readonly variants: readonly DraftVariant[];
  readonly activeKey: string | undefined;
  readonly onActive: (key: string) => void;
  readonly preview: TextPreview | undefined;
  readonly people: AudiencePreview['sample'];
  readonly personIndex: number;
  readonly onPerson: (index: number) => void;
  /** The number that the text comes from. */
  readonly from: string | undefined;
  readonly parts: Review['parts'] | undefined;
}

/** The text on the phone of one of those who will get it, and the next one's with a click. */
export function DraftPreview(props: DraftPreviewProps) {
  const { variants, activeKey, onActive, preview, people, personIndex, onPerson, from, parts } = props;
  const person = people[personIndex];
  const step = (by: 1 | -1): void => onPerson((personIndex + by + people.length) % people.length);
  return (
    <div>
      <TextPhone
        preview={preview}
        from={from === undefined ? 'Your number' : formatPhone(from)}
        head={
          <div className={classes.previewHead}>
            {variants.length < 2 ? null : (
              <SegmentedControl
                fullWidth
                aria-label="Variant on the phone"
                value={activeKey ?? ''}
                onChange={onActive}
                data={variants.map(({ key, label }) => ({ value: key, label }))}
              />
            )}
            <div className={classes.person}>
              <span className={classes.personName} aria-live="polite">
                {person === undefined ? (
                  (preview?.contact?.name ?? 'A sample person')
                ) : (
                  <>
                    <Text span inherit c="dimmed">
                      As seen by{' '}
                    </Text>
                    {person.name === person.phone ? formatPhone(person.phone) : person.name}
                  </>
                )}
              </span>
              {people.length < 2 ? null : (
                <>
                  <Text span size="xs" c="dimmed" data-tabular>
                    {personIndex + 1} of {people.length}
                  </Text>
                  <Step label="The person before" icon={IconChevronLeft} onClick={() => step(-1)} />
                  <Step label="The next person" icon={IconChevronRight} onClick={() => step(1)} />
                </>
              )}
            </div>
          </div>
        }
      />
      {preview === undefined || preview.added === null ? null : (
        <Text size="xs" c="dimmed" mt={4}>
          “{preview.added}” is added: it is our first text to this person
        </Text>
      )}
      {parts === undefined || parts.histogram.length === 0 ? null : (
        <Text size="xs" c="dimmed" mt={4} data-tabular>
          {parts.histogram
            .map(
              (bin) =>
                `${plural(bin.parts, 'part', 'parts')}, ${formatMoney(bin.centsEach)}: ${plural(bin.people, 'person', 'people')}`,
            )
            .join(' · ')}
        </Text>
      )}
    </div>
  );
}

function Step(props: { readonly label: string; readonly icon: typeof IconChevronLeft; readonly onClick: () => void }) {
  const { icon: StepIcon } = props;
  return (
    <Tooltip label={props.label}>
      <ActionIcon size={32} aria-label={props.label} onClick={props.onClick}>
        <StepIcon size={16} stroke={ICON_STROKE} />
      </ActionIcon>
    </Tooltip>
  );
}
