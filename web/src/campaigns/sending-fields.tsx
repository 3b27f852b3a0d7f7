import { NativeSelect } from '@mantine/core';
import { type ReactNode, useId } from 'react';
import { useProductClock } from '../api/product-clock.ts';
import { DigitsInput } from '../patterns/digits-input.tsx';
import { zoneName } from '../patterns/format.ts';
import { TimeInput } from '../patterns/time-input.tsx';
import { fromLocalInput, toLocalInput } from '../patterns/zoned-input.ts';
import classes from './sending-fields.module.css';
import { POINTLESS_ACTIONS, type SendingForm, windowProblem } from './sending-form.ts';

const TEXTS_MAX = 1_000_000;
const HOURS_MAX = 720;

interface SendingFieldsProps {
  readonly value: SendingForm;
  readonly onChange: (change: Partial<SendingForm>) => void;
  /** What the server had against a field of the API, such as `/pace/finishBy`. */
  readonly problemOf: (pointer: string) => string | undefined;
  readonly readOnly?: boolean;
}

/** Hours, pace, priority and when the texts become pointless: of a draft and of a campaign that runs. */
export default function SendingFields(props: SendingFieldsProps) {
  return (
    <div className={classes.fields}>
      <Hours {...props} />
      <Pace {...props} />
      <Pointless {...props} />
      <Priority {...props} />
    </div>
  );
}

interface FieldGroupProps {
  readonly name: string;
  readonly note?: string;
  readonly problem?: string | undefined;
  readonly children: ReactNode;
}

export function FieldGroup({ name, note, problem, children }: FieldGroupProps) {
  const id = useId();
  return (
    <fieldset aria-labelledby={id} className={classes.group}>
      <span id={id} className={classes.name}>
        {name}
      </span>
      <div className={classes.rows}>
        {children}
        {note === undefined ? null : <span className={classes.note}>{note}</span>}
        {problem === undefined ? null : (
          <span className={classes.problem} role="alert">
            {problem}.
          </span>
        )}
      </div>
    </fieldset>
  );
}

function Hours({ value: { window }, onChange, problemOf, readOnly = false }: SendingFieldsProps) {
  const put = (change: Partial<SendingForm['window']>): void => onChange({ window: { ...window, ...change } });
  return (
    <FieldGroup
      name="Hours"
      note="Where each person is. The law of their state and your settings can only narrow them."
      problem={windowProblem(window) ?? problemOf('/window')}
    >
      <div className={classes.row}>
        <TimeInput
          type="time"
          className={classes.time}
          aria-label="Not before"
          readOnly={readOnly}
          value={window.start}
          onChange={(start) => (start === '' ? undefined : put({ start }))}
        />
        to
        <TimeInput
          type="time"
          className={classes.time}
          aria-label="Not after"
          readOnly={readOnly}
          value={window.end === '24:00' ? '00:00' : window.end}
          onChange={(end) => (end === '' ? undefined : put({ end: end === '00:00' ? '24:00' : end }))}
        />
      </div>
    </FieldGroup>
  );
}

function Pace({ value: { pace }, onChange, problemOf, readOnly = false }: SendingFieldsProps) {
  const { zone, nowMs } = useProductClock(60_000);
  const put = (change: Partial<SendingForm['pace']>): void => onChange({ pace: { ...pace, ...change } });
  const limit = (field: 'maxPerHour' | 'maxPerDay', period: string) => (
    <DigitsInput
      className={classes.digits}
      aria-label={`At most so many texts ${period}`}
      min={1}
      max={TEXTS_MAX}
      placeholder="any"
      readOnly={readOnly}
      value={pace[field] ?? undefined}
      onChange={(texts) => put({ [field]: texts ?? null })}
    />
  );
  return (
    <FieldGroup
      name="Pace"
      note="What is empty does not slow it down: it goes as fast as the numbers allow."
      problem={problemOf('/pace')}
    >
      <div className={classes.row}>
        At most {limit('maxPerHour', 'an hour')} texts an hour, {limit('maxPerDay', 'a day')} a day
      </div>
      <div className={classes.row}>
        Spread evenly until
        <TimeInput
          type="datetime-local"
          className={classes.moment}
          aria-label="Spread evenly until"
          readOnly={readOnly}
          value={pace.finishBy === null ? '' : toLocalInput(pace.finishBy, zone)}
          onChange={(text) => put({ finishBy: fromLocalInput(text, zone) ?? null })}
        />
        {zoneName(zone, nowMs)}
      </div>
    </FieldGroup>
  );
}

const WHEN = { never: 'Never', at: 'After a time', hours: 'After the day’s hours' } as const;

function Pointless({ value, onChange, problemOf, readOnly = false }: SendingFieldsProps) {
  const { zone, nowMs } = useProductClock(60_000);
  const { pointless } = value;
  const action = pointless?.action ?? 'ask';
  const when = pointless === null ? 'never' : pointless.after === undefined ? 'hours' : 'at';
  const choose = (next: string): void => {
    if (next === 'never') onChange({ pointless: null });
    if (next === 'hours') onChange({ pointless: { hoursAfterWindow: 2, action } });
    if (next === 'at') onChange({ pointless: { after: tomorrowEvening(value, { zone, nowMs }), action } });
  };
  return (
    <FieldGroup
      name="Pointless"
      note="From when on the text makes no sense any more: an offer that has ended, a day that is over."
      problem={problemOf('/pointless')}
    >
      <div className={classes.row}>
        <NativeSelect
          aria-label="When the texts become pointless"
          className={classes.choice}
          disabled={readOnly}
          value={when}
          data={Object.entries(WHEN).map(([key, label]) => ({ value: key, label }))}
          onChange={(event) => choose(event.currentTarget.value)}
        />
        {pointless === null ? null : pointless.after === undefined ? (
          <div className={classes.row}>
            <DigitsInput
              className={classes.digits}
              aria-label="Hours after the hours of the day"
              min={0}
              max={HOURS_MAX}
              readOnly={readOnly}
              value={pointless.hoursAfterWindow}
              onChange={(hours) =>
                hours === undefined ? undefined : onChange({ pointless: { hoursAfterWindow: hours, action } })
              }
            />
            hours later
          </div>
        ) : (
          <div className={classes.row}>
            <TimeInput
              type="datetime-local"
              className={classes.moment}
              aria-label="Pointless after"
              readOnly={readOnly}
              value={toLocalInput(pointless.after, zone)}
              onChange={(text) => {
                const after = fromLocalInput(text, zone);
                if (after !== undefined) onChange({ pointless: { after, action } });
              }}
            />
            {zoneName(zone, nowMs)}
          </div>
        )}
      </div>
      {pointless === null ? null : (
        <div className={classes.row}>
          Then
          <NativeSelect
            aria-label="What happens to whoever still waits then"
            className={classes.choice}
            disabled={readOnly}
            value={action}
            data={Object.entries(POINTLESS_ACTIONS).map(([key, label]) => ({ value: key, label }))}
            onChange={(event) => {
              const chosen = event.currentTarget.value;
              if (isAction(chosen)) onChange({ pointless: { ...pointless, action: chosen } });
            }}
          />
        </div>
      )}
    </FieldGroup>
  );
}

const isAction = (text: string): text is keyof typeof POINTLESS_ACTIONS => text in POINTLESS_ACTIONS;

const DAY_MS = 86_400_000;

/** A time to begin with: when tomorrow's hours end. */
function tomorrowEvening(
  { window: { end } }: SendingForm,
  { zone, nowMs }: { readonly zone: string; readonly nowMs: number },
): string {
  const day = toLocalInput(new Date(nowMs + DAY_MS).toISOString(), zone).slice(0, 10);
  return fromLocalInput(`${day}T${end === '24:00' ? '23:59' : end}`, zone) ?? new Date(nowMs + DAY_MS).toISOString();
}

function Priority({ value, onChange, problemOf, readOnly = false }: SendingFieldsProps) {
  return (
    <FieldGroup name="Priority" problem={problemOf('/priority')}>
      <div className={classes.row}>
        <DigitsInput
          className={classes.digits}
          aria-label="Priority from 1 to 9"
          min={1}
          max={9}
          readOnly={readOnly}
          value={value.priority}
          onChange={(priority) => (priority === undefined ? undefined : onChange({ priority }))}
        />
        1 goes first, 9 last; 5 is normal
      </div>
    </FieldGroup>
  );
}
