/** How errors are told to a user: what, why, where, what next. Libraries state facts; advice is added here. */

import { QueryHeadError } from '../query/head.js';
import { UnknownQueryError } from '../query/library.js';
import { ParamError } from '../query/params.js';
import { SqlError } from '../query/sql-error.js';

/** A mistake that the user can mend, in words that say how. */
export class UserError extends Error {
  override readonly name = 'UserError';
  constructor(
    message: string,
    /** What to do next, one line each. */
    readonly advice: readonly string[] = [],
  ) {
    super(message);
  }
}

/** Reasons of system errors in words; the rest print their code. */
const REASONS: Readonly<Record<string, string>> = {
  EACCES: 'permission denied',
  EDQUOT: 'disk quota exceeded',
  EEXIST: 'it exists already',
  EIO: 'input/output error',
  EISDIR: 'it is a directory',
  EMFILE: 'too many open files',
  ENAMETOOLONG: 'the name is too long',
  ENOENT: 'no such file or directory',
  ENOSPC: 'no space left on the device',
  ENOTDIR: 'a part of the path is no directory',
  EPERM: 'operation not permitted',
  EROFS: 'the file system is read-only',
  EFBIG: 'the file is too large',
};

export function systemCode(error: unknown): string | null {
  if (!(error instanceof Error) || !('code' in error)) return null;
  return typeof error.code === 'string' ? error.code : null;
}

/** Why the system refused, in words. */
export function systemReason(error: unknown): string {
  const code = systemCode(error);
  if (code !== null) return REASONS[code] ?? code;
  return error instanceof Error ? error.message : String(error);
}

/** The line of SQL and a caret under the place; tabs stay tabs so that the caret lines up. */
function snippet(error: SqlError): string[] {
  if (!error.place) return [];
  const { line, column, text } = error.place;
  const number = String(line);
  const indent = text.slice(0, column - 1).replace(/[^\t]/g, ' ');
  return [`  ${number} | ${text}`, `  ${' '.repeat(number.length)} | ${indent}^`];
}

const indented = (lines: readonly (string | null)[]): string[] =>
  lines.filter((line) => line !== null).map((line) => `  ${line}`);

/** The lines to print for an error of the user's, or null for one of ours. */
export function describeError(error: unknown): string[] | null {
  if (error instanceof UserError) return [`modwaste: ${error.message}`, ...indented(error.advice)];
  if (error instanceof SqlError) {
    return [
      `modwaste: ${error.message}`,
      ...snippet(error),
      ...indented([error.suggestion, 'modwaste tables describes the tables and their columns']),
    ];
  }
  if (error instanceof UnknownQueryError) {
    return [
      `modwaste: ${error.message}`,
      ...indented([error.suggestion, 'modwaste queries lists them; --sql runs your own']),
    ];
  }
  if (error instanceof ParamError) {
    return [
      `modwaste: ${error.fact}`,
      ...indented([error.suggestion, 'modwaste queries NAME describes the parameters of a query']),
    ];
  }
  if (error instanceof QueryHeadError) return [`modwaste: ${error.message}`];
  return null;
}

/** An error that is our own: one line, how to report it, and the stack only where it is asked for. */
export function describeInternalError(error: unknown, debug: boolean): string[] {
  const message = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
  const stack = error instanceof Error && error.stack ? error.stack.split('\n').slice(1) : [];
  return [
    `modwaste: internal error: ${message.split('\n')[0]}`,
    ...(debug
      ? stack
      : indented(['this is a bug in modwaste; please report it with what MODWASTE_DEBUG=1 adds here'])),
  ];
}
