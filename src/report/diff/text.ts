// SPDX-License-Identifier: Apache-2.0
/** The comparison for people: one table, as text or as Markdown for a mail or a commit message. */
import type { Bounds } from '../../model/bounds.js';
import type { Result, Value } from '../../query/result.js';
import { formatBytes, percentText } from '../cell.js';
import { formatMarkdown } from '../markdown.js';
import { formatText, type TextOptions } from '../text.js';
import { changeOf, type DiffLine, type Measure } from './lines.js';
import type { Side } from './side.js';

/** A mail is read in full only as far as a screen. */
const MOST_MODULES = 20;

export function* diffText(
  before: Side,
  after: Side,
  lines: readonly DiffLine[],
  options: TextOptions,
): Generator<string> {
  yield `Before: ${before.label}\nAfter:  ${after.label}\n\n`;
  const { table, more } = tableOf(lines);
  yield* formatText(table, options);
  if (more > 0) yield `and ${more} more modules (--format csv lists all)\n`;
}

export function* diffMarkdown(before: Side, after: Side, lines: readonly DiffLine[]): Generator<string> {
  const { table, more } = tableOf(lines);
  const [, , ...rest] = table.columns;
  const named = (name: string): Result['columns'][number] => ({ name, type: 'INTEGER', unit: null });
  yield* formatMarkdown({
    ...table,
    columns: [
      { name: 'what', type: 'TEXT', unit: null },
      named(`before (${before.label})`),
      named(`after (${after.label})`),
      ...rest.slice(1),
    ],
  });
  if (more > 0) yield `\nand ${more} more modules\n`;
}

function tableOf(lines: readonly DiffLine[]): { table: Result; more: number } {
  const modules = [...new Set(lines.flatMap((line) => (line.section === 'module' ? [line.name] : [])))];
  const shown = new Set(modules.slice(0, MOST_MODULES));
  const rows = lines.filter((line) => (line.section === 'module' ? shown.has(line.name) : !isNothing(line)));
  return {
    table: {
      columns: [
        { name: 'what', type: 'TEXT', unit: null },
        { name: 'before', type: 'INTEGER', unit: null },
        { name: 'after', type: 'INTEGER', unit: null },
        { name: 'change', type: 'INTEGER', unit: null },
      ],
      rows: rows.map((line): Value[] => [
        titleOf(line),
        spanText(line.before, line.measure),
        spanText(line.after, line.measure),
        changeText(line),
      ]),
      empty: 'neither side has evidence of failed loads or of boot time',
    },
    more: modules.length - shown.size,
  };
}

/** A phase in which nothing failed on either side. */
function isNothing({ section, before, after }: DiffLine): boolean {
  return section === 'phase' && before?.high === 0n && after?.high === 0n;
}

function titleOf({ section, name, measure }: DiffLine): string {
  switch (section) {
    case 'boot time':
      return name === 'total' ? 'boot time' : `boot time, ${name}`;
    case 'total':
      return name === 'wasted' ? 'wasted virtual memory' : name;
    case 'phase':
      return `${name}, ${measure === 'bytes' ? 'bytes' : 'failures'}`;
    case 'module':
      return `${name}, ${measure === 'bytes' ? 'bytes' : 'duplicates'}`;
  }
}

function numberText(value: bigint, measure: Measure): string {
  switch (measure) {
    case 'bytes':
      return formatBytes(value);
    case 'calls':
      return value.toString();
    case 'duration_ns':
      return `${(Number(value / 1_000_000n) / 1000).toFixed(3)} s`;
  }
}

function spanText(span: Bounds | null, measure: Measure): string {
  if (!span) return 'not known';
  if (span.high === span.low) return numberText(span.low, measure);
  if (span.high === null) return `at least ${numberText(span.low, measure)}`;
  return `${numberText(span.low, measure)} to ${numberText(span.high, measure)}`;
}

function changeText(line: DiffLine): string {
  const change = changeOf(line);
  if (!change || (change.low === null && change.high === null)) return '';
  const signed = (value: bigint): string => `${value > 0n ? '+' : ''}${numberText(value, line.measure)}`;
  const { low, high } = change;
  if (low !== null && low === high) return low === 0n ? '0' : `${signed(low)}${percent(line, low)}`;
  if (low === null) return high === null ? '' : `at most ${signed(high)}`;
  return high === null ? `at least ${signed(low)}` : `${signed(low)} to ${signed(high)}`;
}

function percent({ before }: DiffLine, change: bigint): string {
  if (!before || before.low === 0n) return '';
  const share = percentText(Number(change) / Number(before.low));
  return ` (${Number(share) > 0 ? '+' : ''}${share} %)`;
}
