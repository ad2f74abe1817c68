// SPDX-License-Identifier: Apache-2.0
/** Breaking lines at a width. */

/** Stands for a blank at which no line ends. */
const TIE = '\u00a0';

/** The text with a number tied to its unit, a bar or a boot to its number, and a short command kept whole. */
export const tied = (text: string): string =>
  text
    .replace(/`[^`\n]{1,50}`/g, (command) => command.replaceAll(' ', TIE))
    .replace(/\b([Bb]oot) (?=\d)/g, `$1${TIE}`)
    .replace(/([\d█]) (?=[^\s(])/g, `$1${TIE}`)
    .replace(/ (?=to \d)/g, TIE)
    .replace(/\bnot (?=counted|known)/g, `not${TIE}`);

/** Breaks a text at blanks; further lines are indented. A word longer than a line stands alone. */
export function wrap(text: string, width: number, indent = ''): string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of tied(text).split(' ')) {
    if (line.trim() !== '' && [...line].length + 1 + [...word].length > width) {
      lines.push(line);
      line = indent + word;
    } else line = line === '' ? word : `${line} ${word}`;
  }
  return [...lines, line].map((one) => one.replaceAll(TIE, ' '));
}
