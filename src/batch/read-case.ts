// SPDX-License-Identifier: Apache-2.0
/** Reads one case: the work of a worker. */

import { createHash } from 'node:crypto';
import { openCase } from '../case.js';
import { queriesWithin } from '../case-of.js';
import { systemErrorMessage } from '../disk/disk.js';
import type { Input } from '../disk/inputs.js';
import { TimeOverError } from '../model/error-message.js';
import { escapeLine } from '../model/escape.js';
import type { Source } from '../model/source.js';
import { systemCode } from '../model/system-error.js';
import { kindOfFormat } from '../probe.js';
import { ReadingLimits } from '../read-limits.js';
import type { Questions } from './answers.js';
import type { BatchCase, CaseRow } from './case.js';
import { type Digest, digestOf } from './digest.js';
import { fetchBytes } from './fetch.js';
import type { CaseResult } from './frame.js';
import { nameDigest } from './key-map.js';
import { isRemote } from './list.js';
import { MemoryError, memoryWatch } from './memory.js';
import type { CaseRows } from './scratch.js';
import { stampOf } from './stamp.js';
import { statusOf } from './status.js';
import type { Task, Work } from './task.js';

export interface ReadContext extends Work, Pick<Task, 'group'> {
  readonly questions: Questions;
}

/** Reads a case, unless its contents are known. Errors of the case are part of the result. */
export async function readCase(
  one: BatchCase,
  known: string | null,
  context: ReadContext,
): Promise<{ readonly result: CaseResult | null; readonly stamp: string | null }> {
  // Before the contents are read: what changes meanwhile shows next time.
  const stamp = stampOfCase(one);
  try {
    const contents = await contentsOf(one, context);
    const { digest } = contents;
    if (digest === known) return { result: null, stamp };
    if (one.sha256 !== undefined && one.sha256 !== digest) {
      return { result: failure(one, `its SHA-256 is ${digest}, not that of the list`), stamp };
    }
    return { result: { ...(await readSafely(one, contents, context)), stamp }, stamp };
  } catch (error) {
    return { result: failure(one, escapeLine(systemErrorMessage(error))), stamp };
  }
}

/** What tells, without a read, that the contents are the same; null where nothing does. */
export function stampOfCase({ inputs, bytes, version }: BatchCase): string | null {
  if (version !== undefined) return `version ${version}`;
  return bytes || inputs.some(isRemote) ? null : stampOf(inputs);
}

/** See `CaseHead`. */
export function namesOf({ inputs }: BatchCase): string | null {
  return inputs.length === 1 ? null : nameDigest(inputs.join('\0')).toString('base64', 0, 12);
}

interface Contents extends Digest {
  readonly inputs: readonly Input[];
}

/** More cannot be held in one buffer on all machines. */
const MOST_FETCHED = 1024 ** 3;

async function contentsOf(
  one: BatchCase,
  { fetch, timeout, workerBytes, group }: ReadContext,
): Promise<Contents> {
  const { name, inputs } = one;
  const [url = ''] = inputs;
  if (!one.bytes && !isRemote(url)) return { inputs, ...(await digestOf(inputs)) };
  if (!one.bytes && !fetch) throw new Error('a URL is read by the command of --fetch');
  const limits = { seconds: timeout, mostBytes: Math.min(workerBytes, MOST_FETCHED) };
  const bytes = one.bytes ?? (await fetchBytes(url, fetch ?? [], limits, group));
  const digest = createHash('sha256').update(bytes).digest('hex');
  return { inputs: [{ name, bytes }], digest, bytes: bytes.length };
}

/** The row in cases.csv of a skipped case. */
export function skippedRow(one: BatchCase): CaseRow {
  return { name: one.name, digest: null, status: 'skipped', boots: 0, error: one.skipped ?? '' };
}

/** The result of a case that could not be read; `--resume` tries it again. */
export function failure(one: BatchCase, error: string): CaseResult {
  const { name } = one;
  return {
    ...{ name, digest: null, status: 'failed', boots: 0, error, bytes: 0, stamp: null, names: namesOf(one) },
    parts: [],
  };
}

/** A bug in modwaste must not stop the other cases: it is reported, and `--resume` tries the case again. */
async function readSafely(one: BatchCase, contents: Contents, context: ReadContext): Promise<CaseResult> {
  try {
    return { ...(await readContents(one, contents, context)), names: namesOf(one) };
  } catch (error) {
    if (error instanceof MemoryError || error instanceof TimeOverError) return failure(one, error.message);
    if (systemCode(error) !== null) return failure(one, escapeLine(systemErrorMessage(error)));
    const text = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
    return failure(one, escapeLine(`internal error: ${text}`));
  }
}

/** The formats of a case that says nothing of a boot by itself: it would be a boot without anything in the tables. */
function contextAlone(sources: readonly Source[]): string | null {
  const formats = new Set(sources.filter(({ status }) => status === 'read').map(({ format }) => format));
  const isContext = [...formats].every((format) => kindOfFormat(format) === 'context');
  return formats.size > 0 && isContext ? [...formats].sort().join(', ') : null;
}

async function readContents(
  { name }: BatchCase,
  { inputs, digest, bytes }: Contents,
  { settings, questions, workerBytes }: ReadContext,
): Promise<CaseResult> {
  const checkMemory = memoryWatch(workerBytes);
  const within = queriesWithin(new ReadingLimits(settings.limits));
  const opened = await openCase({
    inputs,
    limits: settings.limits,
    allMembers: settings.allMembers,
    prefilter: settings.prefilter,
    onProgress: checkMemory,
  });
  checkMemory();
  const read = { name, digest, bytes, stamp: null, names: null };
  const formats = contextAlone(opened.sources);
  if (formats !== null) {
    const error = `context alone (${formats}): no log, no trace, no counters`;
    return { ...read, boots: 0, status: 'skipped', error, parts: [] };
  }
  return {
    ...read,
    ...statusOf(opened.sources, opened.diagnostics),
    boots: opened.model.boots.length,
    parts: await questions.ask(name, checked(opened.rows(), checkMemory), within),
  };
}

/** The rows of each table, made after a check. */
function checked(rows: CaseRows, check: () => void): CaseRows {
  const tables = Object.entries(rows).map(([name, make]) => {
    const checkedMake = (): ReturnType<typeof make> => {
      check();
      return make();
    };
    return [name, checkedMake] as const;
  });
  return Object.fromEntries(tables);
}
