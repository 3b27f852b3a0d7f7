import { expect, it } from 'vitest';
import type { NumberValidation } from '../api/number-validation.ts';
import { policyOf, validationFormOf, validationInputOf } from './validation-fields.ts';

const allowance = { monthlyQuota: 100, requestsPerSecond: 1 };
const settings: NumberValidation = {
  importMode: 'optional',
  excludes: { landline: true, voip: false, tollFree: true, invalid: true, unverified: false },
  maxAgeDays: 30,
  revalidate: true,
  contacts: 10,
  unverifiedContacts: 3,
  validators: [
    { name: 'numverify', keySet: true, askedThisMonth: 7, block: null, ...allowance },
    { name: 'twilio', keySet: false, askedThisMonth: 0, block: null, ...allowance },
  ],
};
const form = validationFormOf(settings);

it('sends back what it was given, and no key that nobody typed', () => {
  const { importMode, excludes, maxAgeDays, revalidate } = settings;
  expect(validationInputOf(form)).toEqual({
    importMode,
    excludes,
    maxAgeDays,
    revalidate,
    validators: { numverify: allowance, twilio: allowance },
  });
});

it('sends a typed key without blanks, and removes one only when that is wanted', () => {
  const { numverify } = form.services;
  const keyOf = (change: Partial<typeof numverify>) =>
    validationInputOf({ ...form, services: { ...form.services, numverify: { ...numverify, ...change } } }).validators
      .numverify.key;
  expect([keyOf({ key: ' abc ' }), keyOf({ key: '  ' }), keyOf({ key: 'abc', removeKey: true })]).toEqual([
    'abc',
    undefined,
    null,
  ]);
});

it('reads the number that is typed', () => {
  expect(policyOf({ ...form, maxAgeDays: '60' })).toEqual({ excludes: settings.excludes, maxAgeDays: 60 });
});
