import { expect, it } from 'vitest';
import { parseTemplate } from './template-parser.ts';
import { unguardedFields } from './unguarded-fields.ts';

it.each([
  ['Hi {city}', ['city']],
  ['Hi {city|there}', []],
  ['{if city}in {city}{endif}', []],
  ['{if company}in {city}{endif}', ['city']],
  ['{if city}in {city}{endif}, {city}', ['city']],
  ['{if city and company}{city} {company}{endif}', []],
  ['{if city or company}{city} {company}{endif}', ['city', 'company']],
  ['{if not city}somewhere{else}{city}{endif}', []],
  ['{if not city or not company}x{else}{city} {company}{endif}', []],
  ['{if not (city and company)}x{else}{city} {company}{endif}', []],
  ['{if city}x{else}{city}{endif}', ['city']],
  ['{if city == "Boston"}{city}{endif}', []],
  ['{if not city == "Boston"}{city}{endif}', ['city']],
  ['{if not city}x{else if company}{city} {company}{else}{company}{endif}', ['company']],
  ['{if city}{if company}{city}{endif}{endif}', []],
])('%s can miss %j', (source, expected) => {
  const template = parseTemplate(source);
  if (!template.ok) throw new Error(template.error.message);
  expect([...unguardedFields(template.value)]).toEqual(expected);
});
