import {
  Button,
  Collapse,
  Group,
  Modal,
  PasswordInput,
  Radio,
  Select,
  Stack,
  Text,
  TextInput,
  UnstyledButton,
} from '@mantine/core';
import { type UseFormReturnType, useForm } from '@mantine/form';
import { useDisclosure } from '@mantine/hooks';
import { IconChevronDown } from '@tabler/icons-react';
import { useState } from 'react';
import { type Account, connectAccount, operationKeys } from '../api/operations.ts';
import { fieldProblems } from '../api/problem.ts';
import { useAction } from '../api/use-action.ts';
import { ErrorState } from '../patterns/error-state.tsx';
import { plural } from '../patterns/format.ts';
import { PhoneNumber } from '../patterns/phone-number.tsx';
import { StateBadge } from '../patterns/state-badge.tsx';
import { ICON_STROKE } from '../theme.ts';
import classes from './connect-dialog.module.css';
import { PROVIDERS } from './providers.ts';
import { wholeKey } from './whole-key.ts';

interface ConnectDialogProps {
  readonly opened: boolean;
  readonly onClose: () => void;
}

/** Takes the key, tries it at the provider, and shows which numbers it brought. */
export function ConnectDialog({ opened, onClose }: ConnectDialogProps) {
  const [connected, setConnected] = useState<Account>();
  const close = (): void => {
    onClose();
    setConnected(undefined);
  };
  return (
    <Modal
      opened={opened}
      onClose={close}
      title={connected === undefined ? 'Connect an account' : `${connected.name} is connected`}
    >
      {connected === undefined ? (
        <KeyForm onConnected={setConnected} onClose={close} />
      ) : (
        <Connected account={connected} onClose={close} />
      )}
    </Modal>
  );
}

interface KeyValues {
  readonly kind: Account['kind'];
  readonly name: string;
  readonly apiKey: string;
  readonly accountSid: string;
  readonly authToken: string;
  readonly baseUrl: string;
  /** Days, as the choice has them. */
  readonly historyDays: string;
}

const HISTORY = [
  { value: '90', label: 'Of the last 90 days' },
  { value: '30', label: 'Of the last 30 days' },
  { value: '360', label: 'Of the last 360 days' },
  { value: '0', label: 'None' },
];

function KeyForm(props: { readonly onConnected: (account: Account) => void; readonly onClose: () => void }) {
  const { onConnected, onClose } = props;
  const [advanced, advancedPart] = useDisclosure(false);
  const form = useForm<KeyValues>({
    initialValues: { kind: 'quo', name: '', apiKey: '', accountSid: '', authToken: '', baseUrl: '', historyDays: '90' },
    validate: {
      apiKey: (value, { kind }) => (kind === 'quo' ? wholeKey(value) : null),
      accountSid: (value, { kind }) =>
        kind === 'twilio' && !/^AC\w{2,62}$/.test(value.trim()) ? 'Paste the Account SID, which begins with AC' : null,
      authToken: (value, { kind }) => (kind === 'twilio' ? wholeKey(value) : null),
    },
  });
  const connect = useAction({
    run: connectAccount,
    touches: [operationKeys.accounts, operationKeys.status, operationKeys.home],
    onDone: onConnected,
    onProblem: (error) => {
      const problems = fieldProblems(error);
      form.setErrors(problems);
      if ('baseUrl' in problems) advancedPart.open();
    },
  });
  const submit = form.onSubmit(({ kind, apiKey, accountSid, authToken, ...rest }) => {
    const account = {
      name: rest.name.trim() === '' ? provider.name : rest.name.trim(),
      ...(rest.baseUrl.trim() === '' ? {} : { baseUrl: rest.baseUrl.trim() }),
      historyDays: Number(rest.historyDays),
    };
    if (kind === 'quo') connect.mutate({ ...account, kind, apiKey: apiKey.trim() });
    else connect.mutate({ ...account, kind, accountSid: accountSid.trim(), authToken: authToken.trim() });
  });
  const provider = PROVIDERS[form.values.kind];
  return (
    <form noValidate onSubmit={submit}>
      <Stack gap="md">
        <Radio.Group label="Provider" {...form.getInputProps('kind')}>
          <Group gap="lg" mt="xs">
            <Radio value="quo" label={PROVIDERS.quo.name} />
            <Radio value="twilio" label={PROVIDERS.twilio.name} />
          </Group>
        </Radio.Group>
        <Text size="sm">
          {provider.intro} The key is tried at once, its numbers are read, and replies are asked to come here.
        </Text>
        <KeyFields form={form} />
        <TextInput
          label="Name of the account here"
          placeholder={provider.name}
          maxLength={200}
          autoComplete="off"
          {...form.getInputProps('name')}
        />
        <Select
          label="Texts and calls from before"
          description="They come in as done, with the opt-outs among them. Nobody is texted."
          data={HISTORY}
          allowDeselect={false}
          {...form.getInputProps('historyDays')}
        />
        <div>
          <UnstyledButton className={classes.more} aria-expanded={advanced} onClick={advancedPart.toggle}>
            <IconChevronDown size={16} stroke={ICON_STROKE} aria-hidden data-open={advanced || undefined} />
            Another address
          </UnstyledButton>
          <Collapse expanded={advanced}>
            <TextInput
              mt="xs"
              label="Address of the API"
              placeholder={provider.url}
              description={`${provider.url} when empty. A sandbox on this machine is http://127.0.0.1 with its port.`}
              autoComplete="off"
              {...form.getInputProps('baseUrl')}
            />
          </Collapse>
        </div>
        {connect.error === null ? null : <ErrorState compact error={connect.error} what="Not connected" />}
        <Group justify="flex-end" gap="xs">
          <Button variant="default" onClick={onClose}>
            Go back
          </Button>
          <Button type="submit" loading={connect.isPending}>
            Try the key and connect
          </Button>
        </Group>
      </Stack>
    </form>
  );
}

/** What each provider asks for to let a program in. */
function KeyFields({ form }: { readonly form: UseFormReturnType<KeyValues> }) {
  if (form.values.kind === 'quo')
    return (
      <PasswordInput
        key="apiKey"
        label="API key"
        autoComplete="off"
        data-autofocus
        description="In Quo: Settings, then API. An owner or admin of the workspace makes the key there."
        {...form.getInputProps('apiKey')}
      />
    );
  return (
    <>
      <TextInput
        label="Account SID"
        autoComplete="off"
        placeholder="AC…"
        description="On the first page of the Twilio console, under Account Info."
        {...form.getInputProps('accountSid')}
      />
      <PasswordInput
        key="authToken"
        label="Auth Token"
        autoComplete="off"
        description="Beside it. Not an API key: Twilio signs what it reports to us with the Auth Token only."
        {...form.getInputProps('authToken')}
      />
    </>
  );
}

function Connected({ account, onClose }: { readonly account: Account; readonly onClose: () => void }) {
  const { lanes, webhookRegistered, environment } = account;
  const able = lanes.filter((lane) => lane.state === 'active').length;
  return (
    <Stack gap="md">
      <Text size="sm">
        The key works. {plural(lanes.length, 'number was', 'numbers were')} found;{' '}
        {able === lanes.length ? 'all can send' : `${able} of them can send`}.
        {webhookRegistered ? ' Replies come here.' : ''}
        {environment === 'sandbox' ? ' It is a sandbox: nobody real is texted.' : ''}
      </Text>
      <ul className={classes.numbers}>
        {lanes.map(({ id, name, phone, state, stateReason }) => (
          <li key={id}>
            <span>
              {name === phone ? null : `${name} · `}
              <PhoneNumber phone={phone} />
            </span>
            <StateBadge state={state} look="plain" />
            {stateReason === null ? null : (
              <Text size="xs" c="dimmed" className={classes.reason}>
                {stateReason}
              </Text>
            )}
          </li>
        ))}
      </ul>
      <Text size="xs" c="dimmed">
        Each number sends at most {lanes[0]?.dailyCap ?? 125} campaign texts a day. New numbers should start lower; you
        can change it for each.
      </Text>
      <Group justify="flex-end">
        <Button onClick={onClose} data-autofocus>
          See the numbers
        </Button>
      </Group>
    </Stack>
  );
}
