/**
 * What words are about, for the resemblance of a reply to opt-outs (`opt-out-resemblance.ts`): a sentence that nobody has written
 * before is still made of a denial, a verb of sending and a word for texts. A word is here for what it usually means; what the classes
 * weigh, alone and beside each other, is learned. After `*` any ending may follow.
 */
const CLASSES: Readonly<Record<string, string>> = {
  TEXTS: `text texts texting message messages messaging messeges sms mms alert alerts ad ads promo promos promotion* advert* marketing
    spam* notification* solicit* communication* newsletter* junk blast* mailing* offers updates reminders coupons deals mensaj* texto*
    publicidad propaganda anuncio* aviso* notificacion* ofertas recordatorio* promocion* sms cupon*`,
  SENDING: `texted texting contact contacted contacting call calling called calls send sending sent bother* messaged spamming harass*
    bug bugging write writing annoy* pester* disturb* ping hmu mand* envi* escrib* molest* contact* llam* mensaje* chinga* jod* fregand*
    reach* notify* notified blowing blow`,
  ENDING: `stop* quit quitting cease* end ending halt discontinue* desist unsubscribe* cancel* unsub dej* par* alto basta termin* deten*
    cancele* suspend* enough finish* done silence mute`,
  REMOVING: `remove* delete* erase* drop take taken off block* exclude* purge* wipe scrub out lose forget quit* borr* saq* sac* elimin*
    remuev* remov* desuscri* olvid* baja tach* bloque* opt opted trash scratch strike leave`,
  DENYING: `not no never none nobody nor without nunca jamas nada tampoco ni nadie`,
  NO_LONGER: `anymore more longer again ever further future mas nuevo vez siga* seguir sig* volver vuelv* keep continue still`,
  SELF: `me my mine us our ours i we myself mi mis nos nosotros yo`,
  ADDRESSED: `you your yours yall usted ustedes su sus tu tus les te`,
  THESE: `these this those that them it thing things stuff esto estos esta estas eso esos ese este ahi`,
  NUMBER: `number numbers phone cell line telephone numero* telefono* celular cel`,
  LIST: `list lists database databases system records rotation contacts contacs lista listas base directory campaign campaigns`,
  WANTING: `want wanted wants wish need needs like care interest* desire quiero quiere* queremos deseo deseamos necesit* interes* ocup*
    gusta* rather appreciate agradec* prefer* please favor kindly`,
  STRANGER: `wrong mistaken incorrect stranger equivoc* error incorrecto confund* former previous old new belong* owner
    dueno anterior whoever somebody someone else different another otra otro`,
  KIN: `husband wife mom dad mother father son daughter brother sister grandma grandpa mama papa esposo esposa hijo hija hermano hermana
    padre madre`,
  DYING: `died dead deceased gone passed lost fallecio murio muerto difunt* funeral estate`,
  AUTHORITY: `lawyer* attorney* fcc ftc tcpa sue suing report* court legal illegal abogad* demand* reportar* law laws consent permission
    permiso consentimiento police harassment registry violat* complaint* dnc 7726`,
  ANGER: `fuck* shit* damn* hell ass asshole* bitch* idiot* stupid scam* peace paz alone crying vultures chinga* carajo mierda pinche*
    leeches pests parasit* jerk* crap bullshit`,
  WORK: `leak* crack* roof* wall* floor* slab* driveway concrete pour* paint* fence* deck* door* window* basement foundation gutter*
    drain* pipe* pump* septic tank* water heater furnace* filter* unit ac hvac thermostat yard lawn grass mow* sod tree* stump* branch*
    mulch weed* bush* hedge* sprinkler* irrigation gravel dirt sand pavers patio pool kitchen bath* tile* carpet* clean* oven fridge
    cabinet* solar panel* inverter battery install* repair* crew guys truck* trailer ladder dumpster permit* inspection* warranty
    gotera* techo* pared* piso* concreto cemento zacate pasto arbol* pintur* pint* limpi* tuber* bomba* fosa cerca puerta ventana
    jardin* casa cocina bano garaje patio trabajo obra material*`,
  MONEY: `price* cost* quote* estimate* invoice* bill* pay* paid deposit* check card cash charge* discount* financing dollar* balance
    receipt precio* cuesta* cobr* pag* deposito factura* estimad* cotiza* presupuest* dinero`,
  WHEN: `today tonight tomorrow monday tuesday wednesday thursday friday saturday sunday mon tue tues wed thu thurs fri sat sun
    morning afternoon evening noon weekend* week weeks month months oclock am pm time schedule* reschedule* appointment* appt hoy manana lunes
    martes miercoles jueves viernes sabado domingo semana* mes tarde hora* cita*`,
  COMING: `come coming came arrive* arriving visit stop_by swing bring finish start started begin ready venir viene* vengan pas* lleg*
    traer traig* empez* terminan listo lista`,
  ASKING: `what when where how which can could would will should do does is are que cuando donde como cual cuanto* puede* podria*`,
  AGREEING: `yes yeah yep yup ok okay sure sounds good great perfect thanks thank confirm* si bueno claro gracias perfecto bien`,
  JOINING: `add start subscribe join sign back resume agreg* inscrib* suscrib* apunt* pong* anot*`,
};

const WORDS = new Map<string, string>();
const STEMS = new Map<string, string>();
for (const [name, words] of Object.entries(CLASSES)) {
  for (const word of words.trim().split(/\s+/)) {
    const known = word.endsWith('*') ? STEMS : WORDS;
    const form = word.replace('*', '');
    if (!known.has(form)) known.set(form, name);
  }
}
const STEM_LENGTHS = [...new Set([...STEMS.keys()].map((stem) => stem.length))].sort((a, b) => b - a);

/** The first class that names a word wins; a whole word comes before a stem, a long stem before a short one. */
export function classOf(word: string): string | undefined {
  const named = WORDS.get(word);
  if (named !== undefined) return named;
  for (const length of STEM_LENGTHS) {
    const stem = word.length >= length ? STEMS.get(word.slice(0, length)) : undefined;
    if (stem !== undefined) return stem;
  }
  return undefined;
}
