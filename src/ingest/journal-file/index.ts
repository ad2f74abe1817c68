// SPDX-License-Identifier: Apache-2.0
/** Binary systemd journal files (system.journal; https://systemd.io/JOURNAL_FILE_FORMAT). */

import { errorMessage } from '../../model/error-message.js';
import { Buffer } from '../../platform/index.js';
import { addField, JOURNAL_FIELDS, type JournalFields, readEntry } from '../dmesg/forms/journal.js';
import { KernelLog } from '../dmesg/log.js';
import { textOfValue } from '../head.js';
import type { Head, IngestContext, StreamIngester, Verdict } from '../ingester.js';
import { marked } from '../verdict.js';
import { isHashOf, Order } from './checks.js';
import { HeldData } from './held-data.js';
import { lookup3 } from './lookup3.js';
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
/** The hash of an entry's fields; the first half of lookup3 is its upper one. */
const HASH_AT = 60;
/** With a hash; compact files have none. */
const ITEM_BYTES = 16;
const COMPACT_ITEM_BYTES = 4;
const EQUALS = 0x3d;
/** journald compresses fields of more than 512 bytes: to a fifth, where they are texts. */
const UNPACKED_FROM = 4 * 1024 ** 2;
const UNPACKED_PER_BYTE = 16;
/** After this many damaged compressed fields no more are tried: each takes milliseconds. */
const MOST_DAMAGED = 100;
const LONGEST_NAME = Math.max(...[...JOURNAL_FIELDS].map((name) => name.length));

class JournalFile implements ObjectHandler {
  readonly #context: IngestContext;
  readonly #log: KernelLog;
  /** The known fields, by their objects' offsets. */
  readonly #fields = new Map<number, readonly [name: string, value: string]>();
  readonly #data = new HeldData();
  /** Entries are cited by their number in the file. */
  #entry = 0;
  #order: Order | null = null;
  /** Bytes of the compressed fields so far. */
  #unpacked = 0;
  #damagedFields = 0;

  constructor(context: IngestContext) {
    this.#context = context;
    this.#log = new KernelLog(context);
  }

  header(view: DataView): void {
    this.#order = new Order(view);
  }

  data({ offset, flags, bytes }: JournalObject, compact: boolean): Promise<void> | undefined {
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
    const hashes: number[] = [];
    let isKnown = true;
    for (let at = ITEMS_AT; at + size <= bytes.length; at += size) {
      const offset = compact ? view.getUint32(at, true) : u64(view, at);
      const [name, value] = this.#fields.get(offset) ?? [];
      if (name !== undefined && value !== undefined) addField(fields, name, value);
      const hash = this.#data.hashAt(offset);
      if (typeof hash === 'number') hashes.push(hash);
      else isKnown = false;
      if (hash === undefined) this.damaged(`entry ${this.#entry} has a field that the file does not hold`);
    }
    if (isKnown && !isHashOf(view.getInt32(HASH_AT, true), hashes))
      this.damaged(`the fields of entry ${this.#entry} are not those of its checksum`);
    const head = {
      number: view.getBigUint64(16, true),
      realtime: view.getBigUint64(24, true),
      monotonic: view.getBigUint64(32, true),
      bootId: Buffer.from(bytes.subarray(40, 56)).toString('hex'),
    };
    const doubt = this.#order?.next(head, fields.get('_BOOT_ID')) ?? null;
    if (doubt !== null) this.damaged(`entry ${this.#entry} ${doubt}`);
    fields.set('__REALTIME_TIMESTAMP', head.realtime.toString());
    fields.set('__MONOTONIC_TIMESTAMP', head.monotonic.toString());
    fields.set('_BOOT_ID', head.bootId);
    readEntry(this.#log, this.#context, fields, this.#entry);
  }

  tooLarge(offset: number): void {
    this.#data.add(offset, null);
    this.#context.diagnose('line-too-long', this.#entry + 1, 'a field of many megabytes');
  }

  damaged(what: string): void {
    this.#context.diagnose('archive-damaged', null, what);
  }

  end(): void {
    const doubt = this.#order?.end() ?? null;
    if (doubt !== null) this.damaged(doubt);
    this.#log.end();
  }

  async #unpack(offset: number, payload: Uint8Array, flags: number): Promise<void> {
    if (this.#unpacked > UNPACKED_FROM + offset * UNPACKED_PER_BYTE) {
      this.#data.add(offset, null);
      const detail = `compressed fields of more than ${UNPACKED_PER_BYTE} bytes per byte of the file`;
      this.#context.diagnose('input-limit', this.#entry + 1, detail);
      return;
    }
    if (this.#damagedFields >= MOST_DAMAGED) {
      this.#data.add(offset, null);
      this.damaged('a compressed field');
      return;
    }
    try {
      const unpacked = await unpackPayload(payload, flags);
      this.#unpacked += unpacked.length;
      this.#keep(offset, unpacked);
    } catch (error) {
      if (error instanceof RangeError) {
        this.tooLarge(offset);
        return;
      }
      this.#damagedFields += 1;
      this.#data.add(offset, null);
      this.damaged(`a compressed field: ${errorMessage(error)}`);
    }
  }

  #keep(offset: number, payload: Uint8Array): void {
    this.#data.add(offset, lookup3(payload));
    const equals = payload.subarray(0, LONGEST_NAME + 1).indexOf(EQUALS);
    if (equals < 0) return;
    const name = Buffer.from(payload.buffer, payload.byteOffset, equals).toString('latin1');
    if (!JOURNAL_FIELDS.has(name)) return;
    const invalid = (count: number): void => this.#context.diagnose('text-invalid-utf8', null, '', count);
    this.#fields.set(offset, [name, textOfValue(payload.subarray(equals + 1), invalid)]);
  }
}

function sniff(head: Head): Verdict | null {
  return hasJournalMagic(head.bytes)
    ? marked('journal file', 100, 'it starts with the magic number of a journal file')
    : null;
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
