// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from 'vitest';
import type { Event } from '../../src/model/event.js';
import { eventRows } from '../../src/store/event-rows.js';

const counter = (line: number, value: bigint): Event => ({
  kind: 'counter',
  source: 1,
  line,
  t: null,
  snapshot: 0,
  counter: 'modcount',
  value,
});

describe('rows of events', () => {
  it('have the boot of the span in which they stand, none before the first', () => {
    const events = new Map([
      [1, [counter(1, 1n), counter(2, 2n), counter(3, 3n), counter(4, 4n)]],
      [2, [counter(1, 5n)]],
    ]);
    const spans = [
      { source: 1, from: 3, boot: 1 },
      { source: 1, from: 1, boot: 2 },
      { source: 2, from: 0, boot: 1 },
    ];
    expect([...eventRows(events, spans)].map((row) => row.slice(0, 4))).toEqual([
      [1, 1, 1, null],
      [2, 1, 2, 2],
      [3, 1, 3, 2],
      [4, 1, 4, 1],
      [5, 2, 1, 1],
    ]);
  });

  it('have all other fields as JSON: integers that may be large as text, nested ones as they are, absent ones not', () => {
    const at = { source: 1, line: 7, t: 5n } as const;
    const task = { pid: 3, comm: 'modprobe', cpu: 0 } as const;
    const events: Event[] = [
      counter(1, 9_007_199_254_740_993n),
      { kind: 'module-request', ...at, ...task, requested: 'fs-"x"\n', wait: true, callSite: null },
      {
        kind: 'probe',
        ...at,
        ...task,
        event: 'dup',
        fact: { fact: 'duplicate', module: 'e1000', reason: 'load' },
      },
      { kind: 'snapshot', ...at, snapshot: 0, list: 'cut', label: 'über "x"' },
      { kind: 'list-cut-warning', ...at },
    ];
    const rows = [...eventRows(new Map([[1, events]]), [])];
    expect(rows.map((row) => row[9])).toEqual([
      '{"snapshot":0,"counter":"modcount","value":"9007199254740993"}',
      '{"cpu":0,"wait":true,"callSite":null}',
      '{"cpu":0,"event":"dup","fact":{"fact":"duplicate","module":"e1000","reason":"load"}}',
      '{"snapshot":0,"list":"cut","label":"über \\"x\\""}',
      '{}',
    ]);
    expect(rows[1]?.slice(4, 9)).toEqual([5n, 'module-request', 3, 'modprobe', 'fs-"x"\n']);
  });
});
