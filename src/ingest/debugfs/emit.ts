/** A snapshot that has ended, as events: what it holds, and what its end says of its list. */
import { COUNTERS } from '../../model/counters.js';
import type { IngestContext } from '../ingester.js';
import { checkCounters } from './checks.js';
import { judgeList } from './judge.js';
import type { SnapshotDraft } from './snapshot.js';

/** What the lines after a snapshot say of it. */
export interface Ending {
  /** Nothing follows in the source. */
  readonly last: boolean;
  /** The source is more than dumps: people leave out parts of what they write about. */
  readonly prose: boolean;
}

/** Emits what a snapshot holds; false where it holds nothing. */
export function emitSnapshot(draft: SnapshotDraft, context: IngestContext, ending: Ending): boolean {
  draft.list.close(ending.last);
  if (ending.last) dropCutNumber(draft, context);
  const counters = COUNTERS.filter((counter) => draft.value(counter) !== undefined);
  const wasted = draft.figure('wasted');
  if (counters.length === 0 && draft.list.rows.length === 0 && !wasted) return false;

  const list = judgeList(draft, context, ending.prose);
  checkCounters(draft, context, ending.last);
  const place = { t: null, snapshot: draft.index };
  context.emit({
    kind: 'snapshot',
    line: draft.firstLine,
    list,
    label: draft.label,
    ...place,
    ...(wasted ? { wastedBytes: wasted.value } : {}),
    ...draft.machine,
  });
  for (const counter of counters) {
    const reading = draft.value(counter);
    if (reading)
      context.emit({ kind: 'counter', counter, value: reading.value, line: reading.line, ...place });
  }
  for (const [rank, { module, times, reasons, line }] of draft.list.rows.entries()) {
    context.emit({ kind: 'duplicate-row', rank, module, times, reasons, line, ...place });
  }
  return true;
}

/**
 * A table that stops in its middle at the very end of the source may have been cut inside a number. Ten rows
 * are what `head` prints, and a row alone is what `grep` prints.
 */
function dropCutNumber(draft: SnapshotDraft, context: IngestContext): void {
  const last = draft.table.at(-1);
  if (!last || draft.tableWhole || draft.list.titled || draft.files.size > 0 || last.meaning.is !== 'counter')
    return;
  const fromTop = draft.table[0]?.meaning.is === 'counter' && draft.table[0].meaning.counter === 'modcount';
  if (!fromTop || draft.table.length < 2 || draft.table.length === 10) return;
  draft.table.pop();
  context.diagnose(
    'stats-incomplete',
    last.line,
    `the text ends in "${last.label} ${last.value}", maybe inside the number`,
  );
}
