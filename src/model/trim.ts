// SPDX-License-Identifier: Apache-2.0
/** The text without trailing characters of `ends`. A regular expression would be quadratic. */
export function trimmedEnd(text: string, ends: string): string {
  let end = text.length;
  while (end > 0 && ends.includes(text.charAt(end - 1))) end--;
  return text.slice(0, end);
}
