// SPDX-License-Identifier: Apache-2.0
/** Whole captures against the truth that was recorded beside them; runs where they are at hand. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { Attempt } from '../../src/accounting/model.js';
import { openCase } from '../../src/case.js';
import { errnoName } from '../../src/model/errno.js';
import { CORPUS, has } from '../corpus/index.js';
import { classOf, paired, trueCalls } from './truth.js';

const open = (...inputs: string[]) => openCase({ inputs: inputs.map((input) => join(CORPUS, input)) });

function counts<T>(items: readonly T[], key: (item: T) => string): Record<string, number> {
  const found: Record<string, number> = {};
  for (const item of items) found[key(item)] = (found[key(item)] ?? 0) + 1;
  return found;
}

describe('whole captures', () => {
  it.each(
    [
      's1-quiet',
      's2-dup-storm',
      's2b-tracecmd',
      's3-compressed',
      's4-failures',
      's5-autoload',
      's8-clocks',
      's12-loadrace',
      's15-real-modprobe',
    ].filter(has),
  )('%s, everything in it given at once, is one boot whose counters and events agree', async (name) => {
    const { model } = await open(name);
    expect(model.boots.length).toBe(1);
    expect(model.boots[0]).toMatchObject({ lowerBound: false, trace: { complete: true } });
    expect(model.ledger.map(({ verdict }) => verdict)).toEqual(Array(4).fill('balanced'));
  });

  it.each(
    ['trace.dat.xz', 'guest-report.txt', 'host-report.txt', 'host-report-l.txt', 'host-report-t.txt'].filter(
      (file) => has(`s2b-tracecmd/ftrace/${file}`),
    ),
  )('the calls of a recording by trace-cmd, read from its %s', async (file) => {
    const { model } = await open(`s2b-tracecmd/ftrace/${file}`);
    const calls = trueCalls(join(CORPUS, 's2b-tracecmd'));
    const pairs = paired(model, calls);
    expect(pairs.map(({ attempt }) => attempt && classOf(attempt))).toEqual(
      calls.map((call) => call.kernelClass),
    );
  });

  it.each(['mono', 'mono_raw', 'boot', 'tai', 'global', 'local', 'perf', 'counter', 'uptime', 'x86-tsc'])(
    'the calls of a trace by the %s clock',
    async (clock) => {
      const folder = join(CORPUS, 's8-clocks', clock);
      const { model } = await open(`s8-clocks/${clock}/trace.txt`);
      const calls = trueCalls(folder);
      expect(calls.length).toBeGreaterThan(0);
      expect(paired(model, calls).map(({ attempt }) => attempt && classOf(attempt))).toEqual(
        calls.map((call) => call.kernelClass),
      );
    },
  );
});

/** A section of truth.txt: `NUMBER comm call [result]` lines under a head. */
function section(boot: string, head: string): Record<string, number> {
  const text = readFileSync(join(CORPUS, boot, 'truth.txt'), 'utf8');
  const lines = text
    .slice(text.indexOf(head) + head.length)
    .split('\n')
    .slice(1);
  const rows: Record<string, number> = {};
  for (const line of lines) {
    const [, count, rest] = /^ +(\d+) (\S.*)$/.exec(line) ?? [];
    if (count === undefined || rest === undefined) break;
    rows[rest] = Number(count);
  }
  return rows;
}

const resultOf = ({ errno }: Attempt): string =>
  errno === null ? '?' : errno === 0 ? '0' : errnoName(errno);

const BOOTS = [
  'r1-stock612-xz-twoboot-sos/boot1',
  'r1-stock612-xz-twoboot-sos/boot2',
  'r4-stock-trixie-xz-probes-sos/boot1',
].filter(has);

describe('boots of stock kernels', () => {
  it.each(BOOTS)('%s: calls by task and by result are those that were counted', async (boot) => {
    for (const file of ['trace.txt.xz', 'trace-cmd-report.txt.xz']) {
      const { model } = await open(`${boot}/${file}`);
      expect(counts(model.attempts, (one) => `${one.comm} ${one.call}`)).toEqual(
        section(boot, 'attempts by comm:'),
      );
      expect(counts(model.attempts, (one) => `${one.comm} ${one.call} ${resultOf(one)}`)).toEqual(
        section(boot, 'exits by comm, call, result:'),
      );
    }
  });

  it.each(BOOTS.filter((boot) => boot.startsWith('r1')))(
    '%s: every EEXIST and EBUSY of init_module is a duplicate, bounded from below',
    async (boot) => {
      const { model } = await open(`${boot}/trace.txt.xz`, `${boot}/dmesg.plain.txt.xz`);
      const duplicates = model.attempts.filter((one) => one.outcome === 'duplicate');
      const results = section(boot, 'exits by comm, call, result:');
      const told = Object.entries(results).filter(([key]) => /EEXIST|EBUSY/.test(key));
      expect(duplicates.length).toBe(told.reduce((sum, [, count]) => sum + count, 0));
      for (const one of duplicates) {
        expect(one).toMatchObject({ phase: null, basis: 'bounded' });
        expect(one.wasted.low).toBeGreaterThan(0);
      }
      expect(model.boots[0]).toMatchObject({ lowerBound: true, trace: { complete: true } });
    },
  );

  it('with probes: coalesced calls are recognised, and nothing else was wasted', async () => {
    const boot = 'r4-stock-trixie-xz-probes-sos/boot1';
    const { model } = await open(`${boot}/trace.txt.xz`);
    const coalesced = model.attempts.filter((one) => one.outcome === 'coalesced');
    // finit calls with no kernel_read_file (coalesced) (173, {'0': 159, 'ENODEV': 14})
    expect(counts(coalesced, resultOf)).toEqual({ '0': 159, ENODEV: 14 });
    expect(counts(model.attempts, (one) => one.outcome)).toEqual({ loaded: 142, coalesced: 173, failed: 2 });
    expect(model.boots[0]).toMatchObject({ wasted: 0n, lowerBound: false });
  });

  if (has('r1-stock612-xz-twoboot-sos'))
    it('two boots in one journal are two', async () => {
      const { model } = await open('r1-stock612-xz-twoboot-sos/boot2/journalctl.all-boots.json.xz');
      expect(model.boots.length).toBe(2);
    });
});
