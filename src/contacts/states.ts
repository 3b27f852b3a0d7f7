/**
 * Names of US states, territories and Canadian provinces as people write them, and their postal codes. One entry per code: names
 * and abbreviations in lower case without dots; Spanish names where they differ.
 */
const NAMES: Readonly<Record<string, readonly string[]>> = {
  AL: ['alabama', 'ala'],
  AK: ['alaska'],
  AZ: ['arizona', 'ariz'],
  AR: ['arkansas', 'ark'],
  CA: ['california', 'calif', 'cal'],
  CO: ['colorado', 'colo'],
  CT: ['connecticut', 'conn'],
  DC: ['district of columbia', 'washington dc', 'washington d c', 'distrito de columbia'],
  DE: ['delaware', 'del'],
  FL: ['florida', 'fla'],
  GA: ['georgia'],
  HI: ['hawaii', 'hawai', "hawai'i"],
  IA: ['iowa'],
  ID: ['idaho'],
  IL: ['illinois', 'ill'],
  IN: ['indiana', 'ind'],
  KS: ['kansas', 'kans'],
  KY: ['kentucky'],
  LA: ['louisiana', 'luisiana'],
  MA: ['massachusetts', 'massachussetts', 'mass'],
  MD: ['maryland'],
  ME: ['maine'],
  MI: ['michigan', 'mich'],
  MN: ['minnesota', 'minn'],
  MO: ['missouri', 'misuri'],
  MS: ['mississippi', 'misisipi', 'miss'],
  MT: ['montana', 'mont'],
  NC: ['north carolina', 'n carolina', 'carolina del norte'],
  ND: ['north dakota', 'n dakota', 'dakota del norte'],
  NE: ['nebraska', 'neb', 'nebr'],
  NH: ['new hampshire', 'nueva hampshire'],
  NJ: ['new jersey', 'nueva jersey'],
  NM: ['new mexico', 'nuevo méxico', 'nuevo mexico'],
  NV: ['nevada', 'nev'],
  NY: ['new york', 'new york state', 'nueva york'],
  OH: ['ohio'],
  OK: ['oklahoma', 'okla'],
  OR: ['oregon', 'oregón', 'ore'],
  PA: ['pennsylvania', 'pensilvania', 'penn', 'penna'],
  RI: ['rhode island'],
  SC: ['south carolina', 's carolina', 'carolina del sur'],
  SD: ['south dakota', 's dakota', 'dakota del sur'],
  TN: ['tennessee', 'tenn'],
  TX: ['texas', 'tejas', 'tex'],
  UT: ['utah'],
  VA: ['virginia'],
  VT: ['vermont'],
  WA: ['washington', 'washington state', 'wash'],
  WI: ['wisconsin', 'wis', 'wisc'],
  WV: ['west virginia', 'w virginia', 'w va', 'virginia occidental'],
  WY: ['wyoming', 'wyo'],
  PR: ['puerto rico'],
  VI: ['us virgin islands', 'virgin islands', 'u s virgin islands', 'islas vírgenes', 'usvi'],
  GU: ['guam'],
  MP: ['northern mariana islands', 'cnmi'],
  AS: ['american samoa', 'samoa americana'],
  AB: ['alberta'],
  BC: ['british columbia'],
  MB: ['manitoba'],
  NB: ['new brunswick'],
  NL: ['newfoundland and labrador', 'newfoundland'],
  NS: ['nova scotia'],
  NT: ['northwest territories'],
  NU: ['nunavut'],
  ON: ['ontario'],
  PE: ['prince edward island'],
  QC: ['quebec', 'québec'],
  SK: ['saskatchewan'],
  YT: ['yukon'],
};

const CODE_BY_NAME: ReadonlyMap<string, string> = new Map(
  Object.entries(NAMES).flatMap(([code, names]) => [code.toLowerCase(), ...names].map((name) => [name, code] as const)),
);

/**
 * The two-letter code of a US state, territory or Canadian province: `Massachusetts`, `mass.`, `N.Y.` and `ma` are understood.
 * `undefined` for anything else.
 */
export function stateCode(text: string): string | undefined {
  if (Object.hasOwn(NAMES, text)) return text;
  const name = text.normalize('NFC').toLowerCase().replace(/\./g, ' ').replace(/\s+/g, ' ').trim();
  return CODE_BY_NAME.get(name) ?? CODE_BY_NAME.get(name.replaceAll(' ', ''));
}

/** "District of Columbia", "US Virgin Islands"; a code that is none stays as it is. */
export function stateName(code: string): string {
  const [name] = NAMES[code] ?? [code];
  return (name ?? code).replace(/\b(?!of\b|and\b)[a-z]/g, (letter) => letter.toUpperCase()).replace(/^Us /, 'US ');
}
