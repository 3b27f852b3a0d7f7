import {
  dropWhen,
  type Guard,
  type Objection,
  occurs,
  oneOf,
  type Rule,
  reviewWhen,
  rulesOf,
} from './opt-out-rules.ts';
import { forReview, reviewMistakes, reviewNewNumber, unlessSilence } from './opt-out-vocabulary.ts';

/** Spanish requests to stop. Words carry no accents here; n also stands for n with tilde. */

const MENSAJES = oneOf(`
  mensajes? mensajitos? mensajeria textos? sms promocion(?:es)? anuncios? publicidad propaganda spam notificacion(?:es)? alertas?
  comunicacion(?:es)? suscripcion(?:es)? whatsapps? recordatorios? texts? messages?`);
const LLAMADAS = oneOf('llamadas? correos? emails? avisos? ofertas?');
const INSISTIR = `${oneOf(`
  mandar enviar escribir textear contactar llamar molestar fastidiar acosar insistir chingar joder fregar marcar hablar mandando
  enviando escribiendo texteando contactando llamando molestando fastidiando jodiendo chingando fregando acosando insistiendo
  spamear llenando llegando avisando recibir recibiendo`)}(?:me|nos|le|les|la|las|lo|los|melos|melas)?`;
const RELLENO = oneOf(`
  ya por_favor favor de con a los las el la sus tus su tu mis mi esos esas estos estas este esta tantos? tantas? me todos? todas
  mas recibir mandar enviar mandarme enviarme cualquier servicio estar estarme estarnos andar andarme seguir`);
const NUMERO = oneOf('numero telefono celular cel linea contacto nombre datos informacion info');
const QUITAR = oneOf(`
  quit(?:e|en|a|ar|es) borr(?:e|en|a|ar|es) elimin(?:e|en|a|ar|es) sa(?:que|quen|ca|car|ques) retir(?:e|en|a|ar|es) remuev(?:a|an|e)
  remover bot(?:e|en|a|ar) tach(?:e|en|ar)`);
/** The same verbs in any form, for places where only a person can be meant. */
const QUITAR_A = '(?:quit|borr|elimin|saqu|sac|retir|remuev|remov|exclu|tach)\\w*';
const DONDE_ESTOY = `(?:(?:la|su|sus|tu|tus|esta|este|esa|ese|esos|estos|los|las|el|todas|todos|l|una) )*${oneOf(`
  ahi aqui alli eso esto ese lista listas base sistema grupo registro promos directorio archivos contactos envios? cadena cosa`)}`;
const CORTESIA = oneOf('ya por favor gracias de_una_vez');

const A_TAL_HORA = occurs(
  `^(?: \\w+){0,3} ${oneOf(`
    antes despues temprano tarde en_la_(?:noche|manana|tarde) de_noche hoy ahora manana mientras cuando los_(?:domingos|sabados)
    el_(?:domingo|sabado|lunes|martes|miercoles|jueves|viernes) tan_(?:tarde|temprano) a_las hasta`)}\\b`,
);
const PARA_SIEMPRE = occurs('\\b(?:mas|nunca|jamas|vuelv\\w+|nada)\\b');
const PREFIERE_TEXTO = occurs(
  '\\b(?:mejor|solo|mande\\w*|envie\\w*|prefiero|puede\\w*) (?:\\w+ ){0,2}(?:mensajes?|textos?)\\b',
  '\\b(?:escrib|text|mand|envi)(?:a|e|an|en|ee|een)(?:me|nos)\\b',
);
const PREFIERE_LLAMADA = occurs(
  '\\b(?:llameme|llamame|llamenme|mejor (?:llam\\w+|una llamada)|solo llam\\w+)\\b',
  '\\bprefiero (?:que me llame\\w*|llamadas?|una llamada)\\b',
);

/** Another hour or another channel is a preference; no texts at all is at least for a person. */
const preference: Guard = ({ left, matched, right, message }): Objection => {
  if (PARA_SIEMPRE.test(`${left}${matched}${right}`)) return undefined;
  if (A_TAL_HORA.test(right)) return 'nothing';
  const rest = message.clauses.replace(matched, ' ');
  const onlyCalls =
    /llam/.test(matched) && !/mensaj|text|escrib|contact/.test(matched + right.replace(PREFIERE_TEXTO, ''));
  if (onlyCalls) return PREFIERE_TEXTO.test(rest) ? 'nothing' : undefined;
  return PREFIERE_LLAMADA.test(rest) ? 'review' : undefined;
};

const NEGADO = /\b(?:no|nunca|sin)(?: (?:me|nos|se|le|les|quiero|quisiera|deseo|que|lo|la|va|voy))* $/;
const unlessNegated: Guard = dropWhen(({ left }) => NEGADO.test(left));
const COSA = occurs(
  `\\b${oneOf(`
  arbol\\w* tuberias? tubos? losa piso cerca escombros? pared techo factura cita tierra basura alfombra bomba foto\\w* copia raiz raices mueble\\w*
  muros? bardas? banqueta pies pulgadas metros? cuenta presupuesto lodo duda concreto contrato humedad mancha`)}\\b`,
);
/** "Olvide mi numero de cliente". */
const unlessOfSomething: Guard = dropWhen(
  ({ right }) =>
    / de (?!telefono|celular|cel|contacto|su|tu|la lista|aqui|una|ustedes)\w/.test(right.slice(0, 12)) &&
    /^ de /.test(right),
);
const DE_OTRA_COSA =
  /^ (?:del?|en) (?:el |la |mi |su )?(?:trabajo|empleo|jale|chamba|gym|gimnasio|seguro|escuela|hospital)\b/;
/** "Se dio de baja del trabajo" tells of somebody. */
const unlessTold: Guard = dropWhen(
  ({ left, matched, right }) => /baja$/.test(matched) && (/\bse (?:\w+ )?$/.test(left) || DE_OTRA_COSA.test(right)),
);
const unlessThing: Guard = dropWhen(({ right }) => COSA.test(right));

const revocation = rulesOf({ family: 'revocation', language: 'es', verdict: 'opt_out' });
const cease = rulesOf({ family: 'cease', language: 'es', verdict: 'opt_out' });
const removal = rulesOf({ family: 'removal', language: 'es', verdict: 'opt_out' });
const numberRemoval = rulesOf({ family: 'number_removal', language: 'es', verdict: 'opt_out' });
const instruct = rulesOf({ family: 'negative_imperative', language: 'es', verdict: 'opt_out' });
const refuse = rulesOf({ family: 'refusal', language: 'es', verdict: 'opt_out' });
const legal = rulesOf({ family: 'legal', language: 'es', verdict: 'opt_out' });
const hostile = rulesOf({ family: 'hostile', language: 'es', verdict: 'opt_out' });

const NUNCA = '(?:no|nunca|jamas|ni|tampoco)';
const ANTES_DEL_VERBO = oneOf(`
  me nos le les lo la quiero quieren? que vuelv(?:a|an|as) a sig(?:a|an|as) ya mas deben? pueden? tienen? est(?:e|en|es)`);
/** "No contacte al ingeniero" is about somebody else. */
const AL_VECINO = /^ (?:al|con|el|la|los|las|a (?:la|los|las|mi|su|otr\w+)) /;
/** "No me texteen la direccion", "no escriban en la pared". */
const COSA_ESCRITA =
  /^ (?:(?:la|el|los|las|un|una) (?!mas|otra)|en (?:la|el|las|los) |cheques?\b|recibos?\b|facturas?\b)/;
const QUE_CESEN = oneOf('par dej escrib mand envi molest contact llam quit borr sac saqu');

export const SPANISH_RULES: readonly Rule[] = [
  revocation([
    '\\b(?:revoco|retiro|anulo|cancelo|retirar|revocar|anular) (?:mi |el |la |todo |cualquier )?(?:consentimiento' +
      '|permiso|autorizacion)\\b',
    '\\b(?:no|nunca|jamas)(?: (?:les|le|te|los|lo|doy|di|he dado|tienen|tiene|tienes|mi|el|ningun|ustedes))* ' +
      '(?:autorizo|autorice|autorizado|permiso|consentimiento|autorizacion)\\b(?! (?:para|de) (?:entrar|cortar' +
      '|pasar|excavar|cavar|construccion))',
    '\\b(?:les|le|te|ya)(?: (?:he|habia|les|le|te))* (?:dije|pedi|dicho|pedido|pido|digo)(?: \\w+){0,2} que' +
      ` (?:ya |me |no |nos )*${QUE_CESEN}\\w+`,
  ]),
  cease(
    [
      `\\b${oneOf(`
        (?:deje|dejen|deja|dejar|dejenme|dejeme|dejame|dejes|dejara|dejaran|dejase|dejasen)_(?:ya_)?de paren pare parar parenle parele parale para_de termine terminen
        (?:ya_)?(?:estuvo|esta)_bueno_(?:de|con) suspenda suspendan suspender detenga detengan detener alto basta stop cese cesen cesar hart[oa]s? cans(?:e|ad[oa]s?|amos|aron)
        descontinu(?:ar|e|en) no_sig(?:a|an|as|uen) no_seguir`)} ` +
        `(?:${RELLENO} )*(?:${INSISTIR}|${MENSAJES}|${LLAMADAS})\\b`,
      '\\b(?:detenga|detengan|detener|paren|pare|parar|dejen|suspendan|terminen) (?:ya )?(?:con )?(?:esto' +
        '|eso)(?: (?:ya|por|favor|gracias))*»',
      `\\b(?:cancel|anul|termin|desactiv|suspend|elimin)\\w* (?:${RELLENO} )*${MENSAJES}\\b`,
      `\\b(?:para que|que|quiero que|prefiero que|preferiria que|prefiero|interesad[oa] en que)(?: \\w+){0,2} no (?:me|nos) (?:sigan? )?llegu?(?:e|en|ando)\\b`,
      '\\b(?:que|para que) (?:ya )?no (?:sigan )?lleguen»',
      `\\b(?:como|que)(?: \\w+){0,5} (?:paro|parar|detengo|detener|cancelo|quito|termino|desactivo)(?: \\w+){0,2} ${MENSAJES}\\b`,
      '\\bdej(?:e|en|a|ar)(?: ya)? de (?:hacerlo|hacer (?:esto|eso))\\b|\\bdejar de recibir\\b|\\b(?:detenga|detengan|suspenda|suspendan|paren) (?:el|los|ya el|sus) envios?\\b',
      '\\bya (?:paren|parenle|parele|parale|no sigan?|ni le sigan)\\b(?! (?:al|el|la|los|las|de) )|\\bya (?:basta|chole)(?:»| con (?:los|las|sus|estos|tantos|esto))|«no sigan?»',
    ],
    unlessNegated,
    unlessThing,
  ),
  cease(
    [
      '«(?:(?:ya|por favor|pues|que|bueno|gracias|quiero que|pido que|les pido que|necesito que) )*(?:dej(?:e|en|a)(?:me|nos)|cesen|paren|pare|parar|parenle|parele|detenganse|detengase' +
        '|parale|basta|alto|baja|desuscribir)' +
        '(?: (?:compa|amigo|joven|ya|por|favor|gracias|con|esto|eso|de|todo|pues|senor|senores))*»',
    ],
    unlessNegated,
    reviewWhen(({ isQuestion, message }) => isQuestion || COSA.test(message.clauses)),
  ),
  removal(
    [
      `\\b${QUITAR} ?(?:me|nos|nme)(?: ${oneOf(`
        ya por favor de una vez su la esta esa tu sus todas las listas? mensajes aqui ahi este grupo sistema base datos contactos
        numero gracias registro`)})*»`,
      `\\b${QUITAR_A}(?:me|nos)(?: (?:ya|por|favor))* (?:de |del )(?:(?:los |las |sus |su |tus |tu |estos |esos )*${MENSAJES}|${DONDE_ESTOY})\\b`,
      `\\b(?:me|nos|que me|que nos)(?: (?:pueden?|puedes|podrian?|podria|favor|de|ya|por))* ${QUITAR_A}(?: (?:ya|por|favor))* (?:de |del )(?:(?:los |las |sus |su |tus |tu |estos |esos )*${MENSAJES}|${DONDE_ESTOY})\\b`,
      `\\b(?:me|nos) (?:(?:pueden?|puedes|podrian?|favor de) )?${QUITAR}(?: ${CORTESIA})*(?:»| (?:de (?:su|la` +
        '|esta|esa|tu|sus|las|todas|aqui)|por favor)\\b)',
      `\\b${QUITAR} (?:ya |por favor )?(?:mi|mis|este|ese|nuestro|el) ${NUMERO}\\b`,
      '\\b(?:dar|dame|deme|denme|darme|den|de|dan|darnos|denos|dese|quiero|quisiera|solicito|pido) ' +
        '(?:(?:me|mi|la|de|una|este numero|mi numero) )*baja\\b(?! (?:el|la|los|las|temporada|presion))',
      '\\b(?:desuscri|desinscri|desubscri|dessuscri)\\w+',
      '\\bcancel\\w* (?:mi |la |esta )?(?:suscri|subscri|inscrip)\\w+',
      '\\bbloque\\w+ (?:este|su|tu|el) (?:numero|contacto)\\b',
      '«(?:(?:numero|ya|estas|esta|estan|quedan?) )*bloquead[oa]s?»',
      '\\b(?:los|lo|la|te) (?:voy a bloquear|bloqueo|bloquee|bloqueare)\\b',
      '\\b(?:salir|salirme|salgo|salirse|sacar|sacarme)(?: uno)? de (?:(?:la|su|esta|esa|tu) (?:lista|grupo)|estos? (?:mensajes|textos)|esto»)\\b',
    ],
    unlessNegated,
    unlessTold,
    reviewMistakes,
    unlessThing,
    reviewNewNumber,
  ),
  rulesOf({ family: 'removal', language: 'es', verdict: 'review' })(
    [
      `\\b(?:${QUITAR_A}(?:la|lo|los|las|le)|(?:la|lo|los|las) (?:pueden? |podrian? )?${QUITAR_A}) de (?:${DONDE_ESTOY}|(?:los |sus )?${MENSAJES})\\b`,
      `\\b(?:que|ya|favor de)(?: \\w+){0,1} (?:me|nos) ${QUITAR_A}\\b`,
    ],
    unlessNegated,
    unlessThing,
  ),
  numberRemoval(
    [
      `\\b(?:olvid(?:e|en|a|ar|ese|ense|ate)|pierd(?:a|an)|tir(?:e|en)|${QUITAR}) (?:ya |por favor )?(?:de )?(?:mi|este|ese|esta|esa` +
        `|nuestro) ${NUMERO}\\b`,
    ],
    unlessNegated,
    unlessThing,
    unlessOfSomething,
    reviewNewNumber,
  ),
  instruct(
    [
      `\\b${NUNCA}(?: ${ANTES_DEL_VERBO})* ${oneOf(`
        escrib(?:a|an|as|ir|irme|iendo|anme) contact(?:e|en|es|ar|arme|ando|aran) text(?:e|ee|en|een|es|ees|ear|earme|eando|eara|earan) textiar(?:me)? escribieran?
        molest(?:e|en|es|ar|arme|ando|aran) fastidi(?:e|en|es|ar) llam(?:e|en|es|ar|arme|ando) insist(?:a|an|as|ir)`)}\\b`,
      `\\b${NUNCA}(?: ${ANTES_DEL_VERBO})* (?:me|nos)(?: ${ANTES_DEL_VERBO})* (?:busqu|habl|marqu)(?:e|en|es)\\b`,
      `\\b${NUNCA}(?: ${ANTES_DEL_VERBO})* ${oneOf(`
        mand(?:e|en|es|ar|arme|ando|andome|aran) envi(?:e|en|es|ar|arme|ando|aran) llenando`)}(?: ${oneOf(`
        ya el la los las telefono celular con mas por favor ningun ninguna estos esos este esto eso sus tantos tantas otro otra un de a_este_numero`)})*` +
        `(?: (?:${MENSAJES}|${LLAMADAS}|nada|na|cosas|tonterias|babosadas|a este numero)\\b| mas\\b|»)`,
    ],
    dropWhen(
      ({ left }) =>
        /\b(?:que|si|se) $/.test(left) && !/(?:\b(?:quiero|pido|dije|dicho|favor|pedi|asi) |^ ?)que $/.test(left),
    ),
    dropWhen(
      ({ left, matched, right }) => !/\b(?:me|nos)\b|[rdo](?:me|nos)$/.test(left + matched) && AL_VECINO.test(right),
    ),
    dropWhen(({ matched, right }) => /(?:text|escrib)\w+$/.test(matched) && COSA_ESCRITA.test(right)),
    dropWhen(({ matched, right }) => /habl\w+$/.test(matched) && /^ de (?:usted|tu)\b/.test(right)),
    preference,
  ),
  refuse(
    [
      `\\b(?:no|tampoco) ${oneOf(`
        quieren? hace_falta es_necesario prefiero quiero queremos deseo deseamos quisiera necesito acepto me_interesan? estoy_interesad[oa]_en busco pedi solicite`)}` +
        `(?: ${oneOf(`
        que me recibir recibiendo seguir sigan? continuar continuen esten? andar esa ese en que tener ver mas sus tus estos esos esas estas los las ningun ninguna de esta este tipo estar
        otros? leer a su el la`)})* (?:${MENSAJES}|${LLAMADAS}|(?:mand|envi|escrib|contact|texte|molest|avisando)\\w*|llam(?:e|en|ando|adas?)|llegu(?:e|en)|llegando|informacion de (?:ustedes|su))\\b`,
      '\\b(?:prefiero|preferiria|prefiere|quisiera|agradeceria)(?: que)? no (?:recibir|me (?:llegu|mand|envi|escrib|contact)\\w+)',
      '\\b(?:no|tampoco) (?:quiero|queremos|deseo|necesito)(?: (?:recibir|saber|mas|ya))* nada (?:de (?:ustedes' +
        '|usted|su|ti|parte)|suyo|mas de)\\b',
      '\\bno (?:quiero|queremos|deseo|deseamos|quisiera)(?: (?:seguir|mas|ya))* (?:recibir|recibiendo)(?:' +
        ' (?:esto|eso|estos|esos|nada|mas|de|ustedes|su|informacion|info))*»',
      '\\bno (?:deseo|quiero|queremos|quisiera) (?:ser|que me) (?:contactad|molestad|llamad)\\w+',
      `\\b(?:no|ni un|ni una|cero|nada de)(?: (?:mas|otro|de|tantos))* (?:${MENSAJES}|${LLAMADAS})` +
        '(?: (?:por|favor|gracias|please|thanks|mas|ya|de|ustedes|promociones|ni|llamadas|textos|o))*»',
      '«(?:por favor |ya )*no mas(?: (?:por favor|gracias|please|ya))+»|«(?:por favor|please|ya) no mas»',
    ],
    unlessSilence,
    preference,
  ),
  legal(
    [
      '\\b(?:los|las|lo|la|te|les|le) (?:voy|vamos) a (?:demandar|reportar|denunciar|acusar)\\b',
      '\\b(?:poner|meter|levantar)\\w* una (?:demanda|denuncia|queja(?= [|?]| (?:contra|de ustedes|ante)| $))\\b',
      '\\b(?:reportar|reporto|reportando) (?:este|su|el) numero\\b',
      '\\b(?:demandar|reportar|denunciar)(?:los|las|lo|la|te|les)\\b',
      '\\b(?:los|te|les|lo) (?:report|demand|denunci)(?:o|e|are)\\b',
      '\\b(?:hablar|llamar|contactar|hablare|llamare|llamo|hablo)(?: con| a)? mi abogad[oa]\\b',
      '\\bmi abogad[oa] (?:se|los|les|le|lo) (?:\\w+ )?(?:comunic\\w+|contact\\w+|llam\\w+|va)\\b',
      '\\b(?:acciones|accion|medidas) legal(?:es)?\\b',
      '\\bacoso\\b',
      '\\bacosando\\b',
      '\\bes ilegal\\b',
      '\\breport\\w+ (?:como|por) spam\\b',
    ],
    unlessNegated,
  ),
  hostile(
    [
      '\\bdej\\w* (?:ya )?(?:me |nos )?(?:ya )?en paz\\b|\\bdej\\w+(?:me|nos) (?:ya )?tranquil\\w+',
      '\\bdej\\w+(?:me|nos) (?:ya )?quiet[oa]s?\\b|\\bno frieg\\w+|\\bno jod\\w+ mas\\b',
      '\\bno (?:me |nos )(?:fastidi|jod|ching|frieg)\\w+\\b|\\bno (?:jod|ching)\\w+»',
      '«(?:larguense|larguese|largate|vayanse|vayase|pudranse|callense|callate)\\b',
      '\\b(?:vete|vayanse|vayase|vayan) (?:a la|al|a) (?:mierda|diablo|carajo|chingada|demonio)\\b',
      '«(?:vete |vayanse |vayase )?a (?:la (?:mierda|chingada|verga|fregada|goma)|volar)(?= [|?]| $)',
      '«pierd(?:ete|anse|ase)(?= [|?]| $)|\\bfuera de mi (?:telefono|celular|cel|vida)\\b',
      '\\bchinga(?:te|da| tu| su)\\b|\\bchinguen a\\b',
    ],
    dropWhen(({ left }) => /\bno $/.test(left)),
  ),
];

/** What may be a request by its tone or its object, and is left to a person. */
export const SPANISH_DOUBTS: readonly Rule[] = [
  forReview(
    'unclear_request',
    'es',
  )([
    `«(?:${CORTESIA} )*(?:quiero|quisiera|necesito|deseo|puedo|como puedo|como me puedo) (?:salir|salirme|borrarme|retirarme|removerme)»`,
    `«(?:${CORTESIA} )*(?:desactiv|apag|quit|par|deten|elimin)(?:e|en|a|ga|gan)(?:lo|los|las)(?: ${CORTESIA})*»`,
    '«(?:ya )?(?:larg(?:o|uese)|fuera)(?: de aqui)?»',
    `«(?:${CORTESIA} )*(?:desactiv|anul|retir|suspend|deshabilit)(?:e|en|a|ar|ado)(?: ${CORTESIA})*»`,
  ]),
  forReview(
    'complaint',
    'es',
  )([
    '\\b(?:me|nos) (?:ya )?(?:tienen?|tienes) (?:\\w+ )?(?:hart[oa]s?|cansad[oa]s?|fastidiad[oa]s?|hasta (?:la madre|el gorro|aqui))\\b',
    `\\b(?:hart[oa]s?|cansad[oa]s?|fastidiad[oa]s?) de (?:(?:sus|tus|tantos|tantas|estos|estas|ustedes|recibir) ?)+(?:${MENSAJES}|${LLAMADAS}|»)`,
    '\\b(?:me|nos) acosan?\\b|\\bya (?:me|nos) (?:cans|aburr|hart|enfad)(?:aron|ieron|e)\\b',
    '«(?:ya )?(?:como|que) (?:molest|fastidi|frieg|jod|ching|insist)(?:an|en|ones)(?= [|?]| $)',
    '\\ba (?:chingar|molestar|fregar|joder|fastidiar) a otr[oa]s? (?:lados?|partes?|gente)\\b',
    '«(?:(?:por favor|ya|mi) )*(?:respeten?(?: (?:mi|la) privacidad)?|privacidad)(?: (?:por favor|ya))*»',
    '\\bcuantas veces(?: \\w+){0,4} (?:digo|decir|decirl[eo]s?|dije|repito|repetir|pido|pedir) (?:\\w+ ){0,2}(?:no|alto|stop|basta|paren?|dejen?)\\b',
    '\\b(?:me|nos) (?:estan?|estas|siguen?|sigues|andan?) (?:molestando|fastidiando|acosando|hostigando)»',
    '«(?:(?:esto|eso|ustedes|son|es|unos|unas?|puros?|puras?|pinches?|que|bola de) )*(?:estafas?|estafadores|fraudes?|rateros|ladrones|mentirosos|sinverguenzas)»',
  ]),
  forReview(
    'situation_changed',
    'es',
  )([
    '\\b(?:no (?:tengo|tenemos)|ya no (?:tengo|tenemos)) (?:casa|propiedad(?:es)?)»',
    '«(?:(?:yo|nosotros|solo|nomas|aqui) )*(?:rento|rentamos|soy inquilin[oa]|somos inquilinos)»',
  ]),
];
