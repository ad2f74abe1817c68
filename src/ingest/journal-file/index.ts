// SPDX-License-Identifier: Apache-2.0
/** Binary systemd journal files (system.journal; https://systemd.io/JOURNAL_FILE_FORMAT). */

import { errorMessage } from '../../model/error-message.js';
import { Buffer } from '../../platform/index.js';
import { JOURNAL_FIELDS, type JournalFields, readEntry } from '../dmesg/forms/journal.js';
import { RECEIVED } from '../dmesg/forms/journal-verbose.js';
import { KernelLog } from '../dmesg/log.js';
import type { Head, IngestContext, StreamIngester, Verdict } from '../ingester.js';
import {
  hasJournalMagic,
  type JournalObject,
  type ObjectHandler,
  ObjectReader,
  u64,
  viewOf,
} from './objects.js';
import { COMPRESSED, unpackPayload } from './payload.js';

/** A data object: object header, hash, next two, entry, array and its count; in compact files two more (32 bits each). */
const PAYLOAD_AT = 64;
const COMPACT_PAYLOAD_AT = 72;
/** An entry: object header, number, two times, boot, hash; then offsets, which compact files have in 32 bits. */
const ITEMS_AT = 64;
/** With a hash; compact files have none. */
const ITEM_BYTES = 16;
const COMPACT_ITEM_BYTES = 4;
const EQUALS = 0x3d;
const LONGEST_NAME = Math.max(...[...JOURNAL_FIELDS].map((name) => name.length));

class JournalFile implements ObjectHandler {
  readonly #context: IngestContext;
  readonly #log: KernelLog;
  readonly #decoder = new TextDecoder();
  /** The known fields, by their objects' offsets. */
  readonly #fields = new Map<number, readonly [name: string, value: string]>();
  readonly #data = new Offsets();
  /** Entries are cited by their number in the file. */
  #entry = 0;

  constructor(context: IngestContext) {
    this.#context = context;
    this.#log = new KernelLog(context);
  }

  data({ offset, flags, bytes }: JournalObject, compact: boolean): Promise<void> | undefined {
    this.#data.add(offset);
    const payload = bytes.subarray(compact ? COMPACT_PAYLOAD_AT : PAYLOAD_AT);
    if ((flags & COMPRESSED) !== 0) return this.#unpack(offset, payload, flags);
    this.#keep(offset, payload);
    return undefined;
  }

  entry({ bytes }: JournalObject, compact: boolean): void {
    this.#entry += 1;
    if (bytes.length < ITEMS_AT) {
      this.damaged(`entry ${this.#entry} is too short`);
      return;
    }
    const view = viewOf(bytes);
    const fields: JournalFields = new Map();
    const size = compact ? COMPACT_ITEM_BYTES : ITEM_BYTES;
    for (let at = ITEMS_AT; at + size <= bytes.length; at += size) {
      const offset = compact ? view.getUint32(at, true) : u64(view, at);
      const field = this.#fields.get(offset);
      if (field) fields.set(field[0], field[1]);
      else if (!this.#data.has(offset))
        this.damaged(`entry ${this.#entry} has a field that the file does not hold`);
    }
    fields.set('__REALTIME_TIMESTAMP', view.getBigUint64(24, true).toString());
    fields.set('__MONOTONIC_TIMESTAMP', view.getBigUint64(32, true).toString());
    fields.set('_BOOT_ID', Buffer.from(bytes.subarray(40, 56)).toString('hex'));
    if (!readEntry(this.#log, fields, this.#entry))
      this.#context.diagnose('log-time-unknown', this.#entry, RECEIVED);
  }

  tooLarge(offset: number): void {
    this.#data.add(offset);
    this.#context.diagnose('line-too-long', this.#entry + 1, 'a field of many megabytes');
  }

  damaged(what: string): void {
    this.#context.diagnose('archive-damaged', null, what);
  }

  end(): void {
    this.#log.end();
  }

  async #unpack(offset: number, payload: Uint8Array, flags: number): Promise<void> {
    try {
      this.#keep(offset, await unpackPayload(payload, flags));
    } catch (error) {
      if (error instanceof RangeError) this.tooLarge(offset);
      else this.damaged(`a compressed field: ${errorMessage(error)}`);
    }
  }

  #keep(offset: number, payload: Uint8Array): void {
    const equals = payload.subarray(0, LONGEST_NAME + 1).indexOf(EQUALS);
    if (equals < 0) return;
    const name = Buffer.from(payload.buffer, payload.byteOffset, equals).toString('latin1');
    if (JOURNAL_FIELDS.has(name))
      this.#fields.set(offset, [name, this.#decoder.decode(payload.subarray(equals + 1))]);
  }
}

/** Offsets of objects, which are multiples of eight: a bit for each. */
class Offsets {
  #bits = new Uint8Array(8192);

  add(offset: number): void {
    const at = Math.floor(offset / 64);
    if (at >= this.#bits.length) {
      const larger = new Uint8Array(2 * at);
      larger.set(this.#bits);
      this.#bits = larger;
    }
    this.#bits[at] = (this.#bits[at] ?? 0) | (1 << ((offset / 8) % 8));
  }

  has(offset: number): boolean {
    return offset % 8 === 0 && (((this.#bits[Math.floor(offset / 64)] ?? 0) >> ((offset / 8) % 8)) & 1) === 1;
  }
}

function sniff(head: Head): Verdict | null {
  if (!hasJournalMagic(head.bytes)) return null;
  const why = 'it starts with the magic number of a journal file';
  return { form: 'journal file', confidence: 100, matched: 1, tried: 1, why };
}

export const journalFile: StreamIngester = {
  name: 'journal-file',
  title: 'file of the systemd journal (system.journal)',
  priority: 230,
  places: ['var/log/journal/**', 'run/log/journal/**'],
  reads: 'stream',
  sniff,
  async ingest(bytes, context) {
    const file = new JournalFile(context);
    const objects = new ObjectReader(file);
    for await (const chunk of bytes) await objects.push(chunk);
    objects.end();
    file.end();
  },
};
