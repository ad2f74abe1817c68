/** Which cases of all a run reads: one part of many, or a sample. Both go by digests of names, not by chance. */
import { createHash } from 'node:crypto';
import { BatchError } from './case.js';

/** One part of N, for N machines; parts are numbered from 1. */
export interface Part {
  readonly part: number;
  readonly of: number;
}

/** `--shard 2/16`. */
export function parsePart(text: string): Part {
  const match = /^(\d{1,6})\/(\d{1,6})$/.exec(text);
  const part = Number(match?.[1]);
  const of = Number(match?.[2]);
  if (!match || part < 1 || part > of) {
    throw new BatchError(`"${text}" is no part of a whole`, ['--shard 2/16 is the second of sixteen']);
  }
  return { part, of };
}

/** 48 bits of a digest: exact as a number, and far more than there are cases. */
function hash48(text: string): number {
  return createHash('sha256').update(text).digest().readUIntBE(0, 6);
}

/** The same names are in the same part wherever it runs: no machine has to read what the others do. */
export function isInPart(name: string, { part, of }: Part): boolean {
  return hash48(`part\n${name}`) % of === part - 1;
}

/** The place of a name in the order in which samples are drawn: names and order of inputs do not matter. */
export function sampleKey(name: string, seed: number): number {
  return hash48(`sample ${seed}\n${name}`);
}

/** The `count` smallest of the keys that it is given, each counted once; in memory for twice as many. */
export class Smallest {
  readonly #count: number;
  #keys: number[] = [];

  constructor(count: number) {
    this.#count = count;
  }

  add(key: number): void {
    this.#keys.push(key);
    if (this.#keys.length >= 2 * this.#count + 1024) this.#cut();
  }

  /** The largest key that is still one of them. */
  threshold(): number {
    this.#cut();
    return this.#keys.at(-1) ?? -1;
  }

  #cut(): void {
    this.#keys = [...new Set(this.#keys)].sort((a, b) => a - b).slice(0, this.#count);
  }
}
