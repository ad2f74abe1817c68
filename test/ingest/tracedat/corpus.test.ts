/** Recordings of real kernels: trace.dat says what the texts of the same recording say. */
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { comparable, ingestBytes, ingestText } from './harness.js';

const CORPUS = new URL('../../../../shared/corpus', import.meta.url).pathname;

function load(path: string): Uint8Array {
  return path.endsWith('.xz')
    ? execFileSync('xz', ['-dc', path], { maxBuffer: 2 ** 30 })
    : readFileSync(path);
}

const RECORDINGS = [
  {
    dat: 's2b-tracecmd/ftrace/trace.dat.xz',
    text: 's2b-tracecmd/ftrace/host-report-t.txt',
    precision: 1n,
  },
  {
    dat: 'r1-stock612-xz-twoboot-sos/boot2/trace-cmd-extract.dat.xz',
    text: 'r1-stock612-xz-twoboot-sos/boot2/trace-cmd-report.txt.xz',
    precision: 1000n,
  },
  {
    dat: 'r4-stock-trixie-xz-probes-sos/boot1/trace-cmd-extract.dat.xz',
    text: 'r4-stock-trixie-xz-probes-sos/boot1/trace-cmd-report.txt.xz',
    precision: 1000n,
  },
  {
    dat: 'r1-stock612-xz-twoboot-sos/boot2/trace-cmd-extract.dat.xz',
    text: 'r1-stock612-xz-twoboot-sos/boot2/trace.txt.xz',
    precision: 1000n,
  },
  {
    dat: 'r4-stock-trixie-xz-probes-sos/boot1/trace-cmd-extract.dat.xz',
    text: 'r4-stock-trixie-xz-probes-sos/boot1/trace.txt.xz',
    precision: 1000n,
  },
];

describe.skipIf(!existsSync(CORPUS))('recordings of real kernels', () => {
  test.each(RECORDINGS)('$dat says the same as $text', ({ dat, text, precision }) => {
    const binary = ingestBytes(load(`${CORPUS}/${dat}`));
    const printed = ingestText(new TextDecoder().decode(load(`${CORPUS}/${text}`)));
    expect(binary.diagnostics).toEqual([]);
    expect(binary.events.length).toBeGreaterThan(1000);
    expect(comparable(binary, precision)).toEqual(comparable(printed, precision));
  });
});
