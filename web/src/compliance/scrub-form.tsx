import { Button, NativeSelect, NumberInput, PasswordInput, Switch } from '@mantine/core';
import { useQueryClient } from '@tanstack/react-query';
import { type FormEvent, useState } from 'react';
import { fieldProblem } from '../api/problem.ts';
import { putScrubbing, type Scrubbing, type ScrubbingInput, scrubKeys } from '../api/scrubbing.ts';
import { useAction } from '../api/use-action.ts';
import { ErrorState } from '../patterns/error-state.tsx';
import { Section } from '../patterns/page.tsx';
import { toastDone } from '../patterns/toast.tsx';
import classes from './compliance.module.css';
import { SERVICES } from './scrub-words.ts';

const NONE = 'none';
const CHOICES = [
  { value: NONE, label: 'None' },
  { value: 'blacklist_alliance', label: SERVICES.blacklist_alliance },
  { value: 'dncscrub', label: SERVICES.dncscrub },
];
const serviceOf = (value: string): Scrubbing['service'] =>
  value === 'blacklist_alliance' || value === 'dncscrub' ? value : null;

/** Which service, its key, and how much of it is used. */
export function ScrubForm({ settings }: { readonly settings: Scrubbing }) {
  const queryClient = useQueryClient();
  const [service, setService] = useState(settings.service);
  const [key, setKey] = useState('');
  const [monthlyQuota, setQuota] = useState<string | number>(settings.monthlyQuota);
  const [requestsPerSecond, setRate] = useState<string | number>(settings.requestsPerSecond);
  const [nightly, setNightly] = useState(settings.nightly);
  const save = useAction({
    run: (body: ScrubbingInput) => putScrubbing(body),
    touches: [scrubKeys.all],
    onDone: (saved) => {
      queryClient.setQueryData(scrubKeys.settings, saved);
      setKey('');
      toastDone('The scrub service is saved');
    },
  });
  const keySet = settings.keySet && service === settings.service;
  const unchanged =
    key === '' &&
    service === settings.service &&
    nightly === settings.nightly &&
    Number(monthlyQuota) === settings.monthlyQuota &&
    Number(requestsPerSecond) === settings.requestsPerSecond;
  const keyProblem = fieldProblem(save.error, '/key');
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    save.mutate({
      service,
      monthlyQuota: Number(monthlyQuota),
      requestsPerSecond: Number(requestsPerSecond),
      nightly,
      ...(key === '' ? {} : { key }),
    });
  };
  return (
    <Section
      title="The service"
      note="What it was asked about stays known when it is asked no more; retire its lists then."
    >
      <form noValidate className={classes.form} onSubmit={submit}>
        <NativeSelect
          label="Whom to ask"
          data={CHOICES}
          value={service ?? NONE}
          onChange={(event) => setService(serviceOf(event.currentTarget.value))}
        />
        {service === null ? null : (
          <>
            <PasswordInput
              label="Key"
              description={
                keySet
                  ? 'A key is set. It is not shown again; type another one to replace it.'
                  : 'As the service shows it.'
              }
              placeholder={keySet ? '••••••••' : ''}
              autoComplete="off"
              maxLength={300}
              value={key}
              error={keyProblem}
              onChange={(event) => setKey(event.currentTarget.value)}
            />
            <NumberInput
              label="Numbers a month"
              min={0}
              allowDecimal={false}
              thousandSeparator=","
              value={monthlyQuota}
              onChange={setQuota}
            />
            <NumberInput label="Requests a second" min={0.01} max={100} value={requestsPerSecond} onChange={setRate} />
            <Switch
              label="Ask every night about contacts whose answer is nearly too old, or who were never asked about"
              checked={nightly}
              onChange={(event) => setNightly(event.currentTarget.checked)}
            />
          </>
        )}
        {save.error === null || keyProblem !== undefined ? null : (
          <ErrorState compact error={save.error} what="Not saved" />
        )}
        <Button type="submit" w="fit-content" disabled={unchanged} loading={save.isPending}>
          Save
        </Button>
      </form>
    </Section>
  );
}
