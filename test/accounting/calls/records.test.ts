// SPDX-License-Identifier: Apache-2.0
/** Calls that audit records and strace show: each once, whatever logs and traces repeat it. */
import { describe, expect, it } from 'vitest';
import type { SourceClock } from '../../../src/model/source.js';
import { boot, build, type GivenSource, Trace } from '../make.js';

const SECOND = 1_000_000_000n;
const wall: SourceClock = { unit: 'ns', zero: 'epoch' };
const relative: SourceClock = { unit: 'ns', zero: 'relative' };

const record = (t: number | null, some: object = {}) => ({
  kind: 'load-call',
  t: t === null ? null : BigInt(Math.round(t * 1000)) * 1_000_000n,
  stamp: null,
  pid: 7,
  comm: 'modprobe',
  call: 'finit_module',
  ret: -17,
  module: null,
  len: null,
  flags: null,
  durationNs: null,
  ...some,
});
const source = (events: readonly object[], clock?: SourceClock): GivenSource =>
  ({ events, ...(clock && { clock }) }) as unknown as GivenSource;
const log = (...events: object[]) => source([...boot(), ...events]);
const attempts = (...sources: GivenSource[]) => build(...sources).model.attempts;
const stamped = (serial: number, t: number, some: object = {}) =>
  record(t, { stamp: `001:${serial}`, ...some });

describe('a record of a call', () => {
  it('has what it says, on the clock of its log', () => {
    const [attempt] = attempts(log(stamped(1, 5, { module: 'm', flags: 4, durationNs: SECOND })));
    expect(attempt).toMatchObject({
      call: 'finit_module',
      pid: 7,
      comm: 'modprobe',
      module: 'm',
      flags: 4,
      errno: 17,
      start: 5n * SECOND,
      end: 6n * SECOND,
      outcome: 'duplicate',
      wholeRecord: true,
      clock: { zero: 'boot' },
    });
    const [long] = attempts(log(stamped(1, 5, { call: 'init_module', len: 9000, ret: -2 })));
    expect(long).toMatchObject({ call: 'init_module', phase: 'load', wasted: { low: 1616, high: 18_000 } });
  });

  it.each<[string, GivenSource[], number]>([
    ['of two events of audit is two', [log(stamped(1, 5), stamped(2, 5))], 2],
    ['of one event is one, in two logs', [log(stamped(1, 5)), source([stamped(1, 1005)], wall)], 1],
    [
      'that journald printed, without a number, is the one with it',
      [source([record(1005)], wall), log(stamped(1, 5))],
      1,
    ],
    ['the same in the other order', [log(stamped(1, 5)), source([record(1005)], wall)], 1],
    [
      'two of journald, of one with a number',
      [log(stamped(1, 5)), source([record(1005), record(1006)], wall)],
      2,
    ],
    ['near another by one clock is one', [log(stamped(1, 5)), source([record(7)])], 1],
    ['far from another by one clock is two', [log(stamped(1, 5)), source([record(7.001)])], 2],
    ['of another task is another', [log(stamped(1, 5)), source([record(5, { pid: 8 })])], 2],
    ['of no task may be of any', [log(stamped(1, 5)), source([record(5, { pid: null })])], 1],
    [
      'of another module is another',
      [log(stamped(1, 5, { module: 'a' })), source([record(5, { module: 'b' })])],
      2,
    ],
    ['of another result is another', [log(stamped(1, 5)), source([record(5, { ret: 0 })])], 2],
    ['of the other call is another', [log(stamped(1, 5)), source([record(5, { call: 'init_module' })])], 2],
    ['of one strace is another for each line', [source([record(5), record(5)], relative)], 2],
  ])('%s', (_, sources, expected) => {
    expect(attempts(...sources).length).toBe(expected);
  });

  it('lends what another lacks', () => {
    const [one, ...more] = attempts(
      log(stamped(1, 5, { module: null, flags: null, comm: null })),
      source([record(5, { module: 'm', flags: 4, comm: 'insmod', durationNs: SECOND })]),
    );
    expect(more).toEqual([]);
    expect(one).toMatchObject({ module: 'm', flags: 4, comm: 'insmod', end: 6n * SECOND });
  });
});

describe('the wall clock of audit', () => {
  const AUDIT = { kind: 'boot-mark', t: SECOND / 2n, what: 'audit', value: '1700000000.500:1' };
  it.each<[string, GivenSource[], bigint | null]>([
    [
      'is tied by a record that both hold',
      [log(stamped(1, 5)), source([stamped(1, 1005), stamped(2, 1008)], wall)],
      8n * SECOND,
    ],
    [
      'is tied by the first message of audit',
      [log(AUDIT), source([stamped(2, 1_700_000_008)], wall)],
      8n * SECOND,
    ],
    [
      'is tied by the log’s own offset',
      [
        log({ kind: 'boot-mark', t: null, what: 'wall-offset', value: '1000000000000' }),
        source([stamped(2, 1008)], wall),
      ],
      8n * SECOND,
    ],
    ['is its own where nothing ties it', [source([stamped(2, 1008)], wall)], 1008n * SECOND],
  ])('%s', (_, sources, start) => {
    const [last] = attempts(...sources).slice(-1);
    expect(last?.start).toBe(start);
    expect(last?.clock.zero).toBe(start === 1008n * SECOND ? 'epoch' : 'boot');
  });
});

describe('a call that a trace shows as well', () => {
  const trace = (ret = -17) => new Trace().at(5000).finit(7, 0, null).exit(7, ret, 'finit_module', null);
  const both = (one: object, own = trace()) => attempts(source(own.events), log(one));

  it.each<[string, object, number]>([
    ['is the same', stamped(1, 5), 1],
    ['is the same within 2 s', stamped(1, 7.002), 1],
    ['is another far away', stamped(1, 7.003), 2],
    ['is another of another task', stamped(1, 5, { pid: 8 }), 2],
    ['is another of another result', stamped(1, 5, { ret: -2 }), 2],
    ['is another of the other call', stamped(1, 5, { call: 'init_module' }), 2],
    ['is the same without a time', { ...stamped(1, 5), t: null }, 1],
    ['is the same by its end', stamped(1, 1, { durationNs: 4n * SECOND }), 1],
    ['is the same by another clock', stamped(1, 500), 2],
  ])('%s', (_, one, expected) => {
    expect(both(one).length).toBe(expected);
  });

  it('has its name and task from the record', () => {
    const [call] = both(stamped(1, 5, { module: 'm', comm: 'modprobe' }));
    expect(call).toMatchObject({ module: 'm', comm: 'modprobe', wholeRecord: false });
  });

  it('leaves the trace whole; one that only the record shows does not', () => {
    const complete = (one: object) => build(source(trace().events), log(one)).model.boots[0]?.trace?.complete;
    expect(complete(stamped(1, 5))).toBe(true);
    const alone = build(log(stamped(1, 5))).model.boots[0]?.trace;
    expect(alone).toMatchObject({
      complete: false,
      reason: 'audit records and strace show the load calls of some tasks only',
    });
  });
});
