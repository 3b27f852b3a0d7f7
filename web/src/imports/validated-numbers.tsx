import { Anchor } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { validationsQuery } from '../api/number-validation.ts';
import { Section } from '../patterns/page.tsx';
import { ValidationList } from '../validation/validation-list.tsx';

/** What became of the numbers of an import that were validated; nothing for one whose numbers were not. */
export function ValidatedNumbers({ importId, mayCancel }: { readonly importId: string; readonly mayCancel: boolean }) {
  const { data } = useQuery(validationsQuery(importId));
  if (data === undefined || data.data.length === 0) return null;
  return (
    <Section title="The numbers" note={<WhereItIsSet />}>
      <ValidationList importId={importId} mayCancel={mayCancel} empty="" />
    </Section>
  );
}

const WhereItIsSet = () => (
  <>
    Whom campaigns leave out for it is set in{' '}
    <Anchor inherit underline="always" renderRoot={(props) => <Link {...props} to="/settings/number-validation" />}>
      Settings, Number validation
    </Anchor>
    .
  </>
);
