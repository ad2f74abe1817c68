// SPDX-License-Identifier: Apache-2.0
/** Emits the events of a finished snapshot, after judging whether its list is whole. */
import { COUNTERS } from '../../model/counters.js';
import type { IngestContext } from '../ingester.js';
import { checkCounters } from './checks.js';
import { judgeList } from './judge.js';
import type { SnapshotDraft } from './snapshot.js';

/** How a snapshot ended. */
export interface Ending {
  /** At the end of the source. */
  readonly last: boolean;
  /** The source is prose with dumps in it, which people shorten. */
  readonly prose: boolean;
}

/** Emits a snapshot; false if it is empty. */
export function emitSnapshot(draft: SnapshotDraft, context: IngestContext, ending: Ending): boolean {
  draft.list.close(ending.last);
  if (ending.last) dropTruncatedNumber(draft, context);
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
    const found = draft.value(counter);
    if (found) context.emit({ kind: 'counter', counter, value: found.value, line: found.line, ...place });
  }
  for (const [rank, { module, times, reasons, line }] of draft.list.rows.entries()) {
    context.emit({ kind: 'duplicate-row', rank, module, times, reasons, line, ...place });
  }
  return true;
}

/**
 * A table that stops early at the end of the source may be truncated inside a number. But `head` prints ten rows, and
 * `grep` one.
 */
function dropTruncatedNumber(draft: SnapshotDraft, context: IngestContext): void {
  const last = draft.table.at(-1);
  if (!last || draft.tableWhole || draft.list.titled || draft.files.size > 0 || last.meaning.is !== 'counter')
    return;
  const fromTop = draft.table[0]?.meaning.is === 'counter' && draft.table[0].meaning.counter === 'modcount';
  if (!fromTop || draft.table.length < 2 || draft.table.length === 10) return;
  draft.table.pop();
  context.diagnose(
    'stats-incomplete',
    last.line,
    `the text ends in "${last.label} ${last.value}", possibly inside the number`,
  );
}
