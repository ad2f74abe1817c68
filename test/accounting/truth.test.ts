// SPDX-License-Identifier: Apache-2.0
/** The attempts and duplicates of captures against the log of every call that was made. */
import { afterAll, describe, expect, it } from 'vitest';
import type { Case } from '../../src/case.js';
import { reasonText } from '../../src/model/counters.js';
import { allRows } from '../../src/query/database.js';
import {
  CALLED,
  classOf,
  closeCaptures,
  folder,
  paired,
  shared,
  statsFile,
  type TrueCall,
  trueCalls,
  wastedBy,
} from './truth.js';

afterAll(closeCaptures);

/**
 * The names under which the trace prints a thread. A live trace (trace_pipe) may never learn of a new one: then it
 * prints the name that the thread was forked with.
 */
async function toldCalls(name: string, opened: Case): Promise<TrueCall[]> {
  const { db } = await opened.store();
  const printed = new Set<string>();
  for (const [pid, comm] of allRows(db, 'SELECT DISTINCT pid, comm FROM events'))
    printed.add(`${pid} ${comm}`);
  return trueCalls(folder(name)).map((call) =>
    printed.has(`${call.tid} ${call.comm}`) ? call : { ...call, comm: '(udev-worker)' },
  );
}

describe.each(CALLED)('attempts of %s, from the trace alone', (name, traces) => {
  it('are the calls that were made, one by one', async () => {
    const opened = await shared(name, ...traces);
    const { model } = opened;
    const calls = await toldCalls(name, opened);
    const pairs = paired(model, calls);
    const seen = pairs.map(({ call, attempt }) => ({
      class: attempt && classOf(attempt),
      duplicate: attempt?.outcome === 'duplicate',
      errno: attempt?.errno,
      image: call.image === null ? null : attempt?.image,
      compressed: call.compressed === null ? null : attempt?.compressed,
      comm: attempt?.comm,
    }));
    const truth = calls.map(({ kernelClass, duplicate, errno, image, compressed, comm }) => ({
      class: kernelClass,
      duplicate,
      errno,
      image,
      compressed,
      comm,
    }));
    expect(seen).toEqual(truth);
  });

  it('name the module wherever the trace does, and never another one', async () => {
    const { model } = await shared(name, ...traces);
    for (const { call, attempt } of paired(model, trueCalls(folder(name)))) {
      // Files under another name than their module's: see bad-files.txt of the capture.
      const renamed = call.path.startsWith('/lib/firmware/');
      if (!renamed && attempt?.module !== null) expect(attempt?.module).toBe(call.module);
      if (call.duplicate || call.kernelClass === 'ok') expect(attempt?.module).not.toBeNull();
    }
  });

  it('are measured, and by task add up to what each wasted', async () => {
    const opened = await shared(name, ...traces);
    const { model } = opened;
    const sums = new Map<string, number>();
    const mine = new Set(paired(model, trueCalls(folder(name))).map(({ attempt }) => attempt));
    for (const attempt of model.attempts) {
      if (!mine.has(attempt)) continue;
      expect(attempt.basis).toBe('measured');
      expect(attempt.wasted.high).toBe(attempt.wasted.low);
      sums.set(attempt.comm ?? '', (sums.get(attempt.comm ?? '') ?? 0) + attempt.wasted.low);
    }
    expect(sums).toEqual(wastedBy(await toldCalls(name, opened), (call) => call.comm));
  });
});

describe.each(CALLED.filter(([name]) => name !== 's1-quiet'))('duplicates of %s', (name, traces) => {
  const truth = trueCalls(folder(name)).filter((call) => call.duplicate);
  // The one file that holds a module of another name.
  const module = (call: { module: string }): string =>
    call.module === 'some_other_name' ? 'nls_ascii' : nameOf(call.module);
  const nameOf = (file: string): string => (file === 'good' ? 'nls_cp863' : file);

  it('are measured where the trace is given, and are the list of the kernel', async () => {
    const { model } = await shared(name, ...traces);
    const rows = new Map(model.attribution.map((row) => [row.module, row]));
    const bytes = wastedBy(truth, module);
    expect(new Map([...rows].map(([key, row]) => [key, Number(row.bytes)]))).toEqual(bytes);
    for (const row of rows.values()) expect(row).toMatchObject({ basis: 'measured', origin: 'trace' });
    const listed = new Map(
      [...rows].map(([key, row]) => [key, `${row.times} ${reasonText(row.reasons ?? 0)}`]),
    );
    const printed = statsFile(folder(name)).matchAll(/^ *(\S+)\t +(\d+)\t +(Becoming.*|Load)$/gm);
    expect(listed).toEqual(
      new Map([...printed].map(([, key = '', times, reason]) => [key, `${times} ${reason}`])),
    );
  });

  it('lie within the bounds that the table and a listing of files give', async () => {
    const { model } = await shared(name, 'stats', 'modules-find-printf.txt');
    const bytes = wastedBy(truth, module);
    expect(model.attribution.map((row) => row.module).sort()).toEqual([...bytes.keys()].sort());
    for (const row of model.attribution) {
      const own = truth.filter((call) => module(call) === row.module);
      const becoming = BigInt(own.filter((call) => call.kernelClass === 'becoming').length);
      const wasted = BigInt(bytes.get(row.module) ?? -1);
      expect(row.times).toBe(BigInt(own.length));
      expect(row.becoming.low <= becoming && becoming <= (row.becoming.high ?? -1n)).toBe(true);
      expect(row.load.low <= row.times - becoming && row.times - becoming <= (row.load.high ?? -1n)).toBe(
        true,
      );
      expect(row.low <= wasted && wasted <= (row.high ?? wasted)).toBe(true);
      expect(row.high).not.toBeNull();
      if (row.basis === 'derived') expect(row.bytes).toBe(wasted);
      expect(row.origin).toMatch(/signature bytes: (\d+ to \d+|\d+ solved)/);
    }
  });

  it('and the other failures add up to the counters', async () => {
    const { model } = await shared(name, 'stats', 'modules-find-printf.txt');
    const otherFailures = trueCalls(folder(name)).filter((call) => !call.duplicate);
    for (const row of model.remainder) {
      const own = otherFailures.filter((call) => call.kernelClass === row.phase);
      const wasted = [...wastedBy(own, () => '').values()].reduce((sum, value) => sum + BigInt(value), 0n);
      // Calls of other programs are in the counters, too.
      expect((row.otherFailures.high ?? 0n) >= BigInt(own.length)).toBe(true);
      expect((row.otherBytes.high ?? 0n) >= wasted).toBe(true);
    }
    const rows = model.attribution.reduce((sum, row) => sum + row.low, 0n);
    const most = model.attribution.reduce((sum, row) => sum + (row.high ?? 0n), 0n);
    const rest = model.remainder.filter((row) => row.phase === 'becoming' || row.phase === 'load');
    const counters = rest.reduce((sum, row) => sum + (row.counterBytes ?? 0n), 0n);
    expect(
      rows <= counters && counters <= most + rest.reduce((sum, row) => sum + (row.otherBytes.high ?? 0n), 0n),
    ).toBe(true);
  });
});
