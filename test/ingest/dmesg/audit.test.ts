// SPDX-License-Identifier: Apache-2.0
/** Load calls that the audit subsystem records, in its own log, in the kernel's, and in the journal. */
import { describe, expect, test } from 'vitest';
import { type Case, caseOf } from '../../../src/case.js';
import { asking, folderOf } from '../../cases/read.js';
import { readBytes } from '../../forms/read.js';

const BANNER = '[    0.000000] Linux version 5.14.0 (a@b) (gcc) #1 SMP';
const TASK =
  'items=0 ppid=1 pid=1234 auid=4294967295 uid=0 gid=0 tty=(none) ses=1 comm="modprobe" exe="/usr/bin/kmod"';

async function attempts(text: string): Promise<unknown[]> {
  const model: Case['model'] = caseOf(await readBytes({ bytes: Buffer.from(`${text}\n`) })).model;
  return model.attempts.map(({ pid, comm, module, outcome, errno }) => [pid, comm, module, outcome, errno]);
}

describe('a failed call by its numbers', () => {
  test.each([
    ['x86_64', 'c000003e', 313, 175],
    ['i386', '40000003', 350, 128],
    ['aarch64', 'c00000b7', 273, 105],
    ['arm', '40000028', 379, 128],
    ['ppc64le', 'c0000015', 353, 128],
    ['s390x', '80000016', 344, 128],
    ['riscv64', 'c00000f3', 273, 105],
  ])('%s', async (_name, arch, finit, init) => {
    const record = (serial: number, call: number, exit: number): string =>
      `type=SYSCALL msg=audit(1700000000.123:${serial}): arch=${arch} syscall=${call} success=no exit=${exit} a0=3 a1=7d0 a2=4 a3=0 ${TASK} key="modules"`;
    expect(await attempts([record(10, finit, -17), record(11, init, -8)].join('\n'))).toEqual([
      [1234, 'modprobe', null, 'duplicate', 17],
      [1234, 'modprobe', null, 'failed', 8],
    ]);
  });

  test('the number of another architecture is another call', async () => {
    expect(
      await attempts(
        `type=SYSCALL msg=audit(1700000000.123:10): arch=c000003e syscall=128 success=no exit=-11 a0=3 a1=7d0 a2=4 a3=0 ${TASK}`,
      ),
    ).toEqual([]);
  });
});

const CALL = `arch=c000003e syscall=313 success=no exit=-17 a0=3 a1=55d0 a2=0 a3=0 ${TASK} key="modules"`;
const MINIX = [[1234, 'modprobe', 'minix', 'duplicate', 17]];

test.each([
  [
    'auditd',
    [
      `type=SYSCALL msg=audit(1700000000.123:45): ${CALL}`,
      'type=KERN_MODULE msg=audit(1700000000.123:45): name="minix"',
    ],
  ],
  [
    'enriched, of another node',
    [
      `node=lab type=SYSCALL msg=audit(1700000000.123:45): ${CALL}\u001dARCH=x86_64 SYSCALL=finit_module AUID="unset"`,
      'node=lab type=KERN_MODULE msg=audit(1700000000.123:45): name="minix"',
    ],
  ],
  [
    'ausearch -i, which prints the last record first',
    [
      '----',
      'type=PROCTITLE msg=audit(11/14/2023 22:13:20.123:45) : proctitle=modprobe minix',
      'type=KERN_MODULE msg=audit(11/14/2023 22:13:20.123:45) : name=minix',
      'type=SYSCALL msg=audit(11/14/2023 22:13:20.123:45) : arch=x86_64 syscall=finit_module success=no exit=EEXIST(File exists) a0=0x3 a1=0x55d0 a2=0x0 a3=0x0 items=0 ppid=1 pid=1234 auid=unset uid=root comm=modprobe exe=/usr/bin/kmod',
    ],
  ],
  [
    'the kernel log',
    [
      BANNER,
      `[    9.100000] audit: type=1300 audit(1700000000.123:45): ${CALL}`,
      '[    9.100001] audit: type=1330 audit(1700000000.123:45): name="minix"',
    ],
  ],
  [
    'the journal, which has it from both',
    [
      'Nov 14 22:13:20 lab kernel: Linux version 5.14.0 (a@b) (gcc) #1 SMP',
      `Nov 14 22:13:20 lab kernel: audit: type=1300 audit(1700000000.123:45): ${CALL}`,
      'Nov 14 22:13:20 lab kernel: audit: type=1330 audit(1700000000.123:45): name="minix"',
      `Nov 14 22:13:20 lab audit[1234]: SYSCALL ${CALL}`,
      'Nov 14 22:13:20 lab audit: KERN_MODULE name="minix"',
      'Nov 14 22:13:20 lab audit: PROCTITLE proctitle=6D6F6470726F6265006D696E6978',
    ],
  ],
  [
    'insmod on a kernel that does not name the module',
    [
      `type=SYSCALL msg=audit(1700000000.123:45): ${CALL}`,
      'type=PROCTITLE msg=audit(1700000000.123:45): proctitle=696E736D6F64002E2F6D696E69782E6B6F',
    ],
  ],
])('one call: %s', async (_form, lines) => {
  expect(await attempts(lines.join('\n'))).toEqual(MINIX);
});

test('init_module gives the length of the image', async () => {
  const { attempts: rows } = caseOf(
    await readBytes({
      bytes: Buffer.from(
        `type=SYSCALL msg=audit(1700000000.123:45): arch=c000003e syscall=175 success=no exit=-17 a0=7f a1=7d00 a2=0 a3=0 ${TASK}\n`,
      ),
    }),
  ).model;
  expect(rows[0]?.wasted.low).toBeGreaterThan(0x7d00 - 9000);
});

test('a load that SELinux denied is one failure, with its file', async () => {
  const { query } = await asking(
    folderOf({
      'audit.log': `type=AVC msg=audit(1700000000.123:45): avc:  denied  { module_load } for  pid=1234 comm="insmod" path="/root/x-y.ko" dev="vda1" ino=9 scontext=a tcontext=b tclass=system permissive=0
type=SYSCALL msg=audit(1700000000.123:45): arch=c000003e syscall=313 success=no exit=-13 a0=3 a1=55d0 a2=0 a3=0 ${TASK}
`,
    }),
  );
  expect(query('failures')).toMatchObject([{ reason: 'lsm', module: 'x_y', errno: 13, times: 1 }]);
  expect(query('problems')).toEqual([]);
});

describe('beside other evidence', () => {
  const audit = `type=SYSCALL msg=audit(1700000000.123:45): ${CALL}\ntype=KERN_MODULE msg=audit(1700000000.123:45): name="minix"\n`;

  test('the kernel log of the same boot: once, at its time', async () => {
    const { query } = await asking(
      folderOf({
        'audit.log': `${audit}type=SYSCALL msg=audit(1700000001.123:46): ${CALL.replace('1234', '1300')}\n`,
        'dmesg.txt': `${BANNER}\n[    9.100000] audit: type=1300 audit(1700000000.123:45): ${CALL}\n[    9.100001] audit: type=1330 audit(1700000000.123:45): name="minix"\n`,
      }),
    );
    expect(query('attempts').map(({ t, pid, module }) => [t, pid, module])).toEqual([
      [9.1, 1234, 'minix'],
      [10.1, 1300, null],
    ]);
  });

  test('a trace: once, and the module is named', async () => {
    const { query } = await asking(
      folderOf({
        'audit.log': audit,
        'trace.txt': `# tracer: nop
#
        modprobe-1234    [000] ..... 9.100000: sys_finit_module(fd: 3, uargs: 55d0, flags: 0)
        modprobe-1234    [000] ..... 9.100100: sys_finit_module -> 0xffffffffffffffef
`,
      }),
    );
    expect(query('attempts')).toMatchObject([{ pid: 1234, module: 'minix', outcome: 'duplicate' }]);
  });

  test('the message of the kernel about the same load', async () => {
    const { query } = await asking(
      folderOf({
        'dmesg.txt': `${BANNER}
[   13.000000] foo: Unknown symbol bar (err -2)
[   13.000010] audit: type=1300 audit(1700000002.123:47): arch=c000003e syscall=313 success=no exit=-2 a0=3 a1=55d0 a2=0 a3=0 ${TASK}
[   13.000011] audit: type=1330 audit(1700000002.123:47): name="foo"
`,
      }),
    );
    expect(query('failures')).toMatchObject([
      { reason: 'unknown-symbol', module: 'foo', errno: 2, times: 1 },
    ]);
  });
});

test('each boot numbers its records anew', async () => {
  const record = (serial: number): string =>
    `type=SYSCALL msg=audit(17000${serial}00.123:${serial}): ${CALL}\n`;
  const other = (serial: number): string =>
    `type=USER_LOGIN msg=audit(1700099999.123:${serial}): pid=1 res=success\n`;
  const { query } = await asking(
    folderOf({ 'audit.log': record(9000) + record(9001) + other(30) + other(31) }),
  );
  // A boot without loads is none of the report's.
  expect(query('attempts').map(({ boot }) => boot)).toEqual([1, 1]);
  expect(query('verdict').length).toBe(1);
  const two = await asking(folderOf({ 'audit.log': record(9000) + other(9100) + record(30) }));
  expect(two.query('attempts').map(({ boot }) => boot)).toEqual([1, 2]);
});

test('an audit log that ends before the boot of a kernel log is of another one', async () => {
  const dmesg = (seconds: number): string =>
    `${BANNER}\n[    0.500000] audit: type=2000 audit(${seconds}.500:1): state=initialized audit_enabled=0 res=1\n`;
  const log = `type=SYSCALL msg=audit(1700000000.123:45): ${CALL}\n`;
  const later = await asking(folderOf({ 'audit.log': log, 'dmesg.txt': dmesg(1_700_009_000) }));
  expect(later.query('verdict').map(({ verdict }) => verdict)).toEqual(['trouble', 'clear']);
  const same = await asking(folderOf({ 'audit.log': log, 'dmesg.txt': dmesg(1_699_999_990) }));
  expect(same.query('attempts')).toMatchObject([{ boot: 1, t: 10.123 }]);
});

test('an audit log is kept of a sosreport', async () => {
  const root = 'sosreport-lab-2026-11-22-abcdefg';
  const { query } = await asking(
    folderOf({
      [`${root}/sos_commands/kernel/dmesg`]: `${BANNER}\n`,
      [`${root}/var/log/audit/audit.log.1`]: `type=SYSCALL msg=audit(1700000000.123:45): ${CALL}\n`,
    }),
  );
  expect(query('attempts')).toMatchObject([{ pid: 1234, outcome: 'duplicate' }]);
});
