// SPDX-License-Identifier: Apache-2.0
/**
 * The journal export format (`journalctl -o export`, systemd's JOURNAL_EXPORT_FORMATS): `KEY=value` lines, and a blank line
 * after each entry. A value with a newline or other control bytes is `KEY`, a newline, a 64-bit little-endian length, the
 * bytes, and a newline.
 */
import { textOfValue } from '../../head.js';
import type { IngestContext, StreamIngester } from '../../ingester.js';
import { KernelLog } from '../log.js';
import { latin1 } from '../text.js';
import { sniffJournalExport } from './detect-json.js';
import { addField, JOURNAL_FIELDS, type JournalFields, readEntry } from './journal.js';

const NEWLINE = 0x0a;
const CR = 0x0d;
const EQUALS = 0x3d;
const LONGEST_NAME = 64;
const MAX_FIELD = 1024 * 1024;
const NAME = /^[A-Z_][A-Z0-9_]{0,63}$/;

/** The expected next part. */
type Expected =
  | { readonly what: 'line' }
  | { readonly what: 'length'; readonly name: string }
  | { readonly what: 'data'; readonly name: string; left: number };

class ExportReader {
  readonly #context: IngestContext;
  readonly #log: KernelLog;
  #pending: Uint8Array = new Uint8Array(0);
  #expected: Expected = { what: 'line' };
  #fields: JournalFields = new Map();
  #line = 1;
  #entryLine = 1;
  /** True while skipping the rest of an overlong line. */
  #skipping = false;

  constructor(context: IngestContext) {
    this.#context = context;
    this.#log = new KernelLog(context);
  }

  chunk(bytes: Uint8Array): void {
    let rest: Uint8Array | null = bytes;
    if (this.#pending.length > 0) {
      rest = new Uint8Array(this.#pending.length + bytes.length);
      rest.set(this.#pending);
      rest.set(bytes, this.#pending.length);
    }
    let from = 0;
    for (;;) {
      const used = this.#step(rest.subarray(from));
      if (used === 0) break;
      from += used;
    }
    this.#pending = rest.slice(from);
  }

  end(): void {
    if (this.#expected.what !== 'line' || this.#pending.length > 0) {
      this.#context.diagnose('archive-damaged', this.#line, 'the last entry is truncated');
    }
    this.#entry();
    this.#log.end();
  }

  /** Reads one part from the front; returns the bytes used, or 0 if more are needed. */
  #step(bytes: Uint8Array): number {
    const expected = this.#expected;
    switch (expected.what) {
      case 'line':
        return this.#readLine(bytes);
      case 'length':
        return this.#readLength(bytes, expected.name);
      case 'data':
        return this.#readData(bytes, expected);
    }
  }

  #readLine(bytes: Uint8Array): number {
    const end = bytes.indexOf(NEWLINE);
    if (end < 0) {
      if (bytes.length <= MAX_FIELD) return 0;
      if (!this.#skipping) this.#context.diagnose('line-too-long', this.#line, `over ${MAX_FIELD} bytes`);
      this.#skipping = true;
      return bytes.length;
    }
    if (this.#skipping) this.#skipping = false;
    else this.#field(bytes.subarray(0, bytes[end - 1] === CR ? end - 1 : end));
    this.#line += 1;
    return end + 1;
  }

  #field(field: Uint8Array): void {
    if (field.length === 0) {
      this.#entry();
      return;
    }
    if (this.#fields.size === 0) this.#entryLine = this.#line;
    const equals = field.subarray(0, LONGEST_NAME + 1).indexOf(EQUALS);
    const name = latin1(field, 0, equals < 0 ? Math.min(field.length, LONGEST_NAME + 1) : equals);
    if (!NAME.test(name)) {
      this.#context.diagnose('log-unreadable', this.#line, 'a line that is not a field');
    } else if (equals < 0) {
      this.#expected = { what: 'length', name };
    } else {
      // The cursor comes first: it ends an entry without a blank line after it.
      if (name === '__CURSOR') this.#entry();
      this.#set(name, field.subarray(equals + 1));
    }
  }

  #readLength(bytes: Uint8Array, name: string): number {
    if (bytes.length < 8) return 0;
    const left = new DataView(bytes.buffer, bytes.byteOffset, 8).getBigUint64(0, true);
    if (left > 0x4000_0000n) {
      this.#context.diagnose('log-unreadable', this.#line, 'a binary field with an impossible length');
      this.#expected = { what: 'line' };
      return 8;
    }
    this.#expected = { what: 'data', name, left: Number(left) };
    return 8;
  }

  /** Reads a value; one over the limit is skipped piece by piece. */
  #readData(bytes: Uint8Array, expected: Extract<Expected, { what: 'data' }>): number {
    const whole = expected.left + 1;
    if (expected.left > MAX_FIELD && bytes.length < whole) {
      this.#count(bytes);
      expected.left -= bytes.length;
      this.#context.diagnose(
        'line-too-long',
        this.#line,
        `over ${MAX_FIELD} bytes`,
        bytes.length > 0 ? 1 : 0,
      );
      return bytes.length;
    }
    if (bytes.length < whole) return 0;
    const data = bytes.subarray(0, expected.left);
    if (data.length <= MAX_FIELD) this.#set(expected.name, data);
    this.#count(bytes.subarray(0, whole));
    this.#expected = { what: 'line' };
    return whole;
  }

  #count(bytes: Uint8Array): void {
    for (const byte of bytes) if (byte === NEWLINE) this.#line += 1;
  }

  #set(name: string, value: Uint8Array): void {
    if (this.#fields.size === 0) this.#entryLine = this.#line;
    if (!JOURNAL_FIELDS.has(name)) return;
    const line = this.#line;
    const invalid = (count: number): void => this.#context.diagnose('text-invalid-utf8', line, '', count);
    addField(this.#fields, name, textOfValue(value, invalid));
  }

  #entry(): void {
    if (this.#fields.size === 0) return;
    const fields = this.#fields;
    this.#fields = new Map();
    readEntry(this.#log, this.#context, fields, this.#entryLine);
  }
}

export const journalExportIngester: StreamIngester = {
  name: 'journal-export',
  title: 'systemd journal, export format (journalctl -o export)',
  priority: 410,
  most: 95,
  reads: 'stream',
  sniff: sniffJournalExport,
  async ingest(bytes, context) {
    const reader = new ExportReader(context);
    for await (const chunk of bytes) reader.chunk(chunk);
    reader.end();
  },
};
