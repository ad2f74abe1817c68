// SPDX-License-Identifier: Apache-2.0
/** Parses parameters of queries (`name=value`) into values to bind. */
import { nsFromSeconds } from '../model/time.js';
import type { ParamType, Query, QueryParam } from './head.js';
import { didYouMean } from './suggest.js';

/**
 * A parameter that is unknown, missing, given twice or of the wrong type.
 *
 * @example
 * try {
 *   await opened.query('timeline', { bucket_ms: 'wide' });
 * } catch (error) {
 *   if (error instanceof ParamError) console.error(error.fact, error.suggestion);
 * }
 */
export class ParamError extends Error {
  override readonly name = 'ParamError';
  constructor(
    readonly fact: string,
    readonly suggestion: string | null = null,
  ) {
    super(fact);
  }
}

export type ParamValue = number | string | null;

/** `['boot=1', 'name=a=b']` -> `{ boot: '1', name: 'a=b' }`. */
export function parseAssignments(assignments: readonly string[]): ReadonlyMap<string, string> {
  const given = new Map<string, string>();
  for (const assignment of assignments) {
    const at = assignment.indexOf('=');
    const name = assignment.slice(0, at).trim();
    if (at < 1 || name === '') throw new ParamError(`parameter "${assignment}" is not name=value`);
    if (given.has(name)) throw new ParamError(`parameter ${name} is given twice`);
    given.set(name, assignment.slice(at + 1));
  }
  return given;
}

const INTEGER = /^[+-]?\d+$/;
const SECONDS = /^(\d{1,10})(?:\.(\d{1,9}))?$/;
const REAL = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?$/;

/** A typed value, or null where the text is not of the type. Integers must be exact as a double (2^53). */
function typed(type: ParamType, text: string): number | string | null {
  switch (type) {
    case 'TEXT':
      return text;
    case 'INTEGER':
      return INTEGER.test(text) && Number.isSafeInteger(Number(text)) ? Number(text) : null;
    case 'REAL':
      return REAL.test(text) && Number.isFinite(Number(text)) ? Number(text) : null;
    case 'SECONDS': {
      const [whole, seconds = '', fraction = ''] = SECONDS.exec(text) ?? [];
      // As digits, which affinity or CAST make an integer: nanoseconds since 1970 are beyond 2^53.
      return whole === undefined ? null : nsFromSeconds(seconds, fraction).toString();
    }
  }
}

const KINDS: Readonly<Record<ParamType, string>> = {
  TEXT: 'a text',
  INTEGER: 'a whole number of at most 2^53',
  REAL: 'a finite number',
  SECONDS: 'a number of seconds',
};

function bindValue(param: QueryParam, given: string | undefined): ParamValue {
  const text = given ?? param.defaultText;
  if (text === null)
    throw new ParamError(`parameter ${param.name} (${param.type}) is required: ${param.meaning}`);
  if (given === undefined && text === 'NULL') return null;
  const value = typed(param.type, text);
  if (value === null)
    throw new ParamError(`parameter ${param.name} must be ${KINDS[param.type]}, not "${text}"`);
  return value;
}

/** The values of a canned query's parameters, defaults filled in. */
export function bindParams(query: Query, given: ReadonlyMap<string, string>): Map<string, ParamValue> {
  const known = query.params.map((param) => param.name);
  for (const name of given.keys()) {
    if (known.includes(name)) continue;
    const has = known.length > 0 ? `has ${known.join(', ')}` : 'has none';
    throw new ParamError(`query ${query.name} has no parameter ${name}: it ${has}`, didYouMean(name, known));
  }
  return new Map(query.params.map((param) => [param.name, bindValue(param, given.get(param.name))]));
}

/** The values for the user's SQL: all parameters that it names must be given, and no others. */
export function bindOwnParams(
  named: readonly string[],
  given: ReadonlyMap<string, string>,
): Map<string, ParamValue> {
  for (const name of given.keys()) {
    if (!named.includes(name)) {
      throw new ParamError(`the SQL has no parameter $${name}`, didYouMean(name, named));
    }
  }
  return new Map(
    named.map((name) => {
      const text = given.get(name);
      if (text === undefined) throw new ParamError(`parameter $${name} of the SQL is required`);
      return [name, typed('INTEGER', text) ?? typed('REAL', text) ?? text];
    }),
  );
}
