/**
 * A cell that spreadsheets show and never run: text that begins like a formula gets an apostrophe before it (OWASP, "CSV Injection"),
 * unless it is made of what phone numbers are made of. Such text cannot call anything, and a file whose numbers were changed could
 * not be corrected and imported again.
 */
export function csvCell(text: string): string {
  const safe = /^[=+\-@\t\r]/.test(text) && !/^[-+\d\s().]+$/.test(text) ? `'${text}` : text;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}

export const csvLine = (cells: readonly string[]): string => `${cells.map(csvCell).join(',')}\r\n`;
