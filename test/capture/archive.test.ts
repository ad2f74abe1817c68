// SPDX-License-Identifier: Apache-2.0
/** What the analyzer makes of an archive of the capture script. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect, it } from 'vitest';
import { openCase } from '../../src/case.js';
import { findQuery, loadQueries } from '../../src/query/library.js';
import { runQuery } from '../../src/query/run.js';
import { temporary } from '../temporary.js';

const HEAD = ['{', '  "modwaste_capture": 1,', '  "mode": "live",', '  "clock": "mono",', '  "command": "",'];
const BOOT_ID = '  "boot_id": "d5a3951f-fa05-4882-9f57-795034f9b239",';
const TRIED = [
  '  "tried": [',
  '    {"what": "probe read", "result": "failed", "detail": "f:kernel_read_file%return name=\\"x\\": I/O error"},',
  '    {"what": "trace", "result": "ok", "detail": "-"}',
  '  ]',
  '}',
];
const gap = (what: string, why: string): string => `    {"what": "${what}", "why": "${why}"},`;

const TRACE = `# tracer: nop
#
# entries-in-buffer/entries-written: 2/2   #P:2
#
#           TASK-PID     CPU#  |||||  TIMESTAMP  FUNCTION
#              | |         |   |||||     |         |
        modprobe-41      [000] .....    10.000001: sys_finit_module(fd: 3, uargs: 5581, flags: 0)
        modprobe-41      [000] .....    10.000100: sys_finit_module -> 0xffffffffffffffef
`;
const DMESG =
  '[    0.000000] Linux version 6.12.0-test (me@box) (gcc) #1 SMP Mon Jan 1 00:00:00 UTC 2026\n[    1.0] x\n';

/** The rows of a query over an archive of these files. */
async function rows(query: string, files: Readonly<Record<string, string>>) {
  const folder = temporary('archive');
  for (const [name, text] of Object.entries(files)) {
    const path = join(folder, 'modwaste-box-20261127T120000Z', name);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, text);
  }
  const opened = await openCase({ inputs: [folder] });
  const { db } = await opened.store();
  return [...runQuery(db, findQuery(loadQueries(), query), new Map()).rows];
}

const manifest = (...missing: string[]): string =>
  [...HEAD, BOOT_ID, '  "missing": [', ...missing, '  ],', ...TRIED].join('\n');

it('reads what the script tried', async () => {
  const steps = await rows('capture-steps', { 'manifest.json': manifest(gap('counters', 'none here')) });
  expect(steps.map(([boot, what, result, detail]) => [boot, what, result, detail])).toEqual([
    [1n, 'mode', 'setting', 'live'],
    [1n, 'clock', 'setting', 'mono'],
    [1n, 'boot_id', 'setting', 'd5a3951f-fa05-4882-9f57-795034f9b239'],
    [1n, 'counters', 'missing', 'none here'],
    [1n, 'probe read', 'failed', 'f:kernel_read_file%return name="x": I/O error'],
    [1n, 'trace', 'ok', null],
  ]);
});

it('reads a manifest that a full disk truncated, up to there', async () => {
  const steps = await rows('capture-steps', { 'manifest.json': [...HEAD, '  "boot_id": "d5a39'].join('\n') });
  expect(steps.map(([, what]) => what)).toEqual(['mode', 'clock']);
});

it('takes no other manifest for one', async () => {
  expect(
    await rows('capture-steps', { 'manifest.json': '{\n  "name": "app",\n  "mode": "live"\n}\n' }),
  ).toEqual([]);
});

it('joins the manifest to the boot of its id', async () => {
  const journal = (id: string): string =>
    `${JSON.stringify({ _BOOT_ID: id, __MONOTONIC_TIMESTAMP: '1000000', __REALTIME_TIMESTAMP: '1767225600000000', SYSLOG_IDENTIFIER: 'kernel', _TRANSPORT: 'kernel', MESSAGE: 'Linux version 6.12.0-test (me@box) (gcc) #1 SMP Mon Jan 1 00:00:00 UTC 2026' })}\n`;
  const boots = await rows('boots', {
    'manifest.json': manifest(),
    'journal.json': journal('d5a3951ffa0548829f57795034f9b239'),
  });
  expect(boots.map((row) => row[1])).toEqual(['d5a3951ffa0548829f57795034f9b239']);
});

it.each([
  ['nothing, where the script got all', { missing: [] }, []],
  [
    'why the kernel could not give probes',
    { missing: [gap('probes', 'not attached: load'), gap('counters', 'none here')] },
    [['phase and bytes of each failed load', 'not available on that machine; probes: not attached: load']],
  ],
])('asks for %s', async (_, { missing }, wanted) => {
  const captures = await rows('capture', { 'manifest.json': manifest(...missing), 'tracing/trace': TRACE });
  expect(captures.map(([, what, how]) => [what, how])).toEqual(wanted);
});

it('names all that would show failed loads, where the script got none of it', async () => {
  const missing = manifest(gap('counters', 'none here'), gap('trace', 'lockdown'));
  const captures = await rows('capture', { 'manifest.json': missing, 'dmesg.txt': DMESG });
  expect(captures.map(([, what, how]) => [what, how])).toEqual([
    ['failed loads and their bytes', 'not available on that machine; counters: none here; trace: lockdown'],
  ]);
});

it('asks for nothing where a trace was had in which nothing failed', async () => {
  const missing = manifest(gap('counters', 'none here'));
  expect(await rows('capture', { 'manifest.json': missing, 'dmesg.txt': DMESG })).toEqual([]);
});

it('asks for a run of the script where none was made', async () => {
  const [first] = await rows('capture', { 'dmesg.txt': DMESG });
  expect(first?.[2]).toBe(
    'send the script that `modwaste capture --boot > modwaste-capture.sh` makes, with this line: `sudo sh modwaste-capture.sh && sudo reboot`',
  );
});
