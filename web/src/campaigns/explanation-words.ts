import type { Explanation, RuleCheck } from '../api/recipients.ts';
import { plural } from '../patterns/format.ts';

/** Whether the answer must be read: a text that went its way needs no sentence beside its steps. */
export const isInTheWay = ({ standing, enrollment }: Explanation): boolean =>
  (standing !== 'texted' && standing !== 'being_texted') || (enrollment?.settledByHand ?? false);

/** "suppressionId sup_0193..., channel sms": what a rule looked at, for who wants to know exactly. */
export function inputWords({ inputs }: Pick<RuleCheck, 'inputs'>): string {
  return Object.entries(inputs)
    .filter(([, value]) => value !== null && !(Array.isArray(value) && value.length === 0))
    .map(([name, value]) => `${spaced(name)} ${Array.isArray(value) ? value.join('; ') : String(value)}`)
    .join(' · ');
}

/** "localTimes" -> "local times". */
const spaced = (name: string): string => name.replace(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`);

/** "8 rules asked, 1 forbids", "14 rules asked, 1 lets the text wait" */
export function rulesInShort(rules: readonly Pick<RuleCheck, 'forbids' | 'kind'>[]): string {
  const count = (kind: RuleCheck['kind']): number => rules.filter((rule) => rule.forbids && rule.kind === kind).length;
  const [bars, delays] = [count('bars'), count('delays')];
  const words = [
    plural(rules.length, 'rule asked', 'rules asked'),
    bars === 0 ? '' : plural(bars, 'forbids', 'forbid'),
    delays === 0 ? '' : plural(delays, 'lets the text wait', 'let the text wait'),
    bars + delays === 0 ? 'none forbids' : '',
  ];
  return words.filter((word) => word !== '').join(', ');
}

/** What stands in the way first; otherwise in the order in which they are asked. */
export const inTheWayFirst = <T extends Pick<RuleCheck, 'forbids'>>(rules: readonly T[]): readonly T[] => [
  ...rules.filter((rule) => rule.forbids),
  ...rules.filter((rule) => !rule.forbids),
];
