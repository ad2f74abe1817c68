// SPDX-License-Identifier: Apache-2.0
/**
 * Logs and the output of commands in JSON: of log shippers and their databases (Docker, fluent-bit, Vector, Elastic, Loki, Graylog), of
 * clouds' consoles and of Ansible. The messages are taken out and read as a text, one for each host.
 */
import { errorMessage } from '../../model/error-message.js';
import { sniffDmesgJson, sniffJournalJson } from '../dmesg/forms/detect-json.js';
import { lavaMessage } from '../dmesg/forms/lava.js';
import { headOfLines, textOfHead } from '../head.js';
import type { Candidate, Head, IngestContext, LineIngester, LineSink, Verdict } from '../ingester.js';
import { Records, type Text } from './document.js';
import { messageOf } from './message.js';

/** Above a text of several kinds, and above a trace that takes what is before a task for part of its name. */
const CONFIDENCE = 98;
/** Events of a trace have messages, too. */
const OF_TRACE = /"(?:traceEvents|ph)" ?:/;
/** A weaker verdict on the messages is one by chance. */
const WEAKEST = 25;
/** Hosts of one text that get a log of their own. */
const MAX_HOSTS = 64;
/** What most texts lack: a key of a message, or a string alone. */
const HINT =
  /"(?:[\w.]{1,80}\.)?(?:message|msg|log|short_?message|textPayload|line|_?raw|stdout(?:_lines)?|output|contents|text|body)" ?:|"values" ?:|^\s{0,20}"/i;
/**
 * What a shipper, or Ansible, put before an object.
 *     2024-05-01T10:00:00Z\tkernel\t{"message": ...     ok: [node1] => {
 */
const BEFORE = /^(?:[^{"[]{1,200}(?=\{")|[a-z]{2,10}: \[[^\]{]{1,100}\][^{]{0,100}=> (?=\{))/;
/** The start of a JSON text, but not of a line of a log, which starts with a bracket too. */
const START = /^\s{0,20}(?:[{"]|\[\s{0,20}(?:$|[[{"]))/;
/** Lines before the first object. */
const MAX_BEFORE = 20;

class LogRecords implements LineSink {
  readonly #context: IngestContext;
  readonly #logs = new Map<string, LineSink>();
  readonly #records: Records;
  /** The log of the last record, and text before the first. */
  #log: LineSink | null = null;
  readonly #before: Text[] = [];
  #started = 0;

  constructor(context: IngestContext) {
    this.#context = context;
    this.#records = new Records((fields) => {
      const message = messageOf(fields);
      if (message === null || message.lines.length === 0) return;
      this.#log = this.#logOf(message.host);
      for (const { text, line } of [...this.#before.splice(0), ...message.lines]) this.#log.line(text, line);
    });
  }

  line(raw: string, number: number): void {
    const { depth } = this.#records;
    const text = jsonOf(raw, depth);
    if (depth === 0) this.#started = number;
    if (depth === 0 && !START.test(text)) {
      this.#other(raw, number);
      return;
    }
    try {
      this.#records.line(text, number);
    } catch (error) {
      this.#context.diagnose('log-unreadable', number, `invalid JSON: ${errorMessage(error)}`);
    }
  }

  end(): void {
    if (this.#records.depth > 0)
      this.#context.diagnose('archive-damaged', this.#started, 'the JSON document is truncated');
    for (const log of this.#logs.values()) log.end();
  }

  /** Text between records is output of the program that printed them. */
  #other(text: string, line: number): void {
    if (this.#log) this.#log.line(text, line);
    else if (this.#before.length < MAX_BEFORE) this.#before.push({ text, line });
  }

  #logOf(host: string): LineSink {
    const name = this.#logs.size < MAX_HOSTS || this.#logs.has(host) ? host : '';
    const known = this.#logs.get(name);
    if (known !== undefined) return known;
    const log = this.#context.section(name === '' ? 'messages' : name, 'text', 'dmesg');
    this.#logs.set(name, log);
    return log;
  }
}

/** The line, without what is before a JSON text that starts there. */
function jsonOf(line: string, depth: number): string {
  return depth === 0 ? line.replace(BEFORE, '') : line;
}

/** Reads the end of a head that is truncated in a string, as though all ended there: a console's whole log may be one. */
function readTruncated(records: Records, line: string): void {
  records.line(`${line.replace(/\\(?:u[\da-f]{0,3})?$/i, '')}"`, 0);
  records.line(records.closing, 0);
}

function sniff(head: Head, recognise?: (text: Head) => Candidate | null): Verdict | null {
  if (!head.lines.slice(0, MAX_BEFORE).some((line) => START.test(jsonOf(line, 0)))) return null;
  const { text } = textOfHead(head);
  if (!HINT.test(text) || OF_TRACE.test(text)) return null;
  if (sniffJournalJson(head) ?? sniffDmesgJson(head)) return null;
  const lines: string[] = [];
  let tried = 0;
  const records = new Records((fields) => {
    tried += 1;
    for (const { text } of messageOf(fields)?.lines ?? []) lines.push(text);
  });
  for (const [at, line] of head.lines.entries()) {
    if (lavaMessage(line) !== undefined) return null;
    const json = jsonOf(line, records.depth);
    if (records.depth === 0 && !START.test(json)) continue;
    const isTruncated = !head.whole && at === head.lines.length - 1 && lines.length === 0;
    try {
      if (isTruncated) readTruncated(records, json);
      else records.line(json, at + 1);
    } catch {
      if (lines.length === 0) return null;
    }
  }
  const inner = lines.length === 0 ? null : recognise?.(headOfLines(lines, head.whole, head.path))?.verdict;
  if (!inner || inner.confidence < WEAKEST) return null;
  const why = `${lines.length} lines of messages in ${tried} JSON records, ${inner.form}`;
  return { form: 'JSON records', confidence: CONFIDENCE, matched: lines.length, tried: lines.length, why };
}

export const logRecords: LineIngester = {
  name: 'log-records',
  title: 'kernel log in JSON records (Docker, log shippers, cloud consoles, Ansible)',
  priority: 440,
  most: CONFIDENCE,
  reads: 'lines',
  needles: null,
  sniff,
  start: (context) => new LogRecords(context),
};
