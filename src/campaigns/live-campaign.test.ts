import { describe, expect, it } from 'vitest';
import { uuidOf } from '../platform/ids.ts';
