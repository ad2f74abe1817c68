// SPDX-License-Identifier: Apache-2.0
/** Lines that a mail program wrapped: at the last blank before about column 72. */

const FROM = 66;
const TO = 80;

/** True if `line` may continue `before`: its first word would not have fit. */
export function mayContinue(before: string, line: string): boolean {
  const blank = line.indexOf(' ');
  const needed = before.length + 1 + (blank < 0 ? line.length : blank);
  return before.length <= TO && needed >= FROM;
}
