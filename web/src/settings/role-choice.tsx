import { Radio, Stack } from '@mantine/core';
import type { Role } from '../api/session.ts';
import { parseRole, ROLE_WORDS } from './roles.ts';

/** Choice of a role with what it means. */
export function RoleChoice(props: {
  readonly label: string;
  readonly value: Role;
  readonly onChange: (role: Role) => void;
}) {
  const { label, value, onChange } = props;
  return (
    <Radio.Group
      label={label}
      value={value}
      onChange={(text) => {
        const role = parseRole(text);
        if (role !== undefined) onChange(role);
      }}
    >
      <Stack gap="xs" mt="xs">
        {ROLE_WORDS.map((words) => (
          <Radio key={words.role} value={words.role} label={words.label} description={words.may} />
        ))}
      </Stack>
    </Radio.Group>
  );
}
