/** Detection by lines: how many of a head's lines have the form. */
import { lastName } from '../../model/source-label.js';
import { once, textOfHead } from '../head.js';
import type { Head, LineIngester, LineSink, Verdict } from '../ingester.js';

export interface LineForm {
  readonly form: string;
  /** What a line of the form looks like, or a test of it. */
  readonly line: Pick<RegExp, 'test'>;
  /** Lines that belong to the form and say nothing of it: heads, blanks are not counted at all. */
  readonly also?: RegExp;
  /** The share of the lines that must have the form, in percent. */
  readonly share: number;
  /** The least number of lines. */
  readonly least: number;
  readonly confidence: number;
  /** What one line at least must hold: most heads do not. Below seven characters V8 finds it three times as fast. */
  readonly word?: string;
  /** The form is the whole of a short source, never a part of a longer one. */
  readonly most?: number;
}

/** Lines after the first few hundred say nothing new. */
const LINES = 400;
/** No line of these forms is longer; `Modules linked in` and binary junk are. */
const LONGEST = 4096;

/** The lines that are tried: whole ones, and no blanks. */
const triedLines = once((head) =>
  (head.whole ? head.lines : head.lines.slice(0, -1)).slice(0, LINES).filter((line) => line.trim() !== ''),
);

/** The first of the forms that the head has. */
export function sniffForms(head: Head, forms: readonly LineForm[]): Verdict | null {
  const lines = triedLines(head);
  for (const form of forms) {
    if (form.word !== undefined && !textOfHead(head).text.includes(form.word)) continue;
    const verdict = sniffForm(lines, head.whole && head.lines.length <= LINES, form);
    if (verdict) return verdict;
  }
  return null;
}

function sniffForm(lines: readonly string[], whole: boolean, form: LineForm): Verdict | null {
  if (form.most !== undefined && (!whole || lines.length > form.most)) return null;
  let matched = 0;
  let neutral = 0;
  let others = 0;
  // With more of them, the share would not be reached if all the rest were of the form.
  const mostOthers = (lines.length * (100 - form.share)) / 100;
  for (const line of lines) {
    if (line.length <= LONGEST && form.line.test(line)) matched++;
    else if (line.length <= LONGEST && form.also?.test(line)) neutral++;
    else if (++others > mostOthers) return null;
  }
  const tried = lines.length - neutral;
  if (matched < form.least || matched * 100 < tried * form.share) return null;
  return {
    form: form.form,
    confidence: form.confidence,
    matched,
    tried,
    why: `${matched} of ${tried} lines have the form of ${form.form}`,
  };
}

/** `collected/uname_-r.txt` -> `uname_-r`: for forms that say nothing of themselves. */
export function baseName(path: string): string {
  return lastName(path).replace(/\.(?:txt|log|out)$/, '');
}

/** An ingester for what is worth recognising but holds no events. */
export function recogniser(
  facts: Pick<LineIngester, 'name' | 'title' | 'priority' | 'places'>,
  forms: readonly LineForm[],
): LineIngester {
  const sink: LineSink = { line: () => {}, end: () => {} };
  return {
    ...facts,
    reads: 'lines',
    needles: null,
    sniff: (head) => sniffForms(head, forms),
    start: () => sink,
  };
}
