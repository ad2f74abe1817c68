// SPDX-License-Identifier: Apache-2.0
/** Rows of the `events` table: common fields as columns, all others as JSON. */

import type { CaseModel } from '../accounting/model.js';
import type { Event } from '../model/event.js';
import { groupBy } from '../model/groups.js';
import type { Row } from './table.js';

/** The fields of an event, whatever its kind. */
type Fields = Readonly<Record<string, unknown>> & {
  readonly pid?: number | null;
  readonly comm?: string | null;
  readonly module?: string | null;
  readonly requested?: string | null;
};

type Span = CaseModel['spans'][number];

export function* eventRows(
  events: ReadonlyMap<number, readonly Event[]>,
  spans: CaseModel['spans'],
): Iterable<Row> {
  let number = 0;
  const bySource = spansBySource(spans);
  for (const [source, list] of events) {
    const mine = bySource.get(source) ?? [];
    let at = -1;
    for (let index = 0; index < list.length; index++) {
      const event = list[index];
      if (!event) continue;
      while ((mine[at + 1]?.from ?? list.length) <= index) at++;
      const fields: Fields = event as Event & Fields;
      yield [
        ++number,
        source,
        event.line,
        mine[at]?.boot ?? null,
        event.t,
        event.kind,
        fields.pid ?? null,
        fields.comm ?? null,
        fields.module ?? fields.requested ?? null,
        detailOf(fields),
      ];
    }
  }
}

/** The spans of each source in the order of its events. */
function spansBySource(spans: CaseModel['spans']): Map<number, Span[]> {
  const bySource = groupBy(spans, ({ source }) => source);
  for (const mine of bySource.values()) mine.sort((a, b) => a.from - b.from);
  return bySource;
}

/** Field names that have columns of their own. */
const COLUMNS: ReadonlySet<string> = new Set([
  'source',
  'line',
  't',
  'kind',
  'pid',
  'comm',
  'module',
  'requested',
]);

/** All other fields, as JSON.stringify would write them, in a fifth of its time. */
function detailOf(fields: Fields): string {
  let text = '';
  for (const key in fields) {
    const value = COLUMNS.has(key) ? undefined : fields[key];
    if (value !== undefined) text += `${text === '' ? '{' : ','}"${key}":${json(value)}`;
  }
  return text === '' ? '{}' : `${text}}`;
}

function json(value: unknown): string {
  if (value === null) return 'null';
  // Columns of many records: how many.
  if (ArrayBuffer.isView(value)) return String((value as Int32Array).length);
  if (typeof value === 'number' && Number.isFinite(value)) return String(value);
  // JSON.stringify is far slower with a replacer.
  if (typeof value === 'string') return JSON.stringify(value);
  return JSON.stringify(value, exactly);
}

/** JSON numbers are exact to 2^53 only, so a bigint is written as text. */
const exactly = (_: string, value: unknown): unknown =>
  typeof value === 'bigint' ? value.toString() : value;
