// SPDX-License-Identifier: Apache-2.0
/**
 * No regular expression that meets input takes a time that grows faster than the text: scslre looks at all of src. It
 * finds what backtracks polynomially or exponentially, but promises no proof; the attack lines of growth.test.ts are
 * beside it. (recheck proves more, and without its binaries takes minutes.)
 */
import { analyse } from 'scslre';
import { expect, it } from 'vitest';
import { type Expression, filesThatMake, literals, madeOfText } from './expressions.js';

const BOUNDED_LINE = 'such a line has at most 512 characters, and takes less than 1 ms';

/** Why an expression is right all the same, by a part of its source. */
const EXCEPTIONS: readonly (readonly [part: string, why: string])[] = [
  ['[\\s|;,]+$', BOUNDED_LINE],
  ['^\\s*[\\w.,+-]+(?:', BOUNDED_LINE],
  ['^\\s*&\\s*(\\w*)', BOUNDED_LINE],
  ['invalid_decompress_bytes', BOUNDED_LINE],
  ['[\\da-f]{8}\\s+[\\da-f]{8,}', 'the front of a record: at most 256 characters, 0.2 ms'],
  ['noformat|quote', 'the last 128 characters of a line'],
  ['\\[([^\\s[\\]]+)\\]', 'no attempt goes past the next bracket, where the next one starts'],
  ['^config-', 'what follows cannot fail on one line'],
  ['^[^\\S\\n]*(?:Linux version', 'the head of a text, 64 KiB: at most 32 tries for each blank, linear'],
  ['\\(.*$', 'what follows the first parenthesis cannot fail on one line'],
  ['^@(\\w+)', 'text of a query file'],
  ['^([a-z][a-z0-9_]*) +', 'text of a query file'],
  ['\\bSELECT', 'text of a query file'],
  ["'(?:[^']|'')*", 'SQL that the user typed'],
  ['[+-]?(?:\\d+\\.?\\d*', 'a parameter that the user typed'],
  ['\\/+$', 'a path of at most 4096 bytes'],
  ['\\0.*$', 'a field of a tar header'],
  ['\\B(?=(\\d{3})', 'digits of a number'],
  ['(?<=\\.\\d*?)0+$', 'digits of a number'],
  ['avc: +', 'a lookahead that matched is not tried again'],
];

/** Files that make expressions later, of text that no input gives. */
const WHERE_SAFE = [
  'src/batch/folders.ts', // a glob that the user typed
  'src/cli/commands/batch.ts', // --group, of the user's
  'src/ingest/context/tracefs.ts', // one literal or the other
  'src/ingest/trace-json/trace-events.ts', // a number at the end of a name
];

const isSuspect = ({ source, flags }: Expression): boolean =>
  analyse({ source, flags }, { reportTypes: { Move: true } }).reports.length > 0;

it('no regular expression backtracks without a reason why it may', async () => {
  const made = await madeOfText(async () => {
    await import('../../src/index.js');
    await import('../../src/cli/commands/batch.js');
    const { auditField } = await import('../../src/ingest/dmesg/messages/audit.js');
    auditField(' name=x', 'name');
    const { LayoutFilter } = await import('../../src/input/layout-filter.js');
    const { PLACES } = await import('../../src/ingest/layouts/index.js');
    new LayoutFilter(PLACES.layouts);
  });
  const seen = new Set(made.map(({ file }) => file));
  expect(filesThatMake().filter((file) => !seen.has(file))).toEqual(WHERE_SAFE);
  const all = [...literals(), ...made];
  expect(all.length).toBeGreaterThan(500);
  const known = new Map(all.map((one) => [`/${one.source}/${one.flags}`, one]));
  const suspect = [...known.values()].filter(isSuspect);
  const isExcepted = ({ source }: Expression): boolean => EXCEPTIONS.some(([part]) => source.includes(part));
  expect(suspect.filter((one) => !isExcepted(one)).map(({ source, file }) => `${file}: ${source}`)).toEqual(
    [],
  );
});

it.each(['^(a+)+$', '\\s+$', 'a*a*b'])('an expression such as %s is found', (source) => {
  expect(isSuspect({ source, flags: '', file: null })).toBe(true);
});
