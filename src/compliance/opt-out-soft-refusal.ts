import type { InboundText } from './normalise-inbound.ts';
import { type Finding, oneOf } from './opt-out-rules.ts';

/**
 * "No", "I'm good", "all set": after a marketing text a refusal of something, in the middle of a conversation an ordinary answer.
 * So they count only when the message says nothing else, or merely excuses itself ("no thanks, we already hired someone").
 */

const WELL = oneOf('good set fine ok okay covered done over_it out not_ready taken_care_of straight');
const SOFT_PHRASE = oneOf(`
  no nope nah naw negative pass hard_pass no_way no_sir no_maam not_really not_today not_now not_right_now maybe_later another_time
  maybe_another_time not_anymore do_not_bother no_need nothing not_at_this_time not_at_all not_for_me
  (?:i_am|we_are|im|were|i_think_(?:i_am|we_are))_(?:all_)?${WELL}
  all_(?:set|done) good_here we_good maybe_next_(?:year|time|month|week|spring|summer|fall|season) unreal give_it_up
  (?:i|we)_(?:give_up|quit|am_done|will_pass|pass|decline|already_have_one)
  (?:i|we)_do_not_(?:need|want)_(?:it|this|that|anything|any|one)
  (?:do|did)_not_(?:need|want)(?:_(?:it|this|that|anything|any|your_services?|your_help|one|these))?
  whatever forget_it forget_about_it never_?mind nvm drop_it enough that_is_enough enough_already already_enough give_up
  unbelievable ridiculous do_not_care not_happening hell_no fuck_no absolutely_not definitely_not no_chance leave_it ugh stupid
  never_again no_more n_o cut_the_crap deactivate disable mute do_not dnd (?:can|could|would)_you_not idiots? assholes? jerks? losers? bullshit bs fake gross wtf no_means_no
  junk garbage trash spam scum creeps? pathetic disgusting die bye_felicia lose_it`);
const EDGE = oneOf(`
  please thanks thank_you sorry ok okay hi hello hey lol sir maam man dude bro guys though tho anyways? but for_asking for_now
  right_now at_this_time at_the_moment anymore here now then actually just really so well yeah honestly and
  thank_you_though tks appreciated appreciate_it all_good`);

/** Bounded repetition: a clause of a few phrases, not a search through a long text. */
const SOFT_CLAUSE = new RegExp(
  `^(?:${EDGE} ){0,4}(?:${SOFT_PHRASE})(?: |$)(?:(?:${SOFT_PHRASE}|${EDGE})(?: |$)){0,6}$`,
);
const POLITE_CLAUSE = new RegExp(
  `^(?:(?:${EDGE}|bye|good luck|god bless|gracias|have a (?:good|great|nice) (?:day|one|night|evening)|` +
    'thank(?:s| you) for (?:asking|reaching out|checking|the offer|your time|checking in))(?: |$)){1,5}$',
);
const EXCUSE = new RegExp(
  '^(?:no(?: thanks| thank you)? )?(?:we|i|already|have|got|had|found|went|hired|decided|took)(?: \\w+){0,2} ' +
    '(?:have|already|hired|found|went|decided|got|took|had|fixed|done|covered|going)(?: \\w+){0,6}$',
);

const CLAUSES_MAX = 4;
const CLAUSE_LENGTH_MAX = 120;

export function findSoftRefusal(message: InboundText): Finding | undefined {
  const clauses = message.clauses
    .split(/[|?]/)
    .map((clause) => clause.trim())
    .filter((clause) => clause !== '' && !POLITE_CLAUSE.test(clause.slice(0, CLAUSE_LENGTH_MAX)));
  if (clauses.length > CLAUSES_MAX || clauses.some((clause) => clause.length > CLAUSE_LENGTH_MAX)) return undefined;
  const soft = clauses.find((clause) => SOFT_CLAUSE.test(clause));
  if (soft === undefined || !clauses.every((clause) => SOFT_CLAUSE.test(clause) || EXCUSE.test(clause)))
    return undefined;
  return { verdict: 'review', family: 'bare_refusal', language: 'en', matched: soft };
}
