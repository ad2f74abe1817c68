// SPDX-License-Identifier: Apache-2.0
/** Load calls by the audit subsystem, on each architecture: AUDIT_ARCH_* (include/uapi/linux/audit.h) and its table of calls. */
import { describe, expect, it } from 'vitest';
import { read } from './read.js';

const STAMP = 'type=1300 audit(1700000000.123:456): ';
const record = (fields: string, at = '[    5.000000] ') => `${at}audit: ${STAMP}${fields}`;
const TAIL =
  'success=no exit=-17 a0=3 a1=55d0 a2=4 a3=0 items=0 ppid=1 pid=77 comm="modprobe" exe="/usr/bin/kmod"';

async function calls(...lines: string[]) {
  const { events } = await read(
    `[    0.000000] Linux version 6.12.0 (a@b) (gcc) #1 SMP\n${lines.join('\n')}\n`,
  );
  return events.flatMap((event) => (event.kind === 'load-call' ? [event] : []));
}

describe('a call of audit', () => {
  it.each<[string, string, number, number]>([
    ['x86_64', 'c000003e', 313, 175],
    ['i386', '40000003', 350, 128],
    ['aarch64', 'c00000b7', 273, 105],
    ['riscv64', 'c00000f3', 273, 105],
    ['loongarch64', 'c0000102', 273, 105],
    ['arm', '40000028', 379, 128],
    ['armeb', '28', 379, 128],
    ['ppc64le', 'c0000015', 353, 128],
    ['ppc64', '80000015', 353, 128],
    ['ppc', '14', 353, 128],
    ['s390x', '80000016', 344, 128],
    ['s390', '16', 344, 128],
    ['m68k', '4', 348, 128],
    ['mips', '8', 4348, 4128],
    ['mipsel', '40000008', 4348, 4128],
    ['mips64', '80000008', 5307, 5168],
    ['mipsel64', 'c0000008', 5307, 5168],
    ['sparc64', '8000002b', 342, 190],
    ['parisc', 'f', 333, 128],
    ['alpha', 'c0009026', 507, 308],
  ])('on %s', async (_, arch, finit, init) => {
    const made = await calls(
      record(`arch=${arch} syscall=${finit} ${TAIL}`),
      record(`arch=${arch} syscall=${init} ${TAIL}`, '[    6.000000] ').replace(':456', ':457'),
      record(`arch=${arch} syscall=2 ${TAIL}`, '[    7.000000] ').replace(':456', ':458'),
    );
    expect(
      made.map(({ call, flags, len, ret, pid, comm, stamp }) => [call, flags, len, ret, pid, comm, stamp]),
    ).toEqual([
      ['finit_module', 4, null, -17, 77, 'modprobe', '123:456'],
      ['init_module', null, 0x55d0, -17, 77, 'modprobe', '123:457'],
    ]);
  });

  it('of another architecture’s number is none', async () => {
    expect(await calls(record(`arch=c000003e syscall=273 ${TAIL}`))).toEqual([]);
    expect(await calls(record(`arch=12345678 syscall=313 ${TAIL}`))).toEqual([]);
  });

  it('has what its other records name', async () => {
    const named = await calls(
      record(`arch=c000003e syscall=313 ${TAIL}`),
      '[    5.000001] audit: type=1330 audit(1700000000.123:456): name="minix"',
    );
    expect(named).toMatchObject([{ module: 'minix', call: 'finit_module' }]);
    const other = await calls(
      record(`arch=c000003e syscall=313 ${TAIL}`),
      '[    5.000001] audit: type=1330 audit(1700000000.123:499): name="minix"',
    );
    expect(other).toMatchObject([{ module: null }]);
    // `insmod ./minix.ko`, in hexadecimal with NULs between
    const hex = Buffer.from('insmod\0./minix.ko').toString('hex').toUpperCase();
    const title = await calls(
      record(`arch=c000003e syscall=313 ${TAIL}`),
      `[    5.000001] audit: type=1327 audit(1700000000.123:456): proctitle=${hex}`,
    );
    expect(title).toMatchObject([{ module: 'minix' }]);
  });

  it('without a result, or with a length that is none, says so', async () => {
    expect(await calls(record('arch=c000003e syscall=313 success=no a0=3 pid=7'))).toEqual([]);
    const [odd] = await calls(
      record('arch=c000003e syscall=175 success=no exit=-14 a0=3 a1=zz pid=7 comm="x"'),
    );
    expect(odd).toMatchObject({ call: 'init_module', len: null, ret: -14 });
    const [name] = await calls(
      record('arch=c000003e syscall=313 success=yes exit=0 a0=3 a2=0 pid=7 exe="/sbin/insmod"'),
    );
    expect(name).toMatchObject({ comm: 'insmod', ret: 0, flags: 0 });
  });
});
