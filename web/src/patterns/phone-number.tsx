import { formatPhone } from './format.ts';

/** A number as people write it, never broken over two lines. */
export function PhoneNumber({ phone }: { readonly phone: string }) {
  return (
    <span data-tabular style={{ whiteSpace: 'nowrap' }}>
      {formatPhone(phone)}
    </span>
  );
}
