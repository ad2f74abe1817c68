// SPDX-License-Identifier: Apache-2.0
/**
 * The list of modules that OpenWrt's modprobe (ubox) could not load. On a terminal neither it nor its rows name the program:
 *     2 modules could not be probed
 *     - wifidog-ng
 *     - bpfilter
 */
const HEAD = /^(\d{1,4}) modules? could not be probed$/;
const ROW = /^- [\w-]{1,63}(?: - \d{1,4})?$/;

export class UboxList {
  #left = 0;

  /** The line; a row of the list with the name that it has in a log. */
  named(line: string): string {
    const count = HEAD.exec(line)?.[1];
    const isRow = this.#left > 0 && ROW.test(line);
    this.#left = count === undefined ? (isRow ? this.#left - 1 : 0) : Number(count);
    return isRow ? `modprobe: ${line}` : line;
  }
}
