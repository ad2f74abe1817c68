/**
 * A console that is registered late prints the log from its beginning (CON_PRINTBUFFER): on a serial line that had an
 * early console before it, the first seconds of the boot stand there twice.
 */
import type { LogRecord } from './record.js';

// printk: console [ttyS0] enabled      Console: colour VGA+ 80x25      printk: bootconsole [earlyser0] disabled
const CONSOLE = /^(?:printk: )?(?:Console: |(?:boot|legacy )?console \[\w+\] (?:en|dis)abled)/;
/** A message that matches holds one of them. */
export const CONSOLE_WORDS: readonly string[] = ['Console: ', 'console ['];
/** The replay follows the console's own lines at once. */
const NEAR = 6;

export class Replay {
  #records = 0;
  #console = Number.NEGATIVE_INFINITY;
  /** Stamp up to which records are repeated; null while none are. */
  #until: bigint | null = null;

  /** True while what comes next may be, or is, such a repetition. */
  get near(): boolean {
    return this.#until !== null || this.#records - this.#console <= NEAR;
  }

  /**
   * True for a record that was there before. `last` is the boot's highest stamp, null where its banner was not seen
   * or nothing has a stamp.
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
