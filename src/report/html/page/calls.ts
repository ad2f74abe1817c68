// SPDX-License-Identifier: Apache-2.0
/** The calls of each boot, out of the table of attempts, as the charts and their tips want them. */
import { groupBy } from '../../../model/groups.js';
import { TABLES } from '../../../store/schema.js';
import { type Calls, drawable, OUTCOMES } from '../chart/calls.js';
import type { LaneCalls } from '../chart/lanes.js';
import type { Cell } from '../columns.js';
import { tableColumns } from './blocks.js';

interface CallDetail {
  readonly attempt: number;
  readonly module: string | null;
  readonly comm: string | null;
  readonly pid: number | null;
  readonly requester: string;
  readonly call: string | null;
  readonly phase: string | null;
  readonly errno: number | null;
  readonly wastedHigh: number | null;
  readonly source: number;
  readonly line: number;
  readonly endLine: number | null;
}

export interface BootCalls extends Calls, LaneCalls {
  readonly module: readonly (string | null)[];
  detail(index: number): CallDetail;
}

const text = (cell: Cell | undefined): string | null => (typeof cell === 'string' ? cell : null);
const number = (cell: Cell | undefined): number | null => (cell == null ? null : Number(cell));

type Column = (name: string) => readonly Cell[];

/** By number of the boot. */
export async function loadCalls(): Promise<Map<number, BootCalls>> {
  const { rows, columns } = await tableColumns('attempts');
  const names = TABLES.find((table) => table.name === 'attempts')?.columns.map((column) => column.name) ?? [];
  const column: Column = (name) => columns[names.indexOf(name)] ?? [];
  const boots = column('boot');
  const byBoot = groupBy(Array(rows).keys(), (row) => Number(boots[row]));
  return new Map([...byBoot].map(([boot, of]) => [boot, bootCalls(of, column)]));
}

function bootCalls(all: readonly number[], column: Column): BootCalls {
  const [times, ends, clocks] = [column('t_ns'), column('end_ns'), column('clock')];
  const { clock, places } = drawable(
    all.map((row) => number(times[row])),
    all.map((row) => String(clocks[row])),
  );
  const rows = places.map((place) => all[place] ?? 0);
  const of = <T>(name: string, take: (cell: Cell | undefined) => T): T[] => {
    const cells = column(name);
    return rows.map((row) => take(cells[row]));
  };
  const zero = BigInt(times[rows[0] ?? -1] ?? 0);
  const small = Number(zero);
  // Nanoseconds since 1970 come as digits: they are beyond what a number holds.
  const from = (time: Cell): number =>
    typeof time === 'number' ? time - small : Number(BigInt(time ?? 0) - zero);
  const outcomes = new Map<Cell | undefined, number>(OUTCOMES.map((outcome, index) => [outcome, index]));
  return {
    zero,
    unit: clock === 'ticks' ? 'ticks' : 'ns',
    start: rows.map((row) => from(times[row] ?? 0)),
    end: rows.map((row) => from(ends[row] ?? times[row] ?? 0)),
    outcome: of('outcome', (cell) => outcomes.get(cell) ?? OUTCOMES.length - 1),
    wasted: of('wasted_low', Number),
    comm: of('comm', (cell) => text(cell) ?? '?'),
    pid: of('pid', number),
    module: of('module', text),
    undrawn: all.length - rows.length,
    detail: (index) => {
      const cell = (name: string): Cell | undefined => column(name)[rows[index] ?? -1];
      return {
        attempt: Number(cell('attempt')),
        module: text(cell('module')),
        comm: text(cell('comm')),
        pid: number(cell('pid')),
        requester: String(cell('requester')),
        call: text(cell('call')),
        phase: text(cell('phase')),
        errno: number(cell('errno')),
        wastedHigh: number(cell('wasted_high')),
        source: Number(cell('source')),
        line: Number(cell('line')),
        endLine: number(cell('end_line')),
      };
    },
  };
}
