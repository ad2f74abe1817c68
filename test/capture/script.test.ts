// SPDX-License-Identifier: Apache-2.0
/** The capture script on machines made of folders; test/guests runs it on real kernels. */
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { openCase } from '../../src/case.js';
import { cli } from '../cli/harness.js';
import { CAN_CHROOT, Machine, manifestOf, SHELLS } from './machine.js';

const SH = ['sh'];
/** What an earlier run may leave. */
const LEFT = ['run/modwaste', 'etc/modwaste', 'sys/kernel/tracing/instances/modwaste'];
const leftOf = (machine: Machine): string[] => LEFT.filter((path) => machine.has(path));

describe('modwaste capture', () => {
  it.skipIf(spawnSync('shellcheck', ['--version']).status !== 0).each([['--boot'], ['--live']])(
    'prints a script with %s that shellcheck accepts',
    async (flag) => {
      const { stdout } = await cli(['capture', flag]);
      const checked = spawnSync('shellcheck', ['-s', 'sh', '-'], { input: stdout, encoding: 'utf8' });
      expect(checked.stdout + checked.stderr).toBe('');
    },
  );

  it('fills in the settings, and leaves --boot out of a script for --live', async () => {
    const boot = (await cli(['capture', '--boot', '--seconds', '7', '--level', 'trace', '--redact'])).stdout;
    expect(boot).toContain("\nMODE=boot LEVEL=trace WAIT=7 REDACT=1 OUT='' OWNER=''\n");
    const live = (await cli(['capture'])).stdout;
    expect(live).toContain("\nMODE=live LEVEL=probes WAIT=30 REDACT='' OUT='' OWNER=''\n");
    expect(live).not.toContain('update-initramfs');
    expect((await cli(['capture', '--boot', '--live'])).code).toBe(2);
    expect((await cli(['capture', '--level', 'all'])).code).toBe(2);
  });

  it.skipIf(!CAN_CHROOT).each(SHELLS.map((shell) => [shell.join(' '), shell] as const))(
    'is a script for %s',
    async (_, shell) => {
      const machine = await Machine.make({ traced: true, counters: true });
      const ran = machine.run(shell, '--collect');
      expect(ran.status, ran.stderr).toBe(0);
      const archive = machine.archive();
      const packed = archive.get('tracing/trace.gz');
      const trace = packed
        ? gunzipSync(Buffer.from(packed, 'latin1')).toString()
        : archive.get('tracing/trace');
      expect(trace).toContain('sys_finit_module');
      expect(archive.get('after/modcount')).toBe('7\n');
      expect(archive.get('module-sizes.txt')).toContain('5000 ');
      expect(manifestOf(archive)).toMatchObject({
        modwaste_capture: 1,
        mode: 'collect',
        cpus: 2,
        lost_events: 4,
      });
      expect(leftOf(machine)).toEqual([]);
      // The main buffer is as it was before the kernel command line.
      expect(machine.read('sys/kernel/tracing/trace')).toBe('');
      expect(machine.read('sys/kernel/tracing/events/module/module_load/enable')).toMatch(/0\n$/);
    },
  );
});

describe.skipIf(!CAN_CHROOT)('the script, tracing now', () => {
  it('traces into its own instance while a command runs, and takes all back', async () => {
    const machine = await Machine.make();
    const ran = machine.run(
      SH,
      '--live',
      '--',
      'sh',
      '-c',
      'cp -r /sys/kernel/tracing/instances/modwaste /seen; exit 3',
    );
    expect(ran.status, ran.stderr).toBe(0);
    expect(machine.read('seen/trace_clock')).toMatch(/mono\n$/);
    // A sixteenth of 512 MiB on two CPUs.
    expect(machine.read('seen/buffer_size_kb')).toMatch(/^16384$/m);
    expect(machine.read('seen/events/syscalls/sys_exit_init_module/enable')).toMatch(/1\n$/);
    expect(machine.read('seen/tracing_on')).toBe('1\n0\n1\n');
    // Not those of others.
    expect(machine.read('sys/kernel/tracing/events/module/module_load/enable')).toBe('0\n');
    expect(machine.read('sys/kernel/tracing/trace')).not.toBe('');
    expect(machine.read('sys/kernel/tracing/saved_cmdlines_size')).toBe('128\n4096\n128\n');
    const events = machine.read('sys/kernel/tracing/dynamic_events');
    expect(events).toContain(
      'f256:modwaste/dup module_patient_check_exists.isra.0%return name=+0($arg1):string ret=$retval:s32\n',
    );
    for (const probe of ['read', 'load', 'loadret', 'dup', 'decomp', 'postload'])
      expect(events).toContain(`\n-:modwaste/${probe}\n`);
    const manifest = manifestOf(machine.archive());
    expect(manifest.ended).toBe('finished');
    expect(manifest.tried).toContainEqual({
      what: expect.stringContaining('exit 3') as string,
      result: 'exit 3',
      detail: '-',
    });
    expect(manifest.missing.map(({ what }) => what)).toEqual(['counters', 'trace']);
    expect(leftOf(machine)).toEqual([]);
  });

  it('tries the next best form, and says which failed and why', async () => {
    const machine = await Machine.make({ probes: ['read', 'load', 'dup'] });
    machine.run(SH, '--live', '--seconds', '0');
    const { missing, tried } = manifestOf(machine.archive());
    expect(missing).toContainEqual({ what: 'probes', why: 'not attached: decomp loadret postload' });
    const loadret = tried
      .filter(({ what }) => what === 'probe loadret')
      .map(({ detail }) => detail.split(':')[0]);
    expect(loadret).toEqual(['f256', 'f', 'r256', 'r256']);
  });

  it('attaches the forms of a 32-bit kernel', async () => {
    const machine = await Machine.make({
      wordBits: 32,
      symbols: ['load_module', 'kernel_read_file', 'mod_stat_bump_becoming', 'mod_stat_bump_invalid'],
      probes: [],
    });
    machine.run(SH, '--live', '--seconds', '0');
    const events = machine.read('sys/kernel/tracing/dynamic_events');
    expect(events).toContain('p:modwaste/load load_module len=+12($arg1):u32 flags=$arg3:x32');
    expect(events).toContain(
      'p:modwaste/becoming mod_stat_bump_becoming name=+0(+0($arg1)):string len=+12($arg1):u32',
    );
    expect(events).toContain('r256:modwaste/read kernel_read_file ret=$retval:s32');
  });

  it('attaches no probe on steps where the kernel counts bytes', async () => {
    const symbols = [
      'load_module',
      'mod_stat_bump_becoming',
      'mod_stat_bump_invalid',
      'try_add_failed_module',
    ];
    const machine = await Machine.make({ symbols, counters: true });
    machine.run(SH, '--live', '--seconds', '0');
    const events = machine.read('sys/kernel/tracing/dynamic_events');
    expect(events).toContain('f:modwaste/becoming mod_stat_bump_becoming');
    expect(events).not.toContain('modwaste/loadret');
    const archive = machine.archive();
    expect(archive.get('before/modcount')).toBe('7\n');
    expect(archive.get('after/modcount')).toBe('7\n');
  });

  it('finds functions by any suffix that a compiler adds, and says which are inlined', async () => {
    const symbols = ['load_module.llvm.1234567890', 'load_module.cold', 'kernel_read_file.part.0'];
    const machine = await Machine.make({ symbols });
    machine.run(SH, '--live', '--seconds', '0');
    expect(machine.read('sys/kernel/tracing/dynamic_events')).toContain(
      'f:modwaste/load load_module.llvm.1234567890 len=info->len flags=flags',
    );
    const { missing, tried } = manifestOf(machine.archive());
    expect(missing).toContainEqual({
      what: 'probes',
      why: 'module_patient_check_exists is no function of its own in this kernel',
    });
    expect(tried).toContainEqual({
      what: 'probe read',
      result: 'skipped',
      detail: 'no function kernel_read_file',
    });
  });

  it('does not touch the names of tasks while someone else traces', async () => {
    const machine = await Machine.make();
    machine.write('sys/kernel/tracing/set_event', 'sched:sched_switch\n');
    machine.run(SH, '--live', '--seconds', '0');
    expect(machine.read('sys/kernel/tracing/saved_cmdlines_size')).toBe('128\n');
  });

  it('refuses while another capture is under way, and --undo ends that', async () => {
    const machine = await Machine.make();
    machine.write('run/modwaste/tracefs', '/sys/kernel/tracing\n');
    machine.write('run/modwaste/instance', '/sys/kernel/tracing/instances/modwaste\n');
    machine.write('sys/kernel/tracing/instances/modwaste/trace', '');
    machine.write(
      'sys/kernel/tracing/dynamic_events',
      'p:probes/mine do_exit\nr16:modwaste/read kernel_read_file ret=$retval\n',
    );
    const ran = machine.run(SH, '--live', '--seconds', '0');
    expect([ran.status, ran.stderr]).toEqual([1, expect.stringContaining('run --undo first')]);
    expect(machine.has('run/modwaste')).toBe(true);
    expect(machine.run(SH, '--undo').status).toBe(0);
    expect(leftOf(machine)).toEqual([]);
    expect(machine.read('sys/kernel/tracing/dynamic_events').split('\n').slice(2)).toEqual([
      '-:modwaste/read',
      '',
    ]);
  });

  it.each([
    ['while it traces', '', 'interrupted', true],
    ['while it collects', 'kill -INT "$(cat "/pid")"', 'interrupted while collecting', false],
  ])('keeps what it has and takes all back when interrupted %s', async (_, kill, ended, whole) => {
    const machine = await Machine.make({
      commands: { dmesg: `[ $# = 0 ] || exit 1; ${kill}\necho "[    1.0] x"` },
    });
    const ran = await machine.interrupted(
      whole ? 'Ctrl-C ends it early' : null,
      '--live',
      '--seconds',
      whole ? '60' : '0',
    );
    expect(ran.code, ran.stderr).toBe(0);
    const archive = machine.archive();
    expect(archive.has('tracing/trace.gz')).toBe(true);
    expect(archive.has('proc/modules')).toBe(whole);
    expect(manifestOf(archive).ended).toBe(ended);
    expect(leftOf(machine)).toEqual([]);
  });
});

describe.skipIf(!CAN_CHROOT)('the script where something is missing', () => {
  it('collects the rest without tracefs', async () => {
    const machine = await Machine.make({ tracefs: false });
    const ran = machine.run(SH, '--live', '--seconds', '0');
    expect([ran.status, ran.stderr]).toEqual([
      0,
      expect.stringContaining('trace: this kernel has no tracefs (CONFIG_FTRACE)'),
    ]);
    expect(machine.archive().get('dmesg.txt')).toContain('Command line');
  });

  it('says that nothing traced a boot', async () => {
    const machine = await Machine.make();
    expect(machine.run(SH, '--collect').status).toBe(0);
    expect(manifestOf(machine.archive()).missing).toContainEqual({
      what: 'trace',
      why: 'nothing traced this boot',
    });
    expect(leftOf(machine)).toEqual([]);
  });

  it('says that lockdown hides the counters', async () => {
    const machine = await Machine.make({
      counters: true,
      files: { 'sys/kernel/security/lockdown': 'none [integrity] confidentiality\n' },
      commands: {
        cat: 'case $1 in */debug/*) echo "cat: $1: Operation not permitted" >&2; exit 1 ;; esac; /bin/cat "$@"',
      },
    });
    machine.run(SH, '--live', '--seconds', '0');
    expect(manifestOf(machine.archive()).missing).toContainEqual({
      what: 'counters',
      why: 'modcount cannot be read: Operation not permitted (lockdown: integrity)',
    });
  });

  it('takes all back where it can write nothing', async () => {
    const machine = await Machine.make({
      commands: { mkdir: 'case $1 in */modwaste-secretbox*) exit 1 ;; esac; /bin/mkdir "$@"' },
    });
    const ran = machine.run(SH, '--live', '--seconds', '0');
    expect([ran.status, ran.stderr]).toEqual([1, expect.stringContaining('cannot write to /out')]);
    expect(leftOf(machine)).toEqual([]);
  });

  it('does not touch tracefs where the kernel is locked down', async () => {
    const machine = await Machine.make({
      files: { 'sys/kernel/security/lockdown': 'none integrity [confidentiality]\n' },
    });
    expect(machine.run(SH, '--live', '--seconds', '0').status).toBe(0);
    const { missing, tried } = manifestOf(machine.archive());
    const why = 'this kernel is locked down (lockdown: confidentiality)';
    expect(missing).toContainEqual({ what: 'trace', why });
    expect(tried.filter(({ what }) => /tracefs|^trace|event/.test(what))).toEqual([]);
    expect(machine.read('sys/kernel/tracing/tracing_on')).toBe('1\n');
  });

  it.skipIf(process.getuid?.() !== 0)('says that it needs root', async () => {
    const { stdout } = await cli(['capture']);
    const ran = spawnSync('sh', ['-s', '--', '--live'], { input: stdout, uid: 65534, encoding: 'utf8' });
    expect([ran.status, ran.stderr]).toEqual([1, expect.stringContaining('run it as root')]);
  });

  it('goes to another folder when the disk is full, and leaves a folder when the archive does not fit', async () => {
    const full = `case $2 in */out) echo h; echo "/dev/vda 100 100 0 100% /" ;; *) echo h; echo "/dev/vdb 99999999 1 99999998 1% /x" ;; esac`;
    const machine = await Machine.make({
      commands: { df: full, tar: 'echo "tar: write error: No space left on device" >&2; exit 2' },
    });
    const ran = machine.run(SH, '--live', '--seconds', '0');
    expect(ran.stderr).toContain(`no room in /out (20 MiB are needed)`);
    expect(ran.stderr).toMatch(/no archive \(No space left on device\): attach the folder as it is\n/);
    const [, folder = ''] = /Attach this: (.*)\n/.exec(ran.stderr) ?? [];
    expect(folder).toContain('/var/tmp/modwaste-secretbox-');
    const opened = await openCase({ inputs: [join(machine.root, folder)] });
    expect(opened.sources.map(({ format }) => format)).toContain('capture-manifest');
    expect(leftOf(machine)).toEqual([]);
  });

  it('leaves out what identifies the machine, and says what', async () => {
    const machine = await Machine.make({ traced: true });
    machine.run(SH, '--collect', '--redact');
    const archive = machine.archive();
    const texts = [...archive]
      .filter(([name]) => !name.startsWith('tracing') && name !== '')
      .map(([, text]) => text);
    expect(texts.filter((text) => /secretbox|hunter2|52:54:00/.test(text))).toEqual([]);
    expect(archive.get('')).toMatch(/modwaste-HOST-\d{8}T\d{6}Z\.tar\.gz$/);
    expect(archive.get('journal.json')).toBe('{"MESSAGE":"eth0: MAC on HOST"}\n');
    expect(manifestOf(archive)).toMatchObject({
      host: 'HOST',
      redacted: expect.stringContaining('MAC addresses') as string,
    });
  });
});

describe.skipIf(!CAN_CHROOT)('the script, for the next boot', () => {
  const TOOLS = { 'update-initramfs': 'exit 0' };

  it('installs, collects after that boot, and removes itself', async () => {
    const machine = await Machine.make({
      files: { 'etc/initramfs-tools/scripts/init-top/x': '' },
      commands: { 'update-initramfs': 'echo "update-initramfs $*" >> "/commands"' },
    });
    const installed = machine.run(SH, '--boot', '--seconds', '0');
    expect(installed.status, installed.stderr).toBe(0);
    expect(machine.read('commands')).toContain(
      'systemctl enable --quiet modwaste-start.service modwaste-collect.service',
    );
    expect(machine.read('commands')).toContain('update-initramfs -u -k 6.12.0-test');
    expect(machine.read('etc/modwaste/capture.sh')).toContain(
      `\nMODE=collect LEVEL=probes WAIT=0 REDACT='' OUT='/out' OWNER=`,
    );
    expect(machine.run(SH, '--boot').stderr).toContain('installed already');

    // The next boot: the initramfs starts it, the unit collects.
    expect(machine.run(SH, '--start').status).toBe(0);
    expect(machine.has('sys/kernel/tracing/instances/modwaste')).toBe(true);
    const collected = machine.run(SH, '--collect', '--seconds', '0');
    expect(collected.status, collected.stderr).toBe(0);
    expect(machine.archive().has('tracing/trace.gz')).toBe(true);
    expect(leftOf(machine)).toEqual([]);
    expect(machine.has('etc/initramfs-tools/scripts/init-top/00modwaste')).toBe(false);
    expect(machine.has('etc/systemd/system/modwaste-collect.service')).toBe(false);
    expect(machine.read('commands').match(/update-initramfs/g)).toHaveLength(2);
  });

  it('starts with systemd where the initramfs cannot be made', async () => {
    const machine = await Machine.make({
      files: { 'etc/initramfs-tools/scripts/init-top/x': '' },
      commands: { 'update-initramfs': 'echo "No space left on device" >&2; exit 1' },
    });
    const ran = machine.run(SH, '--boot');
    expect(ran.stderr).toContain('that failed (No space left on device)');
    expect(machine.has('etc/initramfs-tools/scripts/init-top/00modwaste')).toBe(false);
    expect(machine.has('etc/systemd/system/modwaste-start.service')).toBe(true);
    expect(machine.run(SH, '--undo').status).toBe(0);
    expect(leftOf(machine)).toEqual([]);
    expect(machine.has('etc/systemd/system/modwaste-start.service')).toBe(false);
  });

  it('prints a kernel command line, with probes of forms that it takes', async () => {
    const machine = await Machine.make({ commands: TOOLS });
    const { stdout } = machine.run(SH, '--cmdline');
    expect(stdout).toMatch(/^trace_event=module:module_load,\S+ trace_buf_size=16384K trace_clock=mono$/m);
    expect(stdout).toMatch(
      /^kprobe_event=r256:modwaste\/read,kernel_read_file,ret=\$retval:s64;\S+p:modwaste\/load,load_module,len=\+24\(\$arg1\):u64,flags=\$arg3:x32;\S+$/m,
    );
    expect(leftOf(machine)).toEqual([]);
  });
});
