// SPDX-License-Identifier: Apache-2.0
/**
 * The objects of a journal file in file order. journald writes data before the entries that refer to them, so one pass is
 * enough, without hash tables and arrays. A truncated file, or one copied while journald wrote to it, gives what it holds.
 *
 * systemd's src/libsystemd/sd-journal/journal-def.h
 */
import { Buffer } from '../../platform/index.js';

const HEADER_BYTES = 208;
const OBJECT_HEADER = 16;
const ALIGNMENT = 8;
/** Larger objects are skipped. */
const MAX_BYTES = 8 * 1024 * 1024;
const COMPACT = 16;

const DATA = 1;
const ENTRY = 3;
const LAST_TYPE = 7;

export interface JournalObject {
  /** Its offset in the file, by which entries refer to it. */
  readonly offset: number;
  readonly flags: number;
  readonly bytes: Uint8Array;
}

export interface ObjectHandler {
  /** The fixed part of the file's header; called once, before all objects. */
  header(view: DataView): void;
  data(object: JournalObject, compact: boolean): Promise<void> | undefined;
  entry(object: JournalObject, compact: boolean): void;
  /** A data or entry object over the limit. */
  tooLarge(offset: number): void;
  damaged(what: string): void;
}

const MAGIC = new TextEncoder().encode('LPKSHHRH');

export function hasJournalMagic(bytes: Uint8Array): boolean {
  return MAGIC.every((byte, at) => bytes[at] === byte);
}

/** 64 bits as a number; larger values are not valid offsets or sizes. */
export function u64(view: DataView, at: number): number {
  return view.getUint32(at + 4, true) * 2 ** 32 + view.getUint32(at, true);
}

export function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
}

export class ObjectReader {
  readonly #handler: ObjectHandler;
  #pending: Uint8Array = new Uint8Array(0);
  /** The offset of the first pending byte. */
  #offset = 0;
  #skip = 0;
  #header = false;
  #compact = false;
  /** The rest holds no objects: zeros, or damage. */
  #ended = false;

  constructor(handler: ObjectHandler) {
    this.#handler = handler;
  }

  async push(chunk: Uint8Array): Promise<void> {
    if (this.#ended) return;
    const bytes = this.#pending.length === 0 ? chunk : Buffer.concat([this.#pending, chunk]);
    let at = 0;
    for (;;) {
      const skipped = Math.min(this.#skip, bytes.length - at);
      this.#skip -= skipped;
      at += skipped;
      this.#offset += skipped;
      const rest = bytes.subarray(at);
      const used = this.#skip > 0 ? 0 : this.#header ? await this.#object(rest) : this.#readHeader(rest);
      if (used === 0 || this.#ended) break;
      at += used;
      this.#offset += used;
    }
    // The chunk is valid only during the call.
    this.#pending = this.#ended ? new Uint8Array(0) : bytes.slice(at);
  }

  end(): void {
    if (this.#ended || (this.#pending.length === 0 && this.#skip === 0)) return;
    if (this.#pending.some((byte) => byte !== 0) || this.#skip > 0)
      this.#handler.damaged('the file is truncated inside an object');
  }

  #readHeader(bytes: Uint8Array): number {
    if (bytes.length < HEADER_BYTES) return 0;
    const view = viewOf(bytes);
    this.#compact = (view.getUint32(12, true) & COMPACT) !== 0;
    this.#header = true;
    this.#handler.header(viewOf(bytes.slice(0, HEADER_BYTES)));
    const size = u64(view, 88);
    if (size >= HEADER_BYTES && size <= MAX_BYTES) {
      this.#skip = size - HEADER_BYTES;
    } else {
      this.#ended = true;
      this.#handler.damaged('the header has an impossible size');
    }
    return HEADER_BYTES;
  }

  /** Reads one object; returns the bytes used, or 0 if more are needed. */
  async #object(bytes: Uint8Array): Promise<number> {
    if (bytes.length < OBJECT_HEADER) return 0;
    const view = viewOf(bytes);
    const type = bytes[0] ?? 0;
    const size = u64(view, 8);
    if (type === 0 && size === 0) {
      // Space that journald preallocated.
      this.#ended = true;
      return bytes.length;
    }
    if (type === 0 || type > LAST_TYPE || size < OBJECT_HEADER || !Number.isSafeInteger(size)) {
      this.#ended = true;
      this.#handler.damaged(`no object at offset ${this.#offset}: the rest was not read`);
      return bytes.length;
    }
    const whole = Math.ceil(size / ALIGNMENT) * ALIGNMENT;
    const wanted = type === DATA || type === ENTRY;
    if (!wanted || size > MAX_BYTES) {
      if (wanted) this.#handler.tooLarge(this.#offset);
      this.#skip = whole - OBJECT_HEADER;
      return OBJECT_HEADER;
    }
    if (bytes.length < size) return 0;
    const object = { offset: this.#offset, flags: bytes[1] ?? 0, bytes: bytes.subarray(0, size) };
    if (type === DATA) await this.#handler.data(object, this.#compact);
    else this.#handler.entry(object, this.#compact);
    // The last object's padding may be missing.
    const used = Math.min(whole, bytes.length);
    this.#skip = whole - used;
    return used;
  }
}
