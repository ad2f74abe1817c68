// SPDX-License-Identifier: Apache-2.0
/** `modwaste analyze`: the report. */
import type { Command } from 'commander';
import { findQuery } from '../../query/library.js';
import type { Result } from '../../query/result.js';
import { runQuery } from '../../query/run.js';
import { AskedInOrder } from '../../report/answer/ask.js';
import { ANSWER_QUERIES, answerFrom } from '../../report/answer/index.js';
import type { Answer } from '../../report/answer/types.js';
import { formatBytes } from '../../report/cell.js';
import { type Section, sectionsJson, sectionsNdjson } from '../../report/sections.js';
import { headlines } from '../../report/views/json.js';
import { markdownReport } from '../../report/views/markdown.js';
import { type TextLooks, textReport } from '../../report/views/text.js';
import type { Store } from '../../store/types.js';
import { type Context, emit, emitResult, longHelp, looksOf, proseWidth } from '../context.js';
import { HeldStdin } from '../held-stdin.js';
import { openInputs } from '../inputs.js';
import { addInputOptions, addOutputOptions, type InputOptions, limitsOf } from '../options.js';

/** The queries of the report, in order. */
const SECTIONS = [
  'verdict',
  'advice',
  'boots',
  'phase-waste',
  'duplicates',
  'requesters',
  'outcomes',
  'storm',
  'shares',
  'failures',
  'problems',
  'allocation-failures',
  'remainder',
  'autoload',
  'ledger',
  'evidence',
  'capture',
  'diagnostics',
];

/** The query that --format csv prints. */
const CSV_QUERY = 'phase-waste';

const HELP = `
The report gives the verdict, what to do about it, the waste by phase, module and origin, how
the counts add up, and what else to capture. --format markdown is short enough to paste into a
bug report. --format json is one object: "headline", the first line of each boot's report with its
figures, then results by query name; ndjson has their rows, with that name as "query"; csv has
${CSV_QUERY} alone. The queries:
${SECTIONS.slice(0, 10).join(', ')},
${SECTIONS.slice(10).join(', ')}.
For one query in any format: modwaste query NAME INPUT...

Examples:
  dmesg > d.txt && modwaste analyze d.txt
  modwaste analyze sosreport/ trace.txt
  zcat dmesg.gz | modwaste analyze -
  modwaste analyze --format markdown -o report.md trace.txt
  modwaste analyze sosreport.tar.xz --html report.html

--html FILE also writes the report as one HTML file: it works offline, shows the log lines behind
its numbers, and has an SQL console with the data inside.
`;

interface AnalyzeOptions extends InputOptions {
  /** --html FILE. */
  readonly html?: string;
}

/** The first lines and the results of the report's queries, computed lazily. */
function* sectionsOf(context: Context, store: Store): Generator<Section> {
  yield { name: 'headline', result: headlines(answerOf(context, store)) };
  for (const name of SECTIONS) yield { name, result: resultOf(context, store, name) };
}

/** Only the tables that a query needs are filled. */
function resultOf(context: Context, { db, fill }: Store, name: string): Result {
  const query = findQuery(context.queries(), name);
  fill(query.needs);
  return runQuery(db, query, new Map());
}

function answerOf(context: Context, { db, fill }: Store): Answer {
  const queries = context.queries();
  fill(ANSWER_QUERIES.flatMap((name) => findQuery(queries, name).needs));
  return answerFrom(new AskedInOrder(db, queries));
}

async function report(context: Context, store: Store, options: InputOptions): Promise<void> {
  switch (options.format) {
    case 'text':
      return emit(context, options, textReport(answerOf(context, store), textLooks(context, options)));
    case 'json':
      return emit(context, options, sectionsJson(sectionsOf(context, store)));
    case 'ndjson':
      return emit(context, options, sectionsNdjson(sectionsOf(context, store)));
    case 'markdown':
      return emit(context, options, markdownReport(answerOf(context, store)));
    case 'csv':
      return emitResult(context, options, resultOf(context, store, CSV_QUERY));
  }
}

function textLooks(context: Context, options: InputOptions): TextLooks {
  return { ...looksOf(context, options), width: proseWidth(context, options) };
}

async function analyze(context: Context, inputs: readonly string[], options: AnalyzeOptions): Promise<void> {
  const held = options.html !== undefined && inputs.includes('-') ? new HeldStdin(process.stdin) : null;
  const inputOptions = held ? { ...options, stdin: held.first() } : options;
  const { case: opened, messages } = await openInputs(context, inputs, inputOptions, 'counts');
  const store = await opened.store([]);
  if (options.html !== undefined) {
    const { writeHtml } = await import('../html.js');
    const bytes = await writeHtml(context, opened, store, inputs, options, options.html, held);
    messages.note(`HTML report in ${options.html} (${formatBytes(bytes)})`);
  }
  await report(context, store, options);
  if (options.format === 'csv') {
    messages.note(`CSV holds one table, ${CSV_QUERY}; modwaste export writes all of them`);
  }
  store.close();
}

export function analyzeCommand(command: Command, context: Context): Command {
  command
    .description(
      'Report failed and duplicate module loads: the waste by phase, module and origin, and what to do.',
    )
    .argument('[INPUT...]', 'files, directories, or - for stdin');
  addOutputOptions(command).option('--html <file>', 'also write the report as one HTML file');
  addInputOptions(command);
  longHelp(command, context, HELP);
  return command.action((inputs: string[], options: Omit<AnalyzeOptions, 'limits'>) =>
    analyze(context, inputs, { ...options, limits: limitsOf(options) }),
  );
}
