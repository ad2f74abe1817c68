// SPDX-License-Identifier: Apache-2.0
/** What people attach of a boot: parts of it, in some form, with losses. */
import { gzipSync } from 'node:zlib';
import type { NamedInput } from '../../src/disk/inputs.js';
import { debugfs } from './counters.js';
import type { Dice } from './dice.js';
import { fileBytes } from './loader.js';
import { type LogForm, logLines, logText } from './log-text.js';
import { head, line } from './trace-lines.js';
import { type Probes, records, type TraceRecord, type Tracing } from './trace-text.js';
import type { History } from './types.js';

export interface Evidence {
  readonly name: string;
  readonly inputs: readonly NamedInput[];
  /** `exact`: the evidence determines everything; `sound`: what is said must hold. */
  readonly claim: 'exact' | 'sound';
  /** Holds the counters. */
  readonly counters: boolean;
  readonly trace: Tracing | null;
  /** The trace holds all that was set up. */
  readonly whole: boolean;
}

const input = (name: string, text: string | Uint8Array): NamedInput => ({ name, bytes: Buffer.from(text) });

export const TRACE_FORMS = ['trace', 'trace_pipe', 'trace-cmd', 'perf'] as const;
export const LOG_FORMS: readonly LogForm[] = [
  'dmesg',
  'untimed',
  'ctime',
  'raw',
  'kmsg',
  'syslog',
  'monotonic',
  'json',
  'journal',
];

/** The probes that show all on such a kernel. */
function fullProbes({ kernel }: History, dice: Dice): Probes {
  if (kernel.bits === 32) return kernel.stats ? 'counted-entries' : 'stock-entries';
  return kernel.stats
    ? dice.pick(['counted', 'counted', 'counted-entries'])
    : dice.pick(['stock', 'stock', 'stock-entries']);
}

/** A probe that nothing hit cannot show that it was there. */
function hitsEveryProbe({ calls }: History): boolean {
  const ends = new Set(calls.map(({ phase, outcome }) => phase ?? outcome));
  return ends.has('becoming') && ends.has('load') && ends.has('loaded');
}

export function logOf(history: History, form: LogForm): NamedInput {
  return input('dmesg.txt', logText(logLines(history), form));
}

function stats(history: History, dice: Dice, until?: number): NamedInput[] {
  const files = debugfs(history, until);
  const stats = files.stats ?? '';
  const root = '/sys/kernel/debug/modules';
  switch (dice.pick(['stats', 'files', 'grep', 'tail'])) {
    case 'stats':
      return [input('stats.txt', stats)];
    case 'files':
      return Object.entries(files).map(([name, text]) => input(`debug/modules/${name}`, text));
    case 'grep': {
      const lines = Object.entries(files).flatMap(([name, text]) =>
        text
          .replace(/\n$/, '')
          .split('\n')
          .map((one) => `${root}/${name}:${one}\n`),
      );
      return [input('grep.txt', lines.join(''))];
    }
    default: {
      const parts = Object.entries(files).map(([name, text]) => `==> ${root}/${name} <==\n${text}`);
      return [input('tail.txt', parts.join('\n'))];
    }
  }
}

function listing({ kernel, modules }: History): NamedInput {
  const root = `/lib/modules/${kernel.release}/kernel`;
  const lines = modules.map((module) =>
    kernel.storage === 'plain'
      ? `${fileBytes(module, kernel)} ${root}/${module.name}.ko\n`
      : `${module.compressed} ${root}/${module.name}.ko.xz\n`,
  );
  return input('modules-find-printf.txt', lines.join(''));
}

/** /proc/modules, or lsmod. */
function live({ calls }: History, dice: Dice): NamedInput {
  const loaded = calls.filter(({ outcome }) => outcome === 'loaded').map(({ module }) => module);
  if (dice.percent(50)) {
    const lines = loaded.map(({ name, memory }) => `${name} ${memory} 0 - Live 0xffffffffc0a5b000`);
    return input('proc-modules.txt', lines.map((one) => `${one}\n`).join(''));
  }
  const lines = loaded.map(({ name, memory }) => `${name.padEnd(23)} ${String(memory).padStart(5)}  0`);
  return input(
    'lsmod.txt',
    ['Module                  Size  Used by', ...lines].map((one) => `${one}\n`).join(''),
  );
}

function uname({ kernel }: History): NamedInput {
  return input(
    'uname.txt',
    `Linux host ${kernel.release} #1 SMP PREEMPT_DYNAMIC Thu Jan  1 00:00:00 UTC 2026 ${kernel.arch} GNU/Linux\n`,
  );
}

function traceText(all: readonly TraceRecord[], { form }: Tracing, cpus: number, lost = 0): string {
  const lines = all.map((one) => line(one, form));
  if (form === 'trace') lines.unshift(...head(all.length, all.length + lost, cpus));
  if (form === 'trace-cmd') lines.unshift(`cpus=${cpus}`);
  return lines.map((one) => `${one}\n`).join('');
}

export function wholeTrace(history: History, tracing: Tracing): NamedInput {
  return input('trace.txt', traceText(records(history, tracing), tracing, history.kernel.cpus));
}

/** The trace with a loss that can be seen in it. */
function brokenTrace(history: History, wanted: Tracing, dice: Dice): { how: string; input: NamedInput } {
  const how = dice.pick(['late', 'overrun', 'lost', 'cut', 'missed']);
  // Only these heads and notes tell of the loss.
  const form = how === 'lost' ? 'trace_pipe' : how === 'overrun' || how === 'cut' ? 'trace' : wanted.form;
  const tracing = { ...wanted, form };
  const all = records(history, tracing);
  const { cpus } = history.kernel;
  const made = (how: string, text: string) => ({ how, input: input('trace.txt', text) });
  if (how === 'late') {
    const call = dice.pick(history.calls);
    const from = dice.int(call.start + 1, call.end);
    return made(
      how,
      traceText(
        all.filter(({ step }) => step.t >= from),
        tracing,
        cpus,
      ),
    );
  }
  if (how === 'overrun') {
    const from = Array.from({ length: cpus }, () => dice.pick(all).step.t);
    const kept = all.filter(({ step }) => step.t >= (from[step.cpu] ?? 0));
    return made(how, traceText(kept, tracing, cpus, all.length - kept.length));
  }
  if (how === 'lost') {
    const cpu = dice.int(0, cpus - 1);
    const own = all.filter(({ step }) => step.cpu === cpu);
    const gone = own.slice(dice.int(0, own.length - 1)).slice(0, dice.int(1, 40));
    const lines = all.flatMap((one) => {
      if (one === gone.at(-1)) return [`CPU:${cpu} [LOST ${gone.length} EVENTS]`];
      return gone.includes(one) ? [] : [line(one, form)];
    });
    return made(how, lines.map((one) => `${one}\n`).join(''));
  }
  if (how === 'cut') {
    const text = traceText(all, tracing, cpus);
    return made(how, text.slice(0, dice.int(Math.floor(text.length / 3), text.length - 2)));
  }
  // Return probes miss hits under load.
  const returns = new Set(['read', 'decomp', 'loadret', 'dup']);
  const kept = all.filter(
    ({ event, fields }) => !returns.has(event) || !fields.includes('<-') || !dice.percent(20),
  );
  return made(how, traceText(kept, tracing, cpus));
}

export function anyEvidence(history: History, dice: Dice): Evidence[] {
  const { kernel } = history;
  const form = dice.pick(['trace', ...TRACE_FORMS] as const);
  const full: Tracing = { probes: fullProbes(history, dice), syscalls: 'named', form, sched: true };
  const plain: Tracing = {
    probes: 'plain',
    syscalls: dice.pick(['named', 'raw', 'named']),
    form,
    sched: dice.percent(50),
  };
  const partial: Tracing = dice.pick([full, { ...full, syscalls: 'raw' }, plain]);
  const counters = kernel.stats ? stats(history, dice) : [];
  const exact = full.probes === 'counted' && hitsEveryProbe(history) ? 'exact' : 'sound';
  const of = (name: string, inputs: NamedInput[], more: Partial<Evidence> = {}): Evidence => ({
    ...{ name, inputs, claim: 'sound', counters: false, trace: null, whole: true },
    ...more,
  });
  const all: Evidence[] = [
    of(
      `all ${full.probes} ${form}`,
      [wholeTrace(history, full), logOf(history, dice.pick(LOG_FORMS)), ...counters],
      {
        claim: exact,
        counters: kernel.stats,
        trace: full,
      },
    ),
    of(`trace ${full.probes} ${form}`, [wholeTrace(history, full), uname(history)], {
      claim: exact,
      trace: full,
    }),
    of('log', [logOf(history, dice.pick(LOG_FORMS))]),
    of(
      `plain trace ${plain.syscalls} ${form}`,
      [wholeTrace(history, plain), ...(dice.percent(50) ? [logOf(history, dice.pick(LOG_FORMS))] : [])],
      { trace: plain },
    ),
  ];
  const said = logLines(history).filter(({ t }) => t > 0);
  const from = dice.int(0, said.length - 1);
  // A ring buffer that wrapped, with a message left of what the load said.
  if (said.length > from + 1 && !said[from]?.text.includes('Unknown symbol'))
    all.push(of('wrapped log', [input('dmesg.txt', logText(said.slice(from), 'dmesg'))]));
  const broken = brokenTrace(history, partial, dice);
  const beside = dice.pick([[], [logOf(history, dice.pick(LOG_FORMS))], [uname(history)], counters]);
  all.push(
    of(`${broken.how} trace ${partial.probes} ${partial.syscalls} ${form}`, [broken.input, ...beside], {
      whole: false,
      trace: partial,
      counters: beside === counters && kernel.stats,
    }),
  );
  if (kernel.stats) {
    const middle = dice.pick(history.steps).t;
    const pair = [stats(history, dice, middle), stats(history, dice)].flatMap((inputs, at) =>
      inputs.map(({ name, bytes }) => ({ name: `${at === 0 ? 'before' : 'after'}/${name}`, bytes })),
    );
    all.push(of('stats before and after', [...pair, uname(history)], { counters: true }));
    all.push(of('stats', [...counters, uname(history)], { counters: true }));
    all.push(of('stats, modules', [...counters, live(history, dice), uname(history)], { counters: true }));
    all.push(of('stats, log', [...counters, logOf(history, dice.pick(LOG_FORMS))], { counters: true }));
    all.push(
      of('stats, listing, uname', [...counters, listing(history), uname(history)], { counters: true }),
    );
    all.push(
      of(
        `stats, plain trace ${plain.syscalls} ${form}`,
        [...counters, wholeTrace(history, plain), uname(history)],
        { counters: true, trace: plain },
      ),
    );
  }
  return all;
}

export const gzipped = ({ name, bytes }: NamedInput): NamedInput => ({
  name: `${name}.gz`,
  bytes: gzipSync(bytes as Uint8Array),
});
