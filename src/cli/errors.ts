// SPDX-License-Identifier: Apache-2.0
/** Error messages for users: what, why, where, what next. Libraries state facts; this adds advice. */

import { TimeOverError } from '../model/error-message.js';
import { systemAdvice, systemCode, systemReason } from '../model/system-error.js';
import { QueryHeadError } from '../query/head.js';
import { UnknownQueryError } from '../query/library.js';
import { ParamError } from '../query/params.js';
import { SqlError } from '../query/sql-error.js';

/** An error that the user can fix, with advice. */
export class UserError extends Error {
  override readonly name = 'UserError';
  constructor(
    message: string,
    /** What to do next, one line per item. */
    readonly advice: readonly string[] = [],
  ) {
    super(message);
  }
}

/** A failed system call on a path that the user named. `what`: `cannot write report.txt`. */
export function systemFailure(what: string, error: unknown): UserError {
  return new UserError(`${what}: ${systemReason(error)}`, systemAdvice(error));
}

/** The line of SQL with a caret under the error; tabs stay tabs so that the caret lines up. */
function snippet(error: SqlError): string[] {
  if (!error.place) return [];
  const { line, column, text } = error.place;
  const number = String(line);
  const indent = text.slice(0, column - 1).replace(/[^\t]/g, ' ');
  return [`  ${number} | ${text}`, `  ${' '.repeat(number.length)} | ${indent}^`];
}

const indented = (lines: readonly (string | null)[]): string[] =>
  lines.filter((line) => line !== null).map((line) => `  ${line}`);

/** The lines to print for a user's error; null for an internal error. */
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
  if (error instanceof TimeOverError) {
    return [`modwaste: ${error.message}`, '  pass fewer inputs, or more seconds'];
  }
  if (error instanceof QueryHeadError) return [`modwaste: ${error.message}`];
  return describeSystemError(error);
}

/** A system call that failed on a path that the user named, or below it: not an internal error. */
function describeSystemError(error: unknown): string[] | null {
  if (systemCode(error) === 'ERR_MODULE_NOT_FOUND' && error instanceof Error) {
    const [fact = error.message] = error.message.split(' imported from ');
    return [`modwaste: ${fact}: ${systemReason(error)}`, ...indented(systemAdvice(error))];
  }
  if (systemCode(error) === null || !(error instanceof Error) || !('syscall' in error)) return null;
  const path = 'path' in error && typeof error.path === 'string' ? ` ${error.path}` : '';
  return [
    `modwaste: cannot ${String(error.syscall)}${path}: ${systemReason(error)}`,
    ...indented(systemAdvice(error)),
  ];
}

/** An internal error: one line, how to report it, and with `debug` the stack. */
export function describeInternalError(error: unknown, debug: boolean): string[] {
  const message = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
  const stack = error instanceof Error && error.stack ? error.stack.split('\n').slice(1) : [];
  return [
    `modwaste: internal error: ${message.split('\n')[0]}`,
    ...(debug
      ? stack
      : indented(['this is a bug in modwaste; please report it with the output under MODWASTE_DEBUG=1'])),
  ];
}
