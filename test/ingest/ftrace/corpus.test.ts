// SPDX-License-Identifier: Apache-2.0
/** Whole captures against the truth that was recorded beside them. */
import { describe, expect, it } from 'vitest';
import type { ParsedEvent } from '../../../src/model/event.js';
import { bytesOf, CORPUS, has } from '../../corpus/index.js';
import { ingest, ofKind, records } from './ingest.js';

const read = (path: string): string => new TextDecoder().decode(bytesOf(CORPUS + path));
const eventsOf = (...paths: string[]): readonly ParsedEvent[] =>
  paths.flatMap((path) => ingest(read(path)).events);

/** Counter deltas of a truth-summary.txt. */
function counters(path: string): Record<string, number> {
  const rows = [...read(path).matchAll(/^(\w+) +\d+ +\d+ +(-?\d+) .*$/gm)];
  return Object.fromEntries(rows.map((row) => [row[1], Number(row[2])]));
}

/** The same from the probes of the kind `f:` (the captures have a `p:` beside most). */
function charged(events: readonly ParsedEvent[]): Record<string, number> {
  const sums = {
    failed_becoming: 0,
    failed_load_modules: 0,
    invalid_becoming_bytes: 0,
    invalid_mod_bytes: 0,
  };
  for (const { event, fact } of ofKind(events, 'probe')) {
    if (fact.fact !== 'charge' || event.startsWith('k')) continue;
    const image = fact.image ?? 0;
    const compressed = fact.compressed ?? 0;
    if (fact.phase === 'becoming') {
      sums.failed_becoming++;
      sums.invalid_becoming_bytes += image + compressed;
    } else {
      sums.failed_load_modules++;
      sums.invalid_mod_bytes += 2 * image + compressed;
    }
  }
  return sums;
}

function countBy<T>(list: readonly T[], key: (item: T) => string): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const item of list) counts[key(item)] = (counts[key(item)] ?? 0) + 1;
  return counts;
}

describe('captures', () => {
  const CHARGED: readonly (readonly [name: string, traces: readonly string[], folder: string])[] = [
    ['s1-quiet', ['s1-quiet/ftrace/trace.txt'], 's1-quiet'],
    ['s2-dup-storm', ['s2-dup-storm/ftrace/trace_pipe.txt', 's2-dup-storm/ftrace/trace.txt'], 's2-dup-storm'],
    ['s2b-tracecmd', ['s2b-tracecmd/ftrace/host-report.txt'], 's2b-tracecmd'],
    ['s3-compressed', ['s3-compressed/ftrace/trace.txt'], 's3-compressed'],
    ['s4-failures', ['s4-failures/ftrace/trace.txt'], 's4-failures'],
    ['s12-loadrace', ['s12-loadrace/ftrace/trace.txt'], 's12-loadrace'],
    ['s15 run1', ['s15-real-modprobe/run1/ftrace/trace.txt'], 's15-real-modprobe/run1'],
    ['s15 run2', ['s15-real-modprobe/run2/ftrace/trace.txt'], 's15-real-modprobe/run2'],
  ];

  it.each(CHARGED.filter(([, , folder]) => has(folder)))(
    '%s: charges equal the counters to the byte',
    (_name, traces, folder) => {
      const truth = counters(`${folder}/truth-summary.txt`);
      const sums = charged(eventsOf(...traces));
      expect(truth.failed_becoming).toBeTypeOf('number');
      for (const [counter, value] of Object.entries(sums))
        expect([counter, value]).toEqual([counter, truth[counter]]);
    },
  );

  if (has('s2-dup-storm'))
    it('s2-dup-storm: results of calls', () => {
      const calls = read('s2-dup-storm/truth-calls.tsv').trim().split('\n').slice(1);
      const truth = countBy(calls, (row) => String(-Number(row.split('\t')[16])));
      const exits = ofKind(
        eventsOf('s2-dup-storm/ftrace/trace_pipe.txt', 's2-dup-storm/ftrace/trace.txt'),
        'syscall-exit',
      ).filter(({ call }) => call !== 'delete_module');
      expect(countBy(exits, ({ ret }) => String(ret === 0 ? -0 : ret))).toEqual(truth);
    });

  it.each(['noirq-info', 'latency-verbose', 'opt-fields', 'opt-sym-offset'])(
    's3-compressed: %s',
    (option) => {
      const plain = records(eventsOf('s3-compressed/ftrace/trace.txt'));
      const other = records(eventsOf(`s3-compressed/ftrace/trace-${option}.txt`));
      expect(other.length).toBeGreaterThan(380);
      expect(other).toEqual(plain.slice(0, other.length));
    },
  );

  it.each(['-R', '-w', '--ts-diff'])('s2b-tracecmd: %s', (option) => {
    const other = eventsOf(`s2b-tracecmd/ftrace/host-report${option}.txt`);
    expect(records(other)).toEqual(records(eventsOf('s2b-tracecmd/ftrace/guest-report.txt')));
  });

  it.each(['trace.txt.xz', 'trace-cmd-report.txt.xz'])('stock kernel with probes: %s', (name) => {
    const { events, diagnostics } = ingest(read(`r4-stock-trixie-xz-probes-sos/boot1/${name}`));
    const probes = countBy(ofKind(events, 'probe'), ({ event, fact }) => `${event} ${fact.fact}`);
    expect(probes).toEqual({
      'read read': 144,
      'decomp decompress': 144,
      'load load-module': 144,
      'loadret load-module': 142,
      'idem idempotent': 287,
      'reqmod request': 36,
      'freemod free-module': 2,
    });
    expect(countBy(ofKind(events, 'syscall-exit'), ({ ret }) => String(ret))).toEqual({ 0: 301, [-19]: 16 });
    expect(ofKind(events, 'syscall-enter').length).toBe(317);
    expect(ofKind(events, 'module-request').length).toBe(60);
    expect(ofKind(events, 'module-load').length).toBe(144);
    expect(diagnostics.size).toBe(0);
  });

  if (has('r1-stock612-xz-twoboot-sos'))
    it.each(['trace.txt.xz', 'trace-cmd-report.txt.xz'])('stock kernel without probes: %s', (name) => {
      const { events } = ingest(read(`r1-stock612-xz-twoboot-sos/boot1/${name}`));
      expect(countBy(ofKind(events, 'syscall-exit'), ({ call, ret }) => `${call} ${ret}`)).toEqual({
        'finit_module 0': 108,
        'init_module 0': 76,
        'init_module -16': 13,
        'init_module -17': 122,
        'init_module -19': 3,
      });
      expect(countBy(events, ({ kind }) => kind)).toMatchObject({
        fork: 532,
        exec: 194,
        'module-load': 146,
        'module-free': 3,
      });
    });
});
