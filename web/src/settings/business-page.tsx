import { TextInput } from '@mantine/core';
import { useForm } from '@mantine/form';
import { useQuery, useQueryClient, useSuspenseQuery } from '@tanstack/react-query';
import { type Business, businessQuery, operationKeys, putBusiness } from '../api/operations.ts';
import { fieldProblems } from '../api/problem.ts';
import { mayAct, meQuery, sessionKeys } from '../api/session.ts';
import { useAction } from '../api/use-action.ts';
import { Loaded } from '../patterns/loaded.tsx';
import { PageHeader } from '../patterns/page.tsx';
import { toastDone } from '../patterns/toast.tsx';
import { ZoneSelect } from '../patterns/zone-select.tsx';
import { MayNot } from './may-not.tsx';
import { SaveBar } from './save-bar.tsx';
import classes from './settings.module.css';

export function BusinessPage() {
  const query = useQuery(businessQuery);
  return (
    <>
      <PageHeader title="Business" summary="Who texts: it signs the automatic answers and sets the business's clock." />
      <Loaded query={query} what="The business could not be loaded">
        {(business) => <BusinessForm business={business} />}
      </Loaded>
    </>
  );
}

const valuesOf = ({ name, zone, phone, email }: Business) => ({ name, zone, phone: phone ?? '', email: email ?? '' });
const orNull = (text: string): string | null => (text.trim() === '' ? null : text.trim());

function BusinessForm({ business }: { readonly business: Business }) {
  const { data: me } = useSuspenseQuery(meQuery);
  const readOnly = !mayAct(me.user.role, 'manager');
  const queryClient = useQueryClient();
  const form = useForm({
    initialValues: valuesOf(business),
    validate: {
      name: (value) => (value.trim() === '' ? 'Type the name that your customers know you by' : null),
      email: (value) => (value.trim() === '' || value.includes('@') ? null : 'Type an address like office@example.com'),
    },
  });
  const save = useAction({
    run: (values: Business) => putBusiness(values),
    touches: [sessionKeys.me, operationKeys.status, operationKeys.home],
    onDone: (saved) => {
      queryClient.setQueryData(operationKeys.business, saved);
      form.setValues(valuesOf(saved));
      form.resetDirty();
      toastDone('The business is saved');
    },
    onProblem: (error) => form.setErrors(fieldProblems(error)),
  });
  const submit = form.onSubmit(({ name, zone, phone, email }) =>
    save.mutate({ name: name.trim(), zone, phone: orNull(phone), email: orNull(email) }),
  );
  return (
    <form noValidate onSubmit={submit} className={classes.form}>
      {readOnly ? <MayNot least="manager" act="change the business" /> : null}
      <TextInput
        label="Name"
        description="Begins the answers to STOP, START and HELP, and heads every page here."
        autoComplete="organization"
        maxLength={100}
        readOnly={readOnly}
        {...form.getInputProps('name')}
      />
      <ZoneSelect
        label="Time zone"
        description="Days, daily caps and reports follow it, and times are shown in it. People are texted by their own local time."
        readOnly={readOnly}
        {...form.getInputProps('zone')}
      />
      <TextInput
        label="Phone for people to call"
        description="Given in the answer to HELP."
        type="tel"
        autoComplete="tel"
        maxLength={40}
        readOnly={readOnly}
        {...form.getInputProps('phone')}
      />
      <TextInput
        label="E-mail for people to write to"
        description="Given in the answer to HELP."
        type="email"
        autoComplete="email"
        readOnly={readOnly}
        {...form.getInputProps('email')}
      />
      {readOnly ? null : <SaveBar save={save} form={form} />}
    </form>
  );
}
