// SPDX-License-Identifier: Apache-2.0
/** `modwaste capture`: prints the script that a reporter runs to capture all evidence in one archive. */
import { readFileSync } from 'node:fs';
import { type Command, Option } from 'commander';
import { MAKE_SCRIPT, REPORTER_LINE } from '../../accounting/capture.js';
import { PACKAGE_ROOT } from '../../model/package.js';
import { type Context, emit, longHelp } from '../context.js';
import { addMessageOptions, type OutputOptions, parseCount } from '../options.js';

interface CaptureOptions extends OutputOptions {
  readonly boot?: boolean;
  readonly live?: boolean;
  readonly seconds?: number;
  readonly level: string;
  readonly redact?: boolean;
}

const HELP = `
Send the script to whoever reports a bug. It needs sh, and coreutils or busybox, and runs as root
on Linux 4.x and later. Its first lines say what it does, what it changes, and how that is undone.

A boot: make the script, send it, and say:
  ${MAKE_SCRIPT}

  Please run this, and attach modwaste-*.tar.gz, which is written a minute after boot:
  ${REPORTER_LINE}

Loads at any other time, here those of udev:
  modwaste capture --live > modwaste-capture.sh

  Please run this, and attach modwaste-*.tar.gz:
  sudo sh modwaste-capture.sh --live -- udevadm trigger

Cost: attaching the probes lengthens a boot of Debian's 6.12 by 3.5 s on a slow CPU (emulated, 500
million instructions a second, medians of five boots); load calls take no longer. --boot also
rebuilds the initramfs, before and after.

Where nothing may be installed, sh modwaste-capture.sh --cmdline prints a kernel command line that
traces a boot; sudo sh modwaste-capture.sh --collect collects afterwards. --undo reverts all
changes at any time.

Then: modwaste analyze modwaste-*.tar.gz
What the reporter's kernel could not provide: modwaste query capture-steps modwaste-*.tar.gz
`;

/** In this order they are one script; what only --boot needs is left out of a script for --live. */
const PARTS = ['main.sh', 'trace.sh', 'collect.sh', 'boot.sh'] as const;
/** Of capture/main.sh. */
const SETTINGS = /^MODE=.*$/m;

function script(options: CaptureOptions): string {
  const mode = options.boot ? 'boot' : 'live';
  const seconds = options.seconds ?? (options.boot ? 10 : 30);
  const text = PARTS.filter((part) => options.boot || part !== 'boot.sh')
    .map((part) => readFileSync(new URL(`capture/${part}`, PACKAGE_ROOT), 'utf8'))
    .concat('main "$@"\n')
    .join('\n');
  const settings = `MODE=${mode} LEVEL=${options.level} WAIT=${seconds} REDACT=${options.redact ? '1' : "''"} OUT='' OWNER=''`;
  return text.replace(SETTINGS, () => settings);
}

export function captureCommand(command: Command, context: Context): Command {
  command
    .description("Print a shell script that captures all evidence on a reporter's machine.")
    .optionsGroup('Capture:')
    .addOption(new Option('--boot', 'trace the next boot').conflicts('live'))
    .option('--live', 'trace while a command runs, or for a time (default)')
    .option(
      '--seconds <n>',
      'how long to trace (default: 30); with --boot, how long after multi-user.target (default: 10)',
      parseCount,
    )
    .addOption(
      new Option('--level <level>', 'how much to trace')
        .choices(['counters', 'trace', 'probes'])
        .default('probes'),
    )
    .option('--redact', 'leave out host name, secrets of the command line, MAC addresses, serial numbers')
    .optionsGroup('Output:')
    .option('-o, --output <file>', 'write the script to FILE, atomically');
  addMessageOptions(command);
  longHelp(command, context, HELP);
  return command.action((options: CaptureOptions) => emit(context, options, [script(options)]));
}
