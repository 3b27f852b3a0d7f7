import { dropWhen, oneOf, type Rule, rulesOf } from './opt-out-rules.ts';
import { BOTHER, BOTHERING, isNegated, MESSAGES, PHYSICAL, preferredChannel } from './opt-out-vocabulary.ts';

/** English wishes in which our texts are what shall end: "these have to stop", "is there a way to end this", "I'm over your texts". */

const wish = rulesOf({ family: 'cease', language: 'en', verdict: 'opt_out' });

const ENDING = '(?:stop|end|cease|quit|go away)';
const THEM = `(?:(?:all )?(?:these|those)(?: \\w+)? ${MESSAGES}|(?:the |your |all |all the |all your )?${MESSAGES}|these|those)`;
const STRESS = oneOf('ever please just really all ever already from_you from_yall finally');
/** What tells a leak or a machine from a text: "can these stop" after talk of drips. */
const aboutTheWork = dropWhen(({ message }) => PHYSICAL.test(message.clauses));

export const WISH_RULES: readonly Rule[] = [
  wish(
    [
      `\\b${THEM}(?: ${STRESS})* (?:needs|need|have|has|must|should|better|got)(?: (?:got|to|better))* ${ENDING}\\b`,
      `\\b(?:can|could|will|would|do|does)(?: not)? ${THEM}(?: ${STRESS})* ${ENDING}\\b`,
      `\\b(?:get|make|for|want|need|like|love|prefer|see|have|wish)(?: it if)? ${THEM}(?: ${STRESS})* (?:to |would |could )?${ENDING}\\b`,
      `\\b(?:way|how|where|what|word|option|button|link|steps?|ask\\w*|able)(?: \\w+){0,6} (?:stop|end|cancel|quit|finish|unsubscribe) (?:from )?(?:getting |receiving )?(?:this )?${THEM}(?: anymore)?»`,
      `\\b(?:over|done with|through with|tired of|sick of|had it with|finished with) (?:all )?(?:these|your|the|those) (?:\\w+ )?${MESSAGES}\\b`,
      `\\byou(?: (?:guys|people|all))? (?:have|had|were|are)(?: (?:all|been|already))* (?:asked|told|warned|being asked)(?: (?:multiple times|repeatedly|twice|before|already))* to (?:stop|quit)\\b`,
      `\\bput(?:ting)? (?:a stop|an end) to (?:(?:all|your|the|these|those|this) )*(?:${MESSAGES}|them|these)\\b`,
      `\\b(?:want|wanted|need|like|love)(?: (?:to be|to get|to come))? (?:out|off)(?: of)?(?: (?:this|these|it|(?:the|your|all|these|this) (?:\\w+ )?(?:${MESSAGES}|lists?|thread|group)))?»`,
      `\\bmind (?:stopping|ending|cancel+ing) (?:${THEM})\\b`,
      `\\bdone (?:getting|receiving|with getting)\\b(?: (?:these|those|this|your|texts|messages))+`,
    ],
    dropWhen(({ left }) => isNegated(left)),
    aboutTheWork,
  ),
  wish(
    [`\\b(?:avoid|refrain from) (?:(?:any|further|future|all|ever) )*(?:${BOTHERING}|sending)\\b`],
    dropWhen(({ left }) => !/(?:^|please|kindly|you|must|should|to|that you) $/.test(left)),
    preferredChannel,
  ),
  rulesOf({ family: 'unclear_request', language: 'en', verdict: 'review' })(
    [
      `\\b(?:chill|ease up|ease off|cool it|slow down|easy|relax|tone it down|cut back|cut down|calm down)(?: (?:out|with|on|all|of|your|the|these|so|many))* ${MESSAGES}\\b`,
      '\\bdo not (?:ever )?(?:do|try|pull) (?:this|that|it) (?:again|anymore)\\b',
      '\\b(?:not (?:like|appreciate|enjoy)|hate|dislike|object to) (?:being|getting|to be|receiving) (?:texted|messaged|contacted|spammed|solicited|bothered|called|these|this|them|those)\\b',
      `\\b(?:way|how|where|button|option)(?: \\w+){0,6} (?:stop|end) (?:getting |receiving )?(?:this|it)»`,
      `\\b(?:not|no) (?:need|have)(?: (?:for you|to|keep|continue))* (?:${BOTHER}|${BOTHERING})(?: (?:me|us|this number))? (?:again|anymore|any more|about|ever)\\b`,
      `\\b(?:not|no) need to (?:keep|continue)(?: to)? (?:${BOTHER}|${BOTHERING})\\b`,
    ],
    aboutTheWork,
  ),
  rulesOf({ family: 'unclear_request', language: 'en', verdict: 'review' })([
    '\\b(?:your |the |«)(?:stop|unsubscribe|opt out)(?: (?:feature|button|option|link|command|keyword|word|thing|request))? (?:does|is|did|will|has) not\\b',
  ]),
];
