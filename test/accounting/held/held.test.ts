// SPDX-License-Identifier: Apache-2.0
/** Memory held at once, against a plain replay of each trace, and in traces that lack some of its probes. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { heldPoints } from '../../../src/accounting/held/index.js';
import type { CaseModel } from '../../../src/accounting/model.js';
import { openCase } from '../../../src/case.js';
import { bytesOf, WHOLE } from '../../corpus/index.js';
import { build, Trace } from '../make.js';
import { FIXTURES } from '../truth.js';
import { recordsOf, replay, type Step } from './replay.js';

const scratch = mkdtempSync(join(tmpdir(), 'modwaste-held-'));
afterAll(() => rmSync(scratch, { recursive: true }));

let written = 0;

async function modelOf(text: string): Promise<CaseModel> {
  const path = join(scratch, `trace-${++written}.txt`);
  writeFileSync(path, text);
  return (await openCase({ inputs: [path] })).model;
}

const textOf = (path: string): string => new TextDecoder().decode(bytesOf(join(FIXTURES, path)));

/** The replayed steps that lie outside the bounds of the model's curve. */
function outside(model: CaseModel, steps: readonly Step[]): string[] {
  const points = model.heldCurves.flatMap((held) => [...heldPoints(held)]);
  const wrong: string[] = [];
  let next = 0;
  for (const { t, bytes } of steps) {
    for (let point = points[next]; point && point.t <= t; point = points[next]) next++;
    const { low, high } = points[next - 1]?.all ?? {
      low: 0,
      high: model.boots[0]?.trace?.complete ? 0 : null,
    };
    if (bytes < low || (high !== null && bytes > high))
      wrong.push(`${t}: ${bytes} outside ${low} to ${high}`);
  }
  return wrong;
}

const peakOf = (steps: readonly Step[]): number => Math.max(...steps.map(({ bytes }) => bytes));

/** Captures and the length of their modules' signatures. */
const CAPTURES: readonly (readonly [path: string, signature: number])[] = [
  ['s1-quiet/trace.txt.xz', 721],
  ['s2-dup-storm/trace.txt.xz', 721],
  ['s2-dup-storm/trace_pipe.txt.xz', 721],
  ['s3-compressed/trace.txt.xz', 721],
  ['s4-failures/trace.txt.xz', 721],
  ['s12-loadrace/trace.txt.xz', 0],
  ['kernels/o73-i386-fail/trace.txt.xz', 0],
  ['kernels/o73-i386-wrap/trace.txt.xz', 0],
  ['kernels/s73-amd64-reloc/trace.txt.xz', 0],
  ['kernels/s73-arm64-fail/trace.txt.xz', 0],
  ['kernels/s73-amd64-storm/trace.txt.xz', 0],
  ['kernels/s73-amd64-zip/trace.txt.xz', 0],
  ['kernels/s65-i386-storm/trace.txt.xz', 0],
  ['kernels/s65-i386-vm/trace.txt.xz', 0],
];

/** Points that say what the one before says. */
function repeated({ heldCurves }: CaseModel): number {
  return heldCurves.flatMap((held) => {
    const points = [...heldPoints(held)].map(({ t, ...held }) => JSON.stringify(held));
    return points.filter((point, at) => point === points[at - 1]);
  }).length;
}

describe('the curve', () => {
  it('has a point for each change, also where loads may be missing', async () => {
    const text = textOf('s4-failures/trace.txt.xz');
    const probeless = text.replace(/^.* (?:kread|becoming|kbecoming|load|kload|ret_\w+): .*\n/gm, '');
    const late = (whole: string) =>
      whole.replace(/^#\s*entries-in-buffer.*$/m, '# entries-in-buffer/entries-written: 900/9000   #P:8');
    for (const one of [text, late(text), late(probeless)]) {
      const model = await modelOf(one);
      expect(repeated(model)).toBe(0);
    }
    expect((await modelOf(late(text))).boots[0]?.trace?.complete).toBe(false);
  });

  it.each(CAPTURES)('of %s holds the replay of its allocations and frees', async (path, signature) => {
    const text = textOf(path);
    const model = await modelOf(text);
    const steps = replay(recordsOf(text), signature);
    expect(steps.length).toBeGreaterThan(30);
    expect(outside(model, steps)).toEqual([]);
    const [held] = model.held;
    expect(held?.peak.low).toBeGreaterThan(0);
    const high = held ? held.peak.high : 0;
    expect(high === null || high >= peakOf(steps)).toBe(true);
  });

  it.each([
    ['s2-dup-storm/trace.txt.xz', 721],
    ['s2-dup-storm/trace_pipe.txt.xz', 721],
  ])('of %s has the peak of the replay to the byte', async (path, signature) => {
    const text = textOf(path);
    const peak = peakOf(replay(recordsOf(text), signature));
    expect((await modelOf(text)).held).toMatchObject([
      { peak: { low: peak, high: peak }, basis: 'measured' },
    ]);
  });
});

/** The dynamic probes in a trace, by the names that its recipe gave them. */
const probesIn = (text: string): string[] => [
  ...new Set([...text.matchAll(/: (\w+): \(/g)].map(([, event]) => event ?? '')),
];

const without = (text: string, events: readonly string[]): string =>
  text
    .split('\n')
    .filter((line) => !events.some((event) => line.includes(`: ${event}: (`)))
    .join('\n');

/** Each probe removed alone, and one after the other until none is left. */
function thinned(probes: readonly string[]): string[][] {
  const inTurn = probes.map((_, last) => probes.slice(0, last + 1));
  return [...probes.map((probe) => [probe]), ...inTurn.slice(1)];
}

describe('a thinner capture', () => {
  const few = [
    's2-dup-storm/trace.txt.xz',
    's3-compressed/trace.txt.xz',
    'kernels/s73-amd64-zip/trace.txt.xz',
  ];
  const cases = CAPTURES.filter(([path]) => WHOLE || few.includes(path)).flatMap(([path, signature]) => {
    const text = textOf(path);
    const steps = replay(recordsOf(text), signature);
    return thinned(probesIn(text)).map((removed) => ({ path, text, removed, steps }));
  });

  it('lacks one of several probes', () => {
    expect(cases.length).toBeGreaterThan(20);
    for (const { text, removed } of cases) expect(without(text, removed).length).toBeLessThan(text.length);
  });

  it.each(cases)(
    '$path without $removed has bounds that hold the whole one',
    async ({ text, removed, steps }) => {
      const model = await modelOf(without(text, removed));
      expect(outside(model, steps)).toEqual([]);
      const [held] = model.held;
      const high = held ? held.peak.high : null;
      expect(held?.peak.low ?? 0).toBeLessThanOrEqual(peakOf(steps));
      expect(high === null || high >= peakOf(steps)).toBe(true);
    },
  );
});

describe('a load', () => {
  const held = (trace: Trace) => {
    const { model } = build({ events: trace.events });
    return {
      points: model.heldCurves.flatMap((one) => [...heldPoints(one)]).map(({ all }) => [all.low, all.high]),
      row: model.held[0] ?? null,
    };
  };

  it('holds its file until it is linked, and its layout until it ends', () => {
    const trace = new Trace().finit(1).read(1, 100_000, 'a').loaded(1, 'a').exit(1, 0);
    expect(held(trace).points).toEqual([
      // What comes after a record may have come right after it.
      [0, 100_000],
      [0, 200_000],
      [91_808, 100_000],
      [0, 0],
    ]);
  });

  it('holds nothing where it was coalesced, refused, or could not be read for want of memory', () => {
    const trace = new Trace()
      .finit(1)
      .read(1, 5000, 'a')
      .finit(2)
      .loaded(1, 'a')
      .exit(2, 0)
      .exit(1, 0)
      .at(100)
      .finit(3)
      .exit(3, -9)
      .at(200)
      .finit(4)
      .probe(4, { fact: 'read', file: 'b', id: 2, ret: -12 })
      .exit(4, -12);
    const { model } = build({ events: trace.events });
    expect(model.heldCurves.flatMap(({ loads }) => [...loads].map(({ attempt }) => attempt.pid))).toEqual([
      1,
    ]);
  });

  it('counts two at once, and says which module and how many of the bytes are of duplicates', () => {
    const trace = new Trace()
      .finit(1)
      .read(1, 9000, 'a')
      .finit(2)
      .read(2, 9000, 'a')
      .listed(2, 'a', 'becoming')
      .charge(2, 'becoming', 'a', 9000)
      .exit(2, -17)
      .listed(1, 'a', 'load')
      .charge(1, 'load', 'a', 9000)
      .exit(1, -17);
    expect(held(trace).row).toMatchObject({
      peak: { low: 18_000 },
      loads: 2,
      module: 'a',
      moduleBytes: { low: 18_000 },
      byFate: { duplicate: { low: 18_000 }, loaded: { low: 0, high: 0 } },
    });
  });

  it('has no upper bound where records were lost', () => {
    const trace = new Trace().finit(1).read(1, 9000, 'a').loaded(1, 'a').exit(1, 0);
    const { model } = build({ events: [...trace.events, { kind: 'lost-events', cpu: 0, count: 5 }] });
    expect(model.held).toMatchObject([{ peak: { high: null }, basis: 'bounded' }]);
  });
});
