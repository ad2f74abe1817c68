// SPDX-License-Identifier: Apache-2.0
/** Notes on the numbers of a boot: how they add up, and how certain they are. */
import type { Bounds } from '../../model/bounds.js';
import { formatBytes, grouped, percentText } from '../cell.js';
import type { AdviceLine, LedgerLine } from './lines.js';
import type { BootAnswer, BootBrief } from './types.js';
import { capital, count, factor, moment, seconds, spanText, timeSpan } from './words.js';

export function notes(boot: BootAnswer): string[] {
  return [
    ...calls(boot),
    ...failures(boot),
    ...memory(boot),
    ...remainder(boot),
    ...origin(boot),
    ...together(...storm(boot), heldNote(boot)),
    ...list(boot),
  ];
}

/** ` = 2 loaded + 1 failed`; of one term that holds all, only what it is. */
function sum(total: bigint, terms: readonly (readonly [bigint, string])[]): string {
  const held = terms.filter(([number]) => number > 0n);
  const [only] = held;
  if (held.length === 1 && only && only[0] === total) return `, ${total === 1n ? '' : 'all '}${only[1]}`;
  return ` = ${held.map(([number, what]) => `${grouped(number)} ${what}`).join(' + ')}`;
}

/** Attempts are the sum of their outcomes. */
function calls({ outcomes, evidence }: BootAnswer): string[] {
  if (!outcomes || evidence.trace === 'loads') return [];
  const { attempts, loaded, duplicates, coalesced, failed, refused, unknown } = outcomes;
  const terms = sum(attempts, [
    [loaded, 'loaded'],
    [duplicates, duplicates === 1n ? 'duplicate' : 'duplicates'],
    [coalesced, 'coalesced (waited for another load, at no cost)'],
    [failed, duplicates > 0n ? 'failed otherwise' : 'failed'],
    [refused, 'refused before anything was read'],
    [unknown, 'of unknown outcome'],
  ]);
  return [`Load calls ${shownBy(evidence)}: ${grouped(attempts)}${terms}.`];
}

const SHOWN: Readonly<Record<string, string>> = {
  trace: 'in the trace',
  audit: 'in the audit log',
  strace: 'seen by strace or perf trace',
};

/** `in the trace`, `in the audit log or seen by strace or perf trace`. */
function shownBy({ calls: by }: BootAnswer['evidence']): string {
  return (
    by
      ?.split(', ')
      .map((one) => SHOWN[one])
      .join(' or ') ?? 'in the trace'
  );
}

/** Failures are the sum of the phases, of failed inits, and of failures in an unknown phase. */
function failures({ phases, outcomes, failures: rows, evidence, verdict }: BootAnswer): string[] {
  const known = phases.filter(({ failures: number }) => number !== null);
  const inits = rows.reduce((total, row) => (row.phase === 'init' ? total + row.times : total), 0n);
  const unknown = outcomes?.phaseUnknown ?? 0n;
  // Counters hold every failure; a trace's phases lack those whose phase it does not tell.
  const open = evidence.snapshots === 0n || known.length < phases.length ? unknown : 0n;
  const total = known.reduce((all, row) => all + (row.failures ?? 0n), open);
  if (total + inits === 0n) return [];
  const terms = sum(total, [
    ...known.map(({ phase, failures: number }) => [number ?? 0n, `in ${phase}`] as const),
    [open, 'of unknown phase'],
  ]);
  const duplicates =
    open === 0n && phases.every((row) => row.duplicates !== null)
      ? phases.reduce((all, row) => all + (row.duplicates ?? 0n), 0n)
      : (outcomes?.duplicates ?? null);
  const split =
    duplicates === null || duplicates > total
      ? ''
      : duplicates === total
        ? '; all duplicates'
        : duplicates === 0n
          ? '; no duplicates'
          : `; ${count(duplicates, 'duplicate')} and ${count(total - duplicates, 'other failure')}`;
  const least = verdict.kind === 'wasted' && open > 0n ? (verdict.failures ?? total) : total;
  const [from, free] =
    least < total
      ? [
          `${grouped(least)} to `,
          ' The others waited for another load of the file or were refused, at no cost.',
        ]
      : ['', ''];
  const charged = total === 0n ? [] : [`Failed loads: ${from}${grouped(total)}${terms}${split}.${free}`];
  const failedInits =
    inits === 0n
      ? []
      : [
          `Also ${count(inits, 'failed init')}: ${inits === 1n ? 'a full load' : 'full loads'}, which the kernel charges to no phase.`,
        ];
  return [...charged, ...failedInits];
}

function memory({ verdict, moduleBytes, modulesLoaded }: BootAnswer): string[] {
  const isExact = verdict.kind === 'wasted' && verdict.bytes.high === verdict.bytes.low;
  const times = verdict.kind === 'wasted' ? factor(verdict.bytes.low, moduleBytes, isExact) : null;
  if (times === null || moduleBytes === null) return [];
  const loaded = modulesLoaded === null ? 'the loaded modules' : count(modulesLoaded, 'loaded module');
  const least = isExact ? '' : 'at least ';
  return [`The waste is ${least}${times} the memory of ${loaded} (${formatBytes(moduleBytes)}).`];
}

/** The counters' bytes: duplicates, and what no duplicate explains. */
function remainder({ remainder: shared, evidence }: BootAnswer): string[] {
  if (!shared || evidence.list === 'absent') return [];
  const { duplicates, others } = shared;
  if ((duplicates.high ?? 0n) + (others.high ?? 0n) === 0n) return [];
  const rest =
    others.high === 0n ? 'nothing is left for other failures' : `other failures ${spanText(others)}`;
  return [`Of the bytes counted in becoming and load, duplicates hold ${spanText(duplicates)}; ${rest}.`];
}

/** The question of the kernel's maintainers: user space, or the kernel's own requests? */
function origin({ shares, requesters, verdict }: BootAnswer): string[] {
  const parts = shares
    .filter(({ wasted, share }) => wasted > 0n && share !== null)
    .map(({ side, share, attempts }) => `${side} ${percent(share ?? 0)} (${count(attempts, 'call')})`);
  const holdsAll = verdict.kind !== 'wasted' || verdict.requester?.traced == null;
  const isExact =
    holdsAll &&
    requesters.every(({ wasted, duplicates, failed }) =>
      wasted === null ? duplicates + failed === 0n : wasted.low === wasted.high,
    );
  return parts.length === 0 ? [] : [`${isExact ? 'Waste' : 'Known waste'} by origin: ${parts.join(', ')}.`];
}

function percent(share: number): string {
  if (share > 0 && share < 0.001) return 'less than 0.1 %';
  return share === 1 ? '100 %' : `${percentText(share)} %`;
}

function storm({ storm: shape }: BootAnswer): string[] {
  if (!shape || shape.calls < 2n) return [];
  const { calls, timed, first, last, peak } = shape;
  const some = timed < calls && timed > 0n ? `${grouped(timed)} of ` : '';
  if (first === null && peak === null) return [];
  const when = first === null || last === null ? 'ran' : `started ${timeSpan(first, last)}`;
  const many =
    peak === null ? '' : peak > 1n ? `, up to ${grouped(peak)} of them at once` : ', one at a time';
  const inside = shape.seconds === null ? '' : `; total time in these calls: ${seconds(shape.seconds)} s`;
  return [`${some}${count(calls, 'duplicate or failed call')} ${when}${many}${inside}.`];
}

/** As one note. */
function together(...texts: readonly (string | null)[]): string[] {
  const said = texts.filter((text) => text !== null);
  return said.length === 0 ? [] : [said.join(' ')];
}

/** Why the verdict's numbers are lower bounds; null where it names none, or the doubts say it. */
export function lowerBoundNote({ evidence, verdict }: BootBrief): string | null {
  const hasNumbers = verdict.kind === 'wasted' || verdict.kind === 'trouble';
  return hasNumbers ? evidence.lowerBoundReason : null;
}

/** The peak of memory held at once; null where unknown. */
export function heldNote({ held: most }: BootAnswer): string | null {
  if (!most || most.loads === 0n) return null;
  const { peak, at, loads, module, moduleBytes, duplicates, area, areaBytes, areaEstimated, areaPeak } = most;
  const when = at === null ? '' : ` at ${moment(at, 3)}`;
  const least = peak.low === peak.high ? '' : 'at least ';
  const whose = module === null ? '' : `; ${module} ${least}${formatBytes(moduleBytes)}`;
  const wasted = duplicates === 0n ? '' : `, duplicates ${least}${formatBytes(duplicates)}`;
  const room =
    area === null || areaBytes === null || areaPeak === null
      ? ''
      : ` ${capital(spanText(areaPeak))} of it was in the ${area === 'vmalloc' ? 'vmalloc' : 'module'} area (${formatBytes(areaBytes)}${areaEstimated ? ', estimated' : ''}).`;
  return `Peak virtual memory held by loads: ${spanText(peak)}, ${count(loads, 'load')}${when}${whose}${wasted}.${room}`;
}

function list({ evidence }: BootAnswer): string[] {
  if (evidence.list === 'cut')
    return [
      'The duplicate list is truncated: the oldest names are missing, and their waste is among the other failures.',
    ];
  if (evidence.snapshots > 0n && evidence.list === 'absent' && evidence.trace === null)
    return ['The evidence lacks the duplicate list: how many of the failures were duplicates is unknown.'];
  return [];
}

/** Whether counters and events agree. */
export function ledgerNote({
  ledger,
  evidence,
}: BootAnswer): { readonly verdict: string; readonly text: string } | null {
  const { snapshots, trace } = evidence;
  const traced = trace === 'calls' || trace === 'charges';
  if (snapshots === 0n && !traced) return null;
  if (snapshots === 0n)
    return {
      verdict: 'counters missing',
      text: `Ledger: no counters in the evidence; totals come from ${evidence.calls === null ? 'the trace' : `the calls ${shownBy(evidence)}`}.`,
    };
  if (!traced)
    return {
      verdict: 'events incomplete',
      text: 'Ledger: no trace in the evidence; totals come from the counters.',
    };
  const off = ledger.filter(({ verdict }) => verdict !== 'balanced');
  const [first] = off;
  if (!first) {
    const since = ledger.find(({ reason }) => reason !== null)?.reason;
    return {
      verdict: 'balanced',
      text: `Ledger: balanced. Counters and events agree in all four phases${since ? ` (${since})` : ''}.`,
    };
  }
  return { verdict: first.verdict, text: offText(first, off) };
}

function offText(first: LedgerLine, off: readonly LedgerLine[]): string {
  const why = first.reason === null ? '' : ` (${first.reason})`;
  return `Ledger: ${first.verdict}${why} in ${off.map(({ phase }) => phase).join(', ')}; totals come from the counters.`;
}

/** What an advice would save, and where. */
export function worthText({ kind, saves, calls, modules, who, text, evidence }: AdviceLine): string {
  const worth =
    saves === null || saves.high === 0n
      ? seenText(kind === 'failed-inits' ? kind : evidence, calls)
      : savesText(saves, evidence, calls);
  // Some advice names what it is about.
  const named = modules?.split(', ').every((name) => text.includes(name)) ?? true;
  return [worth, named ? null : modules, who === null ? null : `by ${whoText(who)}`]
    .filter((part) => part !== null)
    .join('; ');
}

/** Where the kernel's requests are counted, the bytes are those of the calls that some of them led to. */
function savesText(saves: Bounds, evidence: string, calls: bigint): string {
  const bytes = saves.high === null && saves.low === 0n ? 'an unknown amount' : spanText(saves);
  if (evidence === 'autoload') return `${count(calls, 'request')}; saves ${bytes}`;
  return `saves ${bytes}${calls === 0n ? '' : ` in ${count(calls, evidence === 'failures' ? 'failed load' : 'call')}`}`;
}

/** Of several, one reads "run by" as said of all that follow. */
function whoText(who: string): string {
  return who.includes(', ') ? who.replaceAll(/ run by ([^,]+)/g, ' (parent: $1)') : who;
}

const SEEN: Readonly<Record<string, string>> = {
  'failed-inits': 'failed init',
  failures: 'failed load',
  'allocation-failures': 'failed allocation',
  autoload: 'duplicate request',
};

function seenText(by: string, times: bigint): string | null {
  if (times === 0n) return null;
  const noun = SEEN[by];
  if (noun !== undefined) return count(times, noun);
  return times === 1n ? 'seen once' : `seen ${count(times, 'time')}`;
}

/** Whether all that is to say about the numbers is what the boot is. */
export function isBare(boot: BootAnswer): boolean {
  return notes(boot).length === 0 && ledgerNote(boot) === null;
}

/** Kernel and CPUs; null where neither is known. */
export function shortIdentity({ kernel, cpus }: BootAnswer): string | null {
  const parts = [kernelName(kernel), cpus === null ? null : count(cpus, 'CPU')];
  return joined(parts);
}

/** What `shortIdentity` leaves out: machine, start, and what the boot is called. */
export function furtherIdentity({ machine, started, bootId }: BootAnswer): string | null {
  return joined([machine, startedText(started), idOf(bootId)]);
}

/** Kernel, machine and start of a boot, as far as they are known. */
export function identity({ kernel, machine, cpus, started, bootId }: BootAnswer): string[] {
  return [
    kernelName(kernel),
    machine,
    cpus === null ? null : count(cpus, 'CPU'),
    startedText(started),
    idOf(bootId),
  ].filter((part) => part !== null);
}

const kernelName = (kernel: string | null): string | null => (kernel === null ? null : `Linux ${kernel}`);

/** `started 2026-11-22 10:18:18 UTC`. */
function startedText(started: string | null): string | null {
  if (started === null) return null;
  return `started ${started.replace('T', ' ').replace(/(?:\.0+)?Z$/, ' UTC')}`;
}

/** The journal's id of a boot; text calls a boot by a name instead. */
const isId = (label: string): boolean => /^[\da-f-]{32,36}$/.test(label);

const idOf = (label: string | null): string | null =>
  label === null || !isId(label) ? null : `boot id ${label}`;

function joined(parts: readonly (string | null)[]): string | null {
  return parts.filter((part) => part !== null).join(', ') || null;
}

/** What a text calls the boot; null where nothing does. */
export function calledName({ bootId }: BootBrief): string | null {
  return bootId === null || isId(bootId) ? null : bootId;
}

/** `boot 2 (After)`: by the name that the evidence gives it, where it has one. */
export function bootName(boot: BootBrief): string {
  const name = calledName(boot);
  return `boot ${boot.boot}${name === null ? '' : ` (${name})`}`;
}
