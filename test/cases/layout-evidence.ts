// SPDX-License-Identifier: Apache-2.0
/** What the archives of the tests of layouts hold, and where a case says that it was found. */
import { LOG, sample } from './logs.js';
import { query, type Row, select } from './read.js';

export const START = new Date('2026-11-22T10:25:53Z');
export const STATS = sample('failures/stats.txt');
export const VERMAGIC = /nls_cp852: version magic/;
export const MODULES = [
  'nls_cp1251 16384 0 - Live 0xffffffffa0558000',
  'nls_cp866 12288 0 - Live 0xffffffffa0550000',
  'nls_koi8_r 12288 1 nls_cp866, Live 0xffffffffa0548000',
  '',
].join('\n');
export const LSMOD =
  'Module                  Size  Used by\nnls_cp1251             16384  0\nnls_cp866              12288  0\n';
export const CMDLINE = `${LOG.find(({ msg }) => msg.startsWith('Command line: '))?.msg.slice(14) ?? ''}\n`;
export const NOISE = 'PID USER COMMAND\n1 root init\n2 root kthreadd\n';

/** Where a failure and the counters are said: path and line. */
export async function cites(
  input: string,
): Promise<{ vermagic: Row; becoming: Row | undefined; boots: Row[] }> {
  const vermagic = await select(
    `SELECT s.path AS path, f.line AS line, f.times AS times FROM failed_loads AS f JOIN sources AS s USING (source)
     WHERE f.reason = 'vermagic'`,
    input,
  );
  const [becoming] = await select(
    `SELECT s.path AS path, c.line AS line, c.value AS value FROM counters AS c JOIN sources AS s USING (source)
     WHERE c.counter = 'failed_becoming'`,
    input,
  );
  const [first, ...more] = vermagic;
  if (!first || more.length > 0) throw new Error(`one row was expected, not ${vermagic.length}`);
  return { vermagic: first, becoming, boots: await query('boots', input) };
}

/** Number of the first line that matches. */
export function lineOf(text: string, pattern: RegExp): number {
  return text.split('\n').findIndex((line) => pattern.test(line)) + 1;
}
