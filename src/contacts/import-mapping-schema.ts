import { z } from 'zod';
import { type ImportTarget, isImportTarget } from './import-target.ts';

/** Reads a mapping back: from a request, from a stored preview, from a job. */
export const importMappingSchema = z.record(z.string(), z.custom<ImportTarget>(isImportTarget));
