// SPDX-License-Identifier: Apache-2.0
/** Remedies: what each saves, what several save together, and that the query adds them up the same way. */
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { maskOf, type Remedy, savingsOf } from '../../../src/accounting/remedies/types.js';
import { loadQueries } from '../../../src/query/library.js';
import { runQuery } from '../../../src/query/run.js';
import { build, type GivenSource, Trace } from '../make.js';
import { FIXTURES, openCapture } from '../truth.js';

/** A log with that kernel's banner. */
const kernel = (release: string): GivenSource => ({
  events: [{ kind: 'kernel-version', t: 0n, release, banner: `Linux version ${release}` }],
});

function saved(trace: Trace, release: string, ...remedies: readonly Remedy[]) {
  const { model } = build(kernel(release), { events: trace.events });
  const [boot] = model.remedies;
  if (!boot) throw new Error('no boot');
  const { low, high, calls } = savingsOf(boot, maskOf(...remedies));
  return [low, high, calls.low, calls.high];
}

/** A load by process 1, from 10 to 40 ms, of 1000 bytes. */
const loading = (): Trace => new Trace().at(10).finit(1).read(1, 1000, 'a.ko');
const done = (trace: Trace): Trace => trace.at(40).loaded(1, 'a').exit(1, 0);

function duplicate(
  trace: Trace,
  pid: number,
  at: number,
  phase: 'becoming' | 'load',
  call = 'finit_module',
): Trace {
  trace.at(at);
  if (call === 'finit_module') trace.finit(pid).read(pid, 1000, 'a.ko');
  else trace.init(pid, 1000);
  return trace
    .at(at + 35)
    .listed(pid, 'a', phase)
    .charge(pid, phase, 'a', 1000)
    .exit(pid, -17, call);
}

describe('a kernel that coalesces', () => {
  it('saves duplicates of a load in flight, and the layout of those that come later', () => {
    const trace = duplicate(done(duplicate(loading(), 2, 20, 'load')), 3, 100, 'load');
    expect(saved(trace, '6.1.0', 'coalescing-kernel')).toEqual([3000n, 3000n, 2n, 2n]);
  });

  it('saves nothing on a kernel that has it, and perhaps something on an unknown one', () => {
    const trace = done(duplicate(loading(), 2, 20, 'becoming'));
    expect(saved(trace, '6.12.0', 'coalescing-kernel')).toEqual([0n, 0n, 0n, 0n]);
    expect(saved(trace, 'unknown', 'coalescing-kernel').slice(0, 2)).toEqual([0n, 1000n]);
  });

  it('saves duplicates of a load whose init then fails, which is charged nowhere', () => {
    const trace = duplicate(new Trace(), 2, 5, 'becoming');
    const both = new Trace().at(5).finit(2).read(2, 1000, 'a.ko').at(10).finit(1).read(1, 1000, 'a.ko');
    both.at(30).loaded(1, 'a').at(38).exit(1, -19);
    both.at(40).listed(2, 'a', 'becoming').charge(2, 'becoming', 'a', 1000).exit(2, -16);
    expect(saved(trace, '6.1.0', 'coalescing-kernel')).toEqual([0n, 0n, 0n, 0n]);
    expect(saved(both, '6.1.0', 'coalescing-kernel')).toEqual([1000n, 1000n, 1n, 1n]);
  });

  it('may save one of two failures that overlap', () => {
    const trace = new Trace();
    for (const pid of [2, 3]) duplicate(trace, pid, 20, 'becoming');
    expect(saved(trace, '6.4.0', 'coalescing-kernel')).toEqual([0n, 1000n, 0n, 1n]);
  });
});

describe('finit_module in place of init_module', () => {
  it('saves what was in flight, where the kernel coalesces or is to', () => {
    const trace = done(duplicate(loading(), 2, 20, 'becoming', 'init_module'));
    expect(saved(trace, '6.12.0', 'finit-module')).toEqual([1000n, 1000n, 1n, 1n]);
    expect(saved(trace, '6.4.0', 'finit-module').slice(0, 2)).toEqual([0n, 0n]);
    expect(saved(trace, '6.4.0', 'finit-module', 'coalescing-kernel').slice(0, 2)).toEqual([1000n, 1000n]);
  });

  it('costs the compressed file where the module was live: those calls are not coalesced', () => {
    const trace = duplicate(done(loading()), 2, 100, 'becoming', 'init_module');
    const size = {
      kind: 'module-size',
      module: 'a',
      of: 'compressed-file',
      bytes: 300,
      path: 'a.ko.xz',
    } as const;
    const { model } = build(kernel('6.12.0'), { events: trace.events }, { events: [size] });
    const [boot] = model.remedies;
    const of = (...remedies: readonly Remedy[]) => boot && savingsOf(boot, maskOf(...remedies));
    expect(of('finit-module')).toMatchObject({ low: 0n, high: 0n, costs: { low: 300n, high: 300n } });
    expect(of('finit-module', 'uncompressed-modules')).toMatchObject({ costs: { low: 0n, high: 0n } });
    expect(of('finit-module', 'check-initstate')).toMatchObject({
      ...{ low: 1000n, high: 1000n },
      costs: { low: 0n, high: 0n },
    });
  });
});

describe('other remedies', () => {
  it('looking first saves what was called for when the module was live', () => {
    const trace = duplicate(done(duplicate(loading(), 2, 20, 'becoming')), 3, 100, 'becoming');
    expect(saved(trace, '6.12.0', 'check-initstate')).toEqual([1000n, 1000n, 1n, 1n]);
  });

  it('uncompressed modules save the compressed file of each failed load', () => {
    const trace = loading();
    trace
      .finit(2, 4)
      .read(2, 400, 'a.ko.xz')
      .listed(2, 'a', 'becoming')
      .charge(2, 'becoming', 'a', 1000, 400);
    trace.exit(2, -17);
    expect(saved(done(trace), '6.12.0', 'uncompressed-modules')).toEqual([400n, 400n, 1n, 1n]);
  });

  it('udev may save all but its first call', () => {
    const trace = duplicate(duplicate(done(loading()), 2, 100, 'becoming'), 3, 200, 'becoming');
    expect(saved(trace, '6.12.0', 'udev-coalescing')).toEqual([0n, 2000n, 0n, 2n]);
  });

  it('have no upper bound where calls are missing, but what the counters hold', () => {
    const trace = done(duplicate(loading(), 2, 20, 'becoming'));
    const { model } = build({ events: [...trace.events, { kind: 'lost-events', cpu: 0, count: 9 }] });
    const highs = model.remedies[0]?.rows.map(({ high }) => high) ?? [];
    expect(new Set(highs)).toEqual(new Set([null]));
  });

  it('of a quiet boot there are none', () => {
    expect(build({ events: done(loading()).events }).model.remedies[0]?.rows).toEqual([]);
  });
});

describe('on a capture', () => {
  const query = loadQueries().get('remedies');

  const open = async (name: string, files: readonly string[]) => {
    const opened = await openCapture(join(FIXTURES, name), ...files);
    const { db } = await opened.store(['remedies', 'remedy_parts', 'remedy_sets']);
    const rows = (combined: string | null) => {
      if (!query) throw new Error('no query');
      const params = new Map(combined === null ? [] : [['with', combined]]);
      return [...runQuery(db, query, params).rows];
    };
    return { remedies: opened.model.remedies[0], rows };
  };

  it.each([
    ['s2-dup-storm', ['trace_pipe.txt', 'modules-find-printf.txt']],
    ['s3-compressed', ['trace.txt']],
    ['s12-loadrace', ['stats', 'modules-find-printf.txt']],
  ])('%s: one remedy asked for, or many, are the sums of the accounting', async (name, files) => {
    const { remedies, rows } = await open(name, files);
    const names = rows(null).map((row) => String(row[1])) as Remedy[];
    expect(names.length).toBeGreaterThan(5);
    for (const chosen of [...names.map((one) => [one]), names.slice(0, 3), names]) {
      const [first] = rows(chosen.join(', '));
      const sums = remedies && savingsOf(remedies, maskOf(...chosen));
      const numbers = (first ?? []).map((value) => (typeof value === 'number' ? BigInt(value) : value));
      expect([...numbers.slice(3, 7), numbers[8], numbers[9]]).toEqual([
        sums?.low,
        sums?.high,
        sums?.costs.low,
        sums?.costs.high,
        sums?.calls.low,
        sums?.calls.high,
      ]);
    }
  });

  it('two remedies save no more than their sum, and no less than each', async () => {
    const { remedies } = await open('s2-dup-storm', ['trace_pipe.txt']);
    if (!remedies) throw new Error('no remedies');
    const of = (...names: readonly Remedy[]) => savingsOf(remedies, maskOf(...names));
    const [live, udev, both] = [
      of('check-initstate'),
      of('fix-requester-1'),
      of('check-initstate', 'fix-requester-1'),
    ];
    expect(both.low).toBeLessThan(live.low + udev.low);
    expect(both.low).toBeGreaterThan(udev.low);
    expect(both.calls.low).toBeLessThanOrEqual(live.calls.low + udev.calls.low);
  });
});
