// SPDX-License-Identifier: Apache-2.0
import { describe, expect, test } from 'vitest';
import { dmesg, kernelRecordIngesters } from '../../../src/ingest/dmesg/index.js';
import { recognise } from './read.js';

const confidence = (text: string): number => recognise(new TextEncoder().encode(text))?.confidence ?? 0;

describe('detection', () => {
  test('priorities are unique', () => {
    const priorities = [dmesg, ...kernelRecordIngesters].map(({ priority }) => priority);
    expect(new Set(priorities).size).toBe(priorities.length);
  });

  test.each([
    [
      'ftrace',
      '# tracer: nop\n#\n        modprobe-902     [005] ....    45.732844: module_load: scsi_debug E\n'.repeat(
        20,
      ),
    ],
    ['trace-cmd', 'modprobe-1687  [000]   102.001519: module_put:  x call_site=f refcnt=1\n'.repeat(20)],
    ['perf script', 'modprobe  174509 [003]  6504.868980: module:module_free: sunrpc\n'.repeat(20)],
    ['debugfs', '         Mods ever loaded\t67\n     Mods failed on kread\t0\n'],
    [
      'lsmod',
      'Module                  Size  Used by\nbtrfs                1234  0\nlibcrc32c  12288  1 btrfs\n',
    ],
    ['other JSON', '{"traceEvents": [{"name": "msg", "time": 1.5}]}'],
    ['a config', 'CONFIG_MODULES=y\nCONFIG_MODULE_SIG=y\n'.repeat(10)],
    ['an environment', 'PATH=/bin\nHOME=/root\n'],
    ['prose', 'Hi all,\n\nthe module does not load since 6.12. Any ideas?\n'],
  ])('%s is no kernel log', (_name, text) => {
    expect(confidence(text)).toBe(0);
  });

  test('a mail with a few quoted log lines is doubtful, a log in a mail is not', () => {
    const prose = 'The driver fails like this, and I do not know why.\n'.repeat(30);
    const quoted = '> [   12.345678] foo: Unknown symbol bar (err -2)\n'.repeat(3);
    expect(confidence(prose + quoted)).toBeGreaterThan(0);
    expect(confidence(prose + quoted)).toBeLessThanOrEqual(30);
    const log = '[   12.345678] usb 1-1: new device\n'.repeat(60);
    expect(confidence(prose + log)).toBeGreaterThanOrEqual(60);
  });
});
