import { numberPads } from '../src/compliance/number-key.ts';

/** What the connections of a program with a fixed key bring along. */
export const NUMBER_PADS = {
  'textwright.number_pads': numberPads({ derive: () => Buffer.alloc(32, 7).toString('base64url') }),
};
