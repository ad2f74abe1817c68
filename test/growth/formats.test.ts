// SPDX-License-Identifier: Apache-2.0
/**
 * Work is linear in each countable thing of each format, counted in steps of our code (steps.ts): of n, 2n and 4n, what the
 * second doubling adds is twice what the first one does. A new format must bring what can be many in it.
 */
import { expect, it } from 'vitest';
import { journal } from '../ingest/journal-file/make.js';
import { build, Out, SHAPE } from '../ingest/tracedat/build.js';
import { tar, tarHeader, zip } from '../input/helpers.js';
import { stepsOfEach } from './steps.js';

// After the counters have started.
const { openCase } = await import('../../src/case.js');
const { INGESTERS } = await import('../../src/ingest/registry.js');

type Bytes = string | Uint8Array;
/** What has n of a thing: a text, or files by name. */
type Make = (n: number) => Bytes | Readonly<Record<string, Bytes>>;

const text = (n: number, line: (index: number) => string): string =>
  Array.from({ length: n }, (_, index) => `${line(index)}\n`).join('');
const lines =
  (line: (index: number) => string, head = ''): Make =>
  (n) =>
    head + text(n, line);
const stamp = (index: number): string => `[${`${index}.500000`.padStart(12)}]`;
const json = (value: object): string => JSON.stringify(value);
const many = <T>(n: number, make: (index: number) => T): T[] => Array.from({ length: n }, (_, i) => make(i));

const TRACE = '# tracer: nop\n#\n';
const call = (i: number, what: string): string => ` t${i}-${i + 9} [000] .... ${i}.000001: ${what}`;
const BANNER = '[    0.000000] Linux version 6.1.0 (x@y) #1 SMP\n';
const BOOT = 'b5bd5262c6964f6891835c8ceb4beb50';
const record = (i: number, more: object = {}): object => ({
  _BOOT_ID: BOOT,
  _TRANSPORT: 'kernel',
  __MONOTONIC_TIMESTAMP: String(1_000_000 + i),
  MESSAGE: `m${i}: Unknown symbol x${i} (err -2)`,
  ...more,
});
const exported = (i: number, more = ''): string =>
  `_BOOT_ID=${BOOT}\n_TRANSPORT=kernel\n__MONOTONIC_TIMESTAMP=${1_000_000 + i}\n${more}MESSAGE=m${i}: Unknown symbol x (err -2)\n\n`;
const entry = (i: number, fields: readonly string[] = []) => ({
  monotonic: BigInt(1_000_000 + i),
  realtime: BigInt(1_700_000_000_000_000 + i),
  bootId: BOOT,
  fields: ['_TRANSPORT=kernel', `MESSAGE=m${i}: Unknown symbol x (err -2)`, ...fields].map(
    (field) => [field] as const,
  ),
});
const traceDat = (version: 6 | 7, contents: Partial<Parameters<typeof build>[1]>): Uint8Array =>
  build(
    { ...SHAPE, version },
    { formats: {}, buffers: [{ name: '', cpus: [new Uint8Array()] }], ...contents },
  );
const format = (i: number): string =>
  `name: e${i}\nID: ${i + 400}\nformat:\n\tfield:unsigned short common_type;\toffset:0;\tsize:2;\tsigned:0;\n\nprint fmt: ""\n`;
const option = (i: number) => ({ id: 7, data: new Out(true).raw(`x${i}\0`).bytes() });
const sized = (counters: string): string =>
  `Mods ever loaded\t67\nMods failed on kread\t0\nMods failed on decompress\t0\n${counters}`;
const ROWS = 'Duplicate failed modules:\n  Module-name  How-many-times  Reason\n';
/** Evidence of two kinds makes a text mixed. */
const PIECES = `${call(1, 'module_load: m ')}\n\n${stamp(1)} m: Unknown symbol x (err -2)\n\n`;
const MODULES = 'sys/kernel/debug/modules';

const FORMATS: Readonly<Record<string, Readonly<Record<string, Make>>>> = {
  dmesg: {
    lines: lines((i) => `${stamp(i)} usb 1-${i}: new device`, BANNER),
    'call sites': lines((i) => `${stamp(i)} pci 0000:00:${i}.0: f${i} failed`, BANNER),
    failures: lines((i) => `${stamp(i)} m${i}: Unknown symbol x${i} (err -2)`, BANNER),
    'initcalls of modules': lines(
      (i) => `${stamp(i)} initcall m${i}_init+0x0/0x1000 [m${i}] returned 0 after ${i} usecs`,
      BANNER,
    ),
    'modules linked in': (n) =>
      `${BANNER}${stamp(1)} Modules linked in: ${many(n, (i) => `m${i}`).join(' ')}\n`,
    'parts of a crash dump': lines((i) => `Oops#1 Part${i}\n<4>${stamp(i)} m${i}: Unknown symbol x (err -2)`),
    'stack entries': lines((i) => `${stamp(i)}  f${i}+0x1/0x2 [m${i}]`, `${BANNER}${stamp(0)} Call Trace:\n`),
  },
  'dmesg-json': {
    records: (n) =>
      json({ dmesg: many(n, (i) => ({ pri: 3, time: i + 0.5, msg: `m${i}: Unknown symbol x (err -2)` })) }),
  },
  'journal-json': {
    records: lines((i) => json(record(i))),
    'fields of a record': (n) =>
      `${json(record(1, Object.fromEntries(many(n, (i) => [`FIELD_${i}`, 'x']))))}\n${json(record(2))}\n`,
    'boots by id': lines((i) => json(record(i, { _BOOT_ID: i.toString(16).padStart(32, '0') }))),
  },
  'journal-export': {
    records: (n) => many(n, (i) => exported(i)).join(''),
    'fields of a record': (n) =>
      exported(1) +
      exported(
        2,
        text(n, (i) => `FIELD_${i}=x`),
      ) +
      exported(3),
  },
  'journal-file': {
    entries: (n) => journal(many(n, (i) => entry(i))),
    'fields of an entry': (n) =>
      journal([
        entry(1),
        entry(
          2,
          many(n, (i) => `FIELD_${i}=x`),
        ),
      ]),
    'boots by id': (n) =>
      journal(many(n, (i) => ({ ...entry(i), bootId: i.toString(16).padStart(32, '0') }))),
  },
  ftrace: {
    records: lines((i) => call(i, `module_put: m${i} call_site=x refcnt=1`), TRACE),
    modules: lines((i) => call(i, `module_load: m${i} `), TRACE),
    tasks: lines((i) => call(i, `sched_process_exec: filename=/bin/x pid=${i + 9} old_pid=${i + 9}`), TRACE),
    'open calls': lines((i) => call(i, 'sys_finit_module(fd: 5, uargs: 7f00, flags: 0)'), TRACE),
    'probes of a call': lines(
      (i) => ` t-9 [000] .... 1.${String(i).padStart(6, '0')}: load: (load_module+0x0/0x1) len=4096`,
      TRACE,
    ),
    CPUs: lines((i) => ` t-9 [${String(i).padStart(3, '0')}] .... 1.000001: module_load: m${i} `, TRACE),
    switches: lines(
      (i) =>
        call(
          i,
          `sched_switch: prev_comm=a prev_pid=${i} prev_prio=120 prev_state=D ==> next_comm=b next_pid=${i + 1} next_prio=120`,
        ),
      TRACE,
    ),
    'lost events': lines(
      (i) => `CPU:${i % 8} [LOST ${i + 1} EVENTS]\n${call(i, `module_load: m${i} `)}`,
      TRACE,
    ),
  },
  'trace-json': {
    events: (n) =>
      json({
        traceEvents: many(n, (i) => ({ ph: 'X', ts: i, dur: 1, pid: 1, tid: i, name: `module_load m${i}` })),
      }),
    'threads with a name': (n) =>
      json({
        traceEvents: many(n, (i) => ({
          ph: 'M',
          name: 'thread_name',
          pid: 1,
          tid: i,
          args: { name: `t${i}` },
        })),
      }),
    'arguments of an event': (n) =>
      json({
        traceEvents: [
          {
            ph: 'X',
            ts: 1,
            pid: 1,
            tid: 1,
            name: 'x',
            args: Object.fromEntries(many(n, (i) => [`a${i}`, i])),
          },
        ],
      }),
    'lines of systemTraceEvents': (n) =>
      json({ traceEvents: [], systemTraceEvents: TRACE + text(n, (i) => call(i, `module_load: m${i} `)) }),
  },
  'trace-dat': {
    'formats of events': (n) => traceDat(6, { formats: { module: many(n, format) } }),
    systems: (n) => traceDat(6, { formats: Object.fromEntries(many(n, (i) => [`s${i}`, [format(i)]])) }),
    symbols: (n) =>
      traceDat(6, { kallsyms: text(n, (i) => `${(i + 1).toString(16).padStart(16, '0')} T f${i}`) }),
    'names of tasks': (n) => traceDat(6, { comms: text(n, (i) => `${i} t${i}`) }),
    options: (n) => traceDat(6, { options: many(n, option) }),
    'options, version 7': (n) => traceDat(7, { options: many(n, option) }),
    'buffers, version 7': (n) =>
      traceDat(7, { buffers: many(n, (i) => ({ name: i === 0 ? '' : `b${i}`, cpus: [new Uint8Array()] })) }),
  },
  strace: {
    calls: lines((i) => `${i + 9}  finit_module(3</lib/modules/m${i}.ko>, "", 0) = -1 EEXIST (File exists)`),
    'open files': lines(
      (i) => `9  openat(AT_FDCWD, "/lib/modules/m${i}.ko", O_RDONLY|O_CLOEXEC) = ${i + 3}`,
      '9  finit_module(3, "", 0) = 0\n',
    ),
    'unfinished calls': lines((i) => `${i + 9}  finit_module(3, "", 0 <unfinished ...>`),
  },
  'loader-output': { lines: lines((i) => `rmmod: ERROR: Module m${i} is not currently loaded`) },
  'debugfs-stats': {
    rows: (n) => sized(ROWS + text(n, (i) => `   m${i}   2   Becoming`)),
    'rows that hold all failures': (n) =>
      sized(
        `Mods failed on becoming\t${2 * n}\nMods failed on load\t0\n${ROWS}${text(n, (i) => `   m${i}   2   Becoming`)}`,
      ),
    'rows of one module': (n) => sized(ROWS + text(n, () => '   m   2   Becoming')),
    snapshots: (n) => text(n, (i) => sized(`Mods failed on becoming\t${i}\nMods failed on load\t0\n`)),
    'snapshots of two kinds': (n) =>
      text(n, (i) => sized(`Mods failed on becoming\t${i}\nMods failed on ${i % 2 ? 'load' : 'kread'}\t0\n`)),
  },
  'debugfs-counter': {
    folders: (n) => Object.fromEntries(many(n, (i) => [`h${i}/${MODULES}/total_mod_size`, `${i + 1}\n`])),
    'unloaded modules': (n) => ({ [`${MODULES}/unloaded_tainted`]: text(n, (i) => `m${i} (OE) 1`) }),
  },
  'loaded-modules': {
    modules: lines((i) => `m${i}   16384  0`, 'Module                  Size  Used by\n'),
    users: (n) =>
      `Module                  Size  Used by\nm 16384 ${n} ${many(n, (i) => `u${i}`).join(',')}\nk 16384 0\n`,
  },
  'module-listing': {
    files: lines((i) => `${i + 5000} /lib/modules/6.1.0/kernel/m${i}.ko`),
    folders: lines(
      (i) => `/lib/modules/6.1.0/d${i}:\ntotal 8\n-rw-r--r-- 1 root root ${i + 5000} Jan  1 00:00 m${i}.ko\n`,
    ),
  },
  meminfo: { lines: lines((i) => `Name${i}:   ${i} kB`, 'MemTotal: 100 kB\nVmallocTotal: 100 kB\n') },
  vmallocinfo: {
    areas: lines(
      (i) =>
        `0x${(i + 1).toString(16).padStart(16, '0')}-0x${(i + 2).toString(16).padStart(16, '0')}    8192 load_module+0x1/0x2 pages=1 vmalloc`,
    ),
  },
  vmstat: {
    counters: lines(
      (i) => `nr_vmalloc${i} ${i}`,
      'nr_free_pages 1\nnr_vmalloc 2\nnr_mapped 1\nnr_dirty 1\nnr_slab 1\n',
    ),
  },
  'kernel-identity': {
    parameters: (n) => `root=/dev/a console=tty0 ${many(n, (i) => `p${i}=1`).join(' ')}\n`,
  },
  'kernel-config': {
    options: lines(
      (i) => `CONFIG_X${i}=y`,
      '# Automatically generated file; DO NOT EDIT.\n# Linux/x86 6.1.0 Kernel Configuration\nCONFIG_MODULES=y\n',
    ),
  },
  'capture-manifest': {
    steps: (n) =>
      `{\n  "modwaste_capture": 1,\n  "steps": [\n${text(n, (i) => `    {"what": "probe ${i}", "result": "ok", "detail": "-"},`)}  ]\n}\n`,
  },
  'systemd-analyze': {
    parts: (n) => `Startup finished in ${many(n, () => '1s (kernel)').join(' + ')} = ${n}s\n`,
  },
  'systemd-blame': { units: lines((i) => `${i + 1}ms u${i}.service`) },
  'ftrace-stats': {
    CPUs: lines(
      (i) =>
        `== cpu${i}\nentries: 1\noverrun: ${i + 1}\ncommit overrun: 0\nbytes: 9\noldest event ts:  1.0\nnow ts:  2.0\ndropped events: 0\nread events: 0`,
    ),
  },
  'kprobe-profile': { probes: lines((i) => `  p${i}                    ${i}          1`) },
  'tracefs-settings': {
    'files of a folder': (n) =>
      Object.fromEntries(
        many(n, (i) => [`h${i}/sys/kernel/tracing/trace_clock`, 'local [global] counter\n']),
      ),
  },
  modinfo: { lines: lines((i) => `alias:          pci:v0000${i}d*`, 'filename:       /lib/modules/m.ko\n') },
  'module-index': {
    modules: lines((i) => `kernel/m${i}.ko: kernel/a.ko`),
    dependencies: (n) => `kernel/m.ko: ${many(n, (i) => `kernel/m${i}.ko`).join(' ')}\n`,
  },
  'tool-versions': { features: (n) => `systemd 252 (252.1)\n${many(n, (i) => `+F${i}`).join(' ')}\n` },
  'journal-boots': {
    boots: lines((i) =>
      ` -${i} ${i.toString(16).padStart(32, '0')} Sun 2026-11-22 10:45:48 UTC—Sun 2026-11-22 10:47:13 UTC`.replace(
        '—',
        ' ',
      ),
    ),
  },
  'log-records': {
    'objects by line': lines((i) =>
      json({ log: `${stamp(i)} m${i}: Unknown symbol x (err -2)\n`, stream: 'stdout' }),
    ),
    'objects of an array': (n) =>
      json(many(n, (i) => ({ textPayload: `${stamp(i)} m${i}: Unknown symbol x (err -2)` }))),
    hosts: lines((i) => json({ host: `h${i}`, message: `${stamp(i)} m${i}: Unknown symbol x (err -2)` })),
    'lines of one string': (n) =>
      json({ Output: many(n, (i) => `${stamp(i)} m${i}: Unknown symbol x (err -2)`).join('\r\n') }),
    'strings of an array': (n) =>
      json({ stdout_lines: many(n, (i) => `${stamp(i)} m${i}: Unknown symbol x (err -2)`) }),
    keys: (n) => json({ log: `${stamp(1)} m: x`, ...Object.fromEntries(many(n, (i) => [`k${i}`, 'x'])) }),
    'keys of objects within': (n) => lines((i) => `{"log":"${stamp(i)} m: x"${`,"k${i}":{"a":1}`}}`)(n),
  },
  mixed: {
    sections: lines((i) => `===== dmesg ${i} =====\n${stamp(i)} m${i}: Unknown symbol x (err -2)\n`, PIECES),
    'runs between prose': lines(
      (i) => `${stamp(i)} m${i}: Unknown symbol x (err -2)\n\nand went on.\n${'words\n'.repeat(8)}`,
      PIECES,
    ),
    'lines of prose': lines((i) => `word ${i}`, PIECES),
  },
};

const MAIL = 'From: a@b\nTo: c@d\nMIME-Version: 1.0\n';
const FAILURE = (i: number): string => `${stamp(i)} m${i}: Unknown symbol x (err -2)\n`;
const multipart = (parts: string): string =>
  `${MAIL}Content-Type: multipart/mixed; boundary=b\n\n${parts}--b--\n`;

const ARCHIVES: Readonly<Record<string, Make>> = {
  'members of a tar': (n) => tar(Object.fromEntries(many(n, (i) => [`f${i}.log`, FAILURE(i)]))),
  'folders of a tar': (n) => tar(Object.fromEntries(many(n, (i) => [`h${i}/var/log/dmesg`, FAILURE(i)]))),
  'pax headers of a tar': (n) =>
    Buffer.concat([
      ...many(n, (i) => {
        const path = `16 path=f${String(i).padStart(6, '0')}\n`;
        const data = Buffer.alloc(512);
        data.write(path);
        return Buffer.concat([tarHeader('x', path.length, 'x'), data, tarHeader('f', 0)]);
      }),
      tar({ dmesg: FAILURE(1) }),
    ]),
  'members of a zip': (n) => zip(Object.fromEntries(many(n, (i) => [`f${i}.log`, FAILURE(i)]))),
  'parts of a mail': (n) =>
    multipart(many(n, (i) => `--b\nContent-Type: text/plain; name=f${i}\n\n${FAILURE(i)}`).join('')),
  'parts of a mail with one name': (n) =>
    multipart(many(n, (i) => `--b\nContent-Type: text/plain; name=f\n\n${FAILURE(i)}`).join('')),
  'header lines of a part': (n) =>
    multipart(`--b\nContent-Type: text/plain;\n${text(n, (i) => ` a${i}=b;`)}\n${FAILURE(1)}`),
  'mails of an mbox': (n) =>
    many(n, (i) => `From a@b Thu Jan  1 00:00:00 1970\n${MAIL}\n${FAILURE(i)}\n`).join(''),
};

it('each format says what can be many in it', () => {
  expect(Object.keys(FORMATS).sort()).toEqual(INGESTERS.map(({ name }) => name).sort());
});

type Inputs = readonly { readonly name: string; readonly bytes: Uint8Array }[];

function inputsOf(content: ReturnType<Make>): Inputs {
  const isOne = typeof content === 'string' || content instanceof Uint8Array;
  const files = isOne ? { input: content } : content;
  return Object.entries(files).map(([name, bytes]) => ({ name, bytes: Buffer.from(bytes) }));
}

/** Reads a case to its rows; gives the formats of its sources. */
async function read(inputs: Inputs): Promise<Set<string | null>> {
  const opened = await openCase({ inputs });
  for (const rows of Object.values(opened.rows())) for (const _ of rows());
  return new Set(opened.sources.map(({ format: one }) => one));
}

const FEW = 80;

async function expectLinear(make: Make, format: string): Promise<void> {
  const [few, ...cases] = [4, FEW, 2 * FEW, 4 * FEW].map((n) => inputsOf(make(n)));
  await read(few ?? []);
  const formats: Set<string | null>[] = [];
  const [once = 0, twice = 0, fourTimes = Number.NaN] = await stepsOfEach(
    cases.map((inputs) => async () => void formats.push(await read(inputs))),
  );
  expect(formats[0]).toContain(format);
  expect(fourTimes - twice).toBeLessThan(2.4 * (twice - once) + 200);
}

it.each(
  Object.entries(FORMATS).flatMap(([format, things]) =>
    Object.entries(things).map(([thing, make]) => ({ format, thing, make })),
  ),
)('$format: $thing', ({ format, make }) => expectLinear(make, format), 120_000);

it.each(Object.entries(ARCHIVES))('%s', (_, make) => expectLinear(make, 'dmesg'), 120_000);
