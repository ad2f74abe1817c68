// SPDX-License-Identifier: Apache-2.0
/**
 * `journalctl -o json` (one object per line), `-o json-seq` (a record separator before each), `-o json-sse` and
 * `-o json-pretty` (an object over several lines). Values are strings; invalid UTF-8 is an array of bytes, a repeated field
 * an array of strings.
 */
import type { IngestContext, LineIngester, LineSink } from '../../ingester.js';
import { KernelLog } from '../log.js';
import { sniffJournalJson } from './detect-json.js';
import { addField, JOURNAL_FIELDS, type JournalFields, readEntry } from './journal.js';

/** Most entries have a few kilobytes; a core dump in one can have megabytes. */
const MAX_ENTRY = 8 * 1024 * 1024;

interface Pretty {
  readonly line: number;
  readonly parts: string[];
  length: number;
}

class JournalJsonLines implements LineSink {
  readonly #context: IngestContext;
  readonly #log: KernelLog;
  /** Lines of a json-pretty object, from its `{` to its `}`. */
  #pretty: Pretty | null = null;

  constructor(context: IngestContext) {
    this.#context = context;
    this.#log = new KernelLog(context);
  }

  line(raw: string, number: number): void {
    const text = ofArray(raw.replace(/^(?:\u001e|data: )+/, '').trimEnd());
    if (text === '') return;
    if (this.#pretty) {
      this.#continue(this.#pretty, text);
    } else if (text === '{') {
      this.#pretty = { line: number, parts: ['{'], length: 1 };
    } else if (text.startsWith('{') || text.startsWith('[{')) {
      this.#entry(text, number);
    } else if (!text.startsWith('-- ')) {
      this.#context.diagnose('log-unreadable', number, 'a line that is not a JSON object');
    }
  }

  end(): void {
    if (this.#pretty)
      this.#context.diagnose('log-unreadable', this.#pretty.line, 'the last entry is truncated');
    this.#log.end();
  }

  #continue(pretty: Pretty, text: string): void {
    pretty.length += text.length;
    if (pretty.length <= MAX_ENTRY) pretty.parts.push(text);
    if (text !== '}') return;
    this.#pretty = null;
    this.#entry(pretty.length <= MAX_ENTRY ? pretty.parts.join('\n') : null, pretty.line);
  }

  #entry(text: string | null, line: number): void {
    if (text === null || text.length > MAX_ENTRY) {
      this.#context.diagnose('line-too-long', line, `an entry of more than ${MAX_ENTRY} characters`);
      return;
    }
    for (const fields of parseEntries(text)) {
      if (fields === null) this.#context.diagnose('log-unreadable', line, 'a line that is not a JSON object');
      else readEntry(this.#log, this.#context, fields, line);
    }
  }
}

/** The line without what an array of entries (jq -s) adds: its brackets, commas and indentation. */
function ofArray(line: string): string {
  const text = line.trimStart();
  if (text === '[' || text === ']') return '';
  if (/^[{}],?$/.test(text)) return text.charAt(0);
  if (!text.startsWith('[{') && !(text.startsWith('{') && /\}[\],]$/.test(text))) return line;
  if (text.startsWith('[') && text.endsWith('}]')) return text;
  const from = text.startsWith('[') ? 1 : 0;
  return text.slice(from, text.lastIndexOf('}') + 1);
}

/** The known fields of each entry, as a rule of one; null for what is not a JSON object. */
function parseEntries(text: string): (JournalFields | null)[] {
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch {
    return [null];
  }
  return Array.isArray(parsed) ? parsed.map(fieldsOf) : [fieldsOf(parsed)];
}

function fieldsOf(entry: unknown): JournalFields | null {
  if (typeof entry !== 'object' || entry === null || Array.isArray(entry)) return null;
  const fields: JournalFields = new Map();
  for (const [name, value] of Object.entries(entry)) {
    if (!JOURNAL_FIELDS.has(name)) continue;
    // A repeated field is an array of its values; bytes are one, too.
    const values: unknown[] = Array.isArray(value) && typeof value[0] !== 'number' ? value : [value];
    for (const one of values) {
      const read = fieldText(one);
      if (read !== null) addField(fields, name, read);
    }
  }
  return fields;
}

function fieldText(one: unknown): string | null {
  if (typeof one === 'string') return one;
  if (typeof one === 'number') return String(one);
  if (!Array.isArray(one) || one.length === 0 || !one.every((byte) => typeof byte === 'number')) return null;
  return new TextDecoder().decode(Uint8Array.from(one));
}

export const journalJsonIngester: LineIngester = {
  name: 'journal-json',
  title: 'systemd journal as JSON (journalctl -o json)',
  priority: 420,
  most: 95,
  reads: 'lines',
  // Entries of json-pretty span lines without needles.
  needles: null,
  sniff: sniffJournalJson,
  start: (context) => new JournalJsonLines(context),
};
