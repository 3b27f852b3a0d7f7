import { formatPhone } from './format.ts';

/** A number as people write it; long-press or click-to-call stays with the device. Never broken over two lines. */
export function PhoneNumber({ phone }: { readonly phone: string }) {
  return <span style={{ whiteSpace: 'nowrap' }}>{formatPhone(phone)}</span>;
}
