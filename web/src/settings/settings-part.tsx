import { Text } from '@mantine/core';
import { useForm } from '@mantine/form';
import type { QueryKey } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { compliancePolicyKeys } from '../api/compliance-policy.ts';
import { fieldProblems } from '../api/problem.ts';
import { useAction } from '../api/use-action.ts';
import { toastDone } from '../patterns/toast.tsx';

/** A form of its own for each part of the page: one change, one entry of the audit log. */
export function usePart<Values extends object>(
  initialValues: Values,
  {
    run,
    done,
    touches = [compliancePolicyKeys.policy],
  }: {
    readonly run: (values: Values) => Promise<Values>;
    readonly done: string;
    readonly touches?: readonly QueryKey[];
  },
) {
  const form = useForm<Values>({ initialValues });
  const save = useAction({
    run,
    touches,
    onDone: (saved) => {
      form.setInitialValues(saved);
      form.setValues(saved);
      form.resetDirty(saved);
      toastDone(done);
    },
    onProblem: (error) => form.setErrors(fieldProblems(error)),
  });
  return { form, save, onSubmit: form.onSubmit((values) => save.mutate(values)) };
}

/** Whom a setting reaches, told before it is saved. */
export const Effect = ({ children }: { readonly children: ReactNode }) => (
  <Text size="sm" role="status" mih="1.5em">
    {children}
  </Text>
);
