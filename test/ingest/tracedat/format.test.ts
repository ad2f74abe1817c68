// SPDX-License-Identifier: Apache-2.0
/** Files that trace-cmd copies from tracefs and /proc: formats of events, the head of a page, symbols. */
import { describe, expect, it } from 'vitest';
import { formatHead, parseFormat, parseHeaderPage } from '../../../src/ingest/tracedat/format.js';
import { Symbols } from '../../../src/ingest/tracedat/symbols.js';

const MODULE_LOAD = `name: module_load
ID: 316
format:
	field:unsigned short common_type;	offset:0;	size:2;	signed:0;
	field:int common_pid;	offset:4;	size:4;	signed:1;

	field:unsigned int taints;	offset:8;	size:4;	signed:0;
	field:__data_loc char[] name;	offset:12;	size:4;	signed:1;
	field:__rel_loc char[] more;	offset:16;	size:4;	signed:1;
	field:char comm[16];	offset:20;	size:16;	signed:1;
	field:unsigned long args[6];	offset:40;	size:48;	signed:0;
	field:unsigned char raw[4];	offset:88;	size:4;
	field special:char buf;	offset:92;	size:1;	signed:1;
	field:void *ip[];	offset:96;	size:8;	signed:0;

print fmt: "%s %s", __get_str(name), REC->taints
`;

describe('the format of an event', () => {
  it('has its fields, with their places and forms', () => {
    const format = parseFormat({ system: 'module', text: MODULE_LOAD });
    expect(format).toMatchObject({ system: 'module', name: 'module_load', id: 316 });
    expect(format?.printFmt).toBe('"%s %s", __get_str(name), REC->taints');
    expect(
      format?.fields.map(({ name, offset, size, signed, form, element }) => [
        name,
        offset,
        size,
        signed,
        form,
        element,
      ]),
    ).toEqual([
      ['common_type', 0, 2, false, 'number', 2],
      ['common_pid', 4, 4, true, 'number', 4],
      ['taints', 8, 4, false, 'number', 4],
      ['name', 12, 4, true, 'data-loc', 4],
      ['more', 16, 4, true, 'rel-loc', 4],
      ['comm', 20, 16, true, 'text', 1],
      ['args', 40, 48, false, 'numbers', 8],
      ['raw', 88, 4, false, 'text', 1],
      ['buf', 92, 1, true, 'number', 1],
      ['ip', 96, 8, false, 'numbers', 8],
    ]);
  });

  it('has a name and a number, or is none', () => {
    expect(formatHead({ system: 'x', text: 'name: a\nID: 7\n' })).toEqual({ name: 'a', id: 7 });
    expect(formatHead({ system: 'x', text: 'nothing' })).toBeNull();
    expect(parseFormat({ system: 'x', text: 'ID: 7\n' })).toBeNull();
    expect(parseFormat({ system: 'x', text: 'name: a\nID: 7\n' })).toMatchObject({
      fields: [],
      printFmt: '',
    });
  });

  it('without colons or with more blanks than today is read as well', () => {
    const text =
      'name: a\nID: 7\n\tfield:int x;   offset:8;   size:4;   signed:1;\n\tfield:int y;offset:12;size:4;signed:1;\n';
    expect(parseFormat({ system: 'x', text })?.fields).toMatchObject([
      { name: 'x', offset: 8, signed: true },
      { name: 'y', offset: 12, signed: true },
    ]);
  });
});

describe('the head of a page', () => {
  const page = (commit: number, data: number) =>
    `\tfield: u64 timestamp;\toffset:0;\tsize:8;\tsigned:0;\n\tfield: local_t commit;\toffset:8;\tsize:${commit};\tsigned:1;\n\tfield: int overwrite;\toffset:8;\tsize:1;\tsigned:1;\n\tfield: char data;\toffset:${data};\tsize:4080;\tsigned:1;\n`;
  it.each<[string, string | null, 4 | 8, object]>([
    ['of 64 bit', page(8, 16), 8, { commitOffset: 8, commitSize: 8, data: 16 }],
    ['of 32 bit', page(4, 12), 8, { commitOffset: 8, commitSize: 4, data: 12 }],
    ['that is missing', null, 8, { commitOffset: 8, commitSize: 8, data: 16 }],
    ['that is missing, of 32 bit', null, 4, { commitOffset: 8, commitSize: 4, data: 12 }],
    ['that is damaged', page(3, 14), 4, { commitOffset: 8, commitSize: 4, data: 14 }],
    ['whose data overlaps', page(8, 12), 8, { commitOffset: 8, commitSize: 8, data: 16 }],
    ['whose data is far', page(8, 4000), 8, { commitOffset: 8, commitSize: 8, data: 16 }],
  ])('%s', (_, text, long, expected) => {
    expect(parseHeaderPage(text, long)).toEqual(expected);
  });
});

describe('symbols', () => {
  const symbols = new Symbols(
    new TextEncoder().encode(
      [
        'ffffffff81000000 T _stext',
        'ffffffff81000200 t later\t[mod]',
        'ffffffff81000100 t load_module',
        'ffffffff81000100 t alias_of_it',
        '0000000000000000 A fixed',
        'ffffffff81000180 a per_cpu_offset',
        'ffffffff81000180 A absolute',
        'ffffffff81000190 t $x.1',
        '0000000000000000 t hidden',
        'not a line',
        'ffffffff82000000 d last',
      ].join('\n'),
    ),
  );
  it.each<[bigint, string | null, bigint]>([
    [0xffffffff80ffffffn, null, 0n],
    [0xffffffff81000000n, '_stext', 0n],
    [0xffffffff810000ffn, '_stext', 0xffn],
    // The kernel prints the first of several names.
    [0xffffffff81000100n, 'load_module', 0n],
    // Absolute symbols and arm's mapping symbols are no functions.
    [0xffffffff810001a0n, 'load_module', 0xa0n],
    [0xffffffff81000204n, 'later', 4n],
    [0xffffffff810fffffn, 'later', 0xffdffn],
    [0xffffffff81100200n, null, 0n],
    [0xffffffff82000001n, 'last', 1n],
    [5n, null, 0n],
  ])('at %i', (address, name, offset) => {
    expect(symbols.find(address)).toEqual(name === null ? null : { name, offset });
  });
});
