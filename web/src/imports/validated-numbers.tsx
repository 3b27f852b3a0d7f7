import { useQuery } from '@tanstack/react-query';
import { validationsQuery } from '../api/number-validation.ts';
import { Section } from '../patterns/page.tsx';
import { ValidationList } from '../validation/validation-list.tsx';

/** What became of the numbers of an import that were validated; nothing for one whose numbers were not. */
export function ValidatedNumbers({ importId, mayCancel }: { readonly importId: string; readonly mayCancel: boolean }) {
  const { data } = useQuery(validationsQuery(importId));
  if (data === undefined || data.data.length === 0) return null;
  return (
    <Section title="The numbers" note="Whom campaigns leave out for it is set in Settings, Number validation.">
      <ValidationList importId={importId} mayCancel={mayCancel} empty="" />
    </Section>
  );
}
