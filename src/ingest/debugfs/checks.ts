// SPDX-License-Identifier: Apache-2.0
/** Checks the counters of a snapshot against each other and against the table's derived figures. */
import { PHASE_COUNTERS, PHASES } from '../../model/counters.js';
import { AVERAGES, average, DERIVED_LABELS } from '../../model/debugfs.js';
import type { IngestContext } from '../ingester.js';
import { ALWAYS_PRINTED } from './labels.js';
import type { PlacedValue, SnapshotDraft } from './snapshot.js';

/** Byte counters are as wide as the kernel's `long`. */
const WORD_32 = 1n << 32n;
const WORD_64 = 1n << 64n;

export function checkCounters(draft: SnapshotDraft, context: IngestContext, last: boolean): void {
  checkComplete(draft, context);
  checkFiles(draft, context, last);
  checkWasted(draft, context, last);
  checkAverages(draft, context, last);
  checkPhases(draft, context);
}

/** Unless someone picked a few rows, a table has all rows that are always printed. */
function checkComplete(draft: SnapshotDraft, context: IngestContext): void {
  if (draft.firstPosting || draft.tableWhole || draft.table.length < 5) return;
  const always = draft.table.filter(
    (row) => row.meaning.is === 'counter' || row.meaning.figure === 'wasted',
  ).length;
  const detail =
    always < ALWAYS_PRINTED
      ? `${always} of ${ALWAYS_PRINTED} rows that are always printed`
      : 'an average is missing';
  context.diagnose('stats-incomplete', draft.table.at(-1)?.line ?? null, detail);
}

/** The table and the files of one dump agree, unless a module failed in between. */
function checkFiles(draft: SnapshotDraft, context: IngestContext, last: boolean): void {
  const lastLine = lastLineOf(draft);
  for (const [counter, file] of draft.files) {
    const printed = draft.inTable(counter);
    if (!printed || printed.value === file.value) continue;
    if (last && file.line === lastLine && isTruncated(file.value, printed.value)) continue;
    context.diagnose(
      'stats-inconsistent',
      file.line,
      `${counter} is ${file.value} in its file and ${printed.value} in stats`,
    );
  }
}

function checkWasted(draft: SnapshotDraft, context: IngestContext, last: boolean): void {
  const wasted = draft.figure('wasted');
  const parts = PHASES.map((phase) => draft.inTable(PHASE_COUNTERS[phase].bytes)?.value);
  if (!wasted || parts.includes(undefined)) return;
  const sum = parts.reduce<bigint>((total, part) => total + (part ?? 0n), 0n);
  if (sum === wasted.value || mayBeTruncated(draft, wasted, sum, last)) return;
  const wrapped = sum % WORD_32 === wasted.value || sum % WORD_64 === wasted.value;
  context.diagnose(
    wrapped ? 'counter-wrapped' : 'stats-inconsistent',
    wasted.line,
    `${DERIVED_LABELS.wasted} is ${wasted.value}, its parts are ${sum}`,
  );
}

function checkAverages(draft: SnapshotDraft, context: IngestContext, last: boolean): void {
  for (const figure of AVERAGES) {
    const printed = draft.figure(figure.name);
    const bytes = draft.inTable(figure.bytes)?.value;
    const count = draft.inTable(figure.count)?.value;
    if (!printed || bytes === undefined || !count) continue;
    const expected = average(bytes, count) ?? 0n;
    if (printed.value === expected || mayBeTruncated(draft, printed, expected, last)) continue;
    context.diagnose(
      'stats-inconsistent',
      printed.line,
      `${DERIVED_LABELS[figure.name]} is ${printed.value}, ${bytes} over ${count} gives ${expected}`,
    );
  }
}

/**
 * stats.c warns about bytes without failures. Becoming and load failures are charged at least one byte, so fewer bytes
 * than failures mean that a 32-bit counter wrapped.
 */
function checkPhases(draft: SnapshotDraft, context: IngestContext): void {
  for (const phase of PHASES) {
    const names = PHASE_COUNTERS[phase];
    const bytes = draft.value(names.bytes);
    const count = draft.value(names.count);
    if (!bytes || !count) continue;
    if (bytes.value > 0n && count.value === 0n) {
      context.diagnose(
        'stats-inconsistent',
        bytes.line,
        `${names.bytes} is ${bytes.value} without any ${names.count}`,
      );
    }
    if (phase !== 'kread' && bytes.value < count.value) {
      context.diagnose(
        'counter-wrapped',
        bytes.line,
        `${names.bytes} is ${bytes.value} for ${count.value} failures`,
      );
    }
  }
}

function lastLineOf(draft: SnapshotDraft): number {
  const lines = [...draft.table, ...draft.files.values(), ...draft.list.rows].map((value) => value.line);
  return lines.reduce((most, line) => Math.max(most, line), 0);
}

/** The last number of a source may be truncated. */
function mayBeTruncated(
  draft: SnapshotDraft,
  printed: PlacedValue,
  expected: bigint,
  last: boolean,
): boolean {
  return last && printed.line === lastLineOf(draft) && isTruncated(printed.value, expected);
}

function isTruncated(printed: bigint, whole: bigint): boolean {
  return whole.toString().startsWith(printed.toString());
}
