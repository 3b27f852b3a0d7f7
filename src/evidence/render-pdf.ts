import { createRequire } from 'node:module';
import PDFDocument from 'pdfkit';
import { unreachable } from '../platform/result.ts';
import type { Block, PrintedDocument } from './document.ts';

/**
 * Pages of A4 or Letter size alike (Letter), in DejaVu Sans, which has Spanish, Greek, Cyrillic and the like, and Noto Emoji for what people put into
 * texts. Both are embedded: the file looks the same wherever it is read. Written as it is made; only the last page is in memory.
 */
export function renderPdf(document: PrintedDocument): PDFKit.PDFDocument {
  const pdf = new PDFDocument({
    size: 'LETTER',
    margins: { top: MARGIN, left: MARGIN, right: MARGIN, bottom: FOOT },
    info: {
      Title: document.title,
      // biome-ignore lint/style/noRestrictedGlobals: pdfkit asks for one.
      CreationDate: new Date(document.createdAt.epochMilliseconds),
      Producer: 'Textwright',
      Creator: 'Textwright',
    },
    lang: 'en-US',
    displayTitle: true,
    autoFirstPage: false,
  });
  for (const [name, path] of Object.entries(FONTS)) pdf.registerFont(name, require.resolve(path));
  let pages = 0;
  pdf.on('pageAdded', () => {
    pages += 1;
    footer(pdf, `${document.footer} · page ${pages}`);
  });
  pdf.addPage();
  write(pdf, document.title, { font: 'bold', size: 18 });
  write(pdf, document.subtitle, { font: 'plain', size: 9, color: GREY });
  for (const block of document.blocks) writeBlock(pdf, block);
  pdf.end();
  return pdf;
}

const require = createRequire(import.meta.url);
const FONTS = {
  plain: 'dejavu-fonts-ttf/ttf/DejaVuSans.ttf',
  bold: 'dejavu-fonts-ttf/ttf/DejaVuSans-Bold.ttf',
  mono: 'dejavu-fonts-ttf/ttf/DejaVuSansMono.ttf',
  emoji: '@expo-google-fonts/noto-emoji/400Regular/NotoEmoji_400Regular.ttf',
};
type Font = Exclude<keyof typeof FONTS, 'emoji'>;

const MARGIN = 54;
const FOOT = 64;
const GREY = '#555555';
const BLACK = '#111111';
const INDENT = 12;

interface Style {
  readonly font: Font;
  readonly size: number;
  readonly color?: string;
  readonly indent?: number;
}

function writeBlock(pdf: PDFKit.PDFDocument, block: Block): void {
  switch (block.kind) {
    case 'heading':
      keepTogether(pdf, 60);
      pdf.moveDown(1);
      write(pdf, block.text, { font: 'bold', size: 13 });
      pdf.moveDown(0.3);
      return;
    case 'paragraph':
      pdf.moveDown(0.4);
      write(pdf, block.text, { font: 'plain', size: 9 });
      return;
    case 'facts':
      for (const [name, value] of block.facts) {
        write(pdf, `${name}: ${value}`, { font: 'plain', size: 9 });
        pdf.moveDown(0.15);
      }
      return;
    case 'entry':
      writeEntry(pdf, block);
      return;
    case 'code':
      for (const line of block.lines) write(pdf, line, { font: 'mono', size: 7 });
      return;
    default:
      unreachable(block);
  }
}

function writeEntry(pdf: PDFKit.PDFDocument, entry: Extract<Block, { readonly kind: 'entry' }>): void {
  keepTogether(pdf, 48);
  pdf.moveDown(0.7);
  write(pdf, entry.when, { font: 'plain', size: 7.5, color: GREY });
  write(pdf, entry.title, { font: 'bold', size: 9.5 });
  if (entry.text !== null) {
    pdf.moveDown(0.15);
    const top = pdf.y;
    const page = pdf.bufferedPageRange().count;
    write(pdf, entry.text, { font: 'plain', size: 9.5, indent: INDENT });
    // A rule beside the words, where they stay on one page.
    if (pdf.y > top && page === pdf.bufferedPageRange().count)
      pdf
        .save()
        .lineWidth(1.5)
        .strokeColor('#999999')
        .moveTo(MARGIN + 3, top)
        .lineTo(MARGIN + 3, pdf.y - 2)
        .stroke()
        .restore();
    pdf.moveDown(0.15);
  }
  for (const line of entry.lines) write(pdf, line, { font: 'plain', size: 8, color: '#333333' });
}

/** Starts a new page when less than so many points are left. */
function keepTogether(pdf: PDFKit.PDFDocument, points: number): void {
  if (pdf.y + points > pdf.page.height - FOOT) pdf.addPage();
}

/** One paragraph; emoji in the font that has them. */
function write(pdf: PDFKit.PDFDocument, text: string, { font, size, color = BLACK, indent = 0 }: Style): void {
  const runs = fontRuns(printable(text), font);
  const width = pdf.page.width - 2 * MARGIN - indent;
  pdf.fontSize(size).fillColor(color);
  pdf.x = MARGIN + indent;
  runs.forEach((run, index) => {
    pdf.font(run.font).text(run.text, { continued: index < runs.length - 1, width });
  });
  pdf.x = MARGIN;
}

function footer(pdf: PDFKit.PDFDocument, text: string): void {
  const { bottom } = pdf.page.margins;
  // Below the margin text would begin a new page.
  pdf.page.margins.bottom = 0;
  pdf.font('mono').fontSize(6).fillColor(GREY);
  pdf.text(text, MARGIN, pdf.page.height - FOOT + 24, { width: pdf.page.width - 2 * MARGIN });
  pdf.page.margins.bottom = bottom;
  pdf.x = MARGIN;
  pdf.y = MARGIN;
}

/** Controls, and what joins or varies emoji: they have no shape, and would be drawn as boxes. A line ends with a line feed. */
const SHAPELESS = /\p{Variation_Selector}|[[\p{Cf}\p{Cc}]--[\n]]/gv;
const printable = (text: string): string => text.replace(SHAPELESS, '') || ' ';

const EMOJI = /(\p{Extended_Pictographic}|\p{Regional_Indicator}|\p{Emoji_Modifier})+/gu;

export function fontRuns(
  text: string,
  font: Font,
): readonly { readonly font: Font | 'emoji'; readonly text: string }[] {
  const runs: { font: Font | 'emoji'; text: string }[] = [];
  let last = 0;
  for (const match of text.matchAll(EMOJI)) {
    if (match.index > last) runs.push({ font, text: text.slice(last, match.index) });
    runs.push({ font: 'emoji', text: match[0] });
    last = match.index + match[0].length;
  }
  if (last < text.length) runs.push({ font, text: text.slice(last) });
  return runs;
}
