// SPDX-License-Identifier: Apache-2.0
/** Drivers' words for an init that fails for good. */
import { describe, expect, it } from 'vitest';
import { caseOf } from '../../../src/case.js';
import { readBytes } from '../../forms/read.js';
import { fact, read } from './read.js';

// biome-ignore format: a table
const REFUSALS: readonly (readonly [message: string, module: string | null])[] = [
  ['kvm: disabled by bios', null],
  ['kvm: no hardware support', null],
  ["kvm: no hardware support for 'kvm_intel'", 'kvm_intel'],
  ["kvm: support for 'kvm_amd' disabled by bios", 'kvm_amd'],
  ['kvm_intel: VMX not supported by CPU 3', 'kvm_intel'],
  ['kvm_intel: VMX not enabled (by BIOS) in MSR_IA32_FEAT_CTL on CPU 0', 'kvm_intel'],
  ['kvm_amd: SVM disabled (by BIOS) in MSR_VM_CR on CPU 5', 'kvm_amd'],
  ['kvm_amd: SVM not supported by CPU 0, not amd or hygon', 'kvm_amd'],
  ["kvm_amd: CPU 1 isn't AMD or Hygon", 'kvm_amd'],
  ['EDAC amd64: ECC disabled in the BIOS or no ECC capability, module will not load.', 'amd64_edac_mod'],
  ['EDAC sbridge: Failed to register device with error -19.', 'sb_edac'],
  ['EDAC pnd2: Failed to register device with error -22.', 'pnd2_edac'],
  ['EDAC i7core: Failed to register device with error -19.', 'i7core_edac'],
  ['powernow_k8: This CPU is not supported anymore, using acpi-cpufreq instead.', 'powernow_k8'],
  ['powernow-k8: this CPU is not supported anymore, using acpi-cpufreq instead.', 'powernow_k8'],
  ['intel_powerclamp: No package C-state available', 'intel_powerclamp'],
  ['ipmi_si: Unable to find any System Interface(s)', 'ipmi_si'],
  ['padlock_sha: VIA PadLock Hash Engine not detected.', 'padlock_sha'],
];

const NVIDIA: readonly string[] = [
  'NVRM: No NVIDIA GPU found.',
  'NVRM: No NVIDIA graphics adapter found!',
  'NVRM: No NVIDIA PCI devices found.',
  'NVRM: No NVIDIA devices probed.',
  'NVRM: No NVIDIA graphics adapter probed!',
  'NVRM: None of the NVIDIA graphics adapters were initialized!',
  'NVRM: None of the NVIDIA devices were initialized.',
];

it.each(REFUSALS)('%s', async (message, module) => {
  const { events } = await read(
    `[    0.000000] Linux version 6.1.0 (a@b) (gcc) #1\n[   10.000000] ${message}\n[   11.000000] foo: ${message}\n`,
  );
  const refusals = events
    .map((event) => JSON.parse(fact(event)))
    .filter(({ kind }) => kind === 'init-refusal');
  expect(refusals).toMatchObject([{ module, message }]);
});

// nvidia/nv.c: nvidia_init_module then returns -ENODEV; the driver is never in the kernel image.
it.each(NVIDIA)('%s is a failed load', async (message) => {
  const before = '[   10.000000] NVRM: The NVIDIA probe routine was not called for 1 device(s).';
  const lines = ['[    0.000000] Linux version 6.1.0 (a@b) (gcc) #1', before, `[   10.000004] ${message}`];
  const evidence = await readBytes({ bytes: Buffer.from(`${lines.join('\n')}\n`) });
  expect(caseOf(evidence).model.failures).toMatchObject([
    { module: 'nvidia', reason: 'init', phase: 'init', errno: 19, times: 1 },
  ]);
});

it("NVIDIA's driver fails once for each of its last lines, whatever they say", async () => {
  const said = ['No NVIDIA devices probed.', 'None of the NVIDIA devices were initialized.'];
  const lines = said.map((text, index) => `[   1${index}.000004] NVRM: ${text}`);
  const evidence = await readBytes({ bytes: Buffer.from(`${lines.join('\n')}\n`) });
  expect(caseOf(evidence).model.failures).toMatchObject([{ module: 'nvidia', reason: 'init', times: 2 }]);
});

it('a failed init of another module counts beside it (initcall_debug)', async () => {
  const lines = [
    '[   10.000001] NVRM: No NVIDIA devices probed.',
    '[   10.000002] initcall nvidia_init_module+0x0/0x100 [nvidia] returned -19 after 9 usecs',
    '[   11.000000] initcall foo_init+0x0/0x10 [foo] returned -19 after 9 usecs',
  ];
  const evidence = await readBytes({ bytes: Buffer.from(`${lines.join('\n')}\n`) });
  const { failures } = caseOf(evidence).model;
  expect(failures.map(({ module, phase, times }) => [module, phase, times]).sort()).toEqual([
    ['foo', 'init', 1],
    ['nvidia', 'init', 1],
  ]);
});

// drivers/base/driver.c:driver_register returns -EBUSY, most often to the module's init; drivers in the kernel image ask it, too.
describe('a driver that is registered already', () => {
  const START = [
    '[    0.000000] Linux version 6.1.0 (a@b) (gcc) #1',
    '[    1.000000] Run /init as init process',
  ];
  const said = (at: string) => `[    ${at}] Error: Driver 'rtw89-8852be' is already registered, aborting...`;
  const modprobe = (reason: string) => `modprobe: ERROR: could not insert 'rtw89_8852be': ${reason}`;
  it.each([
    // pcspkr and snd_pcsp have one name: many a boot prints it.
    ['is no problem by itself', [...START, said('9.123456'), said('9.223456')], []],
    ['is in the kernel image before init runs', [START[0], said('0.123456'), START[1]], []],
    [
      'is why its load failed with EBUSY',
      [...START, said('9.123456'), modprobe('Device or resource busy')],
      ['init rtw89_8852be init 16 1'],
    ],
    [
      'is not why its load failed otherwise',
      [...START, said('9.123456'), modprobe('Operation not permitted')],
      ['other rtw89_8852be null 1 1'],
    ],
  ])('%s', async (_, lines, failures) => {
    const { model } = caseOf(await readBytes({ bytes: Buffer.from(`${lines.join('\n')}\n`) }));
    expect(
      model.failures.map((row) => `${row.reason} ${row.module} ${row.phase} ${row.errno} ${row.times}`),
    ).toEqual(failures);
    expect(model.boots.flatMap((boot) => boot.doubts)).toEqual([]);
  });
});
