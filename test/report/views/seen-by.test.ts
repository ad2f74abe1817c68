// SPDX-License-Identifier: Apache-2.0
/** The report says what showed the load calls: a trace, the audit log, strace or perf trace. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, expect, it } from 'vitest';
import { openCase } from '../../../src/case.js';
import { loadQueries } from '../../../src/query/library.js';
import { Asked } from '../../../src/report/answer/ask.js';
import { answerFrom } from '../../../src/report/answer/index.js';
import { notes } from '../../../src/report/answer/notes.js';

const folder = mkdtempSync(join(tmpdir(), 'modwaste-seen-'));
afterAll(() => rmSync(folder, { recursive: true }));

async function callsNote(...inputs: string[]): Promise<string | undefined> {
  const { db } = await (await openCase({ inputs })).store();
  const answer = answerFrom(new Asked(db, loadQueries()));
  return answer.inFull.flatMap(notes).find((note) => note.startsWith('Load calls'));
}

function file(name: string, ...lines: string[]): string {
  const path = join(folder, name);
  writeFileSync(path, `${lines.join('\n')}\n`);
  return path;
}

const audit = file(
  'audit.log',
  'type=SYSCALL msg=audit(1764000001.123:101): arch=c000003e syscall=313 success=yes exit=0 a0=3 a1=5 a2=0 a3=0 items=0 ppid=300 pid=402 auid=0 uid=0 gid=0 euid=0 suid=0 fsuid=0 egid=0 sgid=0 fsgid=0 tty=pts0 ses=1 comm="modprobe" exe="/usr/bin/kmod" key="modules"',
  'type=KERN_MODULE msg=audit(1764000001.123:101): name="minix"',
  'type=SYSCALL msg=audit(1764000002.123:102): arch=c000003e syscall=313 success=no exit=-17 a0=3 a1=5 a2=0 a3=0 items=0 ppid=300 pid=403 auid=0 uid=0 gid=0 euid=0 suid=0 fsuid=0 egid=0 sgid=0 fsgid=0 tty=pts0 ses=1 comm="modprobe" exe="/usr/bin/kmod" key="modules"',
  'type=KERN_MODULE msg=audit(1764000002.123:102): name="minix"',
);
const strace = file(
  'strace.txt',
  '900 execve("/sbin/insmod", ["insmod", "minix.ko"], 0x7ffd /* 20 vars */) = 0',
  '900 openat(AT_FDCWD, "/lib/modules/6.12.1/kernel/fs/minix/minix.ko", O_RDONLY|O_CLOEXEC) = 3',
  '900 finit_module(3, "", 0) = 0',
);

it('says so of audit records, of strace, and of a trace', async () => {
  expect(await callsNote(audit)).toBe('Load calls in the audit log: 2 = 1 duplicate + 1 of unknown outcome.');
  expect(await callsNote(strace)).toBe('Load calls seen by strace or perf trace: 1, of unknown outcome.');
  const sample = fileURLToPath(new URL('../../../samples/dup-storm', import.meta.url));
  expect(await callsNote(sample)).toMatch(/^Load calls in the trace: 493 = /);
});
