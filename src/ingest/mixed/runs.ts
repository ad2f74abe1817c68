// SPDX-License-Identifier: Apache-2.0
/** Runs: adjacent lines of one unmistakable kind inside prose. Each run is a section. */
import { TRACE_LINE, TRACE_NUMBERS } from '../dmesg/blocks/trace-line.js';
import type { IngestContext, LineSink } from '../ingester.js';
import { isAboutLoads, isLoaderLine } from '../loader/message.js';
import { plainLine } from '../plain-line.js';
import { hasStampAfter } from '../stamp-front.js';
import { mayContinue } from '../wrapped.js';

/** Quoting of mails, which may stand before any line, the bullets of a list, and a comment's mark before `dmesg -T`. */
const QUOTE = /^[>|\s]*(?:[*•-] (?=[[<A-Z])|(?:# {1,3}){1,3}(?=\[[^\s\]]{1,8} ))?/;
/** The file that grep found a line of a log in. */
const FOUND_IN = /^(?:[\w.+@-]*\/)*[\w.+@-]{1,80}(?::\d{1,9})?:(?=[[<A-Z\d])/;

/** Programs that load modules, with their pid. */
const LOADERS =
  '(?:systemd-modules(?:-load)?|systemd-udevd|\\(?udev-worker\\)?|systemd|modprobe|insmod|kmod|dracut[\\w-]{0,32})(?:\\[\\d+\\])?: ';

export const LSMOD_HEAD = /^Module\s{1,40}Size\s{1,10}Used by\b/;

/**
 * Kinds that a single line identifies; those that need a whole table are not searched for in prose.
 *   [   12.345678] nls_cp737: ...      <6>[   12.345678] ...      Nov 22 10:45:49 lab kernel: ...
 *   (udev-worker)-514     [006] .....    37.321026: sys_finit_module(...)
 *            Mods ever loaded	27        /sys/kernel/debug/modules/modcount:27
 *   nls_cp1251 16384 0 - Live 0xffffffffa0558000
 */
// biome-ignore format: a table
const KINDS: readonly { readonly kind: string; readonly pattern: RegExp }[] = [
  // Vendors' timestamps: [    1.234567,0] [    1.234567@3] [    1.234567s] [    1.234567 / 01-01 00:00:12.345]
  { kind: 'log', pattern: /^(?:<\d+>)?\[ *\d+\.\d{6}(?:[,@]\d{1,2}|s| \/ [\d: .-]{1,30}| {1,16}(?:<[ \d.-]{1,24}[ *]?>)?)?\]/ },
  // With a terminal's or recorder's timestamp in front: [2023-06-16 12:06:53.394] [    0.000000] ...     12:06:53.394 -> [    0.0...
  { kind: 'log', pattern: /^(?:\[[^\]]{4,45}\]|\d[\d:.,/+TZ-]{4,40}) {0,2}(?:->|\|)? {0,4}(?:<\d{1,3}>)?\[ {0,8}\d{1,10}\.\d{6}\]/ },
  // Wed Nov 11 20:10:03 2020 kern.notice kernel: ...     Nov 11 20:10:03 (none) kern.info kernel: ...
  { kind: 'log', pattern: /^[A-Z][a-z]{2} [\w :().-]{12,80} kern\.[a-z]{3,7} / },
  // Thu Mar  4 21:37:47 2021 daemon.err modprobe: ...
  { kind: 'log', pattern: new RegExp(`^[A-Z][a-z]{2} [\\w :().-]{12,80} (?:daemon|user)\\.[a-z]{3,7} (?:kmodloader(?:\\[\\d+\\])?: |${LOADERS})`) },
  // Nov 11 20:10:03 [kernel] ...      01-31 00:00:12.345     0     0 I         : ...
  { kind: 'log', pattern: /^[A-Z][a-z]{2} [ \d]\d \d\d:\d\d:\d\d (?:\S{1,80} )?\[kernel\] / },
  { kind: 'log', pattern: /^\d\d-\d\d \d\d:\d\d:\d\d\.\d{3,9} {1,6}(?:0 {1,6}0|1 {1,6}1) [VDIWEF] / },
  { kind: 'log', pattern: new RegExp(`^(?:(?:[^\\s\\d[\\]:]{2,6}|\\d\\d?[月월]) [ \\d]\\d \\d\\d:\\d\\d:\\d\\d|\\d{4}-\\d\\d-\\d\\dT\\S+|[^\\s\\d[\\]:]{1,6} \\d{4}-\\d\\d-\\d\\d [\\d:.]{8,15} [A-Z\\d+-]{1,6}|\\d\\d:\\d\\d:\\d\\d) (?:\\S+ )?(?:kernel: |${LOADERS})`) },
  { kind: 'log', pattern: /^(?:\d{1,2}\.[\w.+~-]{1,80},)?\d+,\d+,\d+,[-c];/ },
  { kind: 'log', pattern: /^<\d{1,2}>\w/ },
  // [Sun Nov 22 10:45:49 2026] ...     2026-11-22T10:45:49,091042+00:00 ...     but no web server's
  { kind: 'log', pattern: /^\[[^\s\]]{1,8} {1,2}\S{1,8} {1,2}\d{1,2} \d\d:\d\d:\d\d \d{4}\] (?!\[(?:\w{1,16}:)?[a-z]{4,6}\d?\])/ },
  { kind: 'log', pattern: /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d,\d{6}[+-]\d\d:?\d\d / },
  { kind: 'log', pattern: TRACE_LINE },
  // type=SYSCALL msg=audit(1700000000.123:456): arch=...
  { kind: 'log', pattern: /^(?:node=\S{1,80} )?type=[A-Z_]{3,30} msg=audit\(/ },
  // [pid  1234] 12:34:56.789012 finit_module(3, "", 0) = -1 EEXIST (File exists)
  { kind: 'strace', pattern: /^(?:\[pid {1,8}\d{1,8}\] |\d{1,8} {1,4})?(?:[\d:.]{1,24} )?(?:f?init_module\(|open(?:at)?\([^"]{0,40}"[^"]{1,500}\.ko\b)/ },
  { kind: 'trace', pattern: /^.{1,32}-\d{1,10} {1,40}(?:\( *[\d-]+\) +)?\[\d{3}\] .*\d\.\d{6}: / },
  { kind: 'stats', pattern: /^(?:Mods? |Total mod|Failed (?:kread|decompress|becoming|kmod) |Virtual mem wasted|Average (?:mod|fail) |Avg fail |Duplicate failed modules)/ },
  { kind: 'stats', pattern: /^.*[Hh][Oo][Ww]-[Mm][Aa][Nn][Yy]-[Tt][Ii][Mm][Ee][Ss]/ },
  { kind: 'stats', pattern: /^\S*debug\/modules\/\w+:/ },
  { kind: 'modules', pattern: /^\w+ \d+ \d+ \S+ (?:Live|Loading|Unloading) 0x/ },
  // [FAILED] Failed to start Load Kernel Modules.
  { kind: 'loader', pattern: /^\[ ?(?:FAILED|DEPEND|TIME) ?\] .*\b[Mm]odules?\b/ },
  // lsmod's head; its rows say nothing without it.
  { kind: 'lsmod', pattern: LSMOD_HEAD },
  // Linux version 6.12.117 (builder@box) ...     uname -a: Linux box 6.12.117 #1 SMP ...
  { kind: 'kernel', pattern: /^Linux (?:version \d+\.|\S{1,64} \d{1,2}\.\d\S{0,80} #\d)/ },
];
/** What no line of a kind but a loader's is without, for a quick look at a whole text. */
export const KIND_HINT =
  /\d:\d\d:\d\d|\.\d{6}|\d-\d\d[T ]| kern\.|\d,\d+,\d+,[-c]|<\d{1,2}>|audit\(|init_module\(|\.ko\b|Mods? |Total m|Failed |Virtual |Average |Avg |Duplicate |[Hh][Oo][Ww]-[Mm]|debug\/modules\/|oading 0x|Live 0x|(?:FAILED|DEPEND|TIME) ?\]|Used by|Linux |BUG: |e kernel |ection fault|Oops|nternal error: |s linked in:|PID: |Pid: |\[#\d|nel (?:BUG|bug) at |: Code=|\(pid: |blocked (?:for|in|on)|#PF|PGD |RIP: |Call [Tt]r|TASK>|-\[ [ec]|\+0x/;
const LSMOD_ROW = /^\w[\w-]{0,63}\s{1,60}\d{1,10}\s{1,10}(?:-?\d{1,6}|-)(?:\s[\w\s,[\]-]{0,2000})?$/;

/** All patterns in one: most lines match none of them. */
const ANY_KIND = new RegExp(KINDS.map(({ pattern }) => pattern.source).join('|'));

const TABLE_ROW = /\|.{0,200}\|/;

/** What runs of these kinds are where their lines, and what follows them in a text, do not tell. */
const FORMATS: Readonly<Record<string, string>> = { log: 'dmesg', loader: 'loader-output' };

/** Unidentified lines that a run may hold: wrapped lines, list rows, blank lines. */
const MAX_OTHER = 6;

export interface Line {
  readonly text: string;
  readonly number: number;
}

export class Runs {
  readonly #context: IngestContext;
  readonly #onFound: () => void;
  #kind: string | null = null;
  #sink: LineSink | null = null;
  /** The last line of the kind. */
  #last = '';
  #others: Line[] = [];
  /** The last lines, where they are rows of a table. */
  #rows: readonly Line[] = [];

  constructor(context: IngestContext, onFound: () => void) {
    this.#context = context;
    this.#onFound = onFound;
  }

  line(text: string, number: number): void {
    const plain = plainLine(text);
    const own = this.#continues(plain) ? this.#kind : kindOf(plain);
    // Loader messages between kernel messages stay in the log, in order.
    const kind = own === 'loader' && this.#kind === 'log' ? 'log' : own;
    if (kind === null) {
      this.#rows = TABLE_ROW.test(text) ? [...this.#rows.slice(-1), { text, number }] : [];
      if (this.#sink === null) return;
      this.#others.push({ text, number });
      // List rows are not identified by themselves: they stay with the table above.
      if (this.#others.length > MAX_OTHER && this.#kind !== 'stats') this.close();
      return;
    }
    if (kind !== this.#kind) this.close();
    if (this.#sink === null) {
      this.#sink = this.#context.section(`line ${number}`, 'excerpt', FORMATS[kind]);
      this.#kind = kind;
      this.#onFound();
      // The head of a table says which column is which.
      if (kind === 'stats') for (const row of this.#rows) this.#sink.line(row.text, row.number);
    }
    this.#rows = [];
    this.#flush();
    this.#last = text;
    this.#sink.line(text, number);
  }

  /** Whether a line that says nothing by itself goes on with the table or the report above. */
  #continues(plain: string): boolean {
    if (this.#kind === 'lsmod') return LSMOD_ROW.test(plain.trim());
    return this.#kind === 'log' && plain.length <= LONGEST && TRACE_NUMBERS.test(plain);
  }

  close(): void {
    // Lines after the last identified one may be its wrapped end or the rest of a table.
    if (this.#kind === 'log') this.#others = this.#wrapped();
    if (this.#kind === 'stats' || this.#kind === 'loader' || this.#kind === 'log') this.#flush();
    this.#sink?.end();
    this.#sink = null;
    this.#kind = null;
    this.#others = [];
  }

  /** The lines that a mail program may have broken off the last identified one. */
  #wrapped(): Line[] {
    const end = this.#others.findIndex(({ text }, at) => {
      const before = this.#others[at - 1]?.text ?? this.#last;
      return text.trim() === '' || !mayContinue(plainLine(before), plainLine(text));
    });
    return end < 0 ? this.#others : this.#others.slice(0, end);
  }

  #flush(): void {
    for (const { text, number } of this.#others) this.#sink?.line(text, number);
    this.#others = [];
  }
}

/** No terminal has longer lines. */
const LONGEST = 1000;
/** No evidence is shorter. */
const SHORTEST = 8;

/** The kind of evidence that a line unmistakably is, or null. `mayBeLoader`: false where its words were looked for in vain. */
export function kindOf(text: string, mayBeLoader = true): string | null {
  if (text.length < SHORTEST) return null;
  const bare = text.replace(QUOTE, '');
  if (ANY_KIND.test(bare)) for (const { kind, pattern } of KINDS) if (pattern.test(bare)) return kind;
  const found = bare.replace(FOUND_IN, '');
  if ((found !== bare && kindOf(found) === 'log') || hasStampAfter(bare)) return 'log';
  if (!mayBeLoader || bare.length > LONGEST) return null;
  // OpenRC starts its lines with a star, which is no bullet.
  return isLoaderLine(bare) || (bare !== text && isLoaderLine(text)) ? 'loader' : null;
}

/** Whether a line is of a log, or a loader's about loads. */
export function isMessage(plain: string): boolean {
  const kind = kindOf(plain);
  return kind === 'log' || (kind === 'loader' && isAboutLoads(plain.replace(QUOTE, '')));
}
