import type { UseFormReturnType } from '@mantine/form';
import type { HoursForm } from './sending-hours-form.ts';

/** What each field of the sending hours is given. */
export interface HoursFieldProps {
  readonly form: UseFormReturnType<HoursForm>;
  readonly readOnly: boolean;
}
