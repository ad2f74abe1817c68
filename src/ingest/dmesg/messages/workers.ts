// SPDX-License-Identifier: Apache-2.0
/**
 * udev workers and the programs that they run, slow or killed, often during a load (src/udev/udevd.c, udev-event.c); eudev
 * starts messages with a blank.
 */
import type { StuckLoad } from '../../../model/event.js';
import { parseTimespan } from '../../../model/timespan.js';
import { failedCommand, program } from './loader.js';
import type { LogFact, Rule } from './rule.js';

const UDEV = /^(?:systemd-udevd|udevd|udevd-work|\(?udev-worker\)?|unknown)$/;
/** Programs run by rules that load modules. */
const LOADER = /^(?:\S*\/)?(?<comm>modprobe|insmod|kmod)\b/;

type Groups = Readonly<Record<string, string | undefined>>;

function udev(
  words: readonly string[],
  pattern: RegExp,
  facts: (groups: Groups, message: string, pid: number | null) => LogFact | null,
): Rule {
  return {
    words,
    pattern,
    facts: (match, { tool, pid }) => {
      const by = program(tool);
      return by !== null && !UDEV.test(by) ? null : facts(match.groups ?? {}, match.input, pid);
    },
  };
}

function stuck(what: StuckLoad['what'], comm: string, { pid, time }: Groups, message: string) {
  return {
    kind: 'stuck-load' as const,
    what,
    module: null,
    comm,
    pid: pid === undefined ? null : Number(pid),
    seconds: time === undefined ? null : secondsOf(time),
    message,
  };
}

/** Whole seconds of a time span, or null. */
function secondsOf(span: string): number | null {
  const ns = parseTimespan(span);
  return ns === null ? null : Number(ns / 1_000_000_000n);
}

function worker(what: 'slow-worker' | 'killed-worker', words: readonly string[], pattern: RegExp): Rule {
  return udev(words, pattern, (groups, message) => stuck(what, 'udev-worker', groups, message));
}

/** For programs run by udev: loaders, and others that a worker waits for. */
function helper(what: 'slow-worker' | 'killed-worker', words: readonly string[], pattern: RegExp): Rule {
  return udev(words, pattern, (groups, message, worker) => {
    const { command = '' } = groups;
    const comm = LOADER.exec(command)?.groups?.comm;
    if (comm !== undefined) return { ...stuck(what, comm, groups, message), module: namedIn(command) };
    return worker === null ? null : { ...stuck('other-program', command, {}, message), pid: worker };
  });
}

/** The module that a loader's command names; null for an alias. */
function namedIn(command: string): string | null {
  const load = failedCommand(command);
  return load === null || /[:$]/.test(load.module) ? null : load.module;
}

/** Null for an alias: modprobe fails as well where no module has it. */
function failedLoad({ command = '' }: Groups): LogFact | null {
  return namedIn(command) === null ? null : failedCommand(command);
}

// biome-ignore format: a table
export const WORKER_RULES: readonly Rule[] = [
  // usb3: Worker [255] processing SEQNUM=2193 is taking a long time
  worker('slow-worker', ['is taking a long time'], /^ ?(?:\S+: )?[Ww]orker \[(?<pid>\d+)\] (?:processing SEQNUM=\d+|\S+) is taking a long time\.?$/),
  worker('killed-worker', [' killed'], /^ ?(?:\S+: )?[Ww]orker \[(?<pid>\d+)\] processing SEQNUM=\d+ killed\.?$/),
  // worker [123] /devices/pci0000:00/0000:00:02.0 timeout; kill it      before systemd 240
  worker('killed-worker', [' timeout; kill it', ' timeout, kill it'], /^ ?worker \[(?<pid>\d+)\] \S+ timeout[;,] kill it$/),
  // seq 1221 '/devices/pci0000:00/0000:00:01.0' is taking a long time      systemd 213 to 239
  worker('slow-worker', ['is taking a long time'], /^ ?seq \d+ '[^']+' is taking a long time$/),
  worker('killed-worker', [' killed'], /^ ?seq \d+ '[^']+' killed$/),
  // After `killed`, or an oops of the worker: 0000:01:00.0: Worker [398] terminated by signal 9 (KILL).
  worker('killed-worker', ['terminated by signal 9'], /^ ?(?:\S+: )?[Ww]orker \[(?<pid>\d+)\] terminated by signal 9 \(\w+\)\.?$/),
  // src/udev/udevd.c:on_exit_timeout
  worker('slow-worker', ['iving up waiting for workers'], /^ ?(?:timeout, )?[Gg]iving up waiting for workers to finish\.?$/),
  helper('slow-worker', ['is taking longer than '], /^ ?(?:\S+: )?[Ss]pawned process '(?<command>[^']+)' \[(?<pid>\d+)\] is taking longer than (?<time>[\w. ]+?) to complete\.?$/),
  helper('slow-worker', ["slow: '"], /^ ?slow: '(?<command>[^']+)' \[(?<pid>\d+)\]$/),
  helper('killed-worker', [' timed out after '], /^ ?(?:\S+: )?[Ss]pawned process '(?<command>[^']+)' \[(?<pid>\d+)\] timed out after (?<time>[\w. ]+?), killing\.?$/),
  // timeout: killing '/sbin/modprobe -b pci:v00008086d...' [123]      again each second until it ends
  helper('killed-worker', ["timeout: killing '"], /^ ?timeout: killing '(?<command>[^']+)' \[(?<pid>\d+)\]$/),
  helper('killed-worker', ['terminated by signal '], /^ ?(?:\S+: )?(?:Process )?'(?<command>[^']+)'(?: \[(?<pid>\d+)\])? terminated by signal (?:9 \(\w+\)|KILL)\.?$/),
  // '/sbin/modprobe -bv pci:v000010DE...' unexpected exit with status 0x0009      before udev 174: wait()'s status
  helper('killed-worker', [' unexpected exit with status 0x'], /^ ?(?:\S+: )?'(?<command>[^']+)'(?: \[(?<pid>\d+)\])? unexpected exit with status 0x0{0,3}9$/),
  udev([' unexpected exit with status 0x'], /^ ?(?:\S+: )?'(?<command>[^']+)'(?: \[\d+\])? unexpected exit with status 0x0{0,2}[1-9a-f][\da-f]?00$/, failedLoad),
  udev(['failed with exit code ', 'failed with return code '], /^ ?(?:\S+: )?(?:Process )?'(?<command>[^']+)'(?: \[\d+\])? failed with (?:exit|return) code [1-9]\d*\.?$/, failedLoad),
];
