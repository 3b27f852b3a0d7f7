import { Button, Group, Stack, Text } from '@mantine/core';
import { CopyText } from '../patterns/copy-text.tsx';

interface PassItOnProps {
  readonly email: string;
  readonly password: string;
  readonly onClose: () => void;
}

/** The only time that a password is shown: address, e-mail address and password to be copied. */
export function PassItOn({ email, password, onClose }: PassItOnProps) {
  return (
    <Stack gap="md">
      <Text size="sm">Pass these on. The password is not shown again.</Text>
      <Stack gap={6}>
        <CopyText value={window.location.origin} label="Copy the address" />
        <CopyText value={email} label="Copy the e-mail address" />
        <CopyText value={password} label="Copy the password" />
      </Stack>
      <Group justify="flex-end">
        <Button onClick={onClose} data-autofocus>
          I have passed them on
        </Button>
      </Group>
    </Stack>
  );
}
