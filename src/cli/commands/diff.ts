// SPDX-License-Identifier: Apache-2.0
/** `modwaste diff`: two cases, or two snapshots of one boot, side by side. */
import type { Command } from 'commander';
import type { Case } from '../../case.js';
import { findQuery } from '../../query/library.js';
import { Asked } from '../../report/answer/ask.js';
import { type DiffLine, diffLines, diffResult } from '../../report/diff/lines.js';
import { bootSide, type Side, snapshotSide } from '../../report/diff/side.js';
import { diffMarkdown, diffText } from '../../report/diff/text.js';
import { type Context, emit, emitResult, longHelp, looksOf } from '../context.js';
import { UserError } from '../errors.js';
import { openInputs } from '../inputs.js';
import { addInputOptions, addOutputOptions, type InputOptions, limitsOf } from '../options.js';

interface DiffOptions extends InputOptions {
  readonly snapshots?: boolean;
  readonly from?: string;
  readonly to?: string;
}

const HELP = `
BEFORE and AFTER are one input each: a file, a directory or an archive (put several files of one
boot into one directory). Each side is the newest boot of its input. With --snapshots, the inputs
hold several snapshots of /sys/kernel/debug/modules, and the first is compared with the last; they
are ordered by boot, by labels in the text (Before, After, patched), and by the counters.

--format markdown is a table for a mail or a commit message; csv, json and ndjson have one row per
measure, with its bounds (columns section, name, measure, before, before_low, before_high, after,
after_low, after_high, change, change_low, change_high; times in nanoseconds).

Examples:
  modwaste diff before/ after/
  modwaste diff --format markdown before.tar.xz after.tar.xz
  modwaste diff --snapshots before/ after-1/
  modwaste diff --snapshots --from before --to after-1 stats-of-the-whole-day.txt
`;

async function newestBoot(context: Context, { model, store }: Case, input: string): Promise<Side> {
  const boot = model.boots.at(-1);
  const queries = context.queries();
  const { needs } = findQuery(queries, 'phase-waste');
  if (boot) return bootSide(model, boot, input, new Asked((await store(needs)).db, queries));
  throw new UserError(`${input} holds no boot`, ['modwaste detect shows its format']);
}

async function twoCases(
  context: Context,
  inputs: readonly string[],
  options: DiffOptions,
): Promise<[Side, Side]> {
  const [before, after, ...more] = inputs;
  if (before === undefined || after === undefined || more.length > 0) {
    throw new UserError(`diff compares two inputs, ${inputs.length} given`, [
      'put the files of one boot into a directory, or use --snapshots for snapshots of one boot',
    ]);
  }
  const first = await openInputs(context, [before], options, 'counts');
  const second = await openInputs(context, [after], options, 'counts');
  const sides = [
    await newestBoot(context, first.case, before),
    await newestBoot(context, second.case, after),
  ] as const;
  const [one, other] = sides;
  if (one.label !== other.label) return [...sides];
  const withInput = (side: Side, input: string): Side => ({ ...side, label: `${side.label}, ${input}` });
  return [withInput(one, before), withInput(other, after)];
}

async function twoSnapshots(
  context: Context,
  inputs: readonly string[],
  options: DiffOptions,
): Promise<[Side, Side]> {
  const { case: opened } = await openInputs(context, inputs, options, 'counts');
  const { model } = opened;
  const { snapshots } = model;
  const boots = new Set(snapshots.map(({ boot }) => boot)).size;
  const names = snapshots.map(
    ({ label, boot, snapshot }) => label ?? (boots > 1 ? `boot ${boot}` : `${snapshot}`),
  );
  const pick = (wanted: string | undefined, otherwise: number): Side => {
    const index =
      wanted === undefined
        ? otherwise
        : names.findIndex((name, at) => name === wanted || String(at) === wanted);
    const chosen = snapshots.at(index);
    if (chosen && index >= (wanted === undefined ? -1 : 0)) return snapshotSide(model, chosen, boots > 1);
    throw new UserError(`there is no snapshot "${wanted}"`, [
      `snapshots in these inputs: ${names.join(', ') || 'none'}`,
    ]);
  };
  if (snapshots.length < 2) {
    throw new UserError(
      `${snapshots.length === 0 ? 'no' : 'only one'} snapshot of the counters in these inputs`,
      ['--snapshots compares two copies of /sys/kernel/debug/modules; equal copies count once'],
    );
  }
  return [pick(options.from, 0), pick(options.to, -1)];
}

async function show(
  context: Context,
  options: DiffOptions,
  before: Side,
  after: Side,
  lines: readonly DiffLine[],
): Promise<void> {
  if (options.format === 'markdown') return emit(context, options, diffMarkdown(before, after, lines));
  if (options.format !== 'text') return emitResult(context, options, diffResult(lines));
  const { bold, width } = looksOf(context, options);
  return emit(context, options, diffText(before, after, lines, { header: bold, width }));
}

async function diff(context: Context, inputs: readonly string[], options: DiffOptions): Promise<void> {
  const compare = options.snapshots === true ? twoSnapshots : twoCases;
  const [before, after] = await compare(context, inputs, options);
  await show(context, options, before, after, diffLines(before, after));
}

export function diffCommand(command: Command, context: Context): Command {
  command
    .description('Compare two cases, or two snapshots of the counters, by phase and module.')
    .usage('[options] BEFORE AFTER\n       modwaste diff [options] --snapshots INPUT...')
    .argument('[INPUT...]', 'BEFORE and AFTER, or with --snapshots any inputs that hold snapshots')
    .optionsGroup('Diff:')
    .option('--snapshots', 'compare snapshots of the counters within the inputs')
    .option('--from <snapshot>', 'with --snapshots: label or number of the first one (default: the oldest)')
    .option('--to <snapshot>', 'with --snapshots: label or number of the second one (default: the newest)');
  addInputOptions(addOutputOptions(command));
  longHelp(command, context, HELP);
  return command.action((inputs: string[], options: Omit<DiffOptions, 'limits'>) =>
    diff(context, inputs, { ...options, limits: limitsOf(options) }),
  );
}
