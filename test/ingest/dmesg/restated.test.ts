// SPDX-License-Identifier: Apache-2.0
/** A log that a text holds in several forms counts once; two logs of one form, or other times, are two. */
import { describe, expect, test } from 'vitest';
import { caseOf } from '../../../src/case.js';
import { readBytes } from '../../forms/read.js';

const MESSAGES: readonly (readonly [number, string])[] = [
  [0, 'Linux version 6.6.0 (a@b) (gcc) #1 SMP'],
  [1.500123, 'foo: Unknown symbol bar (err -2)'],
  [2.500321, 'foo: Unknown symbol bar (err -2)'],
  [3.250417, 'baz: disagrees about version of symbol module_layout'],
  [5.000001, 'usb 1-1: new device'],
];
const stamp = (t: number): string => `[${t.toFixed(6).padStart(12)}]`;
/** 06:11:16 and so many seconds. */
const clock = (t: number): string => `06:11:${String(16 + Math.floor(t)).padStart(2, '0')}`;
const shown = (prefix: (t: number, before: number) => string): string[] =>
  MESSAGES.map(([t, text], index) => `${prefix(t, MESSAGES[index - 1]?.[0] ?? 0)} ${text}`);

const FORMS = {
  plain: shown(stamp),
  '-d': shown((t, before) => `[${t.toFixed(6).padStart(12)} <${(t - before).toFixed(6).padStart(12)}>]`),
  '-e': shown((t, before) => (t === 0 ? '[Nov17 06:11]' : `[${`+${(t - before).toFixed(6)}`.padStart(11)}]`)),
  '-T': shown((t) => `[Mon Nov 17 ${clock(t)} 2025]`),
  iso: shown((t) => `2025-11-17T${clock(t)},${(t % 1).toFixed(6).slice(2)}+00:00`),
  // journald starts some seconds after the kernel.
  journal: shown((t) => `Nov 17 ${clock(Math.max(t, 2))} host kernel:`),
};
type Form = keyof typeof FORMS;

async function failures(lines: readonly string[]): Promise<unknown[]> {
  const { model } = caseOf(await readBytes({ bytes: Buffer.from(`${lines.join('\n')}\n`) }));
  return [model.boots.length, ...model.failures.map(({ module, times }) => `${module} ${times}`).sort()];
}

const ONCE = [1, 'baz 1', 'foo 2'];
const PAIRS: readonly (readonly [Form, Form])[] = [
  ['plain', '-d'],
  ['plain', '-e'],
  ['plain', '-T'],
  ['plain', 'iso'],
  ['plain', 'journal'],
  ['-T', 'plain'],
  ['journal', 'plain'],
  ['iso', 'journal'],
];

describe.each(PAIRS)('%s, then %s', (first, second) => {
  test('two whole logs', async () => {
    expect(await failures([...FORMS[first], 'and again:', ...FORMS[second]])).toEqual(ONCE);
  });

  test('a log and its end', async () => {
    expect(await failures([...FORMS[first], 'and again:', ...FORMS[second].slice(2)])).toEqual(ONCE);
  });
});

test('three forms', async () => {
  expect(await failures([...FORMS.plain, '', ...FORMS['-T'], '', ...FORMS.journal])).toEqual(ONCE);
});

test('single lines in prose', async () => {
  const [, plain, , ...rest] = FORMS.plain;
  const lines = [
    'It says',
    plain ?? '',
    'with -T:',
    FORMS['-T'][1] ?? '',
    'in the journal:',
    FORMS.journal[1] ?? '',
  ];
  expect(await failures(lines)).toEqual([1, 'foo 1']);
  expect(await failures([...lines, ...rest])).toEqual([1, 'baz 1', 'foo 1']);
});

test('the same message at another time is another one', async () => {
  const later = ['[Mon Nov 17 06:12:50 2025] foo: Unknown symbol bar (err -2)'];
  expect(await failures([...FORMS.plain, '', ...FORMS['-T'].slice(3), ...later])).toEqual([
    1,
    'baz 1',
    'foo 3',
  ]);
});

test('two boots in one form are two', async () => {
  const other = MESSAGES.map(([t, text]) => `${stamp(t === 0 ? 0 : t + 0.004242)} ${text}`);
  expect(await failures([...FORMS.plain, '', ...other])).toEqual([2, 'baz 1', 'baz 1', 'foo 2', 'foo 2']);
});
