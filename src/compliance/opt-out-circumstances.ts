import { dropWhen, type Guard, oneOf, type Rule } from './opt-out-rules.ts';
import { AFTERTHOUGHT, DAY_OR_TIME, forReview, GOES_ON, SERVICE_IS_NAMED } from './opt-out-vocabulary.ts';

/** Refusals of an offer, changed circumstances and cancellations of something: they may or may not mean our texts as well. */

/** Somebody who also asks for work is still talking to us. */
const unlessGoesOn: Guard = dropWhen(({ message }) => GOES_ON.test(message.clauses));

const REFUSALS: readonly Rule[] = [
  forReview('bare_refusal')(
    ['\\bnot interested\\b(?! in (?:the|a|an|that) )'],
    dropWhen(({ message }) => / but | yes /.test(message.clauses)),
  ),
  forReview('bare_refusal')(
    [
      `\\b(?:no longer|not) (?:in need|in the market|looking|need|needs|needed|needing|interested|want|require)(?: ${oneOf(`
        of for your this these it any the services? help work done anything that a quote estimate to sell buy purchase`)})*` +
        AFTERTHOUGHT,
      '\\b(?:no|zero) interest\\b',
      '\\bwant (?:nothing to do with|no part of) (?:you|your|this|it|any of)\\b',
      '\\bnot for (?:me|us)»',
      '\\bnot at this time»',
      '«(?:i )?changed my mind»',
      '\\bcount (?:me|us) out\\b',
    ],
    unlessGoesOn,
  ),
  forReview('bare_refusal', 'es')(
    [
      '\\bno (?:me|nos) interesan?\\b',
      '\\bno (?:estoy|estamos) interesad\\w+',
      '\\bno interesad[oa]s?\\b',
      '«(?:\\w+ ){0,2}no (?:muchas )?gracias(?: (?:amigo|amiga|senor|senora|ya))*»',
      '\\bya no(?: gracias)?»',
      '«(?:nel(?: pastel)?|nop|ya fue|(?:ya |ni )?(?:nunca|jamas)|(?:prefiero que|mejor) no|ni (?:loc[oa]|de broma|en suenos)|ya estuvo(?: (?:bueno|suave))?)»',
      '\\bpor ahora no»',
      '\\bno por (?:ahora|el momento)(?: gracias)?»',
      `\\b(?:ya )?no (?:lo |la |los )?(?:necesito|quiero|necesitamos|queremos|ocupo|requiero)(?: ${oneOf(`
        nada eso esto gracias por_favor ahora por_ahora por_el_momento sus_servicios el_servicio mas`)})*»`,
      `«(?:ya )?${oneOf(`
        suficiente ya_estuvo me_rindo dejalo dejelo dejelo_asi dejalo_asi olvidelo olvidalo estoy_bien_asi asi_estoy_bien
        equivocad[oa]`)}(?: (?:gracias|ya|por|favor|asi))*»`,
    ],
    unlessGoesOn,
  ),
];

const OWN_HOME = '(?:house|home|property|place|condo|building|farm|lot|land)';

const SITUATION: readonly Rule[] = [
  forReview('situation_changed')(
    [
      `\\b(?:sold|selling) (?:the|our|my|that|this) (?:\\w+ )?${OWN_HOME}\\b`,
      `\\bsold it\\b`,
      `\\b${OWN_HOME} (?:is|was|has been|got) sold\\b`,
      '\\b(?:no longer|do not|does not|never)(?: \\w+)? (?:owns?|lives?|living|reside) (?:(?:at|in|that|this' +
        `|the|a|there|here|any) ?){0,4}(?:${OWN_HOME}|anymore|area|state|homeowner)?`,
      '\\b(?:we|i) already (?:fixed|did|repaired|replaced|finished|handled) (?:it|that|this)»',
      '\\bnot my (?:house|home|property|place|number|phone|name|address)\\b',
      '\\b(?:i|we) live in an? (?:apartment|apt|condo|rental)\\b',
      '«(?:(?:we|i|already|just|have) )*(?:had|got|have|getting) (?:it|this|that|the work) (?:fixed|done' +
        '|repaired|replaced|installed|handled)' +
        '(?: (?:already|elsewhere|thanks|thank you|last|week|month|year))*»',
      '\\bnot (?:a|the|an|your) (?:home ?owner|owner|customer|client|property owner)\\b',
      '\\bno longer (?:a |the |your )?(?:customer|client|owner|homeowner)\\b',
      '\\b(?:we|i)(?: (?:are|am|just|only|a))* (?:rent|renters?|renting|tenants?)»',
      `\\b(?:moved|relocated|moving) (?:away|out of (?:state|town|the area|there)|to another|to a different)\\b`,
      `«(?:(?:we|i|they|have|already|sorry|just) )+moved(?:»| (?:to|out of|from) (?!the (?:back|front)|${DAY_OR_TIME}))`,
      '\\b(?:hired|chose|chosen|picked|found|using|used|went|going|go|gone|signed|have|got|contracted)(?:' +
        ' (?:with|to|in|on|up))* ' +
        `(?:someone else|somebody else|elsewhere|(?:another|a different|other|different) ${oneOf(`
          company contractor guy crew vendor provider outfit business option route direction way`)})\\b`,
      '«(?:(?:we|i|already|have|had|just|no|sorry|thanks) )*(?:hired|found|got|have|had|went with|using' +
        '|contracted|booked) ' +
        `${oneOf(`
          someone somebody a_contractor it_done it_fixed it_taken_care_of the_work_done a_company a_guy it_handled that_done
          this_done`)}(?: ${oneOf(`
          already for_(?:it|this|that|the_job|less) to_do_(?:it|this|the_work|the_job) cheaper local last week month year thanks
          thank_you now`)})*»`,
      '\\b(?:already|been) (?:taken care of|fixed|handled|done|repaired|completed|resolved)(?: (?:by|elsewhere' +
        '|thanks|thank you|already)(?: \\w+){0,3})?»',
    ],
    unlessGoesOn,
    dropWhen(({ left }) => /\b(?:if|when|until|before|once|after) (?:\w+ )?$/.test(left)),
  ),
  forReview('situation_changed', 'es')(
    [
      '\\b(?:ya )?no soy (?:el |la )?(?:dueno|duena|propietari[oa])\\b',
      '\\b(?:vend\\w+|se vendio) (?:la|mi|nuestra|esa) (?:casa|propiedad)\\b',
      '\\bno (?:vivo|vivimos) (?:ahi|alli|en)\\b',
      '\\bnos (?:cambiamos|mudamos)\\b',
      '\\bme (?:mude|cambie de casa)\\b',
      '\\bya (?:tengo|tenemos|contrat\\w+|encontr\\w+) (?:a )?(?:alguien|otr[oa]|quien|un|una|contratista|compania)\\b',
      '\\bya (?:lo |la )?(?:arreglamos|arregle|reparamos|repare|hicimos|hice)(?: eso)?»',
    ],
    unlessGoesOn,
  ),
];

const ALL_OF_IT = oneOf(`
  it that this everything all them all_of_it me my_number my_account my_membership us my_name that_one
  the_whole_thing all_of_them`);

const CANCELLATIONS: readonly Rule[] = [
  forReview('unclear_cancellation')(
    [
      `\\bcancel ${ALL_OF_IT}(?: ${oneOf('all please now thanks thank_you for_me asap immediately then ok sir')})*»`,
      `«(?:${oneOf(`
        please i we want would like need wish to ok hi hello sorry just can you have do how lets going the no yes thanks so then
        could will am`)} )*cancel(?: ${oneOf('please thanks thank_you now sir asap immediately all ok for_now me us')})*»`,
      `«(?:${oneOf('please i we want would like to ok just it this need')} )*end (?:it|this|all|all of this` +
        '|everything|please|now)(?: (?:please|now|thanks))*»',
    ],
    dropWhen(({ message, matched }) => SERVICE_IS_NAMED.test(message.clauses.replace(matched, ' '))),
  ),
  forReview(
    'unclear_cancellation',
    'es',
  )([
    '\\bcancel(?:a|e|en|ar|alo|elo|enlo|o)(?: (?:todo|eso|esto|lo|por|favor|ya))+»',
    '«(?:\\w+ )?cancel(?:alo|elo|enlo)»',
    '«(?:quiero|quisiera|deseo|necesito) cancelar(?: (?:por|favor|todo|eso|gracias))*»',
  ]),
];

export const CIRCUMSTANCE_RULES: readonly Rule[] = [...REFUSALS, ...SITUATION, ...CANCELLATIONS];
