// SPDX-License-Identifier: Apache-2.0
/** What mail, terminals and scissors do to a dump must not change what it says, or must be noticed. */
import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { debugfsStats } from '../../../src/ingest/debugfs/stats.js';
import { ingest, type Reading, readings } from './harness.js';

const FORMS = [
  'stats',
  'grep-r.txt',
  'grep-dot.txt',
  'for-cat.txt',
  'for-cat-oneline.txt',
  'tail-n1.txt',
] as const;

function fixture(capture: string, form: string): string {
  return readFileSync(new URL(`fixtures/${capture}/${form}`, import.meta.url), 'utf8');
}

function read(text: string): Reading[] {
  return readings(ingest(debugfsStats, text).events);
}

/** `expand(1)`. */
function expandTabs(text: string): string {
  return text
    .split('\n')
    .map((line) => {
      let out = '';
      for (const c of line) out += c === '\t' ? ' '.repeat(8 - (out.length % 8)) : c;
      return out;
    })
    .join('\n');
}

/** Mail software wraps at 72 columns, at a blank. */
function wrap(text: string): string {
  return text
    .split('\n')
    .map((line) => {
      const at = line.length > 72 ? line.lastIndexOf(' ', 72) : -1;
      return at > 0 && line.slice(0, at).trim() !== '' ? `${line.slice(0, at)}\n${line.slice(at + 1)}` : line;
    })
    .join('\n');
}

const everyLine = (prefix: string) => (text: string) => text.replace(/^/gm, prefix);

const MANGLES: Record<string, (text: string) => string> = {
  'tabs to spaces': expandTabs,
  'squeezed spaces': (text) => text.replace(/[ \t]+/g, ' '),
  'no indentation': (text) => text.replace(/^[ \t]+/gm, ''),
  quoted: everyLine('> '),
  'quoted six times': everyLine('>>>>>> '),
  'quoted with gaps': everyLine('> > > '),
  CRLF: (text) => text.replace(/\n/g, '\r\n'),
  'no-break spaces': (text) => text.replace(/ /g, '\u00a0'),
  'broken latin-1 spaces': (text) => text.replace(/ /g, '\ufffd'),
  'no final newline': (text) => text.replace(/\n$/, ''),
  'trailing blanks': (text) => text.replace(/\n/g, '   \n'),
  'byte order mark': (text) => `\ufeff${text}`,
  'indented as code': everyLine('    '),
  'expanded and wrapped': (text) => wrap(expandTabs(text)),
  'expanded, wrapped and quoted': (text) => everyLine('> ')(wrap(expandTabs(text))),
};

describe.each(['loadrace', 'failures'])('%s', (capture) => {
  const truth = read(fixture(capture, 'stats'));

  it.each(FORMS.flatMap((form) => Object.keys(MANGLES).map((mangle) => [form, mangle] as const)))(
    '%s: %s',
    (form, mangle) => {
      // The joined line of the loop cannot be wrapped at 72 columns and stay one line.
      if (form === 'for-cat-oneline.txt' && mangle.includes('wrapped')) return;
      const outcome = ingest(debugfsStats, (MANGLES[mangle] ?? String)(fixture(capture, form)));
      expect(readings(outcome.events)).toEqual(truth);
      expect(outcome.diagnostics).toEqual([]);
      expect(outcome.confidence).toBeGreaterThanOrEqual(80);
    },
  );

  it.each(FORMS)('%s truncated at any byte gives no wrong number', (form) => {
    const [whole] = truth;
    const rows = new Map(whole?.rows.map((row) => [row[0], row.join(' ')]));
    const wrong: string[] = [];
    const check = (text: string, at: number) => {
      for (const reading of read(text.slice(0, at))) {
        for (const row of reading.rows)
          if (row.join(' ') !== rows.get(row[0])) wrong.push(`at ${at}: ${row.join(' ')}`);
      }
    };
    const raw = fixture(capture, form);
    const quoted = raw.replace(/^/gm, '> ');
    // No step divides the length of a row: cuts come to each column of the list's, in some row.
    const [step, each] = form === 'stats' ? [7, 6] : [17, 14];
    for (let at = raw.indexOf('Duplicate'), n = 0; at <= raw.length; at += step, n++) {
      check(raw, at);
      if (n % each === 0) check(quoted, at + 40);
    }
    expect(wrong).toEqual([]);
  });

  it('with collapsed spaces and truncated at any byte gives no wrong count', () => {
    const [whole] = truth;
    const times = new Map(whole?.rows.map((row) => [row[0], row[1]]));
    const text = fixture(capture, 'stats').replace(/[ \t]+/g, ' ');
    fc.assert(
      fc.property(fc.integer({ min: 0, max: text.length }), (at) => {
        for (const reading of read(text.slice(0, at))) {
          expect(reading.rows.filter(([module, count]) => count !== times.get(module))).toEqual([]);
        }
      }),
    );
  });

  it('a table truncated inside a number is not trusted', () => {
    const text = fixture(capture, 'stats');
    const before = text.slice(0, text.indexOf('Failed kread bytes'));
    const { events, diagnostics } = ingest(debugfsStats, before.slice(0, -21));
    const truthCounters = truth[0]?.counters ?? {};
    for (const [counter, value] of Object.entries(readings(events)[0]?.counters ?? {})) {
      expect(value, counter).toBe(truthCounters[counter]);
    }
    expect(diagnostics.map(({ code }) => code)).toContain('stats-incomplete');
  });
});

describe('a list truncated inside a row', () => {
  const text = fixture('loadrace', 'stats');
  const last = text.lastIndexOf('\n', text.length - 2) + 1;

  it.each([
    ['in the name', 23],
    ['after the name', 25],
    ['before the count', 40],
    ['after the count', 41],
    ['in the reason', 60],
    ['inside "Becoming & Load"', 63],
  ])('%s is a cut list', (_where, offset) => {
    const { events, diagnostics } = ingest(debugfsStats, text.slice(0, last + offset));
    const [reading] = readings(events);
    expect(reading?.list).toBe('cut');
    expect(reading?.rows).toHaveLength(28);
    expect(diagnostics).toEqual([{ code: 'list-cut', line: 47, detail: expect.stringContaining('fu') }]);
  });

  it('does not swallow the file that a loop prints next', () => {
    const dump = fixture('loadrace', 'for-cat.txt');
    const end = dump.indexOf('total_mod_size');
    const cut = `${dump.slice(0, end - 32)}${dump.slice(end)}`;
    const [reading] = read(cut);
    expect(reading?.list).toBe('cut');
    expect(reading?.rows).toHaveLength(28);
    expect(reading?.counters.total_mod_size).toBe(30248960n);
  });
});
