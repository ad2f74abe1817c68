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
import type { Discovered } from './discover.js';
import { KeyMap, nameDigest } from './key-map.js';
import { isInPart, type Part, Smallest, sampleKey } from './select.js';

/** Lines collected before they are written. */
const WRITE_CHARS = 64 * 1024;

export interface PlanOptions {
  /** Files whose paths match alike are one case: see `groupsOf`. */
  readonly group: RegExp | null;
  readonly sample: { readonly count: number; readonly seed: number } | null;
  readonly part: Part | null;
}

/** Writes the plan. Memory holds 64 bits of each name, and with `group` all paths. */
export class Plan {
  readonly #path: string;
  readonly #options: PlanOptions;
  readonly #list = createHash('sha256');
  /** Cases of this run. */
  cases = 0;
  /** Of them, those that are skipped. */
  skipped = 0;
  /** Files of these cases; a directory that is one case counts once. */
  files = 0;
  /** How many repeated names were dropped. */
  repeated = 0;
  /** Cases of all shards; of another shard, a line of a list counts as one. */
  ofAll = 0;

  constructor(path: string, options: PlanOptions) {
    this.#path = path;
    this.#options = options;
  }

  /** SHA-256 over the names of all shards, the same for the shards of one batch; asked for once all are known. */
  get list(): string {
    return this.#list.copy().digest('hex');
  }

  /** Writes the cases and passes each on. `find` lists them by way of `isOurs`, which it asks about each name. */
  async *write(
    find: (isOurs: (name: string) => boolean) => AsyncIterable<Discovered>,
  ): AsyncGenerator<BatchCase> {
    const { group, sample, part } = this.#options;
    const isOurs = (name: string): boolean => {
      this.#list.update(`${name}\n`);
      this.ofAll++;
      return part === null || isInPart(name, part);
    };
    // Groups and samples are of the cases of all shards.
    const isLate = group !== null || sample !== null;
    const found = find(isLate ? () => true : isOurs);
    const all = group ? groupsOf(found, group) : singles(found);
    const cases = sample ? sampled(`${this.#path}.all`, all, sample) : all;
    yield* writeCases(this.#path, this.#chosen(cases, isLate ? isOurs : () => true));
  }

  async *#chosen(
    cases: AsyncIterable<BatchCase>,
    isOurs: (name: string) => boolean,
  ): AsyncGenerator<BatchCase> {
    const seen = new KeyMap();
    for await (const one of cases) {
      if (!isOurs(one.name)) continue;
      const digest = nameDigest(one.name);
      if (seen.get(digest) !== undefined) {
        this.repeated++;
        continue;
      }
      seen.set(digest, 0);
      this.cases++;
      this.files += one.inputs.length;
      if (one.skipped !== null) this.skipped++;
      yield one;
    }
  }
}

/** Writes the lines of a plan, and passes each case on. */
export async function* writeCases(path: string, cases: AsyncIterable<BatchCase>): AsyncGenerator<BatchCase> {
  const file = await open(path, 'w');
  try {
    let lines = '';
    for await (const one of cases) {
      lines += `${JSON.stringify({ ...one, bytes: undefined })}\n`;
      yield one;
      if (lines.length < WRITE_CHARS) continue;
      await file.write(lines);
      lines = '';
    }
    await file.write(lines);
  } finally {
    await file.close();
  }
}

/** Takes all that an iteration gives. */
export async function drain(items: AsyncIterable<unknown>): Promise<void> {
  for await (const _ of items);
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
    const { at, name, inputs, skipped } = one;
    const isPath = (value: unknown): boolean => typeof value === 'string';
    if (
      !at?.every(Number.isSafeInteger) ||
      at.length !== 2 ||
      !isPath(name) ||
      !Array.isArray(inputs) ||
      !inputs.every(isPath)
    )
      return null;
    return skipped === null || isPath(skipped) ? (one as BatchCase) : null;
  } catch {
    return null;
  }
}

export function damaged(what: string): never {
  throw new BatchError(what, [
    'run the batch again with --resume: it lists the cases again and keeps the results',
  ]);
}

async function* singles(candidates: AsyncIterable<Discovered>): AsyncGenerator<BatchCase> {
  for await (const { path, inputs = [path], why = null, ...rest } of candidates) {
    yield { name: nameOf(path), inputs, why, ...rest };
  }
}

/** The path, with bytes that are not UTF-8 made visible. */
const nameOf = (path: string): string => (/\p{Cs}/u.test(path) ? escapeLine(path) : path);

/**
 * Groups files by the text that the expression's groups (or, where it has none, the whole match) give for their paths:
 * one case of that name, in the place of the first file. A path that does not match is a case of its own.
 */
async function* groupsOf(
  candidates: AsyncIterable<Discovered>,
  expression: RegExp,
): AsyncGenerator<BatchCase> {
  const groups = new Map<string, Pick<BatchCase, 'at' | 'skipped'> & { readonly inputs: string[] }>();
  for await (const { at, path, skipped } of candidates) {
    const match = skipped === null ? expression.exec(path) : null;
    const parts = match && match.length > 1 ? match.slice(1) : match;
    const name = nameOf(parts?.map((part) => part ?? '').join(' ') ?? path);
    const group = groups.get(name);
    if (group && match) group.inputs.push(path);
    else groups.set(name, { at, inputs: [path], skipped });
  }
  for (const [name, group] of groups) {
    yield { name, ...group, why: group.inputs.length > 1 ? 'the same groups of --group' : null };
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
  await drain(writeCases(path, counted()));
  const threshold = smallest.threshold();
  for await (const one of readPlan(path)) if (sampleKey(one.name, seed) <= threshold) yield one;
  await rm(path);
}
