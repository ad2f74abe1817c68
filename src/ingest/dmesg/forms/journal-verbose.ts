// SPDX-License-Identifier: Apache-2.0
/**
 * `journalctl -o verbose`: a head with the cursor, then one field per line.
 *
 *     Sun 2026-11-22 10:48:47.654283 UTC [s=9267...;i=4fc;b=ffc9...;m=432053f;t=660db38d1fd8b;x=3b3f...]
 *         _TRANSPORT=kernel
 *         MESSAGE=Linux version 6.12.117
 */
import type { IngestContext } from '../../ingester.js';
import type { KernelLog } from '../log.js';
import { addField, JOURNAL_FIELDS, type JournalFields, readEntry } from './journal.js';

export const VERBOSE_HEAD =
  /^\S+ \d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d+ \S+ \[s=[^\]]*b=([\da-f]{32});m=([\da-f]+);t=([\da-f]+);/;
const FIELD = /^\s+([A-Z_][A-Z0-9_]*)=(.*)$/s;

export class VerboseReader {
  readonly #log: KernelLog;
  readonly #context: IngestContext;
  #fields: JournalFields | null = null;
  #line = 0;
  #name = '';

  constructor(log: KernelLog, context: IngestContext) {
    this.#log = log;
    this.#context = context;
  }

  /** True inside an entry. */
  get open(): boolean {
    return this.#fields !== null;
  }

  /** False if the line has another form. */
  line(text: string, number: number): boolean {
    const head = VERBOSE_HEAD.exec(text);
    if (head) {
      this.end();
      this.#line = number;
      this.#name = '';
      // b, m and t of the cursor are boot id, monotonic and real time in hexadecimal.
      this.#fields = new Map([
        ['_BOOT_ID', head[1] ?? ''],
        ['__MONOTONIC_TIMESTAMP', BigInt(`0x${head[2]}`).toString()],
        ['__REALTIME_TIMESTAMP', BigInt(`0x${head[3]}`).toString()],
      ]);
      return true;
    }
    if (!this.#fields) return false;
    const field = FIELD.exec(text);
    if (field?.[1]) {
      this.#name = field[1];
      if (JOURNAL_FIELDS.has(field[1])) addField(this.#fields, field[1], field[2] ?? '');
    } else if (/^\s/.test(text) && this.#name === 'MESSAGE') {
      this.#fields.set('MESSAGE', `${this.#fields.get('MESSAGE') ?? ''}\n${text.trimStart()}`);
    } else if (!/^\s/.test(text)) {
      this.end();
      return false;
    }
    return true;
  }

  end(): void {
    const fields = this.#fields;
    this.#fields = null;
    if (fields) readEntry(this.#log, this.#context, fields, this.#line);
  }
}
