// SPDX-License-Identifier: Apache-2.0
/** /proc/kallsyms as saved by trace-cmd: functions by address. */
import { ascending } from '../../model/order.js';

// ffffffff810e85a1 t init_module_from_file
// ffffffffc0a41000 t fuse_init	[fuse]
const LINE = /^([0-9a-f]{4,16}) ([A-Za-z]) (\S+)/;

const UTF8 = new TextDecoder();
const NEWLINE = 0x0a;

/** Enough for the line of a symbol: names have at most 511 bytes. */
const MOST_LINE = 640;

/** A function is not larger than this: addresses further from the last symbol are unknown. */
const MAX_FUNCTION = 0x100000n;

export class Symbols {
  readonly #bytes: Uint8Array;
  /** Sorted; `#lines` holds the start of each one's line in `#bytes`. */
  readonly #addresses: BigUint64Array;
  readonly #lines: Uint32Array;

  constructor(kallsyms: Uint8Array) {
    this.#bytes = kallsyms;
    const found: { address: bigint; line: number }[] = [];
    for (let line = 0; line < kallsyms.length; ) {
      const end = kallsyms.indexOf(NEWLINE, line);
      const match = LINE.exec(
        UTF8.decode(kallsyms.subarray(line, Math.min(line + 64, end < 0 ? Infinity : end))),
      );
      if (match?.[1] && isFunction(match[2] ?? '', match[3] ?? '')) {
        const address = BigInt(`0x${match[1]}`);
        // kptr_restrict prints zeros.
        if (address > 0n) found.push({ address, line });
      }
      if (end < 0) break;
      line = end + 1;
    }
    found.sort((a, b) => ascending(a.address, b.address));
    // The kernel prints the first of several names of an address.
    const first = found.filter(({ address }, index) => address !== found[index - 1]?.address);
    this.#addresses = BigUint64Array.from(first, ({ address }) => address);
    this.#lines = Uint32Array.from(first, ({ line }) => line);
  }

  /** The function at the address, and the offset in it; null if unknown. */
  find(address: bigint): { name: string; offset: bigint } | null {
    let low = 0;
    let high = this.#addresses.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.#addresses[middle] ?? 0n) <= address) low = middle + 1;
      else high = middle;
    }
    const start = this.#addresses[low - 1];
    if (start === undefined || address - start >= MAX_FUNCTION) return null;
    return { name: this.#name(this.#lines[low - 1] ?? 0), offset: address - start };
  }

  #name(line: number): string {
    const text = UTF8.decode(this.#bytes.subarray(line, line + MOST_LINE));
    return LINE.exec(text)?.[3] ?? '';
  }
}

/** Absolute symbols are per-CPU offsets on x86, `$x` are arm's mapping symbols. */
function isFunction(type: string, name: string): boolean {
  return type !== 'a' && type !== 'A' && !name.startsWith('$');
}
