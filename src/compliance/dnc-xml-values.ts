/**
 * What the values of a do-not-call list in XML are. The names of its tags are not published (decision 0058), so a value is understood by its form,
 * and by the place where it stands: a tag or an attribute that held a number once holds numbers, and nothing else, in all of the file.
 */
import { ListFileError, type RefusedLine } from './list-lines.ts';

export type Change = 'added' | 'deleted';
export type XmlValue =
  | { readonly kind: 'number'; readonly areaCode: number | undefined; readonly rest: number }
  | { readonly kind: 'areaCode'; readonly areaCode: number | undefined }
  | { readonly kind: 'change'; readonly change: Change | undefined };

export interface Place {
  readonly name: string;
  readonly isAboutTheFile: boolean;
  kind: XmlValue['kind'] | undefined;
  /** What could not be understood there before it was known what the place holds. */
  readonly strange: RefusedLine[];
  strangeCount: number;
}

const STRANGE_KEPT = 20;
const PLACES_MAX = 500;
const WHOLE = /^(?:\+?1[ .-]?)?\(?([2-9]\d{2})\)?[ ,.-]{0,2}(\d{3})[ .-]?(\d{4})$/;
const WITHOUT_AREA_CODE = /^(\d{3})[ .-]?(\d{4})$/;
const AREA_CODE = /^\(?([2-9]\d{2})\)?$/;
/** Counts and days may look like numbers. */
const ABOUT_THE_FILE = /(?:count|total|size|records|version|date|time|account|organi[sz]ation|id|san)$/i;

export function valueIn(text: string): XmlValue | undefined {
  const short = WITHOUT_AREA_CODE.exec(text);
  if (short !== null) return { kind: 'number', areaCode: undefined, rest: Number(`${short[1]}${short[2]}`) };
  const whole = WHOLE.exec(text);
  if (whole !== null) return { kind: 'number', areaCode: Number(whole[1]), rest: Number(`${whole[2]}${whole[3]}`) };
  const area = AREA_CODE.exec(text);
  if (area !== null) return { kind: 'areaCode', areaCode: Number(area[1]) };
  const change = changeIn(text);
  return change === undefined ? undefined : { kind: 'change', change };
}

function changeIn(word: string): Change | undefined {
  if (/^(?:a|add|adds|added|additions?)$/i.test(word)) return 'added';
  if (/^(?:d|del|deletes?|deleted|deletions?|removed?)$/i.test(word)) return 'deleted';
  return undefined;
}

/** Of a tag that holds changes of one kind; a tag of one letter may stand for anything. */
const changeOfTag = (tag: string): Change | undefined => (tag.length === 1 ? undefined : changeIn(tag));

/** Every tag and attribute that a file has, asked about with each of its millions of elements. */
export class Places {
  readonly #byTag = new Map<string, Map<string, Place>>();
  readonly #changes = new Map<string, Change | undefined>();
  #count = 0;

  /** Of all that is in elements of this name. */
  changeOf(tag: string): Change | undefined {
    if (!this.#changes.has(tag)) this.#changes.set(tag, this.#counted(changeOfTag(tag)));
    return this.#changes.get(tag);
  }

  get(tag: string, attribute: string): Place {
    const ofTag = this.#byTag.get(tag) ?? new Map<string, Place>();
    if (ofTag.size === 0) this.#byTag.set(tag, ofTag);
    const known = ofTag.get(attribute);
    if (known !== undefined) return known;
    const place: Place = this.#counted({
      name: attribute === '' ? `<${tag}>` : `${attribute} of <${tag}>`,
      isAboutTheFile: ABOUT_THE_FILE.test(attribute === '' ? tag : attribute),
      kind: undefined,
      strange: [],
      strangeCount: 0,
    });
    ofTag.set(attribute, place);
    return place;
  }

  #counted<T>(place: T): T {
    this.#count += 1;
    if (this.#count > PLACES_MAX)
      throw new ListFileError(`it has more than ${PLACES_MAX} kinds of tags and attributes; a list has a few`);
    return place;
  }
}

/** Undefined: nothing that says which number, or what about it. An area code or a mark that cannot be read holds for nothing. */
export function understoodAt(place: Place, line: number, text: string): XmlValue | undefined {
  const value = valueIn(text);
  if (place.kind === undefined) {
    if (value === undefined) noteStrange(place, strangeAt(line, text));
    else place.kind = value.kind;
    return value;
  }
  if (place.kind === value?.kind) return value;
  if (value?.kind === 'number')
    throw new ListFileError(
      `line ${line}: ${place.name} is a number here (${text}) and was something else before; download the list as flat text`,
    );
  if (place.kind === 'areaCode') return { kind: place.kind, areaCode: undefined };
  return place.kind === 'change' ? { kind: place.kind, change: undefined } : undefined;
}

function noteStrange(place: Place, refused: RefusedLine): void {
  place.strangeCount += 1;
  if (place.strange.length < STRANGE_KEPT) place.strange.push(refused);
}

export const strangeAt = (line: number, text: string): RefusedLine => ({
  line,
  text,
  reason: 'no number of seven or ten digits where the others are',
});
