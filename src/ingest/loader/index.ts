/**
 * What modprobe, insmod and other loaders printed on a terminal, without a log around it. A mail program may have
 * wrapped a line.
 */
import { isKnown, saidBy } from '../dmesg/catalogue.js';
import { bareRecord } from '../dmesg/record.js';
import { filledLines } from '../head.js';
import type { Head, IngestContext, LineIngester, LineSink, Verdict } from '../ingester.js';
import { forPlainLines } from '../plain-line.js';
import { isBroken } from '../wrapped.js';

/** Behind a prompt's rest, a quotation mark or words; what stands before is nothing that the loader printed. */
const LOADER = /(?:^|[\s"'`(/])((?:modprobe|insmod|kmod|rmmod)(?:\.(?:kmod|static))?: \S)/;

/** What a loader says of what went wrong, in whatever words. */
const COMPLAINT =
  /^\w+: (?:ERROR|FATAL|WARNING|can't|cannot|could not|failed|error)(?! ?:? could not remove)/;

/** The loader's message in a line, or null. */
export function loaderMessage(line: string): string | null {
  const match = LOADER.exec(line);
  if (match?.[1] !== undefined) {
    const from = match.index + match[0].length - match[1].length;
    const text = line.slice(from).replace(/\.(?:kmod|static)(?=: )/, '');
    return from > 0 ? text.replace(/["'`)]{1,3}[.,]?$/, '') : text;
  }
  return isKnown(bareRecord(0, line), 'program') ? line : null;
}

class LoaderOutput implements LineSink {
  readonly #context: IngestContext;
  #held: { readonly text: string; readonly number: number } | null = null;
  #before = '';

  constructor(context: IngestContext) {
    this.#context = context;
  }

  line(raw: string, number: number): void {
    const line = raw.trim();
    const text = loaderMessage(line);
    if (text !== null) {
      this.end();
      this.#held = { text, number };
      this.#before = raw.trimEnd();
      return;
    }
    const held = this.#held;
    if (!held || line === '') return;
    const joined = `${held.text} ${line}`;
    if (isBroken(this.#before, line) && isKnown(bareRecord(held.number, joined), 'program')) {
      this.#held = { ...held, text: joined };
      this.#context.diagnose('text-repaired', held.number, 'wrapped lines were joined again');
    }
    this.end();
  }

  end(): void {
    const held = this.#held;
    this.#held = null;
    if (!held) return;
    const all = saidBy(bareRecord(held.number, held.text), 'program');
    for (const said of all) this.#context.emit({ line: held.number, t: null, ...said });
    if (all.length > 0 || !COMPLAINT.test(held.text)) return;
    this.#context.diagnose('loading-not-understood', held.number, held.text);
    this.#context.emit({ line: held.number, t: null, kind: 'not-understood', message: held.text });
  }
}

function sniff(head: Head): Verdict | null {
  const lines = filledLines(head);
  const matched = lines.filter((line) => loaderMessage(line.trim()) !== null).length;
  if (matched === 0 || !head.whole) return null;
  const tried = lines.length;
  // Else the text is looked through for more.
  const confidence = matched * 2 >= tried ? 40 : 15;
  const why = `${matched} of ${tried} lines are messages of a loader`;
  return { form: 'output of modprobe or insmod', confidence, matched, tried, why };
}

export const loaderOutput: LineIngester = forPlainLines({
  name: 'loader-output',
  title: 'output of modprobe, insmod and kmod on a terminal',
  priority: 380,
  reads: 'lines',
  needles: null,
  sniff,
  start: (context) => new LoaderOutput(context),
});
