// SPDX-License-Identifier: Apache-2.0
/**
 * Ring-buffer pages (kernel/trace/ring_buffer.c, include/linux/ring_buffer.h): a timestamp, the number of used bytes, and
 * records, each with a 5-bit length or type and a 27-bit time delta. Times follow libtraceevent's kbuffer-parse.c and match
 * `trace-cmd report`.
 */
import { viewOf } from './bytes.js';
import type { PageLayout } from './format.js';
import type { CpuData, Damage } from './recording.js';

const PADDING = 29;
const TIME_EXTEND = 30;
const TIME_STAMP = 31;

const DELTA_BITS = 27;
const DELTA_MASK = 2 ** DELTA_BITS - 1;
/** An absolute timestamp has 59 bits; the rest is from the time before it. */
const STAMP_MSB = 0xf8n << 56n;

/** Flags in the commit word: records were lost before this page; their number follows its data. */
const MISSED_EVENTS = 2 ** 31;
const MISSED_STORED = 2 ** 30;
const COMMIT_MASK = 2 ** 27 - 1;

/** Iterates over the records of one CPU; its fields are those of the current record. */
export class CpuStream {
  t = 0n;
  /** The page, and the place of the record's data in it. */
  view: DataView = new DataView(new ArrayBuffer(0));
  offset = 0;
  length = 0;
  /** Number of records lost just before this one; null if unknown. */
  lost: number | null = 0;

  readonly #pages: Iterator<Uint8Array>;
  #next = 0;
  #end = 0;

  constructor(
    readonly cpu: number,
    data: CpuData,
    readonly littleEndian: boolean,
    private readonly layout: PageLayout,
    private readonly damage: Damage,
  ) {
    this.#pages = data.pages()[Symbol.iterator]();
  }

  /** Advances to the next record; false at the end. */
  next(): boolean {
    this.lost = 0;
    for (;;) {
      while (this.#next + 4 <= this.#end) if (this.#step()) return true;
      const page = this.#pages.next();
      if (page.done) return false;
      this.#open(page.value);
    }
  }

  #open(page: Uint8Array): void {
    const { commitOffset, commitSize, data } = this.layout;
    this.view = viewOf(page);
    this.t = this.view.getBigUint64(0, this.littleEndian);
    // The flags and the count are in the low 32 bits of a long of either size.
    const low = commitSize === 8 && !this.littleEndian ? commitOffset + 4 : commitOffset;
    const commit = this.view.getUint32(low, this.littleEndian);
    const used = commit & COMMIT_MASK;
    this.#next = data;
    this.#end = data + used;
    if (this.#end > page.length) {
      this.damage(`a page of CPU ${this.cpu} claims ${used} bytes`);
      this.#end = data;
      return;
    }
    if (commit >= MISSED_EVENTS) this.#missed((commit & MISSED_STORED) !== 0, commitSize, page.length);
  }

  #missed(stored: boolean, longSize: 4 | 8, pageEnd: number): void {
    const at = this.#end;
    const count =
      stored && at + longSize <= pageEnd
        ? longSize === 8
          ? Number(this.view.getBigUint64(at, this.littleEndian))
          : this.view.getUint32(at, this.littleEndian)
        : null;
    const plausible = count !== null && count > 0 && Number.isSafeInteger(count) ? count : null;
    this.lost = this.lost === null || plausible === null ? null : this.lost + plausible;
  }

  /** Reads one entry of the page; true for a record. Always advances. */
  #step(): boolean {
    const at = this.#next;
    const word = this.view.getUint32(at, this.littleEndian);
    const type = this.littleEndian ? word & 31 : word >>> DELTA_BITS;
    const delta = this.littleEndian ? word >>> 5 : word & DELTA_MASK;
    if (type >= 1 && type < PADDING) {
      this.t += BigInt(delta);
      return this.#record(at + 4, type * 4, type * 4);
    }
    if (at + 8 > this.#end) {
      // Padding in a page's last four bytes has no room for its length.
      if (type !== PADDING) this.damage(`a record of CPU ${this.cpu} is truncated at the end of its page`);
      this.#next = this.#end;
      return false;
    }
    const array0 = this.view.getUint32(at + 4, this.littleEndian);
    switch (type) {
      case 0:
        this.t += BigInt(delta);
        // The length counts its own four bytes; records are aligned to four.
        return this.#record(at + 8, array0 - 4, (array0 - 1) & ~3);
      case PADDING:
        // A discarded record keeps its delta; without one the rest of the page is empty.
        this.t += BigInt(delta);
        this.#next = delta === 0 ? this.#end : Math.min(this.#end, at + 4 + Math.max(4, array0));
        return false;
      case TIME_EXTEND:
        this.t += (BigInt(array0) << BigInt(DELTA_BITS)) + BigInt(delta);
        this.#next = at + 8;
        return false;
      case TIME_STAMP:
        this.t = (BigInt(array0) << BigInt(DELTA_BITS)) + BigInt(delta) + (this.t & STAMP_MSB);
        this.#next = at + 8;
        return false;
    }
    return false;
  }

  #record(offset: number, length: number, space: number): boolean {
    if (length < 0 || space < 0 || offset + length > this.#end) {
      this.damage(`a record of CPU ${this.cpu} has ${length} bytes`);
      this.#next = this.#end;
      return false;
    }
    this.offset = offset;
    this.length = length;
    this.#next = offset + space;
    return true;
  }
}

/**
 * Merges the streams by time, then by their order. `each` is called at each record, with the stream positioned there.
 */
export function inTimeOrder<S extends { readonly t: bigint; next(): boolean }>(
  streams: readonly S[],
  each: (stream: S) => void,
): void {
  const order = new Map(streams.map((stream, index) => [stream, index]));
  const before = (a: S, b: S): boolean =>
    a.t < b.t || (a.t === b.t && (order.get(a) ?? 0) < (order.get(b) ?? 0));
  const heap: S[] = [];
  const sink = (from: number): void => {
    for (let at = from; ; ) {
      let least = at;
      for (const child of [2 * at + 1, 2 * at + 2]) {
        const [a, b] = [heap[child], heap[least]];
        if (a && b && before(a, b)) least = child;
      }
      const [here, below] = [heap[at], heap[least]];
      if (least === at || !here || !below) return;
      heap[at] = below;
      heap[least] = here;
      at = least;
    }
  };
  for (const stream of streams) if (stream.next()) heap.push(stream);
  for (let at = heap.length >> 1; at >= 0; at--) sink(at);
  for (let first = heap[0]; first; first = heap[0]) {
    each(first);
    if (!first.next()) {
      const last = heap.pop();
      if (last && last !== first) heap[0] = last;
    }
    sink(0);
  }
}
