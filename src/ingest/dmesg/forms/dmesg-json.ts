// SPDX-License-Identifier: Apache-2.0
/**
 * `dmesg -J`: {"dmesg": [{"fac": 0, "pri": 6, "time": 1.234567, "caller": "T1", "msg": "..."}]}. Parsed as a stream of
 * tokens: times stay digits, as floats are inexact; depth, keys and strings are bounded.
 */
import { jsonParser, type Token } from 'stream-json/core/parser.js';
import { errorMessage } from '../../../model/error-message.js';
import { nsFromSeconds } from '../../../model/time.js';
import { PiecewiseText } from '../../head.js';
import type { ByteIngester, ByteSink, IngestContext } from '../../ingester.js';
import { WORDS } from '../catalogue.js';
import { KernelLog } from '../log.js';
import { HARMLESS_PHRASES } from '../mentions.js';
import { readPrefix } from '../prefix/prefix.js';
import { bareRecord, type LogRecord, splitTool } from '../record.js';
import { type SkippedRange, type SkippedStamps, skipPieces } from '../skipping.js';
import { latin1 } from '../text.js';
import { sniffDmesgJson } from './detect-json.js';

const MAX_DEPTH = 16;
const MAX_KEY = 256;
const MAX_STRING = 256 * 1024;
/** Text skipped to the parser at once; it ends at a newline, to know the lines of tokens. */
const SLICE = 64 * 1024;
/** The start of a record in dmesg's own layout, where parsing resumes after damage. */
const RECORD_START = /^\s*(?:\}, ?)?\{\s*$/;

const WATCHED: ReadonlySet<string> = new Set(['fac', 'pri', 'time', 'caller', 'msg']);

type Parser = ReturnType<typeof jsonParser>;

function newParser(): Parser {
  return jsonParser({ packValues: false, streamValues: true });
}

/** Builds records from tokens. */
class Records {
  readonly #log: KernelLog;
  readonly #context: IngestContext;
  #fields = new Map<string, string>();
  #depth = 0;
  #key = '';
  #value: string | null = null;
  /** The record's time is a JSON number. */
  #isSeconds = false;
  #inKey = false;
  /** The previous token, and whether the innermost object is in an array. */
  #before = '';
  #inArray = false;

  constructor(log: KernelLog, context: IngestContext) {
    this.#log = log;
    this.#context = context;
  }

  get depth(): number {
    return this.#depth;
  }

  /** True at the start of an object in an array. */
  get atRecordStart(): boolean {
    return this.#inArray && this.#before === 'startObject';
  }

  reset(): void {
    this.#depth = 0;
    this.#fields.clear();
  }

  token(token: Token, line: number): void {
    if (token.name === 'whitespace') return;
    if (token.name === 'startObject')
      this.#inArray = this.#before === 'startArray' || (this.#inArray && this.#before === 'endObject');
    this.#before = token.name;
    switch (token.name) {
      case 'startObject':
      case 'startArray':
        this.#depth += 1;
        if (this.#depth > MAX_DEPTH) throw new RangeError(`nested deeper than ${MAX_DEPTH}`);
        if (token.name === 'startObject') this.#fields.clear();
        return;
      case 'endObject':
        this.#depth -= 1;
        this.#record(line);
        return;
      case 'endArray':
        this.#depth -= 1;
        return;
      case 'startKey':
        this.#inKey = true;
        this.#key = '';
        return;
      case 'endKey':
        this.#inKey = false;
        return;
      case 'startString':
      case 'startNumber':
        this.#value = '';
        return;
      case 'stringChunk':
      case 'numberChunk':
        this.#text(token.value, line);
        return;
      case 'endString':
      case 'endNumber':
        if (WATCHED.has(this.#key) && this.#value !== null) this.#fields.set(this.#key, this.#value);
        if (this.#key === 'time') this.#isSeconds = token.name === 'endNumber';
        this.#value = null;
        return;
      case 'keyValue':
      case 'stringValue':
      case 'numberValue':
      case 'nullValue':
      case 'trueValue':
      case 'falseValue':
        return;
    }
  }

  #text(text: string, line: number): void {
    if (this.#inKey) {
      if (this.#key.length < MAX_KEY) this.#key += text.slice(0, MAX_KEY);
    } else if (this.#value !== null) {
      if (this.#value.length < MAX_STRING) this.#value += text;
      else this.#context.diagnose('line-too-long', line, `a string of more than ${MAX_STRING} characters`);
    }
  }

  #record(line: number): void {
    const message = this.#fields.get('msg');
    if (message === undefined) return;
    const facility = this.#fields.get('fac') ?? 'kern';
    const kernel = facility === 'kern' || facility === '0';
    const [first = '', ...rest] = message.split('\n');
    const written = splitTool(first);
    const time = this.#fields.get('time');
    const at = time === undefined ? TIMELESS : recordTime(time.trim(), this.#isSeconds);
    if (at === null) this.#context.diagnose('number-out-of-range', line, `the time ${time?.slice(0, 80)}`);
    const record: LogRecord = {
      ...bareRecord(line, ''),
      ...written,
      ...(at ?? TIMELESS),
      caller: this.#fields.get('caller') ?? null,
    };
    const writer = kernel && written.tool === null ? 'kernel' : 'program';
    this.#log.record(record, writer);
    for (const text of rest) this.#log.record({ ...record, text }, writer);
    this.#fields.clear();
  }
}

type RecordTime = Pick<LogRecord, 'boot' | 'wall' | 'delta'>;
const TIMELESS: RecordTime = { boot: null, wall: null, delta: null };

/** Seconds as a number, or with `--time-format` any other format as a string; null for what dmesg does not print. */
function recordTime(time: string, isNumber: boolean): RecordTime | null {
  const [, seconds, fraction = ''] = /^(\d{1,10})(?:\.(\d+))?$/.exec(time) ?? [];
  if (seconds !== undefined) return { boot: nsFromSeconds(seconds, fraction), wall: null, delta: null };
  if (isNumber) return null;
  const bracketed = readPrefix(`[${time}] `);
  const { boot, wall, delta } = bracketed.form === '' ? readPrefix(`${time} `) : bracketed;
  return boot === null && wall === null && delta === null && time !== '' ? null : { boot, wall, delta };
}

/**
 * A record in dmesg's own layout, from its `{` to the next, with no escapes in the message but quotes, which no needle
 * holds. Groups: facility, seconds, microseconds, and the program that wrote it.
 *
 *              "pri": 6,
 *              "time":    12.345678,
 *              "msg": "systemd[1]: Starting ..."
 *           },{
 */
const RECORD =
  /\s*(?:"fac": *(0|[1-9]\d*|"\w+"),\s*)?"pri": *(?:0|[1-9]\d*|"\w+"),\s*"time": *(0|[1-9]\d{0,8})\.(\d{6}),\s*(?:"caller": *"\w+",\s*)?"msg": *"([\w.@()-]{1,40}\[\d+\]:)?(?:[^"\\\n]|\\")*"\r?\n\s*\}, ?\{\r?\n/y;

/** Skips such records of a piece; null if there are none. */
function skipPiece(skips: SkippedStamps, bytes: Uint8Array, from: number, to: number): SkippedRange | null {
  const text = latin1(bytes, from, to);
  let skipped: SkippedRange | null = null;
  RECORD.lastIndex = 0;
  for (let at = 0; at < text.length; at = RECORD.lastIndex) {
    const [record, facility = '0', seconds = '', micros = '', program] = RECORD.exec(text) ?? [];
    const kernel = program === undefined && (facility === '0' || facility === '"kern"');
    if (record === undefined || (kernel && !skips.skip(Number(seconds + micros)))) break;
    skipped = { last: from + at, to: from + RECORD.lastIndex };
  }
  return skipped;
}

class DmesgJson implements ByteSink {
  readonly #context: IngestContext;
  readonly #log: KernelLog;
  readonly #records: Records;
  readonly #text = new PiecewiseText();
  #parser: Parser | null = newParser();
  #lines = 0;

  constructor(context: IngestContext) {
    this.#context = context;
    this.#log = new KernelLog(context);
    this.#records = new Records(this.#log, context);
  }

  get lines(): number {
    return this.#lines;
  }

  set lines(lines: number) {
    this.#lines = lines;
    this.#log.skippedTo(lines);
  }

  get isUtf16(): boolean {
    return this.#text.isUtf16;
  }

  write(bytes: Uint8Array): void {
    for (const text of slices(this.#text.push(bytes))) this.#feed(text);
  }

  /** Skips whole records without a needle, if one has just started. */
  skipLines(bytes: Uint8Array, from: number, to: number): number {
    if (this.#parser === null || !this.#records.atRecordStart || !this.#log.settled) return from;
    const skips = this.#log.startSkip();
    const { to: end } = skipPieces(from, to, (at, end) => skipPiece(skips, bytes, at, end));
    skips.end();
    return end;
  }

  end(): void {
    for (const text of slices(this.#text.end())) this.#feed(text);
    if (this.#records.depth > 0)
      this.#context.diagnose('archive-damaged', this.#lines + 1, 'the JSON document is truncated');
    if (this.#text.invalidBytes > 0)
      this.#context.diagnose('text-invalid-utf8', null, '', this.#text.invalidBytes);
    this.#log.end();
  }

  #feed(text: string): void {
    if (this.#parser !== null) this.#parse(this.#parser, text);
    if (this.#parser === null && RECORD_START.test(text)) {
      this.#parser = newParser();
      this.#records.reset();
      this.#parse(this.#parser, '{"dmesg":[{');
    }
    if (text.endsWith('\n')) this.#lines += 1;
  }

  #parse(parser: Parser, text: string): void {
    const line = this.#lines + 1;
    try {
      const tokens: unknown = parser(text);
      if (!isMany(tokens)) return;
      for (const token of tokens.values) this.#records.token(token, line);
    } catch (error) {
      this.#parser = null;
      this.#context.diagnose('log-unreadable', line, `invalid JSON: ${errorMessage(error)}`);
    }
  }
}

function isMany(tokens: unknown): tokens is { values: Token[] } {
  return typeof tokens === 'object' && tokens !== null && 'values' in tokens;
}

/** Splits after newlines, and long lines into pieces. */
function* slices(text: string): Generator<string> {
  let from = 0;
  while (from < text.length) {
    const newline = text.indexOf('\n', from);
    const end = newline < 0 ? text.length : newline + 1;
    const to = Math.min(end, from + SLICE);
    yield text.slice(from, to);
    from = to;
  }
}

export const dmesgJsonIngester: ByteIngester = {
  name: 'dmesg-json',
  title: 'kernel log as JSON (dmesg -J)',
  priority: 430,
  most: 98,
  reads: 'bytes',
  needles: WORDS,
  harmless: HARMLESS_PHRASES,
  sniff: sniffDmesgJson,
  start: (context) => new DmesgJson(context),
};
