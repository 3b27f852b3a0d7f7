import { z } from 'zod';
import type { ImportField, ImportTarget } from './import-mapping.ts';

const FIELDS: Readonly<Record<ImportField, true>> = {
  phone: true,
  firstName: true,
  lastName: true,
  fullName: true,
  email: true,
  company: true,
  street: true,
  city: true,
  state: true,
  postalCode: true,
  tags: true,
};

const isTarget = (value: unknown): value is ImportTarget =>
  typeof value === 'string' && (value === 'ignore' || value.startsWith('attribute:') || Object.hasOwn(FIELDS, value));

/** Reads a mapping back: from a request, from a stored preview, from a job. */
export const importMappingSchema = z.record(z.string(), z.custom<ImportTarget>(isTarget));
