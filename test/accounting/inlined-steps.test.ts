// SPDX-License-Identifier: Apache-2.0
/** Kernels whose compiler inlined the steps of load_module (Debian 6.1): probes on the functions that these call. */
import { expect, it } from 'vitest';
import { openCase } from '../../src/case.js';
import { runSql } from '../../src/query/run.js';

const HEAD = `# tracer: nop
#
# entries-in-buffer/entries-written: 9/9   #P:1
#
#           TASK-PID     CPU#  |||||  TIMESTAMP  FUNCTION
#              | |         |   |||||     |         |
`;
const FILE = 20_000;
const SIGNED = 19_500;

/** The judged call of one insmod: its steps after load_module's entry, and its result. */
async function call(steps: readonly string[], errno: number): Promise<readonly unknown[] | undefined> {
  const result = (BigInt.asUintN(64, BigInt(-errno)) as bigint).toString(16);
  const trace = [
    'sys_finit_module(fd: 3, uargs: 5581, flags: 0)',
    `read: (__do_sys_finit_module+0x90/0x120 <- kernel_read_file) ret=${FILE}`,
    `load: (load_module+0x0/0x2190) len=${FILE} flags=0x0`,
    ...steps,
    `loadret: (__do_sys_finit_module+0xab/0x120 <- load_module) ret=-${errno}`,
    `sys_finit_module -> 0x${result}`,
  ].map((event, at) => `          insmod-41      [000] .....    10.00000${at}: ${event}\n`);
  const bytes = new TextEncoder().encode(HEAD + trace.join(''));
  const opened = await openCase({ inputs: [{ name: 'trace', bytes }] });
  const { db } = await opened.store();
  return [
    ...runSql(db, 'test.sql', 'SELECT outcome, phase, wasted_low, wasted_high, basis FROM attempts').rows,
  ][0];
}

const checked = (len: number): string => `checked: (check_modstruct_version+0x0/0x1b0) len=${len}`;
const LAYOUT = 'layout: (module_enforce_rwx_sections+0x0/0x90)';
const [ENOMEM, EEXIST] = [12, 17];

it('knows a duplicate that got as far as its layout, and its length without the signature', async () => {
  expect(await call([checked(SIGNED), LAYOUT], EEXIST)).toEqual([
    'duplicate',
    'load',
    2n * BigInt(SIGNED),
    2n * BigInt(SIGNED),
    'measured',
  ]);
});

it('leaves the phase open where the layout itself may have failed', async () => {
  expect(await call([checked(SIGNED), LAYOUT], ENOMEM)).toEqual([
    'failed',
    null,
    BigInt(SIGNED),
    2n * BigInt(SIGNED),
    'bounded',
  ]);
});

it('leaves the phase open where no layout shows: the probe may be missing', async () => {
  expect((await call([checked(SIGNED)], EEXIST))?.slice(0, 4)).toEqual([
    'duplicate',
    null,
    BigInt(SIGNED),
    2n * BigInt(SIGNED),
  ]);
});

it('does not believe a length that is more than what was read', async () => {
  const [, phase, low, high, basis] = (await call([checked(FILE + 1), LAYOUT], EEXIST)) ?? [];
  expect([phase, basis, high]).toEqual(['load', 'bounded', 2n * BigInt(FILE)]);
  expect(low).toBeLessThan(2n * BigInt(FILE));
});
