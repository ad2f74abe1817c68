// SPDX-License-Identifier: Apache-2.0
/** `modwaste batch`: many boots in one set of tables. */

import { createReadStream } from 'node:fs';
import { type Command, InvalidArgumentError, Option } from 'commander';
import { CASE_KINDS, type CaseKind } from '../../batch/case.js';
import type { BatchInput } from '../../batch/list.js';
import type { BatchOptions } from '../../batch/run.js';
import type { Limits } from '../../input/limits.js';
import { errorMessage } from '../../model/error-message.js';
import { systemCode } from '../../model/system-error.js';
import { findQuery } from '../../query/library.js';
import { asUserError } from '../batch-error.js';
import { BatchMetrics } from '../batch-metrics.js';
import { BatchProgress, finishLine } from '../batch-progress.js';
import { type Context, longHelp, messagesFor } from '../context.js';
import { systemFailure, UserError } from '../errors.js';
import { refuseInputs } from '../files.js';
import { EXIT } from '../io.js';
import {
  addInputOptions,
  addMessageOptions,
  appendTo,
  type InputOptions,
  limitsOf,
  parseCount,
  parseSize,
} from '../options.js';

const FORMATS = ['csv', 'ndjson', 'parquet'] as const;
type OutputFormat = (typeof FORMATS)[number];

interface Options extends Pick<InputOptions, 'quiet' | 'color' | 'limits' | 'allMembers' | 'prefilter'> {
  readonly out?: string;
  readonly filesFrom?: string;
  readonly case: CaseKind;
  readonly group?: RegExp;
  readonly query: readonly string[];
  readonly format: readonly OutputFormat[];
  readonly sqlite?: string;
  readonly html?: string;
  readonly metrics?: string;
  readonly jobs?: number;
  readonly workerMemory?: number;
  readonly timeout?: number;
  readonly sample?: number;
  readonly seed: number;
  readonly shard?: string;
  readonly fetch?: string;
  readonly resume?: boolean;
  readonly verify?: boolean;
  readonly damagedOk?: boolean;
  readonly force?: boolean;
}

const HELP = `
A case is what one bug report holds; a case with several boots yields several rows. --case says
what is one case among the files of a directory, or of a list:
  auto     files of one directory that are evidence of one boot: a log, a trace and a copy of the
           counters, for example, by boot id, times, banner, lines, name and place. A report
           directory (a known layout, copies of /sys or /proc, tracing/, modules/) is one case,
           an archive too. Of more than 64 files of a directory, those are compared that share a
           boot id, a clock or lines in a row at their start or end, or a name (boot07-dmesg.txt
           and boot07-trace.txt); of a list, those that share a name
  file     every file below it, in report directories too
  dir      every directory directly inside it
  archive  every archive or compressed file below it
  member   every file below it, and of an archive every member
  input    the directory itself
--group makes files with the same text for its groups one case: --group '^(.*)\\.(dmesg|trace)$'.
Links inside directories are not followed; they and other files that are not cases are listed
as skipped, and so is context alone (sizes of modules, /proc/meminfo), which shows no boot.

An INPUT may be - for an archive on stdin, each member a case. A line of --files-from is a path or
URL, a line of sha256sum, or JSON: {"path": "s3://b/log", "sha256": "...", "version": "..."}. What
was read with that sha256 or version (an ETag, for example) is not read again. URLs are read by
the command of --fetch, without a shell, three times if it fails; --jobs says how many at once.

DIR gets NAME.csv for every canned query, with the case as first column, in the order of the
inputs; cases.csv (path, digest, status, boots, error, files: how many; why: why they are one
case; same_as: an earlier case with the same digest); and run.json with times and rates. All but
run.json is the same for any --jobs. --format csv,parquet also writes NAME/part-*.parquet, which
DuckDB, Spark, Polars, pandas and ClickHouse read as one table. Each file is written atomically.
status is ok, incomplete (damaged, truncated or beyond a limit; the rest was read), unrecognised,
failed or skipped. digest is what sha256sum prints; of several files, that of their digests,
whatever the files are called.

--resume continues a run that ended early: it reads only cases that are not done or have changed,
by size, times and inode, and drops cases that are gone. --verify goes by the digest alone, and so
reads all files. DIR/.modwaste holds the state.

--shard 2/16 reads the second of sixteen shards, chosen by a digest of the names (of the lines of
--files-from), so that many machines can share the work: give all of them the same inputs;
modwaste batch-merge merges the shards. --shard auto is the task of a Slurm array, a Kubernetes
Indexed Job (JOB_COMPLETIONS says how many) or an AWS Batch array; --shard auto/16 that of sixteen
numbered from 0. --sample 100 reads a random sample of a hundred cases, chosen by --seed.

Exit codes: 0 every case is ok, 1 some are not, 2 none could be read or the usage is wrong,
130 interrupted, 143 by SIGTERM (--resume continues). With --damaged-ok, 0 for every run that
finished: the damaged cases are named on stderr and in cases.csv.

Examples:
  modwaste batch logs/ --out result
  find /archive -name 'dmesg*' | modwaste batch --files-from - --out result --jobs 8
  aws s3 cp s3://boots/day.tar.zst - | modwaste batch - --out result
  modwaste batch --files-from urls.txt --fetch 'curl -sSf {}' --jobs 8 --out result
  modwaste batch reports/ --case dir --out result --resume --sqlite boots.sqlite
  modwaste batch-query waste-by-kernel result
`;

/** Of each case: one that is slow must not hold up thousands. */
const CASE_LIMITS: Partial<Limits> = { seconds: 120 };

function parseExpression(text: string): RegExp {
  try {
    return new RegExp(text, 'v');
  } catch (error) {
    throw new InvalidArgumentError(errorMessage(error));
  }
}

function parseSeed(text: string): number {
  if (!/^\d{1,15}$/.test(text)) throw new InvalidArgumentError('Expected a whole number.');
  return Number(text);
}

/** The inputs of the command line, then those of --files-from. */
async function* allInputs(typed: readonly string[], from: string | undefined): AsyncGenerator<BatchInput> {
  for (const path of typed) yield { path, listed: false };
  if (from === undefined) return;
  const { readList } = await import('../../batch/list.js');
  try {
    yield* readList(from === '-' ? process.stdin : createReadStream(from));
  } catch (error) {
    throw systemCode(error) === null ? error : systemFailure(`cannot read ${from}`, error);
  }
}

/** True where cases carry their contents. */
function isStream(inputs: readonly string[], options: Options): boolean {
  return inputs.includes('-') || options.case === 'member';
}

function checked(context: Context, inputs: readonly string[], options: Options): string {
  if (inputs.length === 0 && options.filesFrom === undefined) {
    throw new UserError('no INPUT given', ['for example: modwaste batch logs/ --out result']);
  }
  if (inputs.includes('-') && options.filesFrom === '-')
    throw new UserError('stdin cannot be an archive and a list');
  if (isStream(inputs, options) && (options.group || options.sample !== undefined)) {
    throw new UserError('members of archives can be neither grouped nor sampled', [
      'unpack the archive first',
    ]);
  }
  if (options.out === undefined) throw new UserError('--out DIR must be given');
  refuseInputs(inputs, [options.sqlite, options.html, options.metrics]);
  for (const name of options.query) findQuery(context.queries(), name);
  return options.out;
}

/** The named queries, or all without a mandatory parameter, in the order of `modwaste queries`. */
function queryNames(context: Context, asked: readonly string[]): string[] {
  const all = [...context.queries().values()];
  const usable = all.filter((query) => query.params.every((param) => param.defaultText !== null));
  const names = usable.map((query) => query.name);
  return asked.length === 0 ? names : names.filter((name) => asked.includes(name));
}

async function batch(context: Context, inputs: readonly string[], options: Options): Promise<void> {
  const out = checked(context, inputs, options);
  // Loaded on first use, so that other commands do not wait for the workers' library.
  const [{ runBatch }, defaults, { parsePart }] = await Promise.all([
    import('../../batch/run.js'),
    import('../../batch/pool.js'),
    import('../../batch/select.js'),
  ]);
  const messages = messagesFor(context, options);
  const progress = new BatchProgress(messages, context.io.stderr.isTTY);
  const { sample, seed, group, shard } = options;
  try {
    const part = shard === undefined ? null : parsePart(shard, context.io.env);
    if (part?.from) messages.note(`shard ${part.part}/${part.of}, by ${part.from}`);
    const settings: BatchOptions = {
      inputs: allInputs(inputs, options.filesFrom),
      stdin: process.stdin,
      isStream: isStream(inputs, options),
      fetch:
        options.fetch === undefined ? null : (await import('../../batch/fetch.js')).parseFetch(options.fetch),
      kind: group ? 'file' : options.case,
      group: group ?? null,
      sample: sample === undefined ? null : { count: sample, seed },
      part: part && { part: part.part, of: part.of },
      out,
      sqlite: options.sqlite ?? null,
      parquet: options.format.includes('parquet'),
      jobs: options.jobs ?? defaults.DEFAULT_JOBS,
      workerBytes: options.workerMemory ?? defaults.DEFAULT_WORKER_BYTES,
      timeout: options.timeout ?? defaults.DEFAULT_TIMEOUT,
      resume: options.resume ?? false,
      verify: options.verify ?? false,
      force: options.force ?? false,
      settings: {
        version: context.version,
        limits: { ...CASE_LIMITS, ...options.limits },
        allMembers: options.allMembers ?? false,
        prefilter: options.prefilter ?? true,
        queries: queryNames(context, options.query),
        ndjson: options.format.includes('ndjson'),
      },
      queries: context.queries(),
    };
    context.io.cleanups.add(() => progress.interrupted());
    const metrics = options.metrics === undefined ? null : new BatchMetrics(options.metrics, context);
    const summary = await runBatch(settings, {
      said: (line) => messages.note(line),
      planned: (plan) => progress.planned(plan),
      done: (outcome, figures) => {
        progress.done(outcome, figures);
        metrics?.update(figures, progress.total);
      },
      assembling: () => progress.assembling(),
      onInterrupt: (cleanup) => context.io.cleanups.add(cleanup),
    });
    messages.note(`${finishLine(summary)}; results in ${out}`);
    const { nextQuery } = await import('../../batch/next.js');
    const next = nextQuery(out);
    if (next !== null) messages.note(`next: modwaste batch-query ${next} ${quoted(out)}`);
    if (options.html !== undefined) {
      const { writeBatchHtml } = await import('../batch-html.js');
      await writeBatchHtml(context, out, options.html);
      messages.note(`HTML report in ${options.html}`);
    }
    metrics?.finish();
    const { ok, incomplete, unrecognised, failed } = summary.by_status;
    if (options.damagedOk) return;
    if (incomplete + unrecognised + failed > 0) context.finish(EXIT.incomplete);
    // A shard without a case did all that there was to do.
    if (ok + incomplete === 0 && summary.cases > 0) context.finish(EXIT.failed);
  } catch (error) {
    throw asUserError(error);
  } finally {
    messages.clearProgress();
  }
}

/** A path as a shell takes it. */
const quoted = (path: string): string =>
  /^[\w./@%+,:=-]+$/.test(path) ? path : `'${path.replaceAll("'", "'\\''")}'`;

export function batchCommand(command: Command, context: Context): Command {
  command
    .description('Read many boots, one case per file, archive or report directory, into one set of tables.')
    .argument('[INPUT...]', 'files, directories, archives; - for an archive on stdin')
    .optionsGroup('Cases:')
    .option('--files-from <list>', 'also read the inputs listed in FILE, one per line; - for stdin')
    .option('--fetch <command>', 'read URLs with this command; {} stands for the URL')
    .addOption(new Option('--case <kind>', 'what counts as one case').choices(CASE_KINDS).default('auto'))
    .option('--group <regex>', 'files whose paths match with the same groups are one case', parseExpression)
    .option('--sample <n>', 'read a random sample of N cases', parseCount)
    .option('--seed <n>', 'seed of --sample', parseSeed, 1)
    .option('--shard <i/n>', 'read the i-th of n shards; auto: that of an array job')
    .optionsGroup('Results:')
    .option('--out <dir>', 'folder for the results; created if missing')
    .addOption(
      new Option('--query <name>', 'run only this canned query; may be repeated')
        .argParser(appendTo)
        .default([], 'all'),
    )
    .addOption(
      new Option('--format <list>', 'ndjson, parquet: also write these; may be repeated')
        .choices(FORMATS)
        .argParser((value: string, before: readonly OutputFormat[]) => [...before, ...formatsOf(value)])
        .default([], 'csv'),
    )
    .option('--sqlite <file>', 'also write all results to one SQLite file')
    .option('--html <file>', 'also write a report as one HTML file')
    .option('--metrics <file>', 'write the state of the run to FILE every ten seconds, as OpenMetrics text')
    .option('--resume', 'continue an earlier run: read only what is not done or has changed')
    .option('--verify', 'with --resume: read all files to see whether they changed')
    .option('--force', 'discard an earlier run and start over')
    .option('--damaged-ok', 'exit with 0 even where cases are damaged')
    .optionsGroup('Work:')
    .option('--jobs <n>', 'number of workers (default: number of CPUs)', parseCount)
    .option(
      '--worker-memory <size>',
      'memory limit of a worker; a case that exceeds it fails (default: 1900M)',
      parseSize,
    )
    .option('--timeout <seconds>', 'a case that takes longer fails (default: 600)', parseCount);
  addInputOptions(addMessageOptions(command), CASE_LIMITS);
  longHelp(command, context, HELP);
  return command.action((inputs: string[], options: Omit<Options, 'limits'>) =>
    batch(context, inputs, { ...options, limits: limitsOf(options) }),
  );
}

/** `csv,parquet`. */
function formatsOf(list: string): OutputFormat[] {
  return list.split(',').map((name) => {
    const format = FORMATS.find((known) => known === name.trim());
    if (format) return format;
    throw new InvalidArgumentError(`Allowed choices are ${FORMATS.join(', ')}.`);
  });
}
