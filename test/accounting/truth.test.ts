// SPDX-License-Identifier: Apache-2.0
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { rebuildStats } from '../../src/accounting/counters/rebuilt-stats.js';
import type { CaseModel } from '../../src/accounting/model.js';
import type { Case } from '../../src/case.js';
import { PHASES, reasonText } from '../../src/model/counters.js';
import { allRows } from '../../src/query/database.js';
import { statsText } from '../../src/report/stats.js';
import { type PhaseRow, phasesOf } from './make.js';
import {
  classOf,
  FIXTURES,
  openCapture,
  paired,
  statsFile,
  type TrueCall,
  trueAskers,
  trueCalls,
  wastedBy,
} from './truth.js';

const folder = (name: string): string => join(FIXTURES, name);

/** Captures of a kernel that counts, each with the trace that holds all its calls. */
const COUNTED: readonly (readonly [name: string, traces: readonly string[]])[] = [
  ['s1-quiet', ['trace.txt']],
  ['s2-dup-storm', ['trace_pipe.txt', 'trace.txt']],
  ['s3-compressed', ['trace.txt']],
  ['s4-failures', ['trace.txt']],
  ['s5-autoload', ['trace.txt']],
  ['s5b-autoload-trace', ['trace.txt']],
  ['s12-loadrace', ['trace.txt']],
];
const CALLED = COUNTED.filter(([name]) => !name.startsWith('s5'));

/** The counters of the kernel's own file, by phase. */
function counted(name: string): Map<string, [failures: bigint, bytes: bigint]> {
  const value = (label: string): bigint =>
    BigInt(new RegExp(`${label}\\s+(\\d+)`).exec(statsFile(folder(name)))?.[1] ?? -1);
  return new Map([
    ['kread', [value('Mods failed on kread'), value('Failed kread bytes')]],
    ['decompress', [value('Mods failed on decompress'), value('Failed decompress bytes')]],
    ['becoming', [value('Mods failed on becoming'), value('Failed becoming bytes')]],
    ['load', [value('Mods failed on load'), value('Failed kmod bytes')]],
  ]);
}

const totals = (phases: readonly PhaseRow[]) =>
  new Map(phases.map(({ phase, failures, bytes }) => [phase, [failures, bytes]]));

function onlyBoot(model: CaseModel) {
  const [boot, ...more] = model.boots;
  if (!boot || more.length > 0) throw new Error(`one boot was expected, not ${model.boots.length}`);
  return boot;
}

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
    const opened = await openCapture(folder(name), ...traces);
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
    const { model } = await openCapture(folder(name), ...traces);
    for (const { call, attempt } of paired(model, trueCalls(folder(name)))) {
      // Files under another name than their module's: see bad-files.txt of the capture.
      const renamed = call.path.startsWith('/lib/firmware/');
      if (!renamed && attempt?.module !== null) expect(attempt?.module).toBe(call.module);
      if (call.duplicate || call.kernelClass === 'ok') expect(attempt?.module).not.toBeNull();
    }
  });

  it('are measured, and by task add up to what each wasted', async () => {
    const opened = await openCapture(folder(name), ...traces);
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

describe.each(COUNTED)('counters of %s', (name, traces) => {
  it('from the trace alone are the kernel’s own in every phase', async () => {
    const { model } = await openCapture(folder(name), ...traces);
    const phases = await phasesOf(model);
    expect(totals(phases)).toEqual(counted(name));
    expect(phases.map((phase) => phase.origin)).toEqual(PHASES.map(() => 'trace'));
    expect(onlyBoot(model)).toMatchObject({
      complete: true,
      lowerBound: false,
      trace: { complete: true, reason: '' },
    });
  });

  it('from the table alone are the table’s', async () => {
    const { model } = await openCapture(folder(name), 'stats');
    expect(totals(await phasesOf(model))).toEqual(counted(name));
    expect(onlyBoot(model)).toMatchObject({ trace: null, lowerBound: false });
    expect(onlyBoot(model).wasted).toBe(
      [...counted(name).values()].reduce((sum, [, bytes]) => sum + bytes, 0n),
    );
  });

  it('balance with the trace', async () => {
    const { model } = await openCapture(folder(name), 'stats', ...traces);
    expect(model.ledger.map(({ verdict }) => verdict)).toEqual(PHASES.map(() => 'balanced'));
    for (const row of model.ledger) expect(row.eventBytes).toBe(row.counterBytes);
  });

  it('print byte for byte as the kernel did, rebuilt from the trace alone', async () => {
    const { model } = await openCapture(folder(name), ...traces);
    const rebuilt = rebuildStats(model, onlyBoot(model));
    // Recorded without the probe that reads how large a module becomes.
    const whole = name !== 's12-loadrace' && name !== 's1-quiet';
    expect(rebuilt.missing.length).toBe(whole ? 0 : 1);
    const text = statsText(rebuilt);
    if (whole) expect(text).toBe(statsFile(folder(name)));
    else expect(text).toBe(withoutSizes(statsFile(folder(name))));
  });

  it('share out between duplicates and the rest without a rest', async () => {
    for (const inputs of [['stats'], ['stats', ...traces]]) {
      const { model } = await openCapture(folder(name), ...inputs);
      expect(model.remainder.map((row) => row.phase)).toEqual([...PHASES]);
      for (const row of model.remainder) {
        expect(row.duplicates.low + (row.otherFailures.high ?? -1n)).toBe(row.counterFailures);
        expect(row.duplicateBytes.low + (row.otherBytes.high ?? -1n)).toBe(row.counterBytes);
        expect((row.duplicateBytes.high ?? -1n) + row.otherBytes.low).toBe(row.counterBytes);
      }
    }
  });
});

const withoutSizes = (text: string): string =>
  text
    .split('\n')
    .filter((line) => !/Total mod|Average mod/.test(line))
    .join('\n');

describe.each(CALLED.filter(([name]) => name !== 's1-quiet'))('duplicates of %s', (name, traces) => {
  const truth = trueCalls(folder(name)).filter((call) => call.duplicate);
  // The one file that holds a module of another name.
  const module = (call: { module: string }): string =>
    call.module === 'some_other_name' ? 'nls_ascii' : nameOf(call.module);
  const nameOf = (file: string): string => (file === 'good' ? 'nls_cp863' : file);

  it('are measured where the trace is given, and are the list of the kernel', async () => {
    const { model } = await openCapture(folder(name), ...traces);
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
    const { model } = await openCapture(folder(name), 'stats', 'modules-find-printf.txt');
    const bytes = wastedBy(truth, module);
    expect(model.attribution.map((row) => row.module).sort()).toEqual([...bytes.keys()].sort());
    for (const row of model.attribution) {
      const own = truth.filter((call) => module(call) === row.module);
      const becoming = BigInt(own.filter((call) => call.kernelClass === 'becoming').length);
      const wasted = BigInt(bytes.get(row.module) ?? -1);
      expect(row.times).toBe(BigInt(own.length));
      expect(row.becoming.low <= becoming && becoming <= row.becoming.high).toBe(true);
      expect(row.load.low <= row.times - becoming && row.times - becoming <= row.load.high).toBe(true);
      expect(row.low <= wasted && wasted <= (row.high ?? wasted)).toBe(true);
      expect(row.high).not.toBeNull();
      if (row.basis === 'derived') expect(row.bytes).toBe(wasted);
      expect(row.origin).toMatch(/signature bytes: (\d+ to \d+|\d+ solved)/);
    }
  });

  it('and the other failures add up to the counters', async () => {
    const { model } = await openCapture(folder(name), 'stats', 'modules-find-printf.txt');
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

describe('module requests', () => {
  it.each(['s5-autoload', 's5b-autoload-trace'])(
    'of %s: as many as were made, duplicates as the kernel logged',
    async (name) => {
      const traced = (await openCapture(folder(name), 'trace.txt')).model;
      const logged = (await openCapture(folder(name), 'dmesg.txt')).model;
      expect(traced.requests.length).toBe(398);
      expect(traced.requests.filter((request) => request.duplicate).length).toBe(344);
      expect(logged.requests.every((request) => request.duplicate && request.origin === 'log')).toBe(true);
      const perName = (model: CaseModel) => {
        const counts = new Map<string, number>();
        for (const { requested, duplicate } of model.requests)
          if (duplicate) counts.set(requested, (counts.get(requested) ?? 0) + 1);
        return counts;
      };
      expect(perName(traced)).toEqual(perName(logged));
      expect(onlyBoot(traced).wasted).toBe(0n);
      expect(traced.attempts.every((attempt) => attempt.outcome === 'loaded')).toBe(true);
    },
  );

  it.each([
    ['s5-autoload', ['trace.txt']],
    ['s5b-autoload-trace', ['dmesg.txt']],
    ['s5b-autoload-trace', ['trace.txt', 'dmesg.txt']],
  ])('of %s were asked by the tasks that %s tells', async (name, inputs) => {
    const { model } = await openCapture(folder(name), ...inputs);
    expect(model.requests.length).toBe(inputs.includes('trace.txt') ? 398 : 344);
    let compared = 0;
    for (const [requested, askers] of trueAskers(folder(name))) {
      const own = model.requests.filter((request) => request.requested === requested);
      if (own.length === 0) continue;
      compared++;
      expect(new Set(own.map((request) => request.comm))).toEqual(askers);
    }
    expect(compared).toBeGreaterThan(20);
  });

  it('name the function that asked', async () => {
    for (const inputs of [['trace.txt'], ['dmesg.txt']]) {
      const { model } = await openCapture(folder('s5b-autoload-trace'), ...inputs);
      const sites = new Map(model.requests.map((request) => [request.requested, request.callSite]));
      expect(sites.get('net-pf-3')).toBe('__sock_create');
      expect(sites.get('fs-xfs')).toBe('get_fs_type');
      expect(sites.get('can-proto-0')).toBe('can_create');
    }
  });

  it('lead to the loads of the modprobe that they started', async () => {
    const { model } = await openCapture(folder('s5-autoload'), 'trace.txt');
    expect(model.attempts.every((attempt) => attempt.requester === 'kernel')).toBe(true);
    const loaded = new Map(model.attempts.map((attempt) => [attempt.module, attempt.requested]));
    expect(loaded.get('appletalk')).toBe('net-pf-5');
    expect(loaded.get('vfat')).toBe('fs-vfat');
    // A module that it depends on was loaded for the same request.
    expect(loaded.get('udp_tunnel')).toBe('net-pf-2-proto-132');
    expect(loaded.get('raid6_pq')).toBe('fs-btrfs');
    expect(model.attempts.every((attempt) => attempt.joinCertain)).toBe(true);
  });
});
