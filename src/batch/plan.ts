// SPDX-License-Identifier: Apache-2.0
/**
 * The plan of a run: its cases, in order, as lines of a file. A file rather than a list in memory, because there may be
 * a million cases; it is read once to do the work and once to write the outputs.
 */
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { open, rm } from 'node:fs/promises';
import { createInterface } from 'node:readline';
import { escapeLine } from '../model/escape.js';
import { type BatchCase, BatchError } from './case.js';
import type { Candidate } from './discover.js';
import { nameKey } from './results.js';
import { isInPart, type Part, Smallest, sampleKey } from './select.js';

/** Lines collected before they are written. */
const WRITE_CHARS = 64 * 1024;

export interface PlanOptions {
  /** Files whose paths match alike are one case: see `groupsOf`. */
  readonly group: RegExp | null;
  readonly sample: { readonly count: number; readonly seed: number } | null;
  readonly part: Part | null;
}

export interface Plan {
  /** Cases of this run. */
  readonly cases: number;
  /** Cases of all shards. */
  readonly ofAll: number;
  /** SHA-256 over the names of the cases of all shards; the same for the shards of one batch. */
  readonly list: string;
  /** True where the plan holds the case with this key. */
  has(key: string): boolean;
  /** Files of these cases; a directory that is one case counts once. */
  readonly files: number;
  /** How many repeated names were dropped. */
  readonly repeated: number;
}

/** Writes the plan. Memory holds the keys of the cases' names, and with `group` all paths. */
export async function writePlan(
  path: string,
  candidates: AsyncIterable<Candidate>,
  options: PlanOptions,
): Promise<Plan> {
  const all = options.group ? groupsOf(candidates, options.group) : singles(candidates);
  const cases = options.sample ? sampled(`${path}.all`, all, options.sample) : all;
  const seen = new Set<bigint>();
  const list = createHash('sha256');
  let repeated = 0;
  let files = 0;
  let ofAll = 0;
  async function* chosen(): AsyncGenerator<BatchCase> {
    for await (const one of cases) {
      list.update(`${one.name}\n`);
      ofAll++;
      if (options.part && !isInPart(one.name, options.part)) continue;
      const key = BigInt(`0x${nameKey(one.name)}`);
      if (seen.has(key)) repeated++;
      else {
        files += one.inputs.length;
        yield one;
      }
      seen.add(key);
    }
  }
  const count = await writeCases(path, chosen());
  return {
    ...{ cases: count, ofAll, files, repeated, list: list.digest('hex') },
    has: (key) => seen.has(BigInt(`0x${key}`)),
  };
}

/** Writes the lines of a plan; returns their number. */
export async function writeCases(path: string, cases: AsyncIterable<BatchCase>): Promise<number> {
  const file = await open(path, 'w');
  let count = 0;
  try {
    let lines = '';
    for await (const one of cases) {
      count++;
      lines += `${JSON.stringify(one)}\n`;
      if (lines.length < WRITE_CHARS) continue;
      await file.write(lines);
      lines = '';
    }
    await file.write(lines);
  } finally {
    await file.close();
  }
  return count;
}

/** Throws where a line is not one that `writeCases` writes. */
export async function* readPlan(path: string): AsyncGenerator<BatchCase> {
  const lines = createInterface({ input: createReadStream(path), crlfDelay: Number.POSITIVE_INFINITY });
  let number = 0;
  for await (const line of lines) {
    number++;
    yield planned(line) ?? damaged(`${path}:${number} is damaged`);
  }
}

function planned(line: string): BatchCase | null {
  try {
    const one: Partial<BatchCase> = Object(JSON.parse(line));
    const { n, name, inputs, skipped } = one;
    const isPath = (value: unknown): boolean => typeof value === 'string';
    if (!Number.isSafeInteger(n) || !isPath(name) || !Array.isArray(inputs) || !inputs.every(isPath))
      return null;
    return skipped === null || isPath(skipped) ? (one as BatchCase) : null;
  } catch {
    return null;
  }
}

export function damaged(what: string): never {
  throw new BatchError(what, [
    'run the batch again with --resume: it lists the cases anew, and keeps the results',
  ]);
}

async function* singles(candidates: AsyncIterable<Candidate>): AsyncGenerator<BatchCase> {
  let n = 0;
  for await (const { path, inputs = [path], why = null, skipped } of candidates) {
    yield { n: n++, name: nameOf(path), inputs, why, skipped };
  }
}

/** The path, with bytes that are no UTF-8 made visible. */
const nameOf = (path: string): string => (/\p{Cs}/u.test(path) ? escapeLine(path) : path);

/**
 * Groups files by the text that the expression's groups (or, where it has none, the whole match) give for their paths:
 * one case of that name, in the place of the first file. A path that does not match is a case of its own.
 */
async function* groupsOf(
  candidates: AsyncIterable<Candidate>,
  expression: RegExp,
): AsyncGenerator<BatchCase> {
  const groups = new Map<string, { readonly inputs: string[]; readonly skipped: string | null }>();
  for await (const { path, skipped } of candidates) {
    const match = skipped === null ? expression.exec(path) : null;
    const parts = match && match.length > 1 ? match.slice(1) : match;
    const name = nameOf(parts?.map((part) => part ?? '').join(' ') ?? path);
    const group = groups.get(name);
    if (group && match) group.inputs.push(path);
    else groups.set(name, { inputs: [path], skipped });
  }
  let n = 0;
  for (const [name, { inputs, skipped }] of groups) {
    yield { n: n++, name, inputs, why: inputs.length > 1 ? 'the same groups of --group' : null, skipped };
  }
}

/** The cases of a sample, in order. All cases go to a file first, because the inputs may come from a pipe. */
async function* sampled(
  path: string,
  cases: AsyncIterable<BatchCase>,
  { count, seed }: { count: number; seed: number },
): AsyncGenerator<BatchCase> {
  const smallest = new Smallest(count);
  async function* counted(): AsyncGenerator<BatchCase> {
    for await (const one of cases) {
      if (one.skipped !== null) continue;
      smallest.add(sampleKey(one.name, seed));
      yield one;
    }
  }
  await writeCases(path, counted());
  const threshold = smallest.threshold();
  for await (const one of readPlan(path)) if (sampleKey(one.name, seed) <= threshold) yield one;
  await rm(path);
}
