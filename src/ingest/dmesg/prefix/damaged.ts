// SPDX-License-Identifier: Apache-2.0
/** Messages whose timestamp or date is damaged, so that their line looks like another program's output. */
import { holdsWord, isKnown } from '../catalogue.js';
import { bareRecord, type LogRecord } from '../record.js';

/** No date, host and program is longer. */
const LONGEST = 80;
/** The shortest timestamp, `[    0.123456]`, has one more. */
const FEWEST_DIGITS = 6;

/**
 * Whether a line is understood only without its first words, which have the digits of a timestamp or date.
 *     [   15.18x280] module: ...     Nov 2x 10:45:51 lab kernel: ...     2026-11-2xT10:26:13,022200+00:00 ...
 */
export function hidesMessage(text: string, record: LogRecord): boolean {
  if (!holdsWord(text) || isKnown(record, 'program')) return false;
  let digits = 0;
  for (let at = 0; at < LONGEST && at < text.length; at++) {
    if (isDigit(text.charCodeAt(at))) digits++;
    else if (digits >= FEWEST_DIGITS && text.charCodeAt(at) === SPACE) {
      if (isKnown(bareRecord(record.line, text.slice(at + 1)), 'either')) return true;
    }
  }
  return false;
}

const [SPACE, ZERO, NINE] = [0x20, 0x30, 0x39];
const isDigit = (code: number): boolean => code >= ZERO && code <= NINE;
