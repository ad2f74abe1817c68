// SPDX-License-Identifier: Apache-2.0
/** Units that a boot waited for, and the load calls that failed meanwhile. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import type { UnitRow } from '../../../src/accounting/waiting/types.js';
import { openCase } from '../../../src/case.js';

const scratch = mkdtempSync(join(tmpdir(), 'modwaste-units-'));
afterAll(() => rmSync(scratch, { recursive: true }));

let made = 0;

async function unitsOf(files: Readonly<Record<string, string>>): Promise<readonly UnitRow[]> {
  const folder = join(scratch, `${++made}`);
  mkdirSync(folder);
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);
  return (await openCase({ inputs: [folder] })).model.units;
}

const TIME = 'Startup finished in 2.000s (kernel) + 3.000s (initrd) + 9.000s (userspace) = 14.000s \n';
const CHAIN = `The time when unit became active or started is printed after the "@" character.
The time the unit took to start is printed after the "+" character.

graphical.target @9.000s
└─multi-user.target @8.900s
  └─systemd-udev-settle.service @1.000s +4.000s
    └─-.mount @500ms
`;
/** A call that fails, from 7 to 8 s: 1 of the 4 s that settle takes, from 6 to 10 s. */
const TRACE = `# tracer: nop
#
# entries-in-buffer/entries-written: 2/2   #P:1
#
   (udev-worker)-300     [000] .....     7.000000: sys_finit_module(fd: 3, uargs: 4b2f3d, flags: 0)
   (udev-worker)-300     [000] .....     8.000000: sys_finit_module -> 0xffffffffffffffef
`;
const LINUX = '[    0.000000] Linux version 6.1.0 (a@b) (gcc) #1 SMP\n';
const second = 1_000_000_000n;

describe('units that a boot waited for', () => {
  it('are those of the critical chain, with the time in which calls failed', async () => {
    const log = `${LINUX}[    0.000000] Command line: trace_clock=mono trace_event=module:*\n`;
    const [settle, ...others] = await unitsOf({
      'time.txt': TIME,
      'chain.txt': CHAIN,
      'trace.txt': TRACE,
      'dmesg.txt': log,
    });
    expect(others).toEqual([]);
    expect(settle).toMatchObject({
      ...{ unit: 'systemd-udev-settle.service', awaits: 'udev', onChain: true, alone: null },
      ...{ from: 6n * second, took: 4n * second, inFlight: { low: second, high: second } },
    });
  });

  it('have bounds where the clock of the trace may be another', async () => {
    const [settle] = await unitsOf({
      'time.txt': TIME,
      'chain.txt': CHAIN,
      'trace.txt': TRACE,
      'dmesg.txt': LINUX,
    });
    expect(settle?.inFlight).toEqual({ low: 0n, high: second });
  });

  it('have no time of calls without a trace, and no start without the time of the kernel', async () => {
    const [settle] = await unitsOf({ 'time.txt': TIME, 'chain.txt': CHAIN });
    expect(settle).toMatchObject({ from: 6n * second, inFlight: null, alone: null });
    const [timeless] = await unitsOf({ 'chain.txt': CHAIN, 'trace.txt': TRACE });
    expect(timeless).toMatchObject({ from: null, took: 4n * second, inFlight: null });
  });

  it.each([
    ['Wait for udev To Complete Device Initialization', 'systemd-udev-settle'],
    ['udev Wait for Complete Device Initialization', 'systemd-udev-settle'],
    ['dracut initqueue hook', 'dracut-initqueue'],
    ['dracut-initqueue.service - dracut initqueue hook', 'dracut-initqueue'],
    ['systemd-udev-trigger.service - Coldplug All udev Devices', 'systemd-udev-trigger'],
    ['Load Kernel Modules', 'systemd-modules-load'],
  ])('are those of the log that wait for udev or modules: %s', async (words, unit) => {
    const log = `${LINUX}[    1.000000] systemd[1]: Starting ${words}...
[    3.500000] systemd[1]: Finished ${words}.\n`;
    expect(await unitsOf({ 'dmesg.txt': log })).toMatchObject([
      { unit: `${unit}.service`, from: second, took: (5n * second) / 2n, onChain: null },
    ]);
  });

  it('are not those that never finished', async () => {
    const log = `${LINUX}[    1.000000] systemd[1]: Starting dracut initqueue hook...\n`;
    expect(await unitsOf({ 'dmesg.txt': log })).toEqual([]);
  });

  it('may have a duration alone', async () => {
    const blame = '1min 2.500s systemd-udev-settle.service\n      300ms ssh.service\n';
    expect(await unitsOf({ 'blame.txt': blame })).toMatchObject([
      { unit: 'systemd-udev-settle.service', from: null, took: (125n * second) / 2n, onChain: null },
    ]);
    const [chained] = await unitsOf({ 'blame.txt': blame, 'chain.txt': CHAIN, 'time.txt': TIME });
    expect(chained).toMatchObject({ onChain: true, took: 4n * second });
  });
});
