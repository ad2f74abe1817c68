// SPDX-License-Identifier: Apache-2.0
/** Selects the cases of a shard or of a sample, both by digests of their names. */
import { createHash } from 'node:crypto';
import { BatchError } from './case.js';

/** One of N shards, numbered from 1. */
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
    throw new BatchError(`"${text}" is not a shard`, ['--shard 2/16 is the second of sixteen shards']);
  }
  return { part, of };
}

/** 48 bits of a digest: exact as a number, and enough to avoid collisions. */
function hash48(text: string): number {
  return createHash('sha256').update(text).digest().readUIntBE(0, 6);
}

/** True where the name belongs to the shard; the same on every machine. */
export function isInPart(name: string, { part, of }: Part): boolean {
  return hash48(`part\n${name}`) % of === part - 1;
}

/** Samples take the names with the smallest keys, whatever the order of the inputs. */
export function sampleKey(name: string, seed: number): number {
  return hash48(`sample ${seed}\n${name}`);
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
