// SPDX-License-Identifier: Apache-2.0
/** Decides whether a duplicate list is whole; kernel/module/stats.c:read_file_mod_stats truncates it silently. */
import type { Snapshot } from '../../model/event.js';
import type { IngestContext } from '../ingester.js';
import type { SnapshotDraft } from './snapshot.js';

/** MAX_PREAMBLE, MAX_BYTES_PER_MOD, MAX_FAILED_MOD_PRINT of stats.c. */
const PREAMBLE_BYTES = 1024;
const BYTES_PER_FAILURE = 64;
const MAX_ROWS = 112;
/** Minimum size of a row: columns of 25, 15 and 25, two tabs and a newline. */
const MIN_ROW_BYTES = 68;
/** A truncated row may be blanks up to here, which is not visible. */
const NAME_COLUMN = 25;
/** `Duplicate failed modules:` and the column heads. */
const LIST_HEAD_BYTES = 26 + MIN_ROW_BYTES;

export function judgeList(draft: SnapshotDraft, context: IngestContext, prose: boolean): Snapshot['list'] {
  const { list } = draft;
  if (list.form === 'unseen') return judgeMissing(draft, context, prose);
  const line = list.truncatedLine ?? list.rows.at(-1)?.line ?? null;
  const why = truncationReason(draft);
  checkTotal(draft, context);
  if (why === null) return 'whole';
  context.diagnose('list-cut', line, why);
  return 'cut';
}

/** No list: the kernel printed none, or the text stops before it. */
function judgeMissing(draft: SnapshotDraft, context: IngestContext, prose: boolean): 'empty' | 'absent' {
  const failures = failuresOf(draft);
  const isAll = !draft.partial && draft.tableWhole && !draft.firstPosting;
  // People copy parts of a terminal: with failures, a list may have followed.
  const copiedToEnd = draft.followed || (draft.tabbed && !prose);
  if (isAll && (failures === 0n || copiedToEnd)) return 'empty';
  const detail = isAll ? 'there are failures, but no list was copied' : '';
  context.diagnose('list-absent', draft.table.at(-1)?.line ?? null, detail);
  return 'absent';
}

function failuresOf(draft: SnapshotDraft): bigint | null {
  const becoming = draft.value('failed_becoming');
  const load = draft.value('failed_load_modules');
  return becoming && load ? becoming.value + load.value : null;
}

function truncationReason(draft: SnapshotDraft): string | null {
  const { list } = draft;
  if (list.truncatedText !== null) return `ends in "${list.truncatedText}"`;
  if (draft.partial) return 'a diff omits unchanged rows';
  if (list.form === 'names') return 'names without counts';
  if (!list.titled) return 'rows without the list heading';
  if (list.rows.length === 0) return 'the list heading has no rows';
  const failures = failuresOf(draft);
  if (failures !== null && BigInt(list.total()) === failures) return null;
  if (list.rows.length === MAX_ROWS - 1) return `${MAX_ROWS - 1} rows, the kernel's maximum`;
  const room = failures === null ? null : roomAfter(draft, failures);
  if (room !== null && room < MIN_ROW_BYTES && (room < NAME_COLUMN || list.endedInText)) {
    return "the text fills the kernel's buffer";
  }
  return null;
}

/** Bytes left in the kernel's buffer after the last whole row; null if the table is incomplete. */
function roomAfter(draft: SnapshotDraft, failures: bigint): number | null {
  if (!draft.tableWhole || draft.firstPosting) return null;
  const rows = failures < BigInt(MAX_ROWS) ? Number(failures) : MAX_ROWS;
  const printed = draft.table.reduce(
    (sum, row) => sum + Math.max(25, row.label.length) + row.value.toString().length + 2,
    0,
  );
  const listed = draft.list.rows.reduce((sum, row) => sum + row.bytes, 0);
  return PREAMBLE_BYTES + BYTES_PER_FAILURE * rows - 1 - printed - LIST_HEAD_BYTES - listed;
}

/** Duplicates are failures: there cannot be more of them than failures. */
function checkTotal(draft: SnapshotDraft, context: IngestContext): void {
  const failures = failuresOf(draft);
  if (failures === null || draft.list.form === 'names') return;
  const total = BigInt(draft.list.total());
  if (total <= failures) return;
  const line = draft.list.rows[0]?.line ?? null;
  context.diagnose(
    'stats-inconsistent',
    line,
    `${total} duplicates are listed, but only ${failures} failures are counted`,
  );
}
