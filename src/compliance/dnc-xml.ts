/**
 * A do-not-call list in XML, read as a stream by its structure (decision 0058): whole numbers, or numbers of seven digits below or beside the
 * area code that holds for them; in a list of changes each marked as added or deleted, by itself or by what is around it. What leaves a doubt
 * which number is meant stops the file. No document type, hence no entities but those of XML itself.
 */
import { SaxesParser } from 'saxes';
import type { DncSink } from './dnc-sink.ts';
import { type Change, Places, strangeAt, understoodAt, type XmlValue } from './dnc-xml-values.ts';
import { ListFileError, type ListReader, type RefusedLine } from './list-lines.ts';

/** Between two tags; a list has a number there. */
const TAG_BYTES_MAX = 64 * 1024;
const TEXT_LENGTH_MAX = 256;
const DEPTH_MAX = 64;

type NumberValue = Extract<XmlValue, { readonly kind: 'number' }>;
type SaidValue = Exclude<XmlValue, NumberValue>;
interface Pending {
  readonly line: number;
  readonly text: string;
  readonly value: NumberValue;
  readonly change: Change | undefined;
}
interface Element {
  readonly tag: string;
  hasElements: boolean;
  text: string;
  areaCode: number | undefined;
  change: Change | undefined;
  /** Waits for what may still be said of it beside it. */
  pending: Pending | undefined;
  numbers: number;
  /** What it says itself; the rest is from around it. */
  readonly said: { areaCode: boolean; change: boolean };
  /** Of its only number, behind which it was said. */
  isSettled: boolean;
}

export function dncXmlReader(kind: 'numbers' | 'changes', sink: DncSink): ListReader {
  const parser = new SaxesParser();
  const decoder = new TextDecoder();
  const list = new XmlList(kind, sink);
  let quietBytes = 0;
  const at =
    <T>(read: (given: T, line: number) => void) =>
    (given: T) =>
      read(given, parser.line);
  const tag = <T>(read: (given: T, line: number) => void) =>
    at<T>((given, line) => {
      quietBytes = 0;
      read(given, line);
    });
  parser.on('error', ({ message }) => {
    throw new ListFileError(`this is no whole XML (${message}); download the list again`);
  });
  parser.on(
    'doctype',
    at((_, line) => stop(line, 'a document type (DTD) is not read; web pages have one')),
  );
  parser.on(
    'opentag',
    tag(({ name, attributes }, line) => list.open(name, attributes, line)),
  );
  parser.on(
    'text',
    at((text, line) => list.addText(text, line)),
  );
  parser.on(
    'cdata',
    at((text, line) => list.addText(text, line)),
  );
  parser.on(
    'closetag',
    tag((_, line) => list.close(line)),
  );
  return {
    push(chunk) {
      quietBytes += chunk.length;
      parser.write(decoder.decode(chunk, { stream: true }));
      if (quietBytes > TAG_BYTES_MAX + chunk.length) stop(parser.line, `no tag within ${TAG_BYTES_MAX / 1024} KiB`);
    },
    end() {
      parser.write(decoder.decode());
      parser.close();
    },
    lines: () => list.entries,
  };
}

function stop(line: number, what: string): never {
  throw new ListFileError(`line ${line}: ${what}; download the list as flat text`);
}

class XmlList {
  /** Numbers, and what stood where numbers stand. */
  entries = 0;
  readonly #kind: 'numbers' | 'changes';
  readonly #sink: DncSink;
  readonly #places = new Places();
  readonly #open: Element[] = [];

  constructor(kind: 'numbers' | 'changes', sink: DncSink) {
    this.#kind = kind;
    this.#sink = sink;
  }

  open(tag: string, attributes: Readonly<Record<string, string>>, line: number): void {
    const around = this.#open.at(-1);
    if (this.#open.length >= DEPTH_MAX) stop(line, `tags within tags, more than ${DEPTH_MAX} deep`);
    if (around !== undefined) {
      around.hasElements = true;
      this.#readText(around, around, line);
    }
    const byTag = this.#places.changeOf(tag);
    const element: Element = {
      tag,
      hasElements: false,
      text: '',
      areaCode: around?.areaCode,
      change: byTag ?? around?.change,
      pending: undefined,
      numbers: 0,
      said: { areaCode: false, change: byTag !== undefined },
      isSettled: false,
    };
    this.#open.push(element);
    this.#readAttributes(element, attributes, line);
  }

  addText(text: string, line: number): void {
    const element = this.#open.at(-1);
    if (element === undefined) return;
    element.text = `${element.text}${text}`.trimStart();
    if (element.text.length > TEXT_LENGTH_MAX && element.text.trimEnd().length > TEXT_LENGTH_MAX)
      stop(line, `<${element.tag}> holds more than ${TEXT_LENGTH_MAX} characters`);
  }

  close(line: number): void {
    const element = this.#open.pop();
    if (element === undefined) return;
    this.#readText(element, element.hasElements ? element : (this.#open.at(-1) ?? element), line);
    this.#flush(element);
  }

  /** In whatever order: numbers last. */
  #readAttributes(element: Element, attributes: Readonly<Record<string, string>>, line: number): void {
    const numbers: Pending[] = [];
    for (const attribute in attributes) {
      const text = attributes[attribute]?.trim() ?? '';
      const value = this.#read({ tag: element.tag, attribute, text, line });
      if (value?.kind === 'number') numbers.push({ line, text, value, change: undefined });
      else if (value !== undefined) say(element, value, line);
    }
    for (const number of numbers) this.#hold(element, number);
  }

  /** Text of an element that has nothing else is about the element around it; text beside other elements is about its own. */
  #readText(element: Element, about: Element, line: number): void {
    const text = element.text.trim();
    if (text === '') return;
    element.text = '';
    const value = this.#read({ tag: element.tag, attribute: '', text, line });
    if (value === undefined) return;
    if (value.kind !== 'number') {
      say(about, value, line);
      return;
    }
    const { said } = element;
    const areaCode = value.areaCode ?? (said.areaCode ? element.areaCode : undefined);
    this.#hold(about, { line, text, value: { ...value, areaCode }, change: said.change ? element.change : undefined });
  }

  #read(given: { readonly tag: string; readonly attribute: string; readonly text: string; readonly line: number }) {
    const { tag, attribute, text, line } = given;
    if (text === '') return undefined;
    const place = this.#places.get(tag, attribute);
    if (place.isAboutTheFile) return undefined;
    const before = place.kind;
    const value = understoodAt(place, line, text);
    if (before === 'number' && value === undefined) this.#refuse(strangeAt(line, text));
    // It is known only now that numbers stand there: what stood there before was none.
    if (before === undefined && value?.kind === 'number')
      for (let index = 0; index < place.strangeCount; index += 1)
        this.#refuse(place.strange[index] ?? strangeAt(line, ''));
    return value;
  }

  #hold(element: Element, pending: Pending): void {
    if (element.isSettled)
      stop(pending.line, `it is not clear to which number of <${element.tag}> its other values belong`);
    this.#flush(element);
    element.numbers += 1;
    element.pending = pending;
  }

  #flush(element: Element): void {
    const { pending } = element;
    if (pending === undefined) return;
    element.pending = undefined;
    const { line, text, value } = pending;
    const areaCode = value.areaCode ?? element.areaCode;
    const change = pending.change ?? element.change;
    if (this.#kind === 'numbers' && change !== undefined)
      throw new ListFileError(`line ${line}: the number is marked as ${change}; upload the file as changes`);
    if (areaCode === undefined)
      this.#refuse({ line, text, reason: 'seven digits without an area code around or beside them' });
    else if (this.#kind === 'changes' && change === undefined)
      this.#refuse({ line, text, reason: 'expected A (added) or D (deleted) beside the number' });
    else {
      this.entries += 1;
      this.#sink.entry({ areaCode, rest: value.rest, removed: change === 'deleted' });
    }
  }

  #refuse(line: RefusedLine): void {
    this.entries += 1;
    this.#sink.refused(line);
  }
}

/** Of one number it may be said before or behind it, of several only before them. */
function say(element: Element, value: SaidValue, line: number): void {
  if (element.said[value.kind] || element.numbers > 1)
    stop(line, `it is not clear to which number of <${element.tag}> this value belongs`);
  element.said[value.kind] = true;
  element.isSettled = element.numbers > 0;
  if (value.kind === 'areaCode') element.areaCode = value.areaCode;
  else element.change = value.change;
}
