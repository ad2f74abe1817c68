// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from 'vitest';
import type { Result, Value } from '../../src/query/result.js';
import { FORMATS, type Format, formatResult } from '../../src/report/format.js';
import { formatText } from '../../src/report/text.js';

const TEXT = { type: 'TEXT', unit: null } as const;

const result = (columns: Result['columns'], rows: Value[][]): Result => ({ columns, rows, empty: null });

const print = (of: Result, format: Format) => [...formatResult(of, format)].join('');

const sample = () =>
  result(
    [
      { name: 'module', ...TEXT },
      { name: 'bytes', type: 'INTEGER', unit: 'bytes' },
      { name: 'share', type: 'REAL', unit: 'ratio' },
      { name: 't', type: 'SECONDS', unit: 's' },
    ],
    [
      ['snd_hda_intel', 354_334_802n, 0.9876, { digits: '12.345678' }],
      ['e1000', null, null, null],
      ['x', 9007199254740993n, 1 / 3, { digits: '1792000000.123456789' }],
    ],
  );

describe('text', () => {
  it('aligns numbers to the right, sizes in units, NULL as -', () => {
    expect(print(sample(), 'text').split('\n')).toEqual([
      'module           bytes   share                     t',
      'snd_hda_intel  338 MiB  98.8 %             12.345678',
      'e1000                -       -                     -',
      'x              8.0 PiB  33.3 %  1792000000.123456789',
      '',
    ]);
  });

  it('has a header without rows', () => {
    expect(print(result(sample().columns, []), 'text')).toBe('module  bytes  share  t\n');
  });

  it('lets no control character through to the terminal', () => {
    const text = print(result([{ name: 'a', ...TEXT }], [['\u001b[31mred\n\tx\u009b']]), 'text');
    expect(text).toBe('a\n\\x1b[31mred\\n\\tx\\x9b\n');
  });

  const wide = () =>
    result(
      [
        { name: 'n', type: 'INTEGER', unit: null },
        { name: 'why', ...TEXT },
        { name: 'end', ...TEXT },
      ],
      [[1n, 'a rather long reason for this', 'z']],
    );

  it('shortens text to fit a terminal, and only there', () => {
    expect([...formatText(wide(), { width: 24, header: (text) => text })].join('')).toBe(
      'n  why               end\n1  a rather long r…  z\n',
    );
    expect(print(wide(), 'text')).toContain('a rather long reason for this');
  });

  it('never shortens a number or a header', () => {
    const numbers = result(
      [{ name: 'a_long_column_name', type: 'INTEGER', unit: null }],
      [[123456789012345678n]],
    );
    const text = [...formatText(numbers, { width: 5, header: (line) => line })].join('');
    expect(text).toBe('a_long_column_name\n123456789012345678\n');
  });

  it('writes rows beyond those it measured, without holding them', () => {
    function* many(): Generator<Value[]> {
      for (let row = 0; row < 5000; row++) yield [BigInt(row), row === 4999 ? 'wider than the rest' : 'x'];
      throw new Error('asked for more than was taken');
    }
    const chunks = formatText({
      columns: [
        { name: 'n', type: null, unit: null },
        { name: 'v', ...TEXT },
      ],
      rows: many(),
      empty: null,
    });
    const lines = Array.from({ length: 5001 }, () => chunks.next().value);
    expect(lines[1]).toBe('   0  x\n');
    expect(lines[5000]).toBe('4999  wider than the rest\n');
  });
});

describe('json', () => {
  it('keeps every number exact and NULL null', () => {
    expect(print(sample(), 'ndjson').split('\n')).toEqual([
      '{"module":"snd_hda_intel","bytes":354334802,"share":0.9876,"t":12.345678}',
      '{"module":"e1000","bytes":null,"share":null,"t":null}',
      '{"module":"x","bytes":9007199254740993,"share":0.3333333333333333,"t":1792000000.123456789}',
      '',
    ]);
  });

  it('is one array of the same objects', () => {
    const text = print(sample(), 'json');
    expect(JSON.parse(text)).toHaveLength(3);
    expect(
      text
        .replace(/^\[\n|\n\]\n$/g, '')
        .split(',\n')
        .join('\n'),
    ).toBe(print(sample(), 'ndjson').trimEnd());
  });

  it('is an empty array, or nothing, without rows', () => {
    expect(print(result(sample().columns, []), 'json')).toBe('[]\n');
    expect(print(result(sample().columns, []), 'ndjson')).toBe('');
  });

  it('loses no column whose name comes twice', () => {
    const twice = result(
      [
        { name: 'a', ...TEXT },
        { name: 'a', ...TEXT },
      ],
      [['x', 'y']],
    );
    expect(JSON.parse(print(twice, 'ndjson'))).toEqual({ a: 'x', a_2: 'y' });
  });

  it('escapes text, prints bytes as hexadecimal and infinity as a number', () => {
    const odd = result(
      [
        { name: '"q"', ...TEXT },
        { name: 'b', type: null, unit: null },
        { name: 'r', type: 'REAL', unit: null },
      ],
      [['a"\n\u2028', new Uint8Array([0, 255]), Number.POSITIVE_INFINITY]],
    );
    expect(JSON.parse(print(odd, 'ndjson'))).toEqual({
      '"q"': 'a"\n\u2028',
      b: '00ff',
      r: Number.POSITIVE_INFINITY,
    });
  });
});

describe('csv', () => {
  it('has a header always, LF, and quotes what RFC 4180 wants quoted', () => {
    const rows = [
      ['a,b', 'say "x"'],
      ['two\nlines', 'cr\rhere'],
      [null, ''],
    ];
    const text = print(
      result(
        [
          { name: 'a', ...TEXT },
          { name: 'b', ...TEXT },
        ],
        rows,
      ),
      'csv',
    );
    expect(text).toBe('a,b\n"a,b","say ""x"""\n"two\nlines",cr\\x0dhere\n,""\n');
    expect(print(result([{ name: 'a', ...TEXT }], []), 'csv')).toBe('a\n');
  });

  it.each(['=1+1', '+1', '-1', '@SUM(A1)', '\tx', '\nx', '\uff1d1', '\uff20x', "=cmd|' /C calc'!A0"])(
    'neutralises text that a spreadsheet would run: %j',
    (text) => {
      const csv = print(result([{ name: 'a', ...TEXT }], [[text]]), 'csv');
      expect(csv.slice(2)).toMatch(/^"?'/);
    },
  );

  it('leaves numbers alone, also negative ones', () => {
    const row = [-17n, -0.5, { digits: '-1.000001' }];
    const csv = print(
      result(
        [
          { name: 'a', ...TEXT },
          { name: 'b', ...TEXT },
          { name: 'c', ...TEXT },
        ],
        [row],
      ),
      'csv',
    );
    expect(csv).toBe('a,b,c\n-17,-0.5,-1.000001\n');
  });

  it('writes a text the same each time, and a row that begins with NULL with all its commas', () => {
    const texts = ['a,b', '', ' x', 'plain', '=1'];
    const columns = ['a', 'b', 'c'].map((name) => ({ name, ...TEXT }));
    const rows = Array.from({ length: 25_000 }, (_, row) => [null, texts[row % 5] ?? null, `n ${row}`]);
    const written = ['"a,b"', '""', '" x"', 'plain', "'=1"];
    const lines = rows.map((_, row) => `,${written[row % 5]},n ${row}\n`);
    expect(print(result(columns, rows), 'csv')).toBe(`a,b,c\n${lines.join('')}`);
  });

  it('gives every row of a long result once', () => {
    const rows = Array.from({ length: 1201 }, (_, row) => [BigInt(row)]);
    const lines = print(result([{ name: 'n', type: 'INTEGER', unit: null }], rows), 'csv').split('\n');
    expect(lines).toEqual(['n', ...rows.map(([row]) => String(row)), '']);
  });
});

describe('markdown', () => {
  it('aligns numbers, keeps bytes as data, leaves NULL empty', () => {
    expect(print(sample(), 'markdown').split('\n').slice(0, 4)).toEqual([
      '| module | bytes | share | t |',
      '| --- | ---: | ---: | ---: |',
      '| snd_hda_intel | 354334802 | 0.9876 | 12.345678 |',
      '| e1000 |  |  |  |',
    ]);
  });

  it.each([
    ['a|b', 'a\\|b'],
    ['two\nlines', 'two\\\\nlines'],
    ['<img src=x>&amp;', '&lt;img src=x&gt;&amp;amp;'],
    ['*b* `c` [l](u) ~~s~~ \\', '\\*b\\* \\`c\\` \\[l\\](u) \\~\\~s\\~\\~ \\\\'],
    ['__init_x_y__', '\\_\\_init_x_y\\_\\_'],
  ])('escapes %j', (text, escaped) => {
    expect(print(result([{ name: 'a', ...TEXT }], [[text]]), 'markdown').split('\n')[2]).toBe(
      `| ${escaped} |`,
    );
  });
});

describe('every format', () => {
  it.each(FORMATS)('%s takes a result that is walked once', (format) => {
    function* once(): Generator<Value[]> {
      yield ['only'];
    }
    expect(print({ columns: [{ name: 'a', ...TEXT }], rows: once(), empty: null }, format)).toContain('only');
  });
});
