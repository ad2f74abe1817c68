// SPDX-License-Identifier: Apache-2.0
/** `modwaste detect`: the format detected for each source, and why. */
import type { Command } from 'commander';
import type { Detection } from '../../ingest/detect.js';
import type { Source } from '../../model/source.js';
import type { Result, Value } from '../../query/result.js';
import { type Context, emitResult, longHelp } from '../context.js';
import { openInputs } from '../inputs.js';
import { addInputOptions, addOutputOptions, type InputOptions, limitsOf } from '../options.js';

interface DetectOptions extends InputOptions {
  readonly explain?: boolean;
}

const HELP = `
A source is a file, an archive member, or a section of a file. Detection reads its first 64 KiB:
every format that matches gives a confidence (1 to 100) and how many of the lines it tried
matched; the highest confidence wins. --explain also shows the other candidates, by rank.

Status: read, unrecognised (no format matches), empty, failed (could not be read), skipped (a
device, a link), container (a directory or archive; its contents are listed above it).

Examples:
  modwaste detect sosreport/
  modwaste detect --explain paste.txt
  modwaste detect --format json . | jq '.[] | select(.status == "unrecognised") | .path'
`;

const TEXT = { type: 'TEXT', unit: null } as const;
const INTEGER = { type: 'INTEGER', unit: null } as const;

const COLUMNS: Result['columns'] = [
  { name: 'source', ...INTEGER },
  { name: 'path', ...TEXT },
  { name: 'status', ...TEXT },
  { name: 'rank', ...INTEGER },
  { name: 'format', ...TEXT },
  { name: 'form', ...TEXT },
  { name: 'confidence', ...INTEGER },
  { name: 'matched', ...INTEGER },
  { name: 'tried', ...INTEGER },
  { name: 'why', ...TEXT },
];

/** A row for the source, and with `explain` one for each rejected candidate. */
function rowsOf(source: Source, detection: Detection | undefined, explain: boolean): Value[][] {
  const candidates = (detection?.candidates ?? []).slice(0, explain ? undefined : 1);
  if (candidates.length === 0) {
    return [
      [
        BigInt(source.id),
        source.path,
        source.status,
        null,
        source.format,
        null,
        null,
        null,
        null,
        source.why || null,
      ],
    ];
  }
  return candidates.map(({ ingester, verdict }, index) => [
    BigInt(source.id),
    source.path,
    index === 0 ? source.status : 'not chosen',
    BigInt(index + 1),
    ingester.name,
    verdict.form,
    BigInt(verdict.confidence),
    BigInt(verdict.matched),
    BigInt(verdict.tried),
    verdict.why,
  ]);
}

async function detect(context: Context, inputs: readonly string[], options: DetectOptions): Promise<void> {
  const { case: opened } = await openInputs(context, inputs, options, 'sources');
  const explain = options.explain ?? false;
  await emitResult(context, options, {
    columns: COLUMNS,
    rows: opened.sources.flatMap((source) => rowsOf(source, opened.detections.get(source.id), explain)),
    empty: 'the inputs are empty',
  });
}

export function detectCommand(command: Command, context: Context): Command {
  command
    .description('Show the format detected for each source, and why.')
    .argument('[INPUT...]', 'files, directories, or - for stdin')
    .optionsGroup('Detection:')
    .option('--explain', 'also show the formats that matched but were not chosen');
  addInputOptions(addOutputOptions(command));
  longHelp(command, context, HELP);
  return command.action((inputs: string[], options: Omit<DetectOptions, 'limits'>) =>
    detect(context, inputs, { ...options, limits: limitsOf(options) }),
  );
}
