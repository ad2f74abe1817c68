// SPDX-License-Identifier: Apache-2.0
/** Recordings of real kernels: trace.dat says what the texts of the same recording say. */
import { describe, expect, test } from 'vitest';
import { bytesOf, CORPUS, has } from '../../corpus/index.js';
import { comparable, ingestBytes, ingestText } from './harness.js';

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

describe('recordings of real kernels', () => {
  test.each(RECORDINGS.filter(({ dat }) => has(dat)))(
    '$dat says the same as $text',
    ({ dat, text, precision }) => {
      const binary = ingestBytes(bytesOf(CORPUS + dat));
      const printed = ingestText(new TextDecoder().decode(bytesOf(CORPUS + text)));
      expect(binary.diagnostics).toEqual([]);
      expect(binary.events.length).toBeGreaterThan(1000);
      expect(comparable(binary, precision)).toEqual(comparable(printed, precision));
    },
  );
});
