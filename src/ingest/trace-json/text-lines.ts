// SPDX-License-Identifier: Apache-2.0
/** Splits pieces of a string into the lines of a section. */
import type { LineSink } from '../ingester.js';
import type { TextPieces } from './document.js';

/** Longer lines, which are not trace records, are truncated. */
const MAX_LINE = 64 * 1024;

export function textLines(open: () => LineSink, tooLong: (line: number) => void): TextPieces {
  const sink = open();
  let rest = '';
  let number = 0;
  let truncated = false;
  const add = (text: string): void => {
    if (rest.length + text.length > MAX_LINE && !truncated) {
      truncated = true;
      tooLong(number + 1);
    }
    rest = (rest + text).slice(0, MAX_LINE);
  };
  const line = (): void => {
    sink.line(rest.endsWith('\r') ? rest.slice(0, -1) : rest, ++number);
    rest = '';
    truncated = false;
  };
  return {
    piece: (text) => {
      let from = 0;
      for (let end = text.indexOf('\n'); end >= 0; end = text.indexOf('\n', from)) {
        add(text.slice(from, end));
        line();
        from = end + 1;
      }
      if (from < text.length) add(text.slice(from));
    },
    end: () => {
      if (rest !== '') line();
      sink.end();
    },
  };
}
