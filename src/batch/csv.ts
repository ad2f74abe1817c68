/** Reading back the CSV that batches write. */
import { createReadStream } from 'node:fs';
import { type CastingContext, type Options, parse } from 'csv-parse';
import { parse as parseSync } from 'csv-parse/sync';

export type CsvRow = readonly (string | null)[];

/** An apostrophe was put before what a spreadsheet would run: see report/csv.ts. */
const GUARDED = /^'[=+\-@\t\r]/;

/** An empty field is NULL, an empty text is quoted. */
function cast(value: string, context: CastingContext): string | null {
  if (value === '' && !context.quoting) return null;
  return GUARDED.test(value) ? value.slice(1) : value;
}

const OPTIONS = { cast, record_delimiter: '\n' } as const;

/** Rows without a header. */
export function parseRows(csv: Uint8Array): CsvRow[] {
  return parseSync(
    Buffer.from(csv.buffer, csv.byteOffset, csv.length),
    OPTIONS as Options,
  ) as unknown as CsvRow[];
}

/** All rows of a file, its header first. */
export function readRows(path: string): AsyncIterable<CsvRow> {
  return createReadStream(path).pipe(parse(OPTIONS as Options));
}
