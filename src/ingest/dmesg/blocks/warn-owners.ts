// SPDX-License-Identifier: Apache-2.0
/**
 * Finds the task of a line of registers: RSP, R12 and R14 in a WARN point into the task's kernel stack, which stays the same
 * as long as the task lives. Once a stack was seen with a PID, later register lines have an owner.
 */

/** RSP: 0018:ffffc900002abde0 EFLAGS: 00000296 */
const STACK_POINTER = /^RSP: 0018:([\da-f]{16})/;
const ADDRESS = /\bffff[\da-f]{12}\b/g;
/** x86-64 stacks have 16 KiB: the last 14 bits of an address are the offset. */
const STACK_BITS = 14n;
const MAX_STACKS = 4096;

export class Owners {
  readonly #stacks = new Map<bigint, number>();

  /** The task whose stack the registers point into, or null. */
  pid(text: string): number | null {
    if (this.#stacks.size === 0 || !/^R(?:SP|10|13|AX|DX): /.test(text)) return null;
    for (const [address] of text.matchAll(ADDRESS)) {
      const pid = this.#stacks.get(stackOf(address));
      if (pid !== undefined) return pid;
    }
    return null;
  }

  /** Notes the stack of a line of `pid`. A `certain` owner replaces a guess. */
  learn(text: string, pid: number, certain: boolean): void {
    const address = STACK_POINTER.exec(text)?.[1];
    if (address === undefined || this.#stacks.size >= MAX_STACKS) return;
    const stack = stackOf(address);
    if (certain || !this.#stacks.has(stack)) this.#stacks.set(stack, pid);
  }
}

function stackOf(address: string): bigint {
  return BigInt(`0x${address}`) >> STACK_BITS;
}
