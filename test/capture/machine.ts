// SPDX-License-Identifier: Apache-2.0
/**
 * A machine in a folder, for the capture script, which runs in a chroot there: /proc, /sys with a tracefs of plain
 * files, commands that stand in for those of a real machine, and /usr of this one.
 */
import { execFileSync, type SpawnSyncReturns, spawn, spawnSync } from 'node:child_process';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { cli } from '../cli/harness.js';
import { temporary } from '../temporary.js';

const RELEASE = '6.12.0-test';
const EVENTS = [
  'module/module_load',
  'module/module_free',
  'module/module_request',
  'syscalls/sys_enter_finit_module',
  'syscalls/sys_exit_finit_module',
  'syscalls/sys_enter_init_module',
  'syscalls/sys_exit_init_module',
  'sched/sched_process_exec',
  'sched/sched_process_fork',
];
const PROBES = ['becoming', 'invalid', 'listed', 'read', 'decomp', 'load', 'loadret', 'dup', 'postload'];

const TRACE = `# tracer: nop
#
# entries-in-buffer/entries-written: 2/2   #P:2
#
#           TASK-PID     CPU#  |||||  TIMESTAMP  FUNCTION
#              | |         |   |||||     |         |
        modprobe-41      [000] .....    10.000001: sys_finit_module(fd: 3, uargs: 5581, flags: 0)
        modprobe-41      [000] .....    10.000100: sys_finit_module -> 0xffffffffffffffef
`;

const COMMAND_LINE = `root=/dev/vda trace_event=${EVENTS.map((event) => event.replace('/', ':')).join()} quiet password=hunter2`;

/** What a tracefs instance holds. */
const instance = (): Record<string, string> => ({
  trace: TRACE,
  tracing_on: '1\n',
  trace_clock: '[local] global mono\n',
  buffer_size_kb: '7\n',
  'per_cpu/cpu0/stats': 'entries: 2\noverrun: 3\ndropped events: 1\n',
  'per_cpu/cpu1/stats': 'entries: 0\noverrun: 0\ndropped events: 0\n',
  ...Object.fromEntries(EVENTS.map((event) => [`events/${event}/enable`, '0\n'])),
});

export interface MachineOptions {
  /** Symbols of the kernel; addresses are as wide as its words. */
  readonly symbols?: readonly string[];
  readonly wordBits?: 32 | 64;
  /** False: no /sys/kernel/tracing. */
  readonly tracefs?: boolean;
  /** Traced by the kernel command line. */
  readonly traced?: boolean;
  /** Names of probes that attach. */
  readonly probes?: readonly string[];
  readonly counters?: boolean;
  readonly files?: Readonly<Record<string, string>>;
  /** Bodies of shell scripts that stand in for commands. */
  readonly commands?: Readonly<Record<string, string>>;
}

const SYMBOLS = [
  'load_module',
  'module_patient_check_exists.isra.0',
  'kernel_read_file',
  'module_decompress',
  'security_kernel_post_load_data',
];

const ENV = { PATH: '/fake:/usr/sbin:/usr/bin', LC_ALL: 'C' };
/** Before the folder, the program and its arguments. */
const CHROOT = [
  '--map-root-user',
  '--mount',
  'sh',
  '-c',
  'mount --bind /usr "$0/usr" && mount --bind /dev/null "$0/dev/null" && exec chroot "$0" "$@"',
];

/** False where this system allows no chroot, or has programs outside /usr. */
export const CAN_CHROOT =
  spawnSync('unshare', ['--map-root-user', '--mount', 'sh', '-c', '[ -L /bin ] && [ -L /lib ]']).status === 0;

export class Machine {
  readonly root = temporary('machine');
  readonly out = join(this.root, 'out');

  private constructor(script: string, options: MachineOptions) {
    const address = '0'.repeat(options.wordBits === 32 ? 8 : 16);
    const files: Record<string, string> = {
      'proc/uptime': '12.50 20.00\n',
      'proc/mounts': 'debugfs /sys/kernel/debug debugfs rw 0 0\n',
      'proc/meminfo':
        'MemTotal: 1000000 kB\nMemFree: 1 kB\nMemAvailable: 524288 kB\nVmallocTotal: 34359738367 kB\n',
      'proc/kallsyms': (options.symbols ?? SYMBOLS).map((name) => `${address} t ${name}\n`).join(''),
      'proc/modules': 'nls_utf8 16384 0 - Live 0x0\n',
      'proc/cpuinfo': 'processor\t: 0\nmodel name\t: Test\nprocessor\t: 1\nmodel name\t: Test\n',
      'proc/version': `Linux version ${RELEASE} (me@box) (gcc) #1 SMP Mon Jan 1 00:00:00 UTC 2026\n`,
      'proc/cmdline': options.traced ? `${COMMAND_LINE}\n` : 'root=/dev/vda quiet password=hunter2\n',
      'proc/sys/kernel/osrelease': `${RELEASE}\n`,
      'proc/sys/kernel/hostname': 'secretbox\n',
      'proc/sys/kernel/random/boot_id': 'd5a3951f-fa05-4882-9f57-795034f9b239\n',
      'sys/kernel/security/lockdown': '[none] integrity confidentiality\n',
      [`lib/modules/${RELEASE}/kernel/nls_utf8.ko`]: 'x'.repeat(5000),
      [`boot/config-${RELEASE}`]: 'CONFIG_MODULES=y\nCONFIG_KPROBE_EVENTS=y\n',
      'sys/devices/system/cpu/cpu0/online': '1\n',
      'sys/devices/system/cpu/cpu1/online': '1\n',
      ...(options.counters
        ? { 'sys/kernel/debug/modules/stats': '', 'sys/kernel/debug/modules/modcount': '7\n' }
        : { 'sys/kernel/debug/x': '' }),
      ...options.files,
    };
    const probes = (options.probes ?? PROBES).map(
      (name) => [`events/modwaste/${name}/enable`, '0\n'] as const,
    );
    if (options.tracefs !== false) {
      const top = {
        ...instance(),
        dynamic_events: '',
        error_log: '[ 1.0] trace_fprobe: error: Invalid probed address or symbol\n',
        current_tracer: 'nop\n',
        set_event: '',
        saved_cmdlines_size: '128\n',
        'instances/.keep': '',
      };
      for (const [name, text] of Object.entries(top)) files[`sys/kernel/tracing/${name}`] = text;
      for (const [name, text] of Object.entries({ ...instance(), ...Object.fromEntries(probes) }))
        files[`template/${name}`] = text;
    }
    for (const folder of ['run', 'out', 'var/tmp', 'etc/systemd/system'])
      mkdirSync(join(this.root, folder), { recursive: true });
    for (const [name, text] of Object.entries(files)) this.write(name, text);
    // The kernel fills a new instance, and empties one that is removed.
    const commands: Record<string, string> = {
      mkdir: `/bin/mkdir "$@" || exit; case $1 in *instances/modwaste) cp -r /template/. "$1" ;; esac`,
      rmdir: 'rm -rf "$@"',
      mount: 'echo "mount: $4: permission denied." >&2; exit 32',
      id: 'echo 0',
      dmesg: `[ $# = 0 ] || exit 1; echo '[    1.0] Command line: root=/dev/vda password=hunter2 host=secretbox'`,
      journalctl: `echo '{"MESSAGE":"eth0: 52:54:00:12:34:56 on secretbox"}'`,
      systemctl: `echo "systemctl $*" >> /commands`,
      ...options.commands,
    };
    for (const [name, body] of Object.entries(commands)) {
      this.write(`fake/${name}`, `#!/bin/sh\n${body}\n`);
      chmodSync(join(this.root, 'fake', name), 0o755);
    }
    this.write('modwaste-capture.sh', script);
    mkdirSync(join(this.root, 'toybox'));
    for (const name of TOYBOX) symlinkSync('/usr/bin/toybox', join(this.root, 'toybox', name));
    this.write('dev/null', '');
    mkdirSync(join(this.root, 'usr'));
    for (const name of ['bin', 'sbin', 'lib64']) symlinkSync(`usr/${name}`, join(this.root, name));
    // Its own /lib/modules.
    for (const name of readdirSync('/usr/lib'))
      if (name !== 'modules') symlinkSync(`/usr/lib/${name}`, join(this.root, 'lib', name));
  }

  static async make(options: MachineOptions = {}, flags: readonly string[] = ['--boot']): Promise<Machine> {
    return new Machine((await cli(['capture', ...flags])).stdout, options);
  }

  write(name: string, text: string): void {
    mkdirSync(dirname(join(this.root, name)), { recursive: true });
    writeFileSync(join(this.root, name), text);
  }

  read(name: string): string {
    return readFileSync(join(this.root, name), 'utf8');
  }

  has(name: string): boolean {
    return existsSync(join(this.root, name));
  }

  run(shell: readonly string[], ...args: readonly string[]): SpawnSyncReturns<string> {
    return spawnSync('unshare', this.#inside(shell, args), { env: ENV, encoding: 'utf8' });
  }

  /** Arguments of `unshare`: the process of that becomes the shell. */
  #inside(shell: readonly string[], args: readonly string[]): string[] {
    return [...CHROOT, this.root, ...shell, '/modwaste-capture.sh', '--out', '/out', ...args];
  }

  /** Runs it, sending SIGINT once it has printed `text`; `pid` holds its process. Its exit code and messages. */
  interrupted(
    text: string | null,
    ...args: readonly string[]
  ): Promise<{ code: number | null; stderr: string }> {
    const child = spawn('unshare', this.#inside(['sh'], args), { env: ENV });
    this.write('pid', String(child.pid));
    let stderr = '';
    let sent = false;
    child.stderr.setEncoding('utf8').on('data', (more: string) => {
      stderr += more;
      if (!sent && text !== null && stderr.includes(text)) sent = child.kill('SIGINT');
    });
    return new Promise((resolve) => child.on('close', (code) => resolve({ code, stderr })));
  }

  /** The archive's files by name; `''` names the archive itself. */
  archive(): Map<string, string> {
    const [name = ''] = readdirSync(this.out).filter((entry) => /\.tar(\.gz)?$/.test(entry));
    const folder = temporary('archive');
    execFileSync('tar', ['xf', join(this.out, name), '-C', folder]);
    const [inside = ''] = readdirSync(folder);
    const files = new Map([['', join(this.out, name)]]);
    for (const file of readdirSync(join(folder, inside), { recursive: true, withFileTypes: true })) {
      const path = join(file.parentPath, file.name);
      if (file.isFile()) files.set(path.slice(join(folder, inside).length + 1), readFileSync(path, 'latin1'));
    }
    return files;
  }
}

export interface Manifest {
  readonly [setting: string]: unknown;
  readonly missing: readonly { what: string; why: string }[];
  readonly tried: readonly { what: string; result: string; detail: string }[];
}

export const manifestOf = (archive: ReadonlyMap<string, string>): Manifest =>
  JSON.parse(archive.get('manifest.json') ?? '{}') as Manifest;

/** The commands of toybox, if it is there. */
const TOYBOX = spawnSync('toybox', { encoding: 'utf8' }).stdout?.split(/\s+/).filter(Boolean) ?? [];

/** The shells that are there. */
export const SHELLS: readonly (readonly string[])[] = [
  ['sh'],
  ['dash'],
  ['busybox', 'sh'],
  ['bash', '--posix'],
  ['mksh'],
  ['yash'],
  ['posh'],
  // Toybox alone, with the shell that it comes with on Android.
  ...(TOYBOX.length > 0 ? [['env', 'PATH=/fake:/toybox', '/usr/bin/mksh']] : []),
].filter(([program = '', ...rest]) => spawnSync(program, [...rest, '-c', 'exit 0']).status === 0);
