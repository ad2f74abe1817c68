/**
 * `dmesg -J`: {"dmesg": [{"fac": 0, "pri": 6, "time": 1.234567, "caller": "T1", "msg": "..."}]}. Read as a stream of
 * tokens: times stay digits (a float would be off), and depth, keys and strings are bounded here.
 */
import { jsonParser, type Token } from 'stream-json/core/parser.js';
import { nsFromSeconds } from '../../model/time.js';
import { textOf } from '../head.js';
import type { IngestContext, StreamIngester } from '../ingester.js';
import { sniffDmesgJson } from './detect-json.js';
import { KernelLog } from './log.js';
import { readPrefix } from './prefix.js';
import { bareRecord, type LogRecord, splitTool } from './record.js';

const MAX_DEPTH = 16;
const MAX_KEY = 256;
const MAX_STRING = 256 * 1024;
/** Text handed to the parser at once; it ends at a newline, so that tokens can be given lines. */
const SLICE = 64 * 1024;
/** A line that begins a record in dmesg's own layout: after damage, reading goes on here. */
const RECORD_BEGINS = /^\s*(?:\}, ?)?\{\s*$/;

const WATCHED: ReadonlySet<string> = new Set(['fac', 'pri', 'time', 'caller', 'msg']);

type Parser = ReturnType<typeof jsonParser>;

function newParser(): Parser {
  return jsonParser({ packValues: false, streamValues: true });
}

/** Puts tokens together to the records of the document. */
class Records {
  readonly #log: KernelLog;
  readonly #context: IngestContext;
  #fields = new Map<string, string>();
  #depth = 0;
  #key = '';
  #value: string | null = null;
  #inKey = false;

  constructor(log: KernelLog, context: IngestContext) {
    this.#log = log;
    this.#context = context;
  }

  get depth(): number {
    return this.#depth;
  }

  reset(): void {
    this.#depth = 0;
    this.#fields.clear();
  }

  token(token: Token, line: number): void {
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
        this.#value = null;
        return;
      case 'keyValue':
      case 'stringValue':
      case 'numberValue':
      case 'nullValue':
      case 'trueValue':
      case 'falseValue':
      case 'whitespace':
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
    const record: LogRecord = {
      ...bareRecord(line, written.text),
      ...recordTime(this.#fields.get('time')),
      caller: this.#fields.get('caller') ?? null,
      tool: written.tool,
      pid: written.pid,
    };
    const writer = kernel && written.tool === null ? 'kernel' : 'program';
    this.#log.record(record, writer);
    for (const text of rest) this.#log.record({ ...record, text }, writer);
    this.#fields.clear();
  }
}

/** A number of seconds, or (with `--time-format`) any of dmesg's other times as a string. */
function recordTime(time: string | undefined): Pick<LogRecord, 'boot' | 'wall' | 'delta'> {
  const seconds = /^(\d{1,10})(?:\.(\d+))?$/.exec(time?.trim() ?? '');
  if (seconds?.[1]) return { boot: nsFromSeconds(seconds[1], seconds[2] ?? ''), wall: null, delta: null };
  if (time === undefined) return { boot: null, wall: null, delta: null };
  const bracketed = readPrefix(`[${time}] `);
  const { boot, wall, delta } = bracketed.form === '' ? readPrefix(`${time} `) : bracketed;
  return { boot, wall, delta };
}

async function ingest(bytes: AsyncIterable<Uint8Array>, context: IngestContext): Promise<void> {
  const log = new KernelLog(context);
  const records = new Records(log, context);
  let parser: Parser | null = newParser();
  let line = 1;

  const feed = (text: string): void => {
    if (parser !== null) feedParser(parser, text);
    if (parser === null && RECORD_BEGINS.test(text)) {
      parser = newParser();
      records.reset();
      feedParser(parser, '{"dmesg":[{');
    }
    if (text.endsWith('\n')) line += 1;
  };

  const feedParser = (to: Parser, text: string): void => {
    try {
      const tokens: unknown = to(text);
      if (!isMany(tokens)) return;
      for (const token of tokens.values) records.token(token, line);
    } catch (error) {
      parser = null;
      const why = error instanceof Error ? error.message : String(error);
      context.diagnose('log-unreadable', line, `no JSON: ${why}`);
    }
  };

  for await (const piece of textOf(bytes)) for (const text of slices(piece)) feed(text);
  if (records.depth > 0) context.diagnose('archive-damaged', line, 'the JSON document is cut');
  log.end();
}

function isMany(tokens: unknown): tokens is { values: Token[] } {
  return typeof tokens === 'object' && tokens !== null && 'values' in tokens;
}

/** Cuts after newlines, and long lines into pieces. */
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

export const dmesgJsonIngester: StreamIngester = {
  name: 'dmesg-json',
  title: 'kernel log as JSON (dmesg -J)',
  priority: 430,
  reads: 'stream',
  sniff: sniffDmesgJson,
  ingest,
};
