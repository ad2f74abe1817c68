// SPDX-License-Identifier: Apache-2.0
/** Detection by the share of a head's lines that match a form. */
import { lastName } from '../../model/source-label.js';
import { cachedForHead, textOfHead } from '../head.js';
import type { Head, IngestContext, LineIngester, Verdict } from '../ingester.js';
import { counted } from '../verdict.js';

export interface LineForm {
  readonly form: string;
  /** A pattern or test for lines of the form. */
  readonly line: Pick<RegExp, 'test'>;
  /** Neutral lines, such as column heads: neither for nor against the form. Blank lines never count. */
  readonly also?: RegExp;
  /** The minimum share of matching lines, in percent; 100 by default. */
  readonly share?: number;
  /** The minimum number of matching lines; 1 by default. */
  readonly minLines?: number;
  readonly confidence: number;
  /** A word that one line must hold, for quick rejection. V8 finds words below seven characters three times as fast. */
  readonly word?: string;
  /** The maximum number of lines: the form is a whole short source. */
  readonly maxLines?: number;
}

/** More lines would not change the verdict. */
const MAX_LINES = 400;
/** No line of these forms is longer, unlike `Modules linked in` and binary data. */
export const LONGEST = 4096;

/** The lines tried: complete and not blank. */
export const triedLines = cachedForHead((head) =>
  (head.whole ? head.lines : head.lines.slice(0, -1))
    .slice(0, MAX_LINES)
    .filter((line) => line.trim() !== ''),
);

/** The first form that the head matches. */
export function sniffForms(head: Head, forms: readonly LineForm[]): Verdict | null {
  const lines = triedLines(head);
  for (const form of forms) {
    if (form.word !== undefined && !textOfHead(head).text.includes(form.word)) continue;
    const verdict = sniffForm(lines, head.whole && head.lines.length <= MAX_LINES, form);
    if (verdict) return verdict;
  }
  return null;
}

function sniffForm(lines: readonly string[], whole: boolean, form: LineForm): Verdict | null {
  if (form.maxLines !== undefined && (!whole || lines.length > form.maxLines)) return null;
  const { share = 100, minLines = 1 } = form;
  let matched = 0;
  let neutral = 0;
  let others = 0;
  // With more of them the share cannot be reached.
  const mostOthers = (lines.length * (100 - share)) / 100;
  for (const line of lines) {
    if (line.length <= LONGEST && form.line.test(line)) matched++;
    else if (line.length <= LONGEST && form.also?.test(line)) neutral++;
    else if (++others > mostOthers) return null;
  }
  const tried = lines.length - neutral;
  if (matched < minLines || matched * 100 < tried * share) return null;
  return counted(form.form, form.confidence, matched, tried, `lines match ${form.form}`);
}

/** `collected/uname_-r.txt` -> `uname_-r`: for forms without distinct contents. */
export function baseName(path: string): string {
  return lastName(path).replace(/\.(?:txt|log|out)$/, '');
}

type Facts = Pick<LineIngester, 'name' | 'title' | 'priority' | 'places'> &
  Partial<Pick<LineIngester, 'needles' | 'most' | 'sniff'>>;

/** An ingester for files in which each line is complete in itself. `sniff`: instead of a look for the forms alone. */
export function lineByLine(
  facts: Facts,
  forms: readonly LineForm[],
  read: (context: IngestContext, text: string, line: number) => void,
): LineIngester {
  return {
    needles: null,
    most: forms.reduce((most, { confidence }) => Math.max(most, confidence), 0),
    sniff: (head) => sniffForms(head, forms),
    ...facts,
    reads: 'lines',
    start: (context) => ({ line: (text, line) => read(context, text, line), end: () => {} }),
  };
}

/** An ingester for files that hold no events but should be recognised. */
export function recogniser(facts: Facts, forms: readonly LineForm[]): LineIngester {
  return lineByLine(facts, forms, () => {});
}
