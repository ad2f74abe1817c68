// SPDX-License-Identifier: Apache-2.0
import { Command } from 'commander';
import { describe, expect, it } from 'vitest';
import { describeError, describeInternalError, UserError } from '../../src/cli/errors.js';
import { exitCodeFor } from '../../src/cli/exit-code.js';
import { styleFor, usesColor } from '../../src/cli/messages.js';
import { addInputOptions, limitsOf, parseCount, parseSize } from '../../src/cli/options.js';
import { DEFAULT_LIMITS, LIMIT_OPTIONS } from '../../src/input/limits.js';
import type { Diagnostic } from '../../src/model/diagnostic.js';
import { BOOT_CLOCK, type Source } from '../../src/model/source.js';
import { systemReason } from '../../src/model/system-error.js';
import { ParamError } from '../../src/query/params.js';
import { SqlError } from '../../src/query/sql-error.js';

describe('exit codes', () => {
  const source = (id: number, status: Source['status'], parent: number | null = null): Source => ({
    id,
    parent,
    path: `s${id}`,
    kind: 'file',
    format: null,
    bytes: null,
    lines: 0,
    events: 0,
    clock: BOOT_CLOCK,
    why: '',
    status,
  });
  const failure: Diagnostic = { code: 'trace-unusable-form', source: 1, line: 1, count: 1, detail: '' };
  const loss: Diagnostic = { code: 'trace-lost-events', source: 1, line: 1, count: 9, detail: '' };

  it.each<[string, Source[], Diagnostic[], number]>([
    ['everything was read', [source(1, 'read'), source(2, 'read')], [], 0],
    ['data was lost but the input was read', [source(1, 'read')], [loss], 0],
    [
      'a directory holds files that are not known',
      [source(1, 'container'), source(2, 'read', 1), source(3, 'unrecognised', 1)],
      [],
      0,
    ],
    ['one of two inputs is not known', [source(1, 'read'), source(2, 'unrecognised')], [], 1],
    ['one of two inputs is empty', [source(1, 'read'), source(2, 'empty')], [], 1],
    [
      'one of two directories holds nothing known',
      [source(1, 'read'), source(2, 'container'), source(3, 'unrecognised', 2)],
      [],
      1,
    ],
    [
      'a file in a directory could not be read',
      [source(1, 'container'), source(2, 'read', 1), source(3, 'failed', 1)],
      [],
      1,
    ],
    [
      'an archive is cut',
      [source(1, 'container'), source(2, 'read', 1)],
      [{ ...loss, code: 'archive-damaged' }],
      1,
    ],
    ['a limit was reached', [source(1, 'read')], [{ ...loss, code: 'input-limit' }], 1],
    ['an input is in a form without usable fields', [source(1, 'read')], [failure], 1],
    ['nothing is known', [source(1, 'unrecognised'), source(2, 'empty')], [], 2],
    ['nothing could be read', [source(1, 'failed')], [], 2],
    ['there is nothing', [], [], 2],
  ])('%s', (_, sources, diagnostics, code) => {
    expect(exitCodeFor(sources, diagnostics)).toBe(code);
  });
});

describe('colour', () => {
  it.each<[Parameters<typeof usesColor>, boolean]>([
    [['auto', true, {}], true],
    [['auto', false, {}], false],
    [['auto', true, { NO_COLOR: '1' }], false],
    [['auto', true, { NO_COLOR: '' }], true],
    [['auto', true, { TERM: 'dumb' }], false],
    [['always', false, { NO_COLOR: '1', TERM: 'dumb' }], true],
    [['never', true, {}], false],
  ])('%j -> %s', (args, expected) => {
    expect(usesColor(...args)).toBe(expected);
  });

  it('is nothing where there is none', () => {
    expect(styleFor(false).dim('x')).toBe('x');
    expect(styleFor(true).bold('x')).toBe('\u001b[1mx\u001b[22m');
  });
});

describe('limit options', () => {
  it('has one for every limit, and passes on those that are given', () => {
    const command = addInputOptions(new Command().exitOverride());
    expect(command.options.map((option) => option.long)).toEqual(
      expect.arrayContaining(Object.values(LIMIT_OPTIONS)),
    );
    command.parse(['--max-member-bytes', '1.5GiB', '--max-depth', '3'], { from: 'user' });
    expect(limitsOf(command.opts())).toEqual({ memberBytes: 1.5 * 1024 ** 3, depth: 3 });
    expect(limitsOf({})).toEqual({});
    expect(command.helpInformation()).toContain('(default: 64GiB)');
    expect(DEFAULT_LIMITS.totalBytes).toBe(64 * 1024 ** 3);
  });

  it.each([
    ['1048576', 1048576],
    ['64K', 65536],
    ['64kB', 65536],
    ['2 MiB', 2097152],
    ['1.5g', 1610612736],
  ])('reads the size %s', (text, bytes) => {
    expect(parseSize(text)).toBe(bytes);
  });

  it.each(['', '0', '-1', '12X', 'K', '1e9', '99999999999T'])('refuses the size %j', (text) => {
    expect(() => parseSize(text)).toThrow('Expected a size');
  });

  it.each(['', '0', '-1', '1.5', 'all'])('refuses the count %j', (text) => {
    expect(() => parseCount(text)).toThrow('Expected a whole number');
  });
});

describe('errors', () => {
  it('says what, where with a caret under the place, and what next', () => {
    const place = { line: 12, column: 3, text: '\t SELEC' };
    const error = new SqlError('mine.sql', 'near "SELEC": syntax error', place, 'did you mean SELECT?');
    expect(describeError(error)).toEqual([
      'modwaste: mine.sql:12:3: near "SELEC": syntax error',
      '  12 | \t SELEC',
      '     | \t ^',
      '  did you mean SELECT?',
      '  modwaste tables describes the tables and their columns',
    ]);
  });

  it('tells mistakes of the user from our own', () => {
    expect(describeError(new UserError('no', ['do this']))).toEqual(['modwaste: no', '  do this']);
    expect(describeError(new ParamError('bad', null))?.[0]).toBe('modwaste: bad');
    expect(describeError(new TypeError('x is undefined'))).toBeNull();
  });

  it('prints one line for our own errors, and where they came from only if asked', () => {
    const error = new TypeError('x is undefined\nmore');
    expect(describeInternalError(error, false)).toEqual([
      'modwaste: internal error: TypeError: x is undefined',
      '  this is a bug in modwaste; please report it with the output under MODWASTE_DEBUG=1',
    ]);
    expect(describeInternalError(error, true).join('\n')).toContain('    at ');
  });

  it('has words for what a system refuses', () => {
    expect(systemReason(Object.assign(new Error('x'), { code: 'ENOSPC' }))).toBe('no space left on device');
    expect(systemReason(Object.assign(new Error('x'), { code: 'EXYZ' }))).toBe('EXYZ');
  });
});
