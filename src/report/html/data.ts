// SPDX-License-Identifier: Apache-2.0
/** The data that a page carries: the tables of the case, and the calls of each boot for its charts. */
import type { Attempt } from '../../accounting/model.js';
import type { Source } from '../../model/source.js';
import type { FilledOnDemand } from '../../query/database.js';
import { type TableRows, wholeTable } from '../../query/whole-table.js';
import { TABLES } from '../../store/schema.js';
import { type Calls, drawable, OUTCOMES } from './chart/calls.js';
import { type PackedTable, type PackedValue, packColumn } from './columns.js';
import { type Block, pack } from './document.js';
import { tableBlock } from './wire.js';

const encoder = new TextEncoder();

export async function jsonBlock(id: string, data: unknown): Promise<Block> {
  return { id, packed: await pack(encoder.encode(JSON.stringify(data))) };
}

/** Limit for the rows of a table in the page; a larger table is omitted, and the page says so. */
const MOST_EVENTS = 400_000;

/** Tables that a page can do without, with their number of rows, where they are too large. */
export function oversized(sources: readonly Source[]): Record<string, number> {
  const events = sources.reduce((sum, source) => sum + source.events, 0);
  return events > MOST_EVENTS ? { events } : {};
}

/** Every table as a block, made one after the other. */
export async function* tableBlocks(
  store: FilledOnDemand,
  rows: TableRows,
  leftOut: Readonly<Record<string, number>>,
): AsyncGenerator<Block> {
  for (const table of TABLES) {
    const values = table.columns.map((): PackedValue[] => []);
    let count = 0;
    for (const row of table.name in leftOut ? [] : wholeTable(store, rows, table)) {
      for (let index = 0; index < values.length; index++) values[index]?.push(row[index] ?? null);
      count++;
    }
    const packed: PackedTable = { rows: count, columns: values.map(packColumn) };
    yield await jsonBlock(tableBlock(table.name), packed);
  }
}

/** The calls of one boot for the charts that are in the page; its script makes the same of the table of attempts. */
export function callsOf(attempts: readonly Attempt[]): Calls {
  const clocks = attempts.map(({ clock }) => (clock.unit === 'ticks' ? 'ticks' : clock.zero));
  const rough = attempts.map(({ start }) => (start === null ? null : Number(start)));
  const { clock, places } = drawable(rough, clocks);
  const drawn = places.flatMap((place) => attempts[place] ?? []);
  const zero = drawn.reduce<bigint | null>((least, { start }) => earlier(least, start), null) ?? 0n;
  const from = (time: bigint | null): number => Number((time ?? zero) - zero);
  return {
    zero,
    unit: clock === 'ticks' ? 'ticks' : 'ns',
    start: drawn.map(({ start }) => from(start)),
    end: drawn.map(({ start, end }) => from(end ?? start)),
    outcome: drawn.map(({ outcome }) => OUTCOMES.indexOf(outcome)),
    wasted: drawn.map(({ wasted }) => wasted.low),
    undrawn: attempts.length - drawn.length,
  };
}

const earlier = (a: bigint | null, b: bigint | null): bigint | null =>
  a === null || (b !== null && b < a) ? b : a;
