// SPDX-License-Identifier: Apache-2.0
/**
 * Text of another kind behind a log or a trace, or between its lines: what `dmesg; cat stats; cat trace` prints into one
 * file. It becomes a section. The head of a file shows such text only where its first part is short.
 */
import type { IngestContext, LineIngester, LineSink } from '../ingester.js';
import { isMessage, LSMOD_HEAD } from './runs.js';

/** How other text is told from the lines of a format. */
export interface OtherText {
  /** A line that starts other text, if it `isOwn` not. */
  readonly starts: RegExp;
  /** What each such line holds one of; see LineIngester. */
  readonly needles: readonly string[];
  /** Whether a line is of the format. Lines that are not belong to the other text above them. */
  isOwn(line: string): boolean;
}

const STATS = '\\s{0,40}Mods (?:ever loaded|failed on \\w{4,10})\\s{1,40}\\d';
const STATS_NEEDLES = ['Mods ever loaded', 'Mods failed on '];
const LISTS =
  '\\w{1,64} \\d{1,10} \\d{1,6} \\S{1,4096} (?:Live|Loading|Unloading) 0x|\\S{0,200}debug/modules/\\w{1,64}:';

/** The header of a trace, the files of debugfs, a list of modules. What loaders say between them is of the log. */
export const inLog = (isOwn: OtherText['isOwn']): OtherText => ({
  starts: new RegExp(`^(?:# tracer: \\w|${STATS}|${LISTS})|${LSMOD_HEAD.source}`),
  needles: ['# tracer: ', ...STATS_NEEDLES, 'Used by', ' Live 0x', 'oading 0x', 'debug/modules/'],
  isOwn: (line) => isOwn(line) || isMessage(line),
});

/** Few, as each word that is searched for in gigabytes costs time. */
const MESSAGES = ['Linux version ', 'Unknown symbol ', 'disagrees about version of '];
const STAMPED =
  '(?:<\\d{1,3}>)?\\[ {0,8}\\d{1,10}\\.\\d{6}\\] |\\[[A-Z][a-z]{2} [A-Z][a-z]{2} [ \\d]\\d [\\d:]{8} \\d{4}\\] |[A-Z][a-z]{2} [ \\d]\\d [\\d:]{8} \\S{1,80} kernel: ';

/** The log, by its start or by what most failed loads leave in it, a loader's message, the counters. */
export const inTrace = (isOwn: OtherText['isOwn']): OtherText => ({
  starts: new RegExp(
    `^(?:(?:${STAMPED}).{0,200}?(?:module|${MESSAGES.join('|')})|(?:modprobe|insmod): \\S|${STATS})`,
  ),
  needles: [...MESSAGES, 'module', 'modprobe: ', 'insmod: ', ...STATS_NEEDLES],
  isOwn,
});

/** The ingester of a format, which hands over text of other kinds. */
export function withOtherText(ingester: LineIngester, other: OtherText): LineIngester {
  return {
    ...ingester,
    needles: ingester.needles && [...new Set([...ingester.needles, ...other.needles])],
    start: (context) => new BesideOtherText(ingester.start(context), other, context),
  };
}

class BesideOtherText implements LineSink {
  readonly #own: LineSink;
  readonly #kind: OtherText;
  readonly #context: IngestContext;
  /** Where the format has its own: each line would be asked for in vain. */
  readonly readLine?: NonNullable<LineSink['readLine']>;
  /** The section of the other text that goes on. */
  #other: LineSink | null = null;

  constructor(own: LineSink, kind: OtherText, context: IngestContext) {
    this.#own = own;
    this.#kind = kind;
    this.#context = context;
    if (own.readLine)
      this.readLine = (bytes, from, number) =>
        (this.#other ? undefined : own.readLine?.(bytes, from, number)) ?? from;
  }

  line(text: string, number: number): void {
    const { starts, isOwn } = this.#kind;
    const isOther = (this.#other !== null || starts.test(text)) && !isOwn(text);
    if (isOther) {
      this.#other ??= this.#context.section(`line ${number}`, 'text');
      this.#other.line(text, number);
    } else {
      this.#end();
      this.#own.line(text, number);
    }
  }

  #end(): void {
    this.#other?.end();
    this.#other = null;
  }

  skipLines(bytes: Uint8Array, from: number, to: number, followed: boolean): number {
    if (this.#other) return from;
    return this.#own.skipLines?.(bytes, from, to, followed) ?? to;
  }

  end(): void {
    this.#end();
    this.#own.end();
  }
}
