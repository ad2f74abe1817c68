// SPDX-License-Identifier: Apache-2.0
/** `modwaste stats`: the kernel's own stats table, rebuilt from the evidence. */
import type { Command } from 'commander';
import { rebuildStats } from '../../accounting/counters/rebuilt-stats.js';
import type { Boot } from '../../accounting/model.js';
import { statsResult, statsText } from '../../report/stats.js';
import { type Context, emit, emitResult, longHelp } from '../context.js';
import { UserError } from '../errors.js';
import { openInputs } from '../inputs.js';
import { EXIT } from '../io.js';
import { addInputOptions, addOutputOptions, type InputOptions, limitsOf, parseCount } from '../options.js';

interface StatsOptions extends InputOptions {
  readonly boot?: number;
}

const HELP = `
The text is that of /sys/kernel/debug/modules/stats, byte for byte, also where the input is only a
trace with probes. Rows with an unknown value are omitted, and stderr says what to capture for
them; where no row is known, the exit code is 1. Columns of the other formats: boot, kind
(counter or duplicate), name, value, reason.

Examples:
  modwaste stats trace.txt
  modwaste stats trace.txt | diff - /sys/kernel/debug/modules/stats
  modwaste stats --boot 1 --format json journal.txt trace.txt
`;

/** The wanted boot, else the newest. */
function pickBoot(boots: readonly Boot[], wanted: number | undefined): Boot {
  const boot = wanted === undefined ? boots.at(-1) : boots.find((candidate) => candidate.boot === wanted);
  if (boot) return boot;
  if (wanted === undefined) {
    throw new UserError('the inputs hold no boot', ['modwaste detect shows their formats']);
  }
  const known = boots.map((candidate) => candidate.boot).join(', ');
  throw new UserError(`there is no boot ${wanted}`, [`boots in these inputs: ${known || 'none'}`]);
}

async function stats(context: Context, inputs: readonly string[], options: StatsOptions): Promise<void> {
  const { case: opened, messages } = await openInputs(context, inputs, options, 'counts');
  const { boots } = opened.model;
  const boot = pickBoot(boots, options.boot);
  const rebuilt = rebuildStats(opened.model, boot);
  if (boots.length > 1 && options.boot === undefined) {
    messages.note(`boot ${boot.boot} of ${boots.length}, the newest (--boot N picks another)`);
  }
  for (const sentence of rebuilt.missing) messages.note(sentence);
  const table = statsResult(rebuilt);
  const isEmpty = table.rows.length === 0;
  if (isEmpty) context.finish(EXIT.incomplete);
  if (options.format !== 'text') return emitResult(context, options, table);
  if (isEmpty) messages.note(`no rows: ${table.empty}`);
  await emit(context, options, [statsText(rebuilt)]);
}

export function statsCommand(command: Command, context: Context): Command {
  command
    .description("Print the kernel's own stats table (debugfs modules/stats), rebuilt from the evidence.")
    .argument('[INPUT...]', 'files, directories, or - for stdin')
    .optionsGroup('Stats:')
    .option(
      '--boot <n>',
      'number of the boot, where the inputs hold several (default: the newest)',
      parseCount,
    );
  addInputOptions(addOutputOptions(command));
  longHelp(command, context, HELP);
  return command.action((inputs: string[], options: Omit<StatsOptions, 'limits'>) =>
    stats(context, inputs, { ...options, limits: limitsOf(options) }),
  );
}
