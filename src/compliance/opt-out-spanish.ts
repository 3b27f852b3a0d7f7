import { type Guard, type Rule, wordPattern, wordTest } from './opt-out-rules.ts';

/** Spanish requests to stop. Words carry no accents here; n stands for n with tilde as well. */

const MENSAJES =
  '(?:mensajes?|mensajitos?|textos?|mensajeria|sms|promociones|promocion|anuncios?|publicidad|propaganda|spam|notificacion(?:es)?|alertas?|comunicacion(?:es)?|suscripcion(?:es)?|whatsapps?|ofertas?|recordatorios?)';
const LLAMADAS = '(?:llamadas?|correos?|emails?|avisos?)';
const MOLESTAR =
  '(?:mandar|enviar|escribir|textear|contactar|llamar|molestar|fastidiar|acosar|insistir|chingar|joder|mandando|enviando|escribiendo|texteando|contactando|llamando|molestando|fastidiando|jodiendo|spamear)(?:me|nos|le|les|melos|melas)?';
const ADORNO =
  '(?:ya|por favor|de|con|a|los|las|el|la|sus|tus|esos|esas|estos|estas|tantos|tantas|me|favor|todo|todos|todas|tanto|tanta|mas|su|tu|este|esta|mis|mi|recibir|mandarme|enviarme|mandar|enviar|cualquier|servicio|estar|andar|seguir|estarme|estarnos|andarme)';
const QUITAR =
  '(?:quit(?:e|en|a|ar|es)|borr(?:e|en|a|ar|es)|elimin(?:e|en|a|ar|es)|sa(?:que|quen|ca|car|ques|quenme)|retir(?:e|en|a|ar|es)|remuev(?:a|an|e)|remover|bot(?:e|en|a|ar)|tach(?:e|en|ar))';
const NUMERO = '(?:numero|telefono|celular|cel|contacto|nombre|datos|informacion|info)';

const DE_DIA = wordTest(
  '^(?: \\w+){0,3} (?:antes|despues|en la (?:noche|manana|tarde)|de noche|hoy|ahora|manana|mientras|cuando|los (?:domingos|sabados)|el (?:domingo|sabado|lunes|martes|miercoles|jueves|viernes)|tan (?:tarde|temprano)|a las|hasta)\\b',
);
const PARA_SIEMPRE = wordTest('\\b(?:mas|nunca|jamas|vuelv\\w+|nada)\\b');
const MEJOR_TEXTO = wordTest(
  '\\b(?:mejor|solo|mande\\w*|envie\\w*|prefiero|puede\\w*) (?:\\w+ ){0,2}(?:mensajes?|textos?)\\b',
);
const MEJOR_LLAMADA = wordTest(
  '\\b(?:llameme|llamame|llamenme|mejor (?:llam\\w+|una llamada)|prefiero (?:que me llame\\w*|llamadas?|una llamada)|solo llam\\w+)\\b',
);

const salvoHora: Guard = ({ left, matched, right, message }) => {
  if (PARA_SIEMPRE.test(`${left}${matched}${right}`)) return undefined;
  if (DE_DIA.test(right)) return 'nothing';
  const rest = message.clauses.replace(matched, ' ');
  const soloLlamada = /llam/.test(matched) && !/mensaj|text|escrib|contact/.test(`${matched}${right}`);
  if (soloLlamada && MEJOR_TEXTO.test(rest)) return 'nothing';
  return !soloLlamada && MEJOR_LLAMADA.test(rest) ? 'review' : undefined;
};
const salvoNegado: Guard = ({ left }) =>
  /\b(?:no|nunca|sin)(?: (?:me|nos|se|le|les|quiero|quisiera|deseo|que|lo|la))* $/.test(left) ? 'nothing' : undefined;
const COSA = wordTest(
  '\\b(?:arbol\\w*|losa|piso|cerca|escombros?|pared|techo|factura|cita|tierra|basura|alfombra|bomba|foto\\w*|copia|raiz|raices|mueble\\w*|cuenta|presupuesto|lodo|duda|concreto|contrato)\\b',
);
const salvoCosa: Guard = ({ right }) => (COSA.test(right) ? 'nothing' : undefined);

const rule =
  (family: Rule['family'], ...guards: readonly Guard[]) =>
  (source: string): Rule => ({ family, language: 'es', verdict: 'opt_out', pattern: wordPattern(source), guards });

export const SPANISH_RULES: readonly Rule[] = [
  ...[
    `\\b(?:revoco|retiro|anulo|cancelo|retirar|revocar|anular) (?:mi |el |todo |cualquier )?(?:consentimiento|permiso|autorizacion)\\b`,
    '\\b(?:no|nunca|jamas) (?:les |le |te |los |lo |doy |di |he dado |tienen |tiene |tienes |mi |el |ningun |ustedes )*(?:autorizo|autorice|autorizado|permiso|consentimiento|autorizacion)\\b(?! para (?:entrar|cortar|pasar|excavar|cavar))',
    '\\b(?:les|le|te|ya) (?:he |habia |les |le |te )?(?:dije|pedi|dicho|pedido|pido|digo)(?: \\w+){0,2} que (?:ya |me |no |nos )*(?:par\\w+|dej\\w+|escrib\\w+|mand\\w+|envi\\w+|molest\\w+|contact\\w+|llam\\w+|quit\\w+|borr\\w+|sac\\w+|saqu\\w+)\\b',
  ].map(rule('revocation')),
  ...[
    `\\b(?:deje|dejen|deja|dejar|dejenme|dejeme|dejame|dejes|paren|pare|parar|parenle|parele|termine|terminen|suspenda|suspendan|suspender|detenga|detengan|detener|alto|basta|stop|cese|cesen|cesar|para de|parale|harto|harta|cansad[oa]|no sigan?|no siga|no sigas) (?:${ADORNO} ){0,6}(?:${MOLESTAR}|${MENSAJES}|${LLAMADAS})\\b`,
    `\\b(?:cancel|anul|termin|desactiv|suspend|elimin)\\w* (?:${ADORNO} ){0,4}(?:${MENSAJES})\\b`,
    '«(?:ya |por favor |pues |que |bueno |no gracias |gracias )*(?:ya (?:paren|pare|parenle|parele|basta|dejen|deje)|paren|parenle|parele|basta|alto|stop|para)(?: (?:ya|por favor|gracias|con|esto|eso|de|todo|por|favor|pues|senor|senores|mensajes))*»',
  ].map(rule('cease', salvoNegado, salvoCosa)),
  ...[
    `\\b${QUITAR}(?:me|nos)(?: (?:ya|por favor|de una vez|favor|de|su|la|esta|esa|tu|sus|todas|las|lista|listas|mensajes|aqui|ahi|este|grupo|sistema|base|datos|grupo|contactos|numero|gracias|registro))*»`,
    '\\b(?:me|nos) (?:quit\\w+|saq\\w+|saquen|borr\\w+|elimin\\w+|retir\\w+|remuev\\w+)(?: (?:ya|por favor))* (?:de (?:su|la|esta|esa|tu|sus|las|todas)|por favor)\\b',
    `\\b${QUITAR} (?:ya |por favor )?(?:mi|este|ese|nuestro|el) (?:${NUMERO})\\b`,
    '\\b(?:dar|dame|deme|denme|darme|den|de|dan|darnos|denos|dese|quiero|quisiera|solicito|pido) (?:me |mi |la |de |una |este numero |mi numero )*baja\\b',
    '\\b(?:desuscri|desinscri|desubscri|dessuscri)\\w+|\\bcancel\\w* (?:mi |la |esta )?(?:suscri\\w+|subscri\\w+|inscrip\\w+)\\b',
    '\\b(?:bloque\\w+) (?:este|su|tu|el) (?:numero|contacto)\\b|\\b(?:los|lo|la|te) (?:voy a bloquear|bloqueo|bloquee|bloqueare)\\b',
  ].map(rule('removal', salvoNegado, salvoCosa)),
  ...[
    `\\b(?:olvid(?:e|en|a|ar|ese|ense)|pierd(?:a|an)|tir(?:e|en)|${QUITAR}) (?:ya |por favor )?(?:mi|este|ese|nuestro) ${NUMERO}\\b`,
  ].map(rule('number_removal', salvoNegado, salvoCosa)),
  ...[
    `\\b(?:no|nunca|jamas|ni|tampoco)(?: (?:me|nos|le|les|lo|la|quiero|quiere|quieren|que|vuelva|vuelvan|vuelvas|a|sigan|siga|sigas|ya|mas|deben|debe|pueden|puede|tienen|tiene))* (?:escrib(?:a|an|as|ir|irme|iendo|anme)|contact(?:e|en|es|ar|arme|ando)|texte(?:e|en|es|ar|arme|ando)|textes|molest(?:e|en|es|ar|arme|ando)|fastidi(?:e|en|es|ar)|llam(?:e|en|es|ar|arme|ando)|insist(?:a|an|as|ir)|busqu(?:e|en|es))\\b`,
    `\\b(?:no|nunca|jamas|ni|tampoco)(?: (?:me|nos|le|les|lo|la|quiero|que|vuelva|vuelvan|vuelvas|a|sigan|siga|sigas|ya|mas))* (?:mand(?:e|en|es|ar|arme|ando|andome)|envi(?:e|en|es|ar|arme|ando))(?: (?:ya|mas|por favor|ningun|ninguna|estos|esos|este|esto|eso|sus|tantos|tantas|otro|otra|un|de|a este numero))*(?: (?:${MENSAJES}|${LLAMADAS}|nada|cosas|tonterias|a este numero)\\b| mas\\b|»)`,
  ].map(
    rule(
      'negative_imperative',
      ({ left }) =>
        /\b(?:que|si|se) $/.test(left) && !/\b(?:quiero|pido|dije|favor|pedi) que $/.test(left) ? 'nothing' : undefined,
      ({ matched, left }) => (/\bno se\b/.test(matched) || /\bse $/.test(left) ? 'nothing' : undefined),
      salvoHora,
    ),
  ),
  ...[
    `\\b(?:no|tampoco) (?:quiero|queremos|deseo|deseamos|quisiera|necesito|acepto|me interesa|me interesan|estoy interesad[oa] en|busco|pedi|solicite)(?: (?:que|me|recibir|recibiendo|seguir|tener|ver|mas|sus|tus|estos|esos|esas|estas|los|las|ningun|ninguna|de|esta|este|tipo|estar|otro|otros|leer|a|su|el|la))* (?:${MENSAJES}|${LLAMADAS}|(?:mand|envi|escrib|llam|contact|texte|molest)\\w+)\\b`,
    '\\b(?:no|tampoco) (?:quiero|queremos|deseo|necesito)(?: (?:recibir|saber|mas|ya))* nada (?:de (?:ustedes|usted|su|ti|parte)|suyo|mas de)\\b',
    `\\b(?:no|ni un|ni una|cero|nada de)(?: (?:mas|me mande|solo|otro|de|tantos))* (?:${MENSAJES}|${LLAMADAS})(?: mas)?(?: (?:por favor|gracias|mas|ya|de|ustedes|promociones|ni|llamadas|textos))*»`,
    '«(?:por favor |ya )*no mas(?: (?:por favor|gracias|ya))+»',
  ].map(rule('refusal', salvoHora)),
  ...[
    '\\b(?:los|las|lo|la|te|les|le) (?:voy|vamos) a (?:demandar|reportar|denunciar|acusar)\\b|\\b(?:voy|vamos) a (?:demandar|reportar|denunciar)(?:los|las|lo|la|te|les)\\b|\\b(?:demandar|reportar|denunciar)(?:los|te|les)\\b|\\b(?:los|te|les|lo) (?:reporto|demando|denuncio|reportare|demandare|reporte|denuncie)\\b',
    '\\b(?:hablar|llamar|contactar|hablare|llamare|llamo|hablo)(?: con| a)? mi abogad[oa]\\b|\\bmi abogad[oa] (?:se|los|les|le|lo) (?:\\w+ )?(?:comunic\\w+|contact\\w+|llam\\w+|va)\\b|\\b(?:tomar|tomare) (?:acciones|medidas) legales\\b|\\baccion(?:es)? legal(?:es)?\\b|\\bpor abogado\\b',
    '\\bacoso\\b|\\bacosando\\b|\\bes ilegal\\b|\\breport\\w+ (?:como|por) spam\\b',
  ].map(rule('legal', salvoNegado)),
  ...[
    '\\bdej\\w* (?:ya )?(?:me |nos )?(?:ya )?en paz\\b|\\bdej\\w+(?:me|nos) (?:ya )?tranquil\\w+',
    '\\bno (?:me |nos )(?:fastidi\\w+|jod\\w+|ching\\w+)\\b|\\bno (?:jod|ching)\\w+»',
    '«(?:larguense|larguese|largate|vayanse|vayase|vete|pudranse)\\b|\\b(?:vete|vayanse|vayase|vayan) (?:a la|al|a) (?:mierda|diablo|carajo|chingada|demonio)\\b|«a la (?:mierda|chingada)\\b|\\bchinga(?:te|da| tu| su)\\b|\\bchinguen a\\b',
  ].map(rule('hostile', ({ left }) => (/\bno $/.test(left) ? 'nothing' : undefined))),
];
