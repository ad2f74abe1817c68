/** `modwaste analyze`: the report. */
import type { Command } from 'commander';
import { runQuery } from '../../query/run.js';
import { type Section, sectionsJson, sectionsMarkdown } from '../../report/sections.js';
import { bootFacts } from '../../report/summary/facts.js';
import { evidenceLine, summaryText } from '../../report/summary/text.js';
import { type Context, emit, longHelp } from '../context.js';
import { openInputs } from '../inputs.js';
import { styleFor, usesColor } from '../messages.js';
import { addInputOptions, addOutputOptions, type InputOptions, limitsOf } from '../options.js';

/** What the report rests on, in the order in which one would ask. */
const SECTIONS = [
  'boots',
  'phase-waste',
  'duplicates',
  'requesters',
  'failures',
  'autoload',
  'ledger',
  'diagnostics',
];

const HELP = `
The report says what was wasted in which phase, on which modules and by whom, whether counters
and events agree, what to do about it, and what to capture to know more. --format json is one
object of results by query name, markdown a section for each. The queries are:
${SECTIONS.join(', ')}.
One of them alone, in any format: modwaste query NAME INPUT...

Examples:
  dmesg > d.txt && modwaste analyze d.txt
  modwaste analyze sosreport/ trace.txt
  zcat dmesg.gz | modwaste analyze -
  modwaste analyze --format markdown -o report.md trace.txt
`;

async function analyze(context: Context, inputs: readonly string[], options: InputOptions): Promise<void> {
  const { case: opened } = await openInputs(context, inputs, options, true);
  const store = await opened.store();
  if (options.format === 'text') {
    const { stdout, env } = context.io;
    const onTerminal = options.output === undefined && stdout.isTTY;
    const style = styleFor(usesColor(options.color, onTerminal, env));
    const width = onTerminal ? (stdout.columns ?? null) : null;
    await emit(context, options, summaryText(bootFacts(store.db), evidenceLine(opened), { ...style, width }));
    store.close();
    return;
  }
  const sections = SECTIONS.flatMap((name): Section[] => {
    const query = context.queries().get(name);
    return query ? [{ name, title: query.summary, result: runQuery(store.db, query, new Map()) }] : [];
  });
  await emit(
    context,
    options,
    options.format === 'markdown' ? sectionsMarkdown(sections) : sectionsJson(sections),
  );
  store.close();
}

export function analyzeCommand(command: Command, context: Context): Command {
  command
    .summary('report what was wasted, where, on what, by whom, and what to do')
    .description('Report what module loading wasted: in which phase, on what, by whom, and what to do.')
    .argument('[inputs...]', 'files, directories, or - for stdin');
  addInputOptions(addOutputOptions(command, ['text', 'json', 'markdown']));
  longHelp(command, context, HELP);
  return command.action((inputs: string[], options: Omit<InputOptions, 'limits'>) =>
    analyze(context, inputs, { ...options, limits: limitsOf(options) }),
  );
}
