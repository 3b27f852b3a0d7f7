export type CsvFileProblem =
  | 'empty_file'
  | 'no_rows'
  | 'not_text'
  | 'bad_encoding'
  | 'unclosed_quote'
  | 'stray_quote'
  | 'unreadable_row'
  | 'row_too_long'
  | 'too_many_columns'
  | 'file_too_large'
  | 'no_phone_column'
  | 'unknown_column'
  | 'ambiguous_column';

/**
 * A file that cannot be imported as it is. Thrown out of the reading stream, and turned into a value by the use case; the message
 * says what, where and the remedy, for the person who chose the file.
 */
export class CsvFileError extends Error {
  override readonly name = 'CsvFileError';
  readonly problem: CsvFileProblem;

  constructor(problem: CsvFileProblem, message: string) {
    super(message);
    this.problem = problem;
  }
}
