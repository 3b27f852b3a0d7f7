import { Text } from '@mantine/core';
import type { ValidatedNumber } from '../api/number-validation.ts';
import { PhoneNumber } from '../patterns/phone-number.tsx';
import type { TableColumn } from '../patterns/table-columns.tsx';
import { TimeText } from '../patterns/time-text.tsx';
import { TwoLines } from '../patterns/two-lines.tsx';
import { kindLabel, knownWords } from './validation-words.ts';

const isNamed = ({ contact, phone }: ValidatedNumber): boolean => contact !== null && contact.name !== phone;

const Who = ({ number }: { readonly number: ValidatedNumber }) =>
  isNamed(number) ? <bdi>{number.contact?.name}</bdi> : null;

export const NUMBER_COLUMNS: readonly TableColumn<ValidatedNumber>[] = [
  { id: 'phone', header: 'Number', width: 152, required: true, cell: ({ phone }) => <PhoneNumber phone={phone} /> },
  {
    id: 'kind',
    header: 'Kind',
    required: true,
    cell: ({ outcome }) => (
      <Text span inherit fw={550} c={outcome === null ? 'dimmed' : ''}>
        {kindLabel(outcome)}
      </Text>
    ),
  },
  { id: 'who', header: 'Who', cell: (number) => <Who number={number} /> },
  { id: 'known', header: 'Known by', hideBelow: 'md', cell: knownWords },
  {
    id: 'carrier',
    header: 'Carrier',
    meaning: 'As the newest answer names it',
    hideBelow: 'lg',
    cell: ({ answer }) => <bdi>{answer?.carrier}</bdi>,
  },
  {
    id: 'checkedAt',
    header: 'Newest answer',
    width: 176,
    hideBelow: 'md',
    cell: ({ answer }) => (answer === null ? null : <TimeText at={answer.checkedAt} look="when" />),
  },
];

export const NumberPhoneRow = ({ number }: { readonly number: ValidatedNumber }) => (
  <TwoLines
    first={<PhoneNumber phone={number.phone} />}
    aside={kindLabel(number.outcome)}
    second={
      <>
        <Who number={number} />
        {isNamed(number) && number.knownBy !== null ? ' · ' : ''}
        {knownWords(number)}
      </>
    }
  />
);
