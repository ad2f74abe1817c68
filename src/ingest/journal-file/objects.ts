/**
 * The objects of a journal file, in the order in which journald wrote them: data come before the entries that name
 * them, so that the file is read in one go, without its hash tables and arrays. A file that is truncated, or that was
 * copied while journald wrote to it, gives what it holds.
 *
 * systemd's src/libsystemd/sd-journal/journal-def.h
 */
const HEADER_BYTES = 208;
const OBJECT_HEADER = 16;
const ALIGNMENT = 8;
/** No field that is looked at is larger. */
const MOST_BYTES = 8 * 1024 * 1024;
const COMPACT = 16;

const DATA = 1;
const ENTRY = 3;
const LAST_TYPE = 7;

export interface JournalObject {
  /** By which entries name it. */
  readonly offset: number;
  readonly flags: number;
  readonly bytes: Uint8Array;
}

export interface ObjectHandler {
  data(object: JournalObject, compact: boolean): Promise<void> | undefined;
  entry(object: JournalObject, compact: boolean): void;
  /** An object that is larger than any of interest. */
  tooLarge(): void;
  damaged(what: string): void;
}

export function hasJournalMagic(bytes: Uint8Array): boolean {
  return new TextDecoder('latin1').decode(bytes.subarray(0, 8)) === 'LPKSHHRH';
}

/** Reads 64 bits as a number; what does not fit is no offset or size of a file. */
export function u64(view: DataView, at: number): number {
  return view.getUint32(at + 4, true) * 2 ** 32 + view.getUint32(at, true);
}

export function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
}

export class ObjectReader {
  readonly #handler: ObjectHandler;
  #pending: Uint8Array = new Uint8Array(0);
  /** Of the first pending byte. */
  #offset = 0;
  #skip = 0;
  #header = false;
  #compact = false;
  /** The rest is no objects: zeros, or damage. */
  #over = false;

  constructor(handler: ObjectHandler) {
    this.#handler = handler;
  }

  async push(chunk: Uint8Array): Promise<void> {
    if (this.#over) return;
    const bytes = this.#pending.length === 0 ? chunk : Buffer.concat([this.#pending, chunk]);
    let at = 0;
    for (;;) {
      const skipped = Math.min(this.#skip, bytes.length - at);
      this.#skip -= skipped;
      at += skipped;
      this.#offset += skipped;
      const rest = bytes.subarray(at);
      const used = this.#skip > 0 ? 0 : this.#header ? await this.#object(rest) : this.#readHeader(rest);
      if (used === 0 || this.#over) break;
      at += used;
      this.#offset += used;
    }
    // The chunk is only lent.
    this.#pending = this.#over ? new Uint8Array(0) : bytes.slice(at);
  }

  end(): void {
    if (this.#over || (this.#pending.length === 0 && this.#skip === 0)) return;
    if (this.#pending.some((byte) => byte !== 0) || this.#skip > 0)
      this.#handler.damaged('the file ends inside an object');
  }

  #readHeader(bytes: Uint8Array): number {
    if (bytes.length < HEADER_BYTES) return 0;
    const view = viewOf(bytes);
    this.#compact = (view.getUint32(12, true) & COMPACT) !== 0;
    this.#header = true;
    const size = u64(view, 88);
    if (size >= HEADER_BYTES && size <= MOST_BYTES) {
      this.#skip = size - HEADER_BYTES;
    } else {
      this.#over = true;
      this.#handler.damaged('the header has an impossible size');
    }
    return HEADER_BYTES;
  }

  /** Reads one object; returns the bytes used, 0 where more are needed. */
  async #object(bytes: Uint8Array): Promise<number> {
    if (bytes.length < OBJECT_HEADER) return 0;
    const view = viewOf(bytes);
    const type = bytes[0] ?? 0;
    const size = u64(view, 8);
    if (type === 0 && size === 0) {
      // Space that journald has allocated ahead.
      this.#over = true;
      return bytes.length;
    }
    if (type === 0 || type > LAST_TYPE || size < OBJECT_HEADER || !Number.isSafeInteger(size)) {
      this.#over = true;
      this.#handler.damaged(`no object at ${this.#offset}: what follows was not read`);
      return bytes.length;
    }
    const whole = Math.ceil(size / ALIGNMENT) * ALIGNMENT;
    const wanted = type === DATA || type === ENTRY;
    if (!wanted || size > MOST_BYTES) {
      if (wanted) this.#handler.tooLarge();
      this.#skip = whole - OBJECT_HEADER;
      return OBJECT_HEADER;
    }
    if (bytes.length < size) return 0;
    const object = { offset: this.#offset, flags: bytes[1] ?? 0, bytes: bytes.subarray(0, size) };
    if (type === DATA) await this.#handler.data(object, this.#compact);
    else this.#handler.entry(object, this.#compact);
    // The padding of a file's last object may be missing.
    const used = Math.min(whole, bytes.length);
    this.#skip = whole - used;
    return used;
  }
}
