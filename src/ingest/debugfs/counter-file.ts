// SPDX-License-Identifier: Apache-2.0
/** A copy of a single file of /sys/kernel/debug/modules: a bare number, known only by the file name. */
import { debugfsFile, fileName, isCounterFile } from '../../model/debugfs.js';
import { filledLines } from '../head.js';
import type { Head, LineIngester, Verdict } from '../ingester.js';

const NUMBER = /^\s*(\d+)\s*$/;
/** kernel/module/tracking.c: `%s (%s) %llu`: name, taints, count. */
const UNLOADED = /^\S+ \([A-Z]*\) \d+$/;

function sniff(head: Head): Verdict | null {
  const file = debugfsFile(head.path);
  if (!head.whole || file === null || file === 'stats') return null;
  const lines = filledLines(head);
  if (lines.length === 0) return null;
  const pattern = isCounterFile(file) ? NUMBER : UNLOADED;
  const matched = lines.filter((line) => pattern.test(line)).length;
  if (matched < lines.length || (isCounterFile(file) && matched > 1)) return null;
  return {
    form: file,
    confidence: 90,
    matched,
    tried: lines.length,
    why: isCounterFile(file) ? `a number in a file named ${file}` : `${matched} unloaded modules with taints`,
  };
}

export const debugfsCounter: LineIngester = {
  name: 'debugfs-counter',
  title: 'Single file of /sys/kernel/debug/modules',
  priority: 510,
  most: 90,
  places: ['sys/kernel/debug/modules/**'],
  reads: 'lines',
  needles: null,
  sniff,
  start: ({ form, emit }) => ({
    line: (text, number) => {
      const counter = fileName(form);
      const value = NUMBER.exec(text)?.[1];
      if (counter === null || !isCounterFile(counter) || value === undefined) return;
      emit({ kind: 'counter', line: number, t: null, snapshot: 0, counter, value: BigInt(value) });
    },
    end: () => {},
  }),
};
