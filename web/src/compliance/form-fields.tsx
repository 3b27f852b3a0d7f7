import { Checkbox, NativeSelect, Text, Textarea, TextInput } from '@mantine/core';
import { fieldProblem } from '../api/problem.ts';
import { formatPhone } from '../patterns/format.ts';
import { Section } from '../patterns/page.tsx';
import classes from './form-page.module.css';
import { type FormDraft, type Language, missingWords, type Words, withPurpose } from './opt-in-form-draft.ts';

interface FormFieldsProps {
  readonly draft: FormDraft;
  readonly onChange: (draft: FormDraft) => void;
  readonly isNew: boolean;
  readonly business: string;
  readonly lanes: readonly { readonly id: string; readonly name: string; readonly phone: string }[];
  readonly readOnly: boolean;
  readonly error: Error | null;
}

export function FormFields({ draft, onChange, isNew, business, lanes, readOnly, error }: FormFieldsProps) {
  const set = <K extends keyof FormDraft>(key: K, value: FormDraft[K]): void => onChange({ ...draft, [key]: value });
  const spanish = draft.languages.includes('es');
  return (
    <>
      <TextInput
        label="Name"
        description="For your own people; nobody else sees it."
        maxLength={100}
        autoComplete="off"
        readOnly={readOnly}
        value={draft.name}
        error={fieldProblem(error, '/name')}
        onChange={(event) => set('name', event.currentTarget.value)}
      />
      <Section
        title="What people agree to"
        note={isNew ? 'It stays so: make another form for anything else.' : undefined}
      >
        <NativeSelect
          label="For"
          disabled={!isNew || readOnly}
          data={[
            { value: 'marketing', label: 'Offers and campaigns' },
            { value: 'informational', label: 'Appointments and service (transactional)' },
          ]}
          value={draft.purpose}
          onChange={(event) =>
            onChange(
              withPurpose(
                draft,
                event.currentTarget.value === 'informational' ? 'informational' : 'marketing',
                business,
              ),
            )
          }
        />
        <Checkbox
          label="In writing"
          description="Marketing needs it. The words beside the box must be those of an agreement."
          disabled={!isNew || readOnly}
          checked={draft.inWriting}
          onChange={(event) => set('inWriting', event.currentTarget.checked)}
        />
        <WordsFields language="en" {...{ draft, onChange, business, readOnly }} />
        <Checkbox
          label="Also in Spanish"
          disabled={readOnly}
          checked={spanish}
          onChange={(event) => set('languages', event.currentTarget.checked ? ['en', 'es'] : ['en'])}
        />
        {spanish ? <WordsFields language="es" {...{ draft, onChange, business, readOnly }} /> : null}
      </Section>
      <Section title="Who signed up">
        <Checkbox
          label="Ask by text whether it was they"
          description="They answer YES. Without it, whoever knows a number signs it up."
          disabled={readOnly}
          checked={draft.doubleOptIn}
          onChange={(event) => set('doubleOptIn', event.currentTarget.checked)}
        />
        <NativeSelect
          label="The number that asks"
          disabled={readOnly}
          data={lanes.map(({ id, name, phone }) => ({ value: id, label: `${name}, ${formatPhone(phone)}` }))}
          value={draft.laneId}
          onChange={(event) => set('laneId', event.currentTarget.value)}
        />
      </Section>
      <Section title="On your website" note="Leave it empty to use only the page that we serve.">
        <Textarea
          label="Sites that may hold it"
          description="One a line, without a path."
          placeholder="https://acme.example"
          autosize
          minRows={2}
          maxRows={8}
          readOnly={readOnly}
          value={draft.sites}
          error={fieldProblem(error, '/allowedOrigins')}
          onChange={(event) => set('sites', event.currentTarget.value)}
        />
        <TextInput
          label="Where people go afterwards"
          placeholder="https://acme.example/thanks"
          type="url"
          maxLength={500}
          readOnly={readOnly}
          value={draft.redirectUrl}
          error={fieldProblem(error, '/redirectUrl')}
          onChange={(event) => set('redirectUrl', event.currentTarget.value)}
        />
      </Section>
    </>
  );
}

interface WordsFieldsProps extends Pick<FormFieldsProps, 'draft' | 'onChange' | 'business' | 'readOnly'> {
  readonly language: Language;
}

function WordsFields({ language, draft, onChange, business, readOnly }: WordsFieldsProps) {
  const words = draft.words[language];
  const set = (key: keyof Words, value: string): void =>
    onChange({ ...draft, words: { ...draft.words, [language]: { ...words, [key]: value } } });
  const inSpanish = language === 'es' ? ' in Spanish' : '';
  const missing = missingWords(words.wording, business);
  return (
    <>
      <TextInput
        label={`Heading${inSpanish}`}
        maxLength={120}
        required
        withAsterisk={false}
        readOnly={readOnly}
        value={words.heading}
        onChange={(event) => set('heading', event.currentTarget.value)}
      />
      <Textarea
        label={`Beside the box${inSpanish}`}
        description="Exactly what they agree to, kept word for word. The box is never ticked beforehand."
        autosize
        minRows={4}
        maxRows={14}
        maxLength={2_000}
        required
        withAsterisk={false}
        readOnly={readOnly}
        value={words.wording}
        onChange={(event) => set('wording', event.currentTarget.value)}
      />
      {missing.length === 0 ? null : (
        <Text size="sm" className={classes.missing}>
          Carriers and courts look for: {missing.join(', ')}.
        </Text>
      )}
      <TextInput
        label={`Button${inSpanish}`}
        maxLength={60}
        required
        withAsterisk={false}
        readOnly={readOnly}
        value={words.button}
        onChange={(event) => set('button', event.currentTarget.value)}
      />
    </>
  );
}
