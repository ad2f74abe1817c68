// SPDX-License-Identifier: Apache-2.0
/** udev workers and helpers that are slow or killed, often during a load (src/udev/); eudev starts messages with a blank. */
import type { StuckLoad } from '../../../model/event.js';
import { parseTimespan } from '../../../model/timespan.js';
import { program } from './loader.js';
import type { LogFact, Rule } from './rule.js';

const UDEV = /^(?:systemd-udevd|udevd|\(?udev-worker\)?|unknown)$/;
/** Programs run by rules that load modules. */
const LOADER = /^(?:\S*\/)?(?<comm>modprobe|insmod|kmod)\b/;

type Groups = Readonly<Record<string, string | undefined>>;

function udev(
  words: readonly string[],
  pattern: RegExp,
  facts: (groups: Groups, message: string) => LogFact | null,
): Rule {
  return {
    words,
    pattern,
    facts: (match, { tool }) => {
      const by = program(tool);
      return by !== null && !UDEV.test(by) ? null : facts(match.groups ?? {}, match.input);
    },
  };
}

function stuck(what: StuckLoad['what'], comm: string, { pid, time }: Groups, message: string): LogFact {
  return {
    kind: 'stuck-load',
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

/** For programs run by udev; only loaders count. */
function helper(what: 'slow-worker' | 'killed-worker', words: readonly string[], pattern: RegExp): Rule {
  return udev(words, pattern, (groups, message) => {
    const comm = LOADER.exec(groups.command ?? '')?.groups?.comm;
    return comm === undefined ? null : stuck(what, comm, groups, message);
  });
}

// biome-ignore format: a table
export const WORKER_RULES: readonly Rule[] = [
  // usb3: Worker [255] processing SEQNUM=2193 is taking a long time
  worker('slow-worker', ['is taking a long time'], /^ ?(?:\S+: )?[Ww]orker \[(?<pid>\d+)\] (?:processing SEQNUM=\d+|\S+) is taking a long time\.?$/),
  worker('killed-worker', [' killed'], /^ ?(?:\S+: )?[Ww]orker \[(?<pid>\d+)\] processing SEQNUM=\d+ killed\.?$/),
  // worker [123] /devices/pci0000:00/0000:00:02.0 timeout; kill it      before systemd 240
  worker('killed-worker', [' timeout; kill it'], /^ ?worker \[(?<pid>\d+)\] \S+ timeout; kill it$/),
  worker('killed-worker', [' timeout, kill it'], /^ ?worker \[(?<pid>\d+)\] \S+ timeout, kill it$/),
  // src/udev/udevd.c:on_exit_timeout
  worker('slow-worker', ['Giving up waiting for workers'], /^ ?Giving up waiting for workers to finish\.?$/),
  helper('slow-worker', ['is taking longer than '], /^ ?(?:\S+: )?[Ss]pawned process '(?<command>[^']+)' \[(?<pid>\d+)\] is taking longer than (?<time>[\w. ]+?) to complete\.?$/),
  helper('killed-worker', [' timed out after '], /^ ?(?:\S+: )?[Ss]pawned process '(?<command>[^']+)' \[(?<pid>\d+)\] timed out after (?<time>[\w. ]+?), killing\.?$/),
  // timeout: killing '/sbin/modprobe -b pci:v00008086d...' [123]
  helper('killed-worker', ["timeout: killing '"], /^ ?timeout: killing '(?<command>[^']+)' \[(?<pid>\d+)\]$/),
  udev(['failed with exit code ', 'failed with return code '], /^ ?(?:\S+: )?(?:Process )?'(?<command>[^']+)'(?: \[\d+\])? failed with (?:exit|return) code [1-9]\d*\.?$/, failedHelper),
];

/** Process '/sbin/modprobe -b foo' failed with exit code 1. */
function failedHelper({ command = '' }: Groups): LogFact | null {
  const tool = LOADER.exec(command)?.groups?.comm;
  const module = command.split(' ').findLast((word) => !word.startsWith('-') && !word.includes('='));
  if (tool === undefined || module === undefined) return null;
  return { kind: 'user-load', tool, pid: null, what: 'failed', module, errno: null };
}
