/**
 * What a file is that is not CSV, by its first bytes, with the way to a CSV file; `undefined` when nothing speaks against CSV.
 * People upload workbooks and exports under any name, so that the name is not asked.
 */
export function foreignFile(head: Buffer): string | undefined {
  const text = head.toString('latin1');
  if (text.startsWith('PK\x03\x04')) return zipKind(text);
  for (const [signature, advice] of SIGNATURES) if (signature.test(text)) return advice;
  return undefined;
}

const SAVE_AS_CSV = 'open it, choose "Save as" or "Download", pick "CSV UTF-8 (comma delimited)" and import that file';

function zipKind(text: string): string {
  if (/opendocument\.spreadsheet/.test(text)) return `this is an OpenDocument spreadsheet: ${SAVE_AS_CSV}`;
  if (/\[Content_Types\]\.xml|_rels\/|xl\//.test(text)) return `this is an Excel workbook: ${SAVE_AS_CSV}`;
  if (/\.iwa|Index\.zip/.test(text)) return `this is an Apple Numbers document: ${SAVE_AS_CSV}`;
  return 'this is a ZIP archive: unpack it and import the CSV file in it';
}

const SIGNATURES: readonly (readonly [RegExp, string])[] = [
  [/^\xd0\xcf\x11\xe0/, `this is an old Excel workbook (.xls): ${SAVE_AS_CSV}`],
  [/^%PDF-/, 'this is a PDF document: export the contacts as CSV from the program that made it'],
  [/^\x89PNG|^GIF8|^\xff\xd8\xff|^RIFF....WEBP/s, 'this is a picture: choose the CSV file with the contacts'],
  [/^\x1f\x8b/, 'this is a gzip archive: unpack it and import the CSV file in it'],
  [/^7z\xbc\xaf|^Rar!/, 'this is an archive: unpack it and import the CSV file in it'],
  [/^\{\\rtf/, `this is a rich text document: ${SAVE_AS_CSV}`],
  [
    /^(?:\xef\xbb\xbf)?\s*<(?:!doctype|html|table|head|meta|style)\b/i,
    `this is a web page (some programs name it .xls): ${SAVE_AS_CSV}`,
  ],
  [/^(?:\xef\xbb\xbf)?\s*<\?xml/i, `this is an XML document: ${SAVE_AS_CSV}`],
  [/^(?:\xef\xbb\xbf)?BEGIN:VCARD/i, 'this is a vCard file: import it into an address book and export that as CSV'],
  [/^(?:\xef\xbb\xbf)?\s*(?:\[\s*)?\{\s*"/, 'this is JSON: export the contacts as CSV'],
  [/^(?:\xff\xfe\x00\x00|\x00\x00\xfe\xff)/, 'this is UTF-32 text: save it as "CSV UTF-8" and import that file'],
];
