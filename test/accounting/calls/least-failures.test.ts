// SPDX-License-Identifier: Apache-2.0
/** How many calls failed for themselves, at least, where no probe shows it (kernel/module/main.c: idempotent_init_module). */
import { expect, it } from 'vitest';
import { boot, build, Trace } from '../make.js';

const EEXIST = -17;

/** Calls that ran at the same time, from the first start to the last end. */
const together = (trace: Trace, rets: readonly number[], call = 'finit_module') => {
  rets.forEach((_, at) => {
    if (call === 'finit_module') trace.finit(10 + at);
    else trace.init(10 + at, 5000);
  });
  rets.forEach((ret, at) => {
    trace.exit(10 + at, ret, call);
  });
  return trace;
};
const after = (...parts: ((trace: Trace) => Trace)[]) =>
  parts.reduce((trace, part) => part(trace), new Trace());
const two = (trace: Trace) => together(trace, [EEXIST, EEXIST]);

// biome-ignore format: a table
it.each<[string, string | null, Trace, bigint]>([
  ['calls at one time may be one load and its waiters', '6.12.0', after(two), 1n],
  ['of an unknown kernel too', null, after(two), 1n],
  ['before 6.5 each is a load', '6.4.9', after(two), 2n],
  ['calls one after the other are two', '6.12.0', after(two, two), 2n],
  ['one alone waited for nobody', '6.12.0', after((trace) => together(trace, [EEXIST])), 1n],
  ['errors that differ are of two loads', '6.12.0', after((trace) => together(trace, [EEXIST, -16])), 2n],
  ['init_module never waits', '6.12.0', after((trace) => together(trace, [EEXIST, EEXIST], 'init_module')), 2n],
  ['what read its file did not wait', '6.12.0', after((trace) => trace.finit(2).finit(3).read(2, 500).read(3, 500).exit(2, EEXIST).exit(3, EEXIST)), 2n],
  ['unless it lost the end of that call', '6.12.0', after((trace) => trace.finit(2).finit(3).read(2, 500).read(3, 500).lost(2).exit(2, EEXIST).exit(3, EEXIST)), 1n],
  ['EPERM may be a missing capability', '6.12.0', after((trace) => together(trace, [-1])), 0n],
  ['of init_module too', '6.4.0', after((trace) => together(trace, [-1], 'init_module')), 0n],
  ['EINTR ends a wait', '6.12.0', after((trace) => together(trace, [-4])), 0n],
  ['an init that failed by then may have had waiters', '6.12.0', after((trace) => trace.finit(2).finit(3).loaded(2, 'm').exit(2, -5).exit(3, -5)), 0n],
  ['but not long before', '6.12.0', after((trace) => trace.finit(2).loaded(2, 'm').exit(2, -5).finit(3).exit(3, -5)), 1n],
])('%s', (_, release, { events }, expected) => {
  const { model } = build({ events }, ...(release === null ? [] : [{ events: boot(release) }]));
  expect(model.boots.map(({ failures }) => failures)).toEqual([expected]);
});
