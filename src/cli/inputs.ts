// SPDX-License-Identifier: Apache-2.0
/** Opens the inputs of a command, and reports on stderr what could not be read. */
import type { Case } from '../case.js';
import { DIAGNOSTICS, type Diagnostic } from '../model/diagnostic.js';
import type { Source } from '../model/source.js';
import { shortLabel } from '../model/source-label.js';
import { formatBytes } from '../report/cell.js';
import { type Context, messagesFor } from './context.js';
import { UserError } from './errors.js';
import { exitCodeFor } from './exit-code.js';
import { refuseInputs } from './files.js';
import { EXIT } from './io.js';
import type { Messages } from './messages.js';
import type { InputOptions } from './options.js';

/** Lines printed about lost data and unreadable inputs; of the rest only the number. */
const MOST_LINES = 10;

const plural = (count: number, word: string): string => `${count} ${word}${count === 1 ? '' : 's'}`;

function unrecognisedNote(sources: readonly Source[]): string | null {
  const leaves = sources.filter((source) => source.status !== 'container' && source.status !== 'skipped');
  const unrecognised = leaves.filter((source) => source.status === 'unrecognised').length;
  if (unrecognised === 0) return null;
  return `${unrecognised} of ${plural(leaves.length, 'source')} not recognised (see modwaste detect)`;
}

/** `path:12: trace-lost-events (3): detail. Help.` */
function diagnosticLine(diagnostic: Diagnostic, paths: ReadonlyMap<number, string>): string {
  const path = diagnostic.source === null ? null : paths.get(diagnostic.source);
  const place = path ? `${shortLabel(path)}${diagnostic.line === null ? '' : `:${diagnostic.line}`}: ` : '';
  const { counted, help } = DIAGNOSTICS[diagnostic.code];
  const times = diagnostic.count > 1 ? ` (${plural(diagnostic.count, counted ?? 'time')})` : '';
  const detail = diagnostic.detail ? `: ${diagnostic.detail}` : '';
  return `${place}${diagnostic.code}${times}${detail}. ${help}`;
}

/** Reports what was lost or failed; errors always, the rest unless --quiet. */
function reportDiagnostics(opened: Case, messages: Messages): void {
  const paths = new Map(opened.sources.map((source) => [source.id, source.path]));
  const bySeverity = (severity: string) =>
    opened.diagnostics.filter((diagnostic) => DIAGNOSTICS[diagnostic.code].severity === severity);
  const errors = bySeverity('error');
  const reported = [...errors, ...bySeverity('data-loss')];
  for (const [index, diagnostic] of reported.slice(0, MOST_LINES).entries()) {
    const line = diagnosticLine(diagnostic, paths);
    if (index < errors.length) messages.error(`modwaste: ${line}`);
    else messages.note(line);
  }
  const more = reported.length - MOST_LINES;
  if (more > 0) messages.note(`and ${more} more (modwaste query diagnostics lists them)`);
}

/** Files that a command writes besides its result. */
interface Outputs {
  readonly html?: string | undefined;
  readonly db?: string | undefined;
  readonly trace?: string | undefined;
}

export interface Opened {
  readonly case: Case;
  readonly messages: Messages;
}

/**
 * What a command needs of a case. `counts`: recognised evidence; without any, the command ends with advice. `rows`: it
 * prints the rows there are. `sources`: it lists the sources itself.
 */
export type Purpose = 'counts' | 'rows' | 'sources';

/**
 * Opens a case, reports on stderr what could not be read, and sets the exit code.
 */
export async function openInputs(
  context: Context,
  inputs: readonly string[],
  options: InputOptions & Outputs,
  purpose: Purpose,
): Promise<Opened> {
  const messages = messagesFor(context, options);
  if (inputs.length === 0) {
    throw new UserError('no INPUT given', [
      'an input is a file, a directory, or - for stdin, for example: modwaste analyze dmesg.txt',
    ]);
  }
  refuseInputs(inputs, [options.output, options.html, options.db, options.trace]);
  const opened = await context.openCase({
    inputs,
    limits: options.limits,
    allMembers: options.allMembers ?? false,
    explain: purpose === 'sources',
    prefilter: options.prefilter === false ? false : 'auto',
    ...(options.stdin ? { stdin: options.stdin } : {}),
    onProgress: ({ sources, bytes, path }) =>
      messages.progress(`reading source ${sources}, ${formatBytes(bytes)} so far: ${shortLabel(path)}`),
  });
  messages.clearProgress();
  reportDiagnostics(opened, messages);
  const code = exitCodeFor(opened.sources, opened.diagnostics);
  if (code === EXIT.failed && (purpose === 'counts' || (purpose === 'rows' && isUnread(opened.sources)))) {
    throw nothingRecognised(opened.sources);
  }
  const note = unrecognisedNote(opened.sources);
  if (note && purpose !== 'sources') messages.note(note);
  if (code === EXIT.failed) messages.error('modwaste: nothing was recognised in any input');
  context.finish(code);
  return { case: opened, messages };
}

/** True where nothing could be opened: there is nothing to list, not even a header. */
function isUnread(sources: readonly Source[]): boolean {
  return sources.every(({ status }) => status === 'failed');
}

function nothingRecognised(sources: readonly Source[]): UserError {
  const parents = new Set(sources.filter(({ status }) => status !== 'skipped').map(({ parent }) => parent));
  const reasons = sources.flatMap((source) => {
    if (source.status === 'unrecognised' || source.status === 'empty')
      return [`${shortLabel(source.path)}: ${source.why}`];
    const isBare = source.status === 'container' && !parents.has(source.id);
    return isBare ? [`${shortLabel(source.path)}: is empty`] : [];
  });
  // Inputs that could not be opened are already reported.
  if (reasons.length === 0) return new UserError('no input could be read');
  return new UserError('nothing was recognised in any input', [
    ...reasons.slice(0, MOST_LINES),
    ...(reasons.length > MOST_LINES ? [`and ${reasons.length - MOST_LINES} more`] : []),
    'modwaste reads dmesg and journal output, ftrace traces, and /sys/kernel/debug/modules;',
    'modwaste detect --explain INPUT shows what was tried',
  ]);
}
