/** The report of `analyze`: one screen a boot, to act on. */
import { errnoName } from '../../model/errno.js';
import type { Source } from '../../model/source.js';
import { formatSeconds } from '../../model/time.js';
import type { Result, Value } from '../../query/result.js';
import { formatBytes } from '../cell.js';
import { formatText } from '../text.js';
import { adviceFor } from './advice.js';
import { captureFor } from './capture.js';
import type { BootFacts, DuplicateFact, RequesterFact } from './facts.js';

export interface SummaryOptions {
  readonly bold: (text: string) => string;
  readonly dim: (text: string) => string;
  /** Columns of the terminal, null where it is none. */
  readonly width: number | null;
}

const MOST_ROWS = 8;
const BAR = 24;
const WRAP = 100;

/** One line on what was read. */
export function evidenceLine(opened: { readonly sources: readonly Source[] }): string {
  const leaves = opened.sources.filter((source) => source.status !== 'container');
  const read = leaves.filter((source) => source.status === 'read');
  const formats = new Map<string, number>();
  for (const { format } of read) if (format) formats.set(format, (formats.get(format) ?? 0) + 1);
  const kinds = [...formats].map(([format, count]) => (count > 1 ? `${count} ${format}` : format)).join(', ');
  return `Read ${read.length} of ${leaves.length} sources${kinds ? `: ${kinds}` : ''}`;
}

/** `evidence`: one line on what was read. */
export function* summaryText(
  boots: readonly BootFacts[],
  evidence: string,
  options: SummaryOptions,
): Generator<string> {
  yield `${evidence}\n`;
  if (boots.length === 0) yield '\nNo boot was recognised in these inputs.\n';
  for (const facts of boots) {
    yield '\n';
    yield* bootText(facts, options);
  }
}

function* bootText(facts: BootFacts, options: SummaryOptions): Generator<string> {
  const { bold } = options;
  yield `${bold(`Boot ${facts.boot}`)}  ${identity(facts)}\n`;
  yield `${bold('Wasted')}  ${headline(facts)}\n`;
  if (facts.snapshots > 0n || facts.attempts > 0n) {
    yield '\n';
    yield* table(phaseTable(facts), options);
  }
  yield* section(
    'Worst modules (duplicate loads)',
    duplicateTable(facts),
    facts.duplicates.length,
    'duplicates',
    options,
  );
  yield* section('Who asked', requesterTable(facts), facts.requesters.length, 'requesters', options);
  yield* section(
    'Failures that are no duplicates',
    failureTable(facts),
    facts.failed.length,
    'failures',
    options,
  );
  const duplicated = facts.autoload.filter((row) => row.duplicates > 0n);
  yield* section(
    'Duplicate requests by the kernel',
    autoloadTable(facts),
    duplicated.length,
    'autoload',
    options,
  );
  const notes = noteLines(facts);
  if (notes.length > 0) yield `\n${notes.map((note) => `${wrap(note, '')}\n`).join('')}`;
  const advice = adviceFor(facts);
  if (advice.length > 0) {
    yield `\n${bold('What to do')}\n`;
    for (const { text, query } of advice)
      yield `${wrap(`- ${text} ${options.dim(`[query ${query}]`)}`, '  ')}\n`;
  }
  const capture = captureFor(facts);
  if (capture.length > 0) {
    yield `\n${bold('To know more, capture')}\n`;
    for (const text of capture) yield `${wrap(`- ${text}`, '  ')}\n`;
  }
}

function identity(facts: BootFacts): string {
  const parts = [
    facts.kernel === null ? 'kernel not known' : `Linux ${facts.kernel}`,
    facts.machine,
    facts.cpus === null ? null : `${facts.cpus} CPUs`,
    facts.started === null ? null : `started ${facts.started}`,
    facts.bootId === null ? null : `boot id ${facts.bootId}`,
  ];
  return parts.filter((part) => part !== null).join(', ');
}

/** Total waste, how sure it is, and beside what the loaded modules take. */
function headline(facts: BootFacts): string {
  const { wasted, failures } = facts;
  if (wasted === null) {
    const none = facts.failed.length === 0 && facts.autoload.length === 0 && facts.allocationFailures === 0n;
    return none
      ? 'no module-loading problem is reported here: no failed load, no duplicate request, no failed allocation.\n' +
          '        A log alone does not prove that nothing was wasted: the kernel prints nothing for duplicate loads.'
      : 'how much is not known: a kernel log names failures and duplicate requests, but no bytes.';
  }
  if (wasted === 0n && !facts.lowerBound) return 'nothing: no failed load was charged to any phase.';
  const exact = !facts.lowerBound;
  const most = !exact && facts.wastedHigh !== null ? `, at most ${formatBytes(facts.wastedHigh)},` : '';
  const bytes = `${exact ? '' : 'at least '}${formatBytes(wasted)}${exact ? ` (${wasted} bytes)` : most}`;
  const line = `${bytes} of virtual memory in ${failures ?? 'an unknown number of'} failed loads`;
  const memory = facts.moduleMemory;
  if (memory === null || memory === 0n) return line;
  const factor = Number((wasted * 100n) / memory) / 100;
  const loaded =
    facts.modulesLoaded === null ? 'the loaded modules' : `${facts.modulesLoaded} loaded modules`;
  return `${line};\n        ${factor.toFixed(2)} times the memory of ${loaded} (${formatBytes(memory)})`;
}

function columns(...names: (readonly [string, 'TEXT' | 'INTEGER', string?])[]): Result['columns'] {
  return names.map(([name, type, unit]) => ({ name, type, unit: unit ?? null }));
}

function phaseTable(facts: BootFacts): Result {
  const total = facts.phases.reduce((sum, phase) => sum + (phase.bytes ?? phase.low), 0n);
  return {
    columns: columns(
      ['phase', 'TEXT'],
      ['failures', 'INTEGER'],
      ['duplicates', 'INTEGER'],
      ['wasted', 'INTEGER', 'bytes'],
      ['', 'TEXT'],
    ),
    rows: facts.phases.map(({ phase, failures, duplicates, bytes, low, high }) => [
      phase,
      failures,
      duplicates,
      bytes,
      bytes === null ? boundsText(low, high) : bar(bytes, total),
    ]),
    empty: null,
  };
}

function bar(bytes: bigint, total: bigint): string {
  if (total === 0n || bytes === 0n) return '';
  const share = (Number(bytes) / Number(total)) * 100;
  const length = Number((bytes * BigInt(BAR) + total - 1n) / total);
  return `${'█'.repeat(length)} ${share.toFixed(1)} %`;
}

function boundsText(low: bigint, high: bigint | null): string {
  if (high === null) return low === 0n ? 'not known' : `at least ${formatBytes(low)}`;
  return low === 0n ? `at most ${formatBytes(high)}` : `${formatBytes(low)} to ${formatBytes(high)}`;
}

function duplicateTable(facts: BootFacts): Result {
  return {
    columns: columns(
      ['module', 'TEXT'],
      ['times', 'INTEGER'],
      ['reason', 'TEXT'],
      ['wasted', 'TEXT'],
      ['basis', 'TEXT'],
    ),
    rows: facts.duplicates
      .slice(0, MOST_ROWS)
      .map((row) => [row.module, row.times, row.reason, wastedOf(row), basisOf(row)]),
    empty: null,
  };
}

function wastedOf({ bytes, low, high, basis }: DuplicateFact): string {
  if (bytes !== null) return `${basis === 'estimated' ? 'about ' : ''}${formatBytes(bytes)}`;
  return boundsText(low, high);
}

function basisOf({ basis, origin, low, high }: DuplicateFact): string {
  return basis === 'estimated' ? `estimated: ${origin}; ${boundsText(low, high)}` : basis;
}

function requesterTable(facts: BootFacts): Result {
  return {
    columns: columns(
      ['requester', 'TEXT'],
      ['comm', 'TEXT'],
      ['calls', 'INTEGER'],
      ['loaded', 'INTEGER'],
      ['duplicates', 'INTEGER'],
      ['coalesced', 'INTEGER'],
      ['failed', 'INTEGER'],
      ['wasted', 'TEXT'],
    ),
    rows: facts.requesters
      .slice(0, MOST_ROWS)
      .map((row): Value[] => [
        row.callSite === null ? row.requester : `${row.requester} (${row.callSite})`,
        callerOf(row),
        row.attempts,
        row.loaded,
        row.duplicates,
        row.coalesced,
        row.failed,
        row.exact
          ? formatBytes(row.wasted)
          : row.wasted > 0n
            ? `at least ${formatBytes(row.wasted)}`
            : 'not known',
      ]),
    empty: null,
  };
}

/** modprobe and insmod work for whoever ran them. */
function callerOf({ requester, comm, parents }: RequesterFact): string | null {
  const runBySomeone = requester === 'modprobe' || requester === 'insmod';
  return runBySomeone && parents !== null ? `${comm} (run by ${parents.replaceAll(',', ', ')})` : comm;
}

function failureTable(facts: BootFacts): Result {
  return {
    columns: columns(
      ['reason', 'TEXT'],
      ['module', 'TEXT'],
      ['phase', 'TEXT'],
      ['errno', 'TEXT'],
      ['times', 'INTEGER'],
      ['wasted', 'TEXT'],
      ['seen at', 'TEXT'],
    ),
    rows: facts.failed
      .slice(0, MOST_ROWS)
      .map((row) => [
        row.reason,
        row.module,
        row.phase,
        row.errno === null ? null : errnoName(Number(row.errno)),
        row.times,
        row.phase === 'init'
          ? 'not counted'
          : row.wasted === null
            ? null
            : `${row.basis === 'bounded' ? 'at least ' : ''}${formatBytes(row.wasted)}`,
        `${row.path.slice(row.path.lastIndexOf('/') + 1)}:${row.line}`,
      ]),
    empty: null,
  };
}

function autoloadTable(facts: BootFacts): Result {
  return {
    columns: columns(
      ['requested', 'TEXT'],
      ['requests', 'INTEGER'],
      ['duplicates', 'INTEGER'],
      ['call site', 'TEXT'],
      ['asked by', 'TEXT'],
    ),
    rows: facts.autoload
      .filter((row) => row.duplicates > 0n)
      .slice(0, MOST_ROWS)
      .map((row) => [row.requested, row.requests, row.duplicates, row.callSites, row.comms]),
    empty: null,
  };
}

function* section(
  title: string,
  rows: Result,
  count: number,
  query: string,
  options: SummaryOptions,
): Generator<string> {
  if (count === 0) return;
  yield `\n${options.bold(title)}\n`;
  yield* table(rows, options);
  const more = count - MOST_ROWS;
  if (more > 0) yield `  ${options.dim(`and ${more} more: modwaste query ${query}`)}\n`;
}

function* table(rows: Result, { dim, width }: SummaryOptions): Generator<string> {
  for (const line of formatText(rows, { width: width === null ? null : width - 2, header: dim }))
    yield `  ${line}`;
}

/** What the numbers above do not say of themselves. */
function noteLines(facts: BootFacts): string[] {
  const notes = [...remainderNote(facts), ...shareNote(facts), ...stormNote(facts)];
  if (facts.untold.calls > 0n) {
    const { calls, low, high } = facts.untold;
    notes.push(
      `${calls} failed loads whose phase nothing here tells (becoming or load): ${boundsText(low, high)}.`,
    );
  }
  if (facts.coalesced > 0n) {
    notes.push(
      `${facts.coalesced} duplicate calls were coalesced: they waited for another call's load and cost nothing.`,
    );
  }
  const inits = facts.failedInits.reduce((sum, { times }) => sum + times, 0n);
  if (inits > 0n) {
    notes.push(
      `${inits} loads ended with the module's own init failing: full loads, which the kernel counts in no phase.`,
    );
  }
  notes.push(...ledgerNote(facts));
  return notes;
}

/** The counters' bytes, without a rest: duplicates, and what no duplicate explains. */
function remainderNote({ remainder, list }: BootFacts): string[] {
  if (!remainder || list === 'absent' || remainder.duplicatesHigh + remainder.othersHigh === 0n) return [];
  const { duplicatesLow, duplicatesHigh, othersLow, othersHigh } = remainder;
  const others =
    othersHigh === 0n
      ? 'nothing is left for other failures'
      : `other failures ${spanText(othersLow, othersHigh)}`;
  return [
    `Of the counters of becoming and load, duplicates hold ${spanText(duplicatesLow, duplicatesHigh)}; ${others}.`,
  ];
}

const spanText = (low: bigint, high: bigint): string =>
  low === high ? formatBytes(low) : boundsText(low, high);

/** The question of the kernel's maintainers: user space, or the kernel's own requests? */
function shareNote({ shares }: BootFacts): string[] {
  const total = shares.reduce((sum, share) => sum + share.wasted, 0n);
  if (total === 0n) return [];
  const parts = shares
    .filter((share) => share.wasted > 0n)
    .map(
      ({ side, wasted, calls }) =>
        `${side} ${((Number(wasted) / Number(total)) * 100).toFixed(1)} % in ${calls} calls`,
    );
  return [`Who is behind the bytes: ${parts.join(', ')}.`];
}

function stormNote({ storm }: BootFacts): string[] {
  if (!storm || storm.calls < 2n) return [];
  const { first, last, calls, inside, peak } = storm;
  const seconds = (ns: bigint): string => formatSeconds(ns - (ns % 1_000_000n)).slice(0, -3);
  return [
    `${calls} duplicate or failed calls began between ${seconds(first)} and ${seconds(last)} s, with up to ${peak} calls ` +
      `at once; ${seconds(inside)} s were spent inside them, added up.`,
  ];
}

function ledgerNote({ ledger, snapshots, attempts }: BootFacts): string[] {
  if (snapshots === 0n || attempts === 0n) return [];
  const off = ledger.filter((row) => row.verdict !== 'balanced');
  if (off.length === 0) {
    const since = ledger.find((row) => row.reason !== '')?.reason;
    return [`Ledger: balanced. Counters and events agree in all four phases${since ? ` (${since})` : ''}.`];
  }
  const [first] = off;
  return [
    `Ledger: ${first?.verdict}${first?.reason ? ` (${first.reason})` : ''} in ${off.map((row) => row.phase).join(', ')}; ` +
      "totals are the counters'.",
  ];
}

/** Breaks a line at blanks; further lines are indented. */
function wrap(text: string, indent: string): string {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(' ')) {
    if (line !== '' && line.length + word.length >= WRAP) {
      lines.push(line);
      line = indent + word;
    } else line = line === '' ? word : `${line} ${word}`;
  }
  return [...lines, line].join('\n');
}
