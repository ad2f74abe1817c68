// SPDX-License-Identifier: Apache-2.0
/** Every form of every capture against its reference, as cells of a table. */

import type { CaseModel } from '../../src/accounting/model.js';
import { openCase } from '../../src/case.js';
import type { Evidence } from '../../src/ingest/collector.js';
import type { Event } from '../../src/model/event.js';
import { allEvents, type Comparison, compare, type Facts, factsOf } from './compare.js';
import { readPaths } from './read.js';
import type { Scenario } from './scenarios.js';

/** What a form can at best say of what its reference says. */
export type Grade =
  | 'same'
  /** The form's clock is coarser. */
  | 'same to 1 s'
  | 'same to 1 min'
  /** The times are when journald received the messages, or nothing ties their clock to the boot; that is said. */
  | 'same, own clock'
  | 'same, no times'
  /** A part of it: the form leaves out the rest. */
  | 'part'
  /** The form holds nothing usable, and that is said. */
  | 'unusable'
  | 'differs';

interface Cell {
  readonly grade: Grade;
  /** `same, 3 more`, `44 of 52` */
  readonly text: string;
  /** First facts that are missing or too many, for the message of a failing test. */
  readonly detail: string;
}

const GROUPS = ['kernel log', 'debugfs', 'trace'] as const;

export interface Row {
  readonly group: (typeof GROUPS)[number];
  readonly form: string;
  readonly cells: ReadonlyMap<string, Cell>;
}

const SECOND = 1_000_000_000n;

export async function matrix(scenarios: readonly Scenario[]): Promise<Row[]> {
  const rows = new Map<string, Map<string, Cell>>();
  const put = (group: Row['group'], form: string, title: string, cell: Cell): void => {
    const key = `${group}\t${form}`;
    const cells = rows.get(key) ?? new Map<string, Cell>();
    cells.set(title, cell);
    rows.set(key, cells);
  };
  for (const { title, log, debugfs, trace } of scenarios) {
    const plain = log.get('plain');
    if (plain) {
      const known = await readPaths(plain);
      const want = logEvents(known);
      for (const [form, path] of log) {
        const evidence = path === plain ? known : await readPaths(path);
        put('kernel log', form, title, logCell(form, want, evidence));
      }
    }
    const directories = await Promise.all((debugfs.get('directory') ?? []).map(reading));
    for (const [form, paths] of debugfs) {
      const readings = form === 'directory' ? directories : await Promise.all(paths.map(reading));
      const cells = readings.map((got, index) => debugfsCell(directories[index], got));
      put('debugfs', form, title, worst(cells));
    }
    const reference = trace.get('reference');
    if (reference) {
      const known = await readPaths(reference);
      const want = traceEvents(known);
      for (const [form, path] of trace) {
        if (form === 'reference') continue;
        const evidence = path === reference ? known : await readPaths(path);
        put('trace', form, title, traceCell(form, want, evidence));
      }
    }
  }
  return GROUPS.flatMap((group) =>
    [...rows]
      .filter(([key]) => key.startsWith(`${group}\t`))
      .map(([key, cells]) => ({ group, form: key.slice(group.length + 1), cells })),
  );
}

/** Of the newest boot, all but what only some clocks know. */
function logEvents(evidence: Evidence): Event[] {
  const events = allEvents(evidence);
  const newest = events.findLastIndex(({ kind }) => kind === 'boot-start');
  return events
    .slice(Math.max(0, newest))
    .filter((event) => !(event.kind === 'boot-mark' && event.what === 'wall-offset'));
}

function logCell(form: string, want: readonly Event[], evidence: Evidence): Cell {
  const facts: Facts = (event) => {
    // How a boot shows itself is the form's own.
    if (event.kind === 'boot-start') return 'boot-start';
    // `-o cat` prints no programs.
    if (form.endsWith('-o cat') && event.kind === 'user-load')
      return factsOf({ ...event, tool: '', pid: null });
    return factsOf(event);
  };
  // Times of reception, and said to be that.
  const received =
    evidence.sources.some(({ clock }) => clock.zero !== 'boot') ||
    evidence.diagnostics.some(({ code, detail }) => code === 'log-time-unknown' && /received/.test(detail));
  return cellOf(compare(want, logEvents(evidence), facts), received);
}

function traceEvents(evidence: Evidence): Event[] {
  const heads = new Set(['trace-header', 'kernel-version', 'boot-mark']);
  return allEvents(evidence).filter(({ kind }) => !heads.has(kind));
}

/** Characters of a comm that the latency formats print. */
const LATENCY_COMM = 8;

function traceCell(form: string, want: readonly Event[], evidence: Evidence): Cell {
  const got = traceEvents(evidence);
  const unusable = evidence.diagnostics.some(({ code }) => code === 'trace-unusable-form');
  if (unusable && got.length === 0) return { grade: 'unusable', text: 'unusable', detail: '' };
  const short = /latency-format|report -l/.test(form);
  const facts: Facts = (event) =>
    factsOf(
      short && 'comm' in event && event.comm !== null
        ? { ...event, comm: event.comm.slice(0, LATENCY_COMM) }
        : event,
    );
  // The time of a latency format counts from the first entry.
  const relative = evidence.sources.some(({ clock }) => clock.zero === 'relative');
  const first = relative ? (want[0]?.t ?? 0n) - (got[0]?.t ?? 0n) : 0n;
  return cellOf(
    compare(
      want,
      got.map((event) => (event.t === null ? event : { ...event, t: event.t + first })),
      facts,
    ),
    false,
  );
}

/** Text prints microseconds where binary recordings have nanoseconds. */
const TEXT_PRECISION = 1000n;

function cellOf({ want, missing, extra, apart, timeless }: Comparison, own: boolean): Cell {
  const detail = [...missing.slice(0, 2), '---', ...extra.slice(0, 2)].join('\n');
  const more = extra.length > 0 ? `, ${extra.length} more` : '';
  if (missing.length > 0) {
    const grade = missing.length < want ? 'part' : 'differs';
    return { grade, text: `${want - missing.length} of ${want}${more}`, detail };
  }
  const grade = gradeOf(apart, timeless, own);
  return { grade, text: `${grade}${more}`, detail };
}

function gradeOf(apart: bigint, timeless: number, own: boolean): Grade {
  if (timeless > 0) return 'same, no times';
  if (apart <= TEXT_PRECISION) return 'same';
  if (own) return 'same, own clock';
  if (apart <= SECOND) return 'same to 1 s';
  return apart <= 60n * SECOND ? 'same to 1 min' : 'differs';
}

/** What the accounting makes of a reading, in plain values. */
interface DebugfsReading {
  readonly counters: ReadonlyMap<string, bigint>;
  readonly list: string;
  readonly rows: readonly string[];
  readonly wasted: bigint | null;
  readonly snapshots: number;
}

async function reading(path: string): Promise<DebugfsReading> {
  const { model } = await openCase({ inputs: [path] });
  return readingOf(model);
}

function readingOf({ snapshots }: CaseModel): DebugfsReading {
  const last = snapshots.at(-1);
  return {
    counters: new Map([...(last?.counters ?? [])].map(([name, { value }]) => [name, value])),
    list: last?.list ?? 'none',
    rows: (last?.rows ?? []).map(({ module, times, reasons }) => `${module} ${times} ${reasons}`),
    wasted: last?.wasted ?? null,
    snapshots: snapshots.length,
  };
}

function debugfsCell(want: DebugfsReading | undefined, got: DebugfsReading): Cell {
  if (want === undefined) return { grade: 'differs', text: 'no directory', detail: '' };
  const detail = JSON.stringify({ want, got }, (_key, value) =>
    value instanceof Map ? [...value] : typeof value === 'bigint' ? value.toString() : value,
  );
  const wrong = [...got.counters].some(([name, value]) => want.counters.get(name) !== value);
  const strange = got.rows.some((row) => !want.rows.includes(row));
  if (wrong || strange || got.snapshots !== want.snapshots)
    return { grade: 'differs', text: 'differs', detail };
  const whole =
    got.counters.size === want.counters.size &&
    got.rows.length === want.rows.length &&
    got.list === want.list &&
    got.wasted === want.wasted;
  if (whole) return { grade: 'same', text: 'same', detail };
  // A part is honest only where it says so.
  const honest = got.list === 'absent' || got.list === 'cut';
  const text = `${got.counters.size} of ${want.counters.size} counters, list ${got.list}`;
  return { grade: honest ? 'part' : 'differs', text, detail };
}

function worst(cells: readonly Cell[]): Cell {
  const order: readonly Grade[] = ['differs', 'part', 'same'];
  const bad = order
    .map((grade) => cells.find((cell) => cell.grade === grade))
    .find((cell) => cell !== undefined);
  return bad ?? { grade: 'differs', text: 'none', detail: '' };
}

/** A table of Markdown for each kind of evidence, with a column for each capture that has it. */
export function markdown(rows: readonly Row[], titles: readonly string[]): string {
  const tables = GROUPS.map((group) => {
    const ours = rows.filter((row) => row.group === group);
    const columns = titles.filter((title) => ours.some(({ cells }) => cells.has(title)));
    const lines = [
      [group, ...columns],
      ...ours.map(({ form, cells }) => [form, ...columns.map((title) => cells.get(title)?.text ?? '')]),
    ];
    const widths =
      lines[0]?.map((_, column) => Math.max(...lines.map((line) => line[column]?.length ?? 0))) ?? [];
    const printed = lines.map(
      (line) => `| ${line.map((text, column) => text.padEnd(widths[column] ?? 0)).join(' | ')} |`,
    );
    printed.splice(1, 0, `| ${widths.map((width) => '-'.repeat(width)).join(' | ')} |`);
    return printed.join('\n');
  });
  return `${tables.join('\n\n')}\n`;
}
