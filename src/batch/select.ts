// SPDX-License-Identifier: Apache-2.0
/** Selects the cases of a shard or of a sample, both by digests of their names. */
import { BatchError } from './case.js';
import { nameDigest } from './key-map.js';

/** One of N shards, numbered from 1. */
export interface Part {
  readonly part: number;
  readonly of: number;
}

type Env = Readonly<Record<string, string | undefined>>;

/** Where an engine tells a task its index, the first index, the step between them, and how many tasks there are. */
const ENGINES = [
  {
    index: 'SLURM_ARRAY_TASK_ID',
    first: 'SLURM_ARRAY_TASK_MIN',
    step: 'SLURM_ARRAY_TASK_STEP',
    of: 'SLURM_ARRAY_TASK_COUNT',
  },
  { index: 'JOB_COMPLETION_INDEX', of: 'JOB_COMPLETIONS' },
  { index: 'AWS_BATCH_JOB_ARRAY_INDEX', of: 'AWS_BATCH_JOB_ARRAY_SIZE' },
] as const;

export interface ChosenPart extends Part {
  /** The variable that told it; null where the user did. */
  readonly from: string | null;
}

/** `2/16`, `auto` or `auto/16`: by the environment of an array job. */
export function parsePart(text: string, env: Env): ChosenPart {
  const [, index = '', count = ''] = /^(auto|\d{1,6})(?:\/(\d{1,6}))?$/.exec(text) ?? [];
  if (index === 'auto') return partOfEngine(count, env);
  const [part, of] = [Number(index), Number(count)];
  if (index === '' || count === '' || part < 1 || part > of) {
    throw new BatchError(`"${text}" is not a shard`, [
      '--shard 2/16 is the second of sixteen shards; --shard auto takes that of an array job',
    ]);
  }
  return { part, of, from: null };
}

function partOfEngine(count: string, env: Env): ChosenPart {
  const engine = ENGINES.find(({ index }) => env[index] !== undefined);
  if (!engine) {
    throw new BatchError('no array job has set its index', [
      `--shard auto reads ${ENGINES.map(({ index }) => index).join(', ')}`,
    ]);
  }
  const numberOf = (name: string, otherwise: number): number => {
    const value = env[name] ?? '';
    return /^\d{1,9}$/.test(value) ? Number(value) : otherwise;
  };
  const { index, of: ofName } = engine;
  const [first, step] = 'first' in engine ? [numberOf(engine.first, 0), numberOf(engine.step, 1)] : [0, 1];
  const part = count === '' ? (numberOf(index, -1) - first) / step + 1 : numberOf(index, -1) + 1;
  const of = count === '' ? numberOf(ofName, 0) : Number(count);
  // A part of an array, submitted again, would pass for the whole.
  const isWhole = count !== '' || first <= 1;
  if (!isWhole || !Number.isInteger(part) || part < 1 || part > of) {
    throw new BatchError(
      `${index}=${env[index]} is not a shard of ${of || `an unknown number: ${ofName} is not set`}`,
      [
        'number the tasks from 0 or 1 without gaps; --shard auto/16 says how many there are, where the first has the index 0',
      ],
    );
  }
  return { part, of, from: `${index}=${env[index]}` };
}

/** True where the name belongs to the shard; the same on every machine. */
export function isInPart(name: string, { part, of }: Part): boolean {
  return nameDigest(name).readUIntBE(0, 6) % of === part - 1;
}

/** Samples take the names with the smallest keys, whatever the order of the inputs. */
export function sampleKey(name: string, seed: number): number {
  // 48 bits: exact as a number, and enough to avoid collisions.
  return nameDigest(`sample ${seed}\n${name}`).readUIntBE(0, 6);
}

/** Keeps the `count` smallest distinct keys, in memory for about twice as many. */
export class Smallest {
  readonly #count: number;
  #keys: number[] = [];

  constructor(count: number) {
    this.#count = count;
  }

  add(key: number): void {
    this.#keys.push(key);
    if (this.#keys.length >= 2 * this.#count + 1024) this.#trim();
  }

  /** The largest key kept; -1 for none. */
  threshold(): number {
    this.#trim();
    return this.#keys.at(-1) ?? -1;
  }

  #trim(): void {
    this.#keys = [...new Set(this.#keys)].sort((a, b) => a - b).slice(0, this.#count);
  }
}
