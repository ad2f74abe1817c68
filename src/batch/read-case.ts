// SPDX-License-Identifier: Apache-2.0
/** Reads one case and writes its result: the work of a worker. */

import { createHash } from 'node:crypto';
import { openCase } from '../case.js';
import { systemErrorMessage } from '../disk/disk.js';
import { escapeLine } from '../model/escape.js';
import type { Source } from '../model/source.js';
import { systemAdvice, systemReason } from '../model/system-error.js';
import { kindOfFormat } from '../probe.js';
import type { Questions } from './answers.js';
import type { BatchCase, CaseRow, CaseSettings, Outcome } from './case.js';
import { type Digest, digestOf } from './digest.js';
import type { CaseResult, Results } from './results.js';
import { statusOf } from './status.js';

export interface ReadContext {
  readonly settings: CaseSettings;
  readonly fingerprint: string;
  readonly questions: Questions;
  readonly results: Results;
}

/** A result could not be written, which ends the run. */
export class ResultWriteError extends Error {
  override readonly name = 'ResultWriteError';
}

/** Reads a case, unless there is a result for the same contents. Errors of the case are part of the result. */
export async function processCase(one: BatchCase, given: ReadContext): Promise<Outcome> {
  const context = { ...given, fingerprint: fingerprintFor(one, given.fingerprint) };
  const start = performance.now();
  const seconds = (): number => (performance.now() - start) / 1000;
  if (one.skipped !== null) return outcomeOf(one, skippedRow(one), 0, seconds());
  let result: CaseResult;
  try {
    const digest = await digestOf(one.inputs);
    const before = context.results.head(one.name);
    if (before?.digest === digest.digest && before.fingerprint === context.fingerprint) {
      return { ...outcomeOf(one, before, before.bytes, seconds()), reused: true };
    }
    result = await readSafely(one, digest, context);
  } catch (error) {
    result = failure(one, context.fingerprint, escapeLine(systemErrorMessage(error)));
  }
  keep(result, context.results);
  return outcomeOf(one, result, result.bytes, seconds());
}

/** Of a group of files also by their names, which its digest leaves out: sources are shown by them. */
function fingerprintFor({ inputs }: BatchCase, fingerprint: string): string {
  if (inputs.length === 1) return fingerprint;
  return createHash('sha256')
    .update([fingerprint, ...inputs].join('\0'))
    .digest('hex');
}

export function outcomeOf(one: BatchCase, row: CaseRow, bytes: number, seconds: number): Outcome {
  const { name, digest, status, boots, error } = row;
  return { n: one.n, name, digest, status, boots, error, bytes, seconds, reused: false };
}

/** The row in cases.csv of a skipped case. */
export function skippedRow(one: BatchCase): CaseRow {
  return { name: one.name, digest: null, status: 'skipped', boots: 0, error: one.skipped ?? '' };
}

export function keep(result: CaseResult, results: Results): void {
  try {
    results.write(result);
  } catch (error) {
    throw new ResultWriteError([systemReason(error), ...systemAdvice(error)].join('; '));
  }
}

/** The result of a case that could not be read; `--resume` tries it again. */
export function failure(one: BatchCase, fingerprint: string, error: string): CaseResult {
  return {
    name: one.name,
    fingerprint,
    digest: null,
    status: 'failed',
    boots: 0,
    error,
    bytes: 0,
    parts: [],
  };
}

/** A bug in modwaste must not stop the other cases: it is reported, and `--resume` tries the case again. */
async function readSafely(one: BatchCase, digest: Digest, context: ReadContext): Promise<CaseResult> {
  try {
    return await readCase(one, digest, context);
  } catch (error) {
    const text = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
    return failure(one, context.fingerprint, escapeLine(`internal error: ${text}`));
  }
}

/** The formats of a case that says nothing of a boot by itself: it would be a boot without anything in the tables. */
function contextAlone(sources: readonly Source[]): string | null {
  const formats = new Set(sources.filter(({ status }) => status === 'read').map(({ format }) => format));
  const isContext = [...formats].every((format) => kindOfFormat(format) === 'context');
  return formats.size > 0 && isContext ? [...formats].sort().join(', ') : null;
}

async function readCase(
  one: BatchCase,
  { digest, bytes }: Digest,
  { settings, fingerprint, questions }: ReadContext,
): Promise<CaseResult> {
  const opened = await openCase({
    inputs: one.inputs,
    limits: settings.limits,
    allMembers: settings.allMembers,
    prefilter: settings.prefilter,
  });
  const formats = contextAlone(opened.sources);
  if (formats !== null) {
    return {
      ...{ name: one.name, fingerprint, digest, bytes, boots: 0, status: 'skipped', parts: [] },
      error: `context alone (${formats}): no log, no trace, no counters`,
    };
  }
  const parts = await questions.ask(one.name, opened.rows());
  return {
    name: one.name,
    fingerprint,
    digest,
    ...statusOf(opened.sources, opened.diagnostics),
    boots: opened.model.boots.length,
    bytes,
    parts,
  };
}
