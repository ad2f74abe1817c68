// SPDX-License-Identifier: Apache-2.0
/**
 * Load calls by the audit subsystem (kernel/auditsc.c): one event prints several records, of which SYSCALL has the task,
 * the arguments and the result, KERN_MODULE the module, and PROCTITLE the command line. ausearch prints the last first.
 *
 *     audit: type=1300 audit(1700000000.123:456): arch=c000003e syscall=313 success=no exit=-17 a0=3 ... comm="modprobe"
 *     audit: type=1330 audit(1700000000.123:456): name="minix"
 *     audit[1234]: SYSCALL arch=c000003e syscall=313 success=no exit=-17 ...          journald, without the number
 */
import { errnoFromName } from '../../../model/errno.js';
import { moduleFile, moduleName } from '../../../model/module-name.js';
import { auditField, fileOf } from '../messages/audit.js';
import type { LogFact } from '../messages/rule.js';
import type { Entry } from '../timeline.js';

type LoadCall = Extract<LogFact, { kind: 'load-call' }>;

/** Numbers of finit_module and init_module by AUDIT_ARCH_* (include/uapi/linux/audit.h, each architecture's table). */
const NUMBERS: Readonly<Record<string, readonly [finit: string, init: string]>> = {
  c000003e: ['313', '175'], // x86_64
  '40000003': ['350', '128'], // i386
  c00000b7: ['273', '105'], // aarch64
  c00000f3: ['273', '105'], // riscv64
  '400000f3': ['273', '105'], // riscv32
  c0000102: ['273', '105'], // loongarch64
  '40000028': ['379', '128'], // arm
  '28': ['379', '128'],
  c0000015: ['353', '128'], // ppc64le
  '80000015': ['353', '128'],
  '14': ['353', '128'],
  '80000016': ['344', '128'], // s390x
  '16': ['344', '128'],
  '4': ['348', '128'], // m68k
  '8': ['4348', '4128'], // mips
  '40000008': ['4348', '4128'],
  '80000008': ['5307', '5168'],
  c0000008: ['5307', '5168'],
  '2b': ['342', '190'], // sparc
  '8000002b': ['342', '190'],
  f: ['333', '128'], // parisc
  '8000000f': ['333', '128'],
  c0009026: ['507', '308'], // alpha
};

/** Every record used has one of these. */
export const AUDIT_WORDS: readonly string[] = [
  ...[...new Set(Object.values(NUMBERS).flat())].map((number) => `syscall=${number} `),
  'syscall=finit_module',
  'syscall=init_module',
  'SYSCALL=finit_module',
  'SYSCALL=init_module',
  'type=1330 ',
  'KERN_MODULE',
  // `insmod` in a command line, which is printed in hexadecimal
  '696E736D6F64',
];

/** `type=SYSCALL msg=audit(1700000000.123:456): `, `audit: type=1300 audit(1700000000.123:456): `, journald's `SYSCALL ` */
const RECORD =
  /^(?:.{0,60}\b)?type=(?<type>SYSCALL|KERN_MODULE|PROCTITLE|AVC|1300|1330|1327|1400|UNKNOWN\[1330\]) (?:msg=)?audit\([^()]{0,40}\.(?<millis>\d{3}):(?<serial>\d{1,10})\) ?: ?(?<rest>.*)$/s;
const JOURNALS = /^(?<type>SYSCALL|KERN_MODULE|PROCTITLE|AVC|UNKNOWN\[1330\]) (?<rest>.*)$/s;

/** Audit events that are open at once, and how many lines apart their records may stand. */
const MOST_OPEN = 16;
const APART = 12;

/** Of records without a number. */
const JOURNALS_KEY = 'journal';

interface Open {
  readonly key: string;
  entry: Entry;
  call: LoadCall | null;
  module: string | null;
  /** The module of insmod's command line, or of an AVC record. */
  named: string | null;
  line: number;
}

export class AuditReader {
  readonly #emit: (fact: LogFact, entry: Entry) => void;
  #open: Open[] = [];

  constructor(emit: (fact: LogFact, entry: Entry) => void) {
    this.#emit = emit;
  }

  /** True while records of an event may follow. */
  get open(): boolean {
    return this.#open.length > 0;
  }

  read(entry: Entry): void {
    for (const old of this.#open.filter(({ line }) => entry.line - line > APART)) this.#close(old);
    const groups =
      (entry.tool === 'audit' ? JOURNALS.exec(entry.text) : null)?.groups ?? RECORD.exec(entry.text)?.groups;
    if (!groups) return;
    const { type = '', millis, serial, rest = '' } = groups;
    const stamp = serial === undefined ? null : `${millis}:${serial}`;
    switch (type) {
      case 'SYSCALL':
      case '1300': {
        const call = callOf(rest, stamp);
        if (!call) return;
        // journald prints no number: the next call is another event.
        const key = stamp ?? JOURNALS_KEY;
        const known = this.#open.find((one) => one.key === key && !one.call);
        if (stamp === null && !known) this.flush();
        const open = known ?? this.#start(key, entry);
        open.entry = entry;
        open.call = call;
        open.line = entry.line;
        return;
      }
      case 'PROCTITLE':
      case '1327': {
        const named = insertedFile(titleOf(rest));
        if (named !== null) this.#detail(stamp, entry).named = named;
        return;
      }
      case 'AVC':
      case '1400': {
        // It comes before the record of the call.
        const named = rest.includes('module_load ') ? moduleFile(fileOf(rest) ?? '') : null;
        if (named) this.#detail(stamp, entry).named = named.module;
        return;
      }
      default: {
        const name = auditField(rest, 'name');
        if (name !== null) this.#detail(stamp, entry).module = moduleName(name);
      }
    }
  }

  flush(): void {
    for (const open of [...this.#open]) this.#close(open);
  }

  /** The open event that a further record is of. */
  #detail(stamp: string | null, entry: Entry): Open {
    const key = stamp ?? JOURNALS_KEY;
    const open = this.#open.find((one) => one.key === key) ?? this.#start(key, entry);
    open.line = entry.line;
    return open;
  }

  #start(key: string, entry: Entry): Open {
    const [oldest] = this.#open;
    if (oldest && this.#open.length >= MOST_OPEN) this.#close(oldest);
    const open: Open = { key, entry, call: null, module: null, named: null, line: entry.line };
    this.#open.push(open);
    return open;
  }

  #close(open: Open): void {
    this.#open = this.#open.filter((one) => one !== open);
    const { call, module, named, entry } = open;
    if (call) this.#emit({ ...call, module: module ?? named }, entry);
  }
}

function callOf(rest: string, stamp: string | null): LoadCall | null {
  const field = (name: string): string | null => auditField(rest, name);
  const number = field('syscall');
  const call = calledBy(field('SYSCALL') ?? number, field('arch'));
  const ret = resultOf(field('exit'));
  if (call === null || ret === null) return null;
  const pid = field('pid');
  const exe = field('exe');
  return {
    kind: 'load-call',
    call,
    pid: pid === null ? null : Number(pid),
    comm: field('comm') ?? exe?.slice(exe.lastIndexOf('/') + 1) ?? null,
    module: null,
    ret,
    len: call === 'init_module' ? hexOf(field('a1')) : null,
    flags: call === 'finit_module' ? hexOf(field('a2')) : null,
    durationNs: null,
    stamp,
  };
}

function calledBy(number: string | null, arch: string | null): LoadCall['call'] | null {
  if (number === 'finit_module' || number === 'init_module') return number;
  const [finit, init] = NUMBERS[arch?.toLowerCase() ?? ''] ?? [];
  return number === null ? null : number === finit ? 'finit_module' : number === init ? 'init_module' : null;
}

/** `-17`, `0`, or by ausearch -i `EEXIST(File exists)`. */
function resultOf(exit: string | null): number | null {
  if (exit === null) return null;
  if (/^-?\d+$/.test(exit)) return Number(exit);
  const errno = errnoFromName(/^E[A-Z0-9]+/.exec(exit)?.[0] ?? '');
  return errno === null ? null : -errno;
}

/** `55d0`, or by ausearch -i `0x55d0`; null for what is not a length. */
function hexOf(digits: string | null): number | null {
  const hex = /^(?:0x)?([\da-f]{1,12})$/i.exec(digits ?? '')?.[1];
  return hex === undefined ? null : Number.parseInt(hex, 16);
}

/** The command line; ausearch -i prints it plainly and without quotes. */
function titleOf(rest: string): string {
  const plain = /^proctitle=([^"\dA-F].*)$/.exec(rest)?.[1];
  return plain ?? auditField(rest, 'proctitle') ?? '';
}

/** The module that insmod was to insert: modprobe may be at one that it needs. */
function insertedFile(title: string): string | null {
  const [program = '', ...words] = title.split(/[\0 ]/);
  if (!/(?:^|\/)insmod$/.test(program)) return null;
  return words.map((word) => moduleFile(word)?.module ?? null).find((module) => module !== null) ?? null;
}
