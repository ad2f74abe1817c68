// SPDX-License-Identifier: Apache-2.0
/**
 * A late console prints the log from its start (CON_PRINTBUFFER): on a serial line with an early console, the first seconds
 * of the boot appear twice.
 */
import type { LogRecord } from './record.js';

// printk: console [ttyS0] enabled      Console: colour VGA+ 80x25      printk: bootconsole [earlyser0] disabled
const CONSOLE = /^(?:printk: )?(?:Console: |(?:boot|legacy )?console \[\w+\] (?:en|dis)abled)/;
/** Every match has one of these. */
export const CONSOLE_WORDS: readonly string[] = ['Console: ', 'console ['];
/** The replay follows the console's own lines at once. */
const NEAR = 6;

export class Replay {
  #records = 0;
  #console = Number.NEGATIVE_INFINITY;
  /** Timestamp up to which records are repeated, or null. */
  #until: bigint | null = null;

  /** True if the next records may be repeated. */
  get mayRepeat(): boolean {
    return this.#until !== null || this.#records - this.#console <= NEAR;
  }

  /**
   * True for a repeated record. `last`: the boot's highest timestamp, null without a banner or timestamps.
   */
  repeats(record: LogRecord, banner: boolean, last: bigint | null): boolean {
    this.#records += 1;
    if (CONSOLE.test(record.text)) this.#console = this.#records;
    if (banner && last !== null && record.boot !== null && this.#records - this.#console <= NEAR)
      this.#until = last;
    if (this.#until === null) return false;
    if (record.boot !== null && record.boot <= this.#until) return true;
    if (record.boot !== null) this.#until = null;
    return false;
  }
}
