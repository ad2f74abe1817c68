// SPDX-License-Identifier: Apache-2.0
/** Each diagnostic code of the catalogue: an input that makes it, and a neighbour of that input that does not. */
import { appendFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, describe, expect, it } from 'vitest';
import { openCase } from '../src/case.js';
import { DIAGNOSTICS, type DiagnosticCode } from '../src/model/diagnostic.js';
import { fixture as inputFixture, tar, zip } from './input/helpers.js';

type Files = Readonly<Record<string, string | Uint8Array>>;
interface Made {
  readonly files: Files;
  /** What is opened, relative to the folder of the files; by default all of it. */
  readonly inputs?: readonly string[];
  readonly limits?: Parameters<typeof openCase>[0]['limits'];
  /** What happens as soon as the first file has been opened. */
  readonly meanwhile?: (folder: string) => void;
}
type Given = string | Made;

const read = (path: string): string => readFileSync(new URL(`../${path}`, import.meta.url), 'utf8');
const STATS = read('samples/failures/stats.txt');
const TRACE = read('samples/failures/trace.txt');
const BANNER = '[    0.000000] Linux version 6.12.0 (a@b) (gcc 14) #1 SMP\n';
const LOG = `${BANNER}[    1.000000] usb 1-1: new device\n[    2.000000] a: Unknown symbol b (err -2)\n`;
/** What makes a log longer, and no event. */
const FILL = `[    3.000000] usb 1-1: ${'x'.repeat(60)}\n`;
const CMDLINE = (text: string): string => `${BANNER}[    0.000000] Kernel command line: ${text}\n`;

const AT = (index: number): string => `[001] .....    7.0000${index}0`;

/** Lines of the nop tracer, with the head that says how many there are. */
function trace(...records: readonly string[]): string {
  const lines = records.map((text, index) => `  modprobe-51  ${AT(index)}: ${text}\n`);
  const head = `# tracer: nop\n#\n# entries-in-buffer/entries-written: ${lines.length}/${lines.length}   #P:2\n`;
  return head + lines.join('');
}
const ENTER = 'sys_finit_module(fd: 3, uargs: 55d0, flags: 0)';
const EXIT = 'sys_finit_module -> 0x0';
const LOADED = 'module_load: e1000 ';
const RETURNED = 'loadret: (__do_sys_init_module+0x186/0x1c0 <- load_module) len=13344 ret=-17';

const one = (name: string, content: string | Uint8Array): Made => ({ files: { [name]: content } });

const INPUTS: Readonly<Record<DiagnosticCode, readonly [makes: Given, doesNot: Given]>> = {
  'input-unreadable': [{ files: { stats: STATS }, inputs: ['stats', 'none'] }, STATS],
  'input-empty': [one('stats', ''), STATS],
  'input-nothing-known': ['words that no form knows\n', STATS],
  'input-skipped': [
    one('a.zip', inputFixture('plain.zip')), // a symbolic link among its members
    one('a.zip', zip({ stats: STATS })),
  ],
  'input-irrelevant': [
    one(
      'sosreport-h-1.tar',
      tar({
        'sosreport-h-1/version.txt': 'sos 4\n',
        'sosreport-h-1/proc/modules': 'a 1 0 - Live 0x0\n',
        'sosreport-h-1/sos_commands/host/hostid': '007f0101\n',
      }),
    ),
    one('sosreport-h-1.tar', tar({ 'sosreport-h-1/proc/modules': 'a 1 0 - Live 0x0\n' })),
  ],
  'input-changed': [
    {
      files: { log: LOG + FILL.repeat(20_000) },
      meanwhile: (folder) => appendFileSync(join(folder, 'log'), 'x\n'),
    },
    LOG,
  ],
  'input-limit': [{ files: { log: LOG }, limits: { events: 1 } }, LOG],
  'archive-damaged': [one('log.gz', gzipSync(LOG).subarray(0, -9)), one('log.gz', gzipSync(LOG))],
  'archive-unsupported': [
    one('a.zip', withMethod(zip({ stats: STATS }), 97)),
    one('a.zip', zip({ stats: STATS })),
  ],
  'archive-encrypted': [one('a.zip', inputFixture('encrypted.zip')), one('a.zip', zip({ stats: STATS }))],
  'line-too-long': [
    `${LOG}[    3.000000] ${'x'.repeat(1024 ** 2)}\n`,
    `${LOG}[    3.000000] ${'x'.repeat(1000)}\n`,
  ],
  'text-invalid-utf8': [
    one('log', Buffer.from(`${LOG}[    3.000000] gr\xfcn\n`, 'latin1')),
    `${LOG}[    3.000000] grün\n`,
  ],
  'text-nul-bytes': [`${LOG}\0\0\0`, LOG],
  'text-repaired': [
    // A mailer broke the line at a blank.
    trace(ENTER, EXIT).replace('uargs: 55d0,', 'uargs: 55d0,\n'),
    trace(ENTER, EXIT),
  ],
  'number-out-of-range': [
    trace(ENTER, EXIT).replace('modprobe-51', 'modprobe-99999999999999999999'),
    trace(ENTER, EXIT),
  ],
  'source-repeated': [{ files: { 'dmesg.txt': LOG, 'kern.txt': LOG } }, LOG],

  'log-beginning-missing': [LOG.replace(BANNER, ''), LOG],
  'log-messages-lost': [
    `${LOG}[    3.000000] systemd-journald[200]: Missed 12 kernel messages\n`,
    `${LOG}[    3.000000] systemd-journald[200]: Received SIGTERM\n`,
  ],
  'log-rate-limited': [
    // lib/ratelimit.c, at kernel/module/kmod.c
    `${LOG}[    3.000000] __request_module: 7 callbacks suppressed\n`,
    `${LOG}[    3.000000] ata_scsi: 7 callbacks suppressed\n`,
  ],
  'log-unreadable': [
    '{"_TRANSPORT":"kernel","MESSAGE":"Linux version 6.1.0 (a@b) #1 SMP","__MONOTONIC_TIMESTAMP":"1"}\n{"_TRANSPORT":"ker\n{"_TRANSPORT":"kernel","MESSAGE":"usb","__MONOTONIC_TIMESTAMP":"2"}\n',
    '{"_TRANSPORT":"kernel","MESSAGE":"Linux version 6.1.0 (a@b) #1 SMP","__MONOTONIC_TIMESTAMP":"1"}\n{"_TRANSPORT":"kernel","MESSAGE":"usb","__MONOTONIC_TIMESTAMP":"2"}\n',
  ],
  'log-prefix-unknown': [behind('[core0] '), behind('')],
  'loading-not-understood': [
    `${LOG}[    3.000000] snd_hda: unable to load the kernel module snd-hda-codec\n`,
    LOG,
  ],
  'log-time-unknown': [LOG.replaceAll(/^\[.{12}\] /gm, ''), LOG],

  'trace-lost-events': [`${trace(ENTER, EXIT)}CPU:1 [LOST 42 EVENTS]\n`, trace(ENTER, EXIT)],
  'trace-began-late': [trace(EXIT, ENTER, EXIT), trace(ENTER, EXIT)],
  'trace-ended-early': [trace(ENTER, EXIT, ENTER), trace(ENTER, EXIT)],
  'trace-cut': [TRACE.split('\n').slice(0, 60).join('\n'), trace(ENTER, EXIT)],
  // kernel/trace/trace.c: `Unstable clock detected, switching default tracing clock to "global"`; the buffer is reset.
  'trace-clock-switched': [
    { files: { log: clockSwitch('trace_event=module:*'), trace: trace(ENTER, EXIT) } },
    { files: { log: clockSwitch('quiet'), trace: trace(ENTER, EXIT) } },
  ],
  'trace-line-unread': [trace(ENTER, EXIT, 'module_load: '), trace(ENTER, EXIT, LOADED)],
  'trace-probe-unknown': [
    trace('x: (ffffffff81000000) name="b" len=9 flags=0'),
    trace('x: (mod_stat_bump_invalid+0x0/0x90) name="b" len=9 flags=0'),
  ],
  'trace-probe-contradiction': [
    { files: { 'trace.txt': read('test/accounting/fixtures/kernels/cases/readme32/trace.txt') } },
    trace(ENTER, EXIT),
  ],
  'trace-syscalls-missing': [
    // A 32-bit program on a 64-bit kernel raises no syscall events: a probe alone shows what load_module returned.
    trace(ENTER, EXIT, RETURNED).replace(`modprobe-51  ${AT(2)}`, `insmod-52  ${AT(2)}`),
    trace(ENTER, RETURNED, 'sys_finit_module -> 0xffffffffffffffef'),
  ],
  'trace-unusable-form': [
    // function_graph without funcgraph-proc
    '# tracer: function_graph\n 4)               |  load_module() {\n 4) + 12.3 us     |  }\n',
    trace(ENTER, EXIT),
  ],

  'list-cut': [STATS.trimEnd().slice(0, -12), STATS],
  'list-absent': [STATS.slice(0, STATS.indexOf('Duplicate failed modules')).replaceAll('\t', ' '), STATS],
  'stats-incomplete': [STATS.replace(/^ *Failed decompress bytes.*\n/m, ''), STATS],
  'stats-inconsistent': [STATS.replace(/(?<=Mods failed on becoming\s+)\d+/, '9000'), STATS],
  // 32-bit kernel: bytes < failures
  'counter-wrapped': [
    'failed_load_modules:40\ninvalid_mod_bytes:12\n',
    'failed_load_modules:40\ninvalid_mod_bytes:120000\n',
  ],
  'boots-limit': [BANNER.repeat(2100), BANNER.repeat(20)],
  'boot-contradicted': [
    {
      files: {
        dmesg: LOG,
        version: 'Linux version 6.13.0 (a@b) (gcc 14) #1 SMP Thu Jan 1 00:00:00 UTC 2026\n',
      },
    },
    {
      files: {
        dmesg: LOG,
        version: 'Linux version 6.12.0 (a@b) (gcc 14) #1 SMP Thu Jan 1 00:00:00 UTC 2026\n',
      },
    },
  ],
  'attribution-conflict': [
    // Two loads of a file of so many bytes are more than all that were counted.
    { files: { stats: STATS, 'find.txt': listed(900_000) } },
    { files: { stats: STATS, 'find.txt': listed(9_000) } },
  ],
};

function listed(bytes: number): string {
  return `${bytes}\t/lib/modules/6.12.117-lab/kernel/fs/nls/nls_ascii.ko\n5641\t/lib/modules/6.12.117-lab/extra/lab_x.ko\n`;
}

function withMethod(bytes: Buffer, method: number): Buffer {
  bytes.writeUInt16LE(method, 8);
  bytes.writeUInt16LE(method, bytes.indexOf('PK\x01\x02') + 10);
  return bytes;
}

function behind(prefix: string): string {
  const messages = [
    'Linux version 5.10.0 (a@b) (gcc) #1 SMP',
    'foo: Unknown symbol bar (err -2)',
    'a',
    'b',
    'c',
    'd',
  ];
  return messages.map((text, index) => `[    ${index}.000000] ${prefix}${text}\n`).join('');
}

function clockSwitch(commandLine: string): string {
  return `${CMDLINE(commandLine)}[    3.000000] Unstable clock detected, switching default tracing clock to "global"\n`;
}

const folder = mkdtempSync(join(tmpdir(), 'modwaste-diagnostics-'));
afterAll(() => rmSync(folder, { recursive: true }));
let made = 0;

async function codesOf(given: Given): Promise<DiagnosticCode[]> {
  const {
    files,
    inputs = [''],
    limits,
    meanwhile,
  }: Made = typeof given === 'string' ? one('input', given) : given;
  const root = join(folder, String(++made));
  for (const [name, content] of Object.entries(files)) {
    mkdirSync(dirname(join(root, name)), { recursive: true });
    writeFileSync(join(root, name), content);
  }
  const only = Object.keys(files).length === 1 && inputs[0] === '' ? Object.keys(files) : inputs;
  const onProgress = meanwhile === undefined ? {} : { onProgress: () => meanwhile(root) };
  const opened = await openCase({
    inputs: only.map((name) => join(root, name)),
    ...(limits === undefined ? {} : { limits }),
    ...onProgress,
  });
  return opened.diagnostics.map(({ code }) => code);
}

describe.each(Object.keys(DIAGNOSTICS) as DiagnosticCode[])('%s', (code) => {
  const [makes, doesNot] = INPUTS[code];

  it('is said of what it means', async () => {
    expect(await codesOf(makes)).toContain(code);
  });

  it('is not said of the input beside it', async () => {
    expect(await codesOf(doesNot)).not.toContain(code);
  });
});
