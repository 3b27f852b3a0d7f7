import { expect, it } from 'vitest';
import { start } from './main.ts';
import { warpClock } from './platform/clock.ts';
import { parseConfig } from './platform/config.ts';
import { instant } from './platform/time.ts';

it('starts nothing while a table of rules has no version in force', async () => {
  // A machine whose clock stands before the first day of the oldest table; the data folder must not even be made.
  const clock = warpClock({ startsAt: instant('2019-12-31T23:00:00Z'), factor: 1 });
  const config = parseConfig({ TEXTWRIGHT_DATA_DIR: '/nowhere/at/all', LOG_LEVEL: 'silent' }, '/nowhere');
  await expect(start({ config, role: 'all', clock })).rejects.toThrow(
    'rules "Quiet hours of the states": 2025-01 begins 2025-01-01, and today is 2019-12-31, so that no rule is valid now',
  );
});
