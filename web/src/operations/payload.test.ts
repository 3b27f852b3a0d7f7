import { expect, it } from 'vitest';
import { prettyPayload } from './payload.ts';

it.each<[string, string, string]>([
  ['JSON', '{"a":{"b":1}}', '{\n  "a": {\n    "b": 1\n  }\n}'],
  ['a form', 'From=%2B1617&Body=Hi+there', 'From: +1617\nBody: Hi there'],
  ['anything else', 'not {json}', 'not {json}'],
])('%s is laid out', (_case, payload, shown) => expect(prettyPayload(payload)).toBe(shown));
