import { expect, it } from 'vitest';
import { splitName } from './person-name.ts';

it.each([
  ['Kim Lee', 'Kim', 'Lee'],
  ['Mary Ann Smith', 'Mary Ann', 'Smith'],
  ['Maria de la Cruz', 'Maria', 'de la Cruz'],
  ['Ludwig van der Berg', 'Ludwig', 'van der Berg'],
  ['Kim St. John', 'Kim', 'St. John'],
  ['Brown, Omar', 'Omar', 'Brown'],
  ['Omar Brown, Jr.', 'Omar', 'Brown, Jr.'],
  ['Omar Brown Jr.', 'Omar', 'Brown Jr.'],
  ['Brown, Omar, Jr.', 'Omar', 'Brown, Jr.'],
  ['de la Cruz, Maria', 'Maria', 'de la Cruz'],
  ["Patrick O'Brien", 'Patrick', "O'Brien"],
  ['李', '李', ''],
  ['Madonna', 'Madonna', ''],
  ['', '', ''],
])('%j is %j %j', (fullName, firstName, lastName) => expect(splitName(fullName)).toEqual({ firstName, lastName }));
