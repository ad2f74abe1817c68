/** `modwaste analyze`: the report. */
import type { Command } from 'commander';
import type { Case } from '../../case.js';
import type { Database } from '../../query/database.js';
import { findQuery } from '../../query/library.js';
import { runQuery } from '../../query/run.js';
import { formatBytes } from '../../report/cell.js';
import { type Section, sectionsJson, sectionsMarkdown, sectionsNdjson } from '../../report/sections.js';
import { bootFacts } from '../../report/summary/facts.js';
import { evidenceLine, summaryText } from '../../report/summary/text.js';
import { type Context, emit, emitResult, longHelp, looksOf } from '../context.js';
import { HeldStdin } from '../held-stdin.js';
import { openInputs } from '../inputs.js';
import { addInputOptions, addOutputOptions, type InputOptions, limitsOf } from '../options.js';

/** What the report rests on, in the order in which one would ask. */
const SECTIONS = [
  'boots',
  'phase-waste',
  'duplicates',
  'requesters',
  'storm',
  'shares',
  'failures',
  'remainder',
  'autoload',
  'ledger',
  'diagnostics',
];

/** What fits one table. */
const CSV_QUERY = 'phase-waste';

const HELP = `
The report says what was wasted in which phase, on which modules and by whom, whether counters
and events agree, what to do about it, and what to capture to know more. --format json is one
object of results by query name, ndjson their rows with that name as "query", markdown a section
for each, csv ${CSV_QUERY} alone. The queries are:
${SECTIONS.slice(0, 6).join(', ')},
${SECTIONS.slice(6).join(', ')}.
One of them alone, in any format: modwaste query NAME INPUT...

Examples:
  dmesg > d.txt && modwaste analyze d.txt
  modwaste analyze sosreport/ trace.txt
  zcat dmesg.gz | modwaste analyze -
  modwaste analyze --format markdown -o report.md trace.txt
  modwaste analyze sosreport.tar.xz --html report.html

--html FILE also writes the report as one file for a browser: it works from disk without a
network, shows the log lines behind its numbers, and has a query console with the data inside.
`;

interface AnalyzeOptions extends InputOptions {
  /** --html FILE. */
  readonly html?: string;
}

/** The results of the report, each computed when it is asked for. */
function* sectionsOf(context: Context, db: Database): Generator<Section> {
  for (const name of SECTIONS) {
    const query = findQuery(context.queries(), name);
    yield { name, title: query.summary, result: runQuery(db, query, new Map()) };
  }
}

async function report(context: Context, opened: Case, db: Database, options: InputOptions): Promise<void> {
  const sections = sectionsOf(context, db);
  switch (options.format) {
    case 'text':
      return emit(
        context,
        options,
        summaryText(bootFacts(db), evidenceLine(opened), looksOf(context, options)),
      );
    case 'json':
      return emit(context, options, sectionsJson(sections));
    case 'ndjson':
      return emit(context, options, sectionsNdjson(sections));
    case 'markdown':
      return emit(context, options, sectionsMarkdown(sections));
    case 'csv':
      return emitResult(context, options, runQuery(db, findQuery(context.queries(), CSV_QUERY), new Map()));
  }
}

async function analyze(context: Context, inputs: readonly string[], options: AnalyzeOptions): Promise<void> {
  const held = options.html !== undefined && inputs.includes('-') ? new HeldStdin(process.stdin) : null;
  const reading = held ? { ...options, stdin: held.first() } : options;
  const { case: opened, messages } = await openInputs(context, inputs, reading, 'counts');
  const store = await opened.store();
  if (options.html !== undefined) {
    const { writeHtml } = await import('../html.js');
    const bytes = await writeHtml(context, opened, store.db, inputs, options, options.html, held);
    messages.note(`HTML report in ${options.html} (${formatBytes(bytes)})`);
  }
  await report(context, opened, store.db, options);
  if (options.format === 'csv') {
    messages.note(`CSV holds one table, ${CSV_QUERY}; modwaste export writes them all`);
  }
  store.close();
}

export function analyzeCommand(command: Command, context: Context): Command {
  command
    .description('Report what module loading wasted: in which phase, on what, by whom, and what to do.')
    .argument('[inputs...]', 'files, directories, or - for stdin');
  addOutputOptions(command).option(
    '--html <file>',
    'also write the report as one HTML file, to look at and to pass on',
  );
  addInputOptions(command);
  longHelp(command, context, HELP);
  return command.action((inputs: string[], options: Omit<AnalyzeOptions, 'limits'>) =>
    analyze(context, inputs, { ...options, limits: limitsOf(options) }),
  );
}
