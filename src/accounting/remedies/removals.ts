// SPDX-License-Identifier: Apache-2.0
/** Which remedies save a failed load, or a part of what it cost. */

import { type Bounds, exactly, type Range } from '../../model/bounds.js';
import { EEXIST } from '../../model/errno.js';
import { holds } from '../kernel.js';
import type { Attempt, SizeRow } from '../model.js';
import { callerOf } from '../worth.js';
import { maskOf, type Removal } from './types.js';
import { modulesOfManyFiles, type Wait, waitsOf } from './waits.js';

export interface Replay {
  readonly release: string | null;
  readonly attempts: readonly Attempt[];
  /** Whether the trace holds all calls. */
  readonly complete: boolean;
  readonly sizes: readonly SizeRow[];
  /** The requesters and modules that cost most, in that order. */
  readonly requesters: readonly string[];
  readonly modules: readonly string[];
}

export const isDuplicate = ({ outcome }: Attempt): boolean => outcome === 'duplicate';

const [COALESCE, FINIT, UNCOMPRESSED] = [
  maskOf('coalescing-kernel'),
  maskOf('finit-module'),
  maskOf('uncompressed-modules'),
];

export class Removals {
  readonly #replay: Replay;
  readonly #coalesces: boolean | null;
  /** Had all finit_module calls been coalesced, and all calls whatever. */
  readonly #finit: ReadonlyMap<Attempt, Wait>;
  readonly #all: ReadonlyMap<Attempt, Wait>;
  readonly #manyFiles: ReadonlySet<string | null>;
  /** When each module was live, and when its load was in the kernel's list, by clock and name. */
  readonly #live = new Map<string, bigint>();
  readonly #listed = new Map<string, bigint>();
  /** Modules that a call of the trace loaded, and those that init_module was called for. */
  readonly #loaded = new Set<string | null>();
  readonly #copied = new Set<string | null>();
  readonly #firstOfUdev = new Map<string | null, Attempt>();
  /** The smallest and the largest compressed file that is listed of each module, and those of which a plain one is. */
  readonly #compressedFiles: ReadonlyMap<string, Range>;
  readonly #plainFiles: ReadonlySet<string>;

  constructor(replay: Replay) {
    const { attempts, release, sizes } = replay;
    this.#replay = replay;
    this.#coalesces = holds('coalescing', release);
    const finit = attempts.filter(({ call }) => call === 'finit_module');
    this.#finit = waitsOf(finit);
    this.#all = finit.length === attempts.length ? this.#finit : waitsOf(attempts);
    this.#manyFiles = this.#coalesces === true ? modulesOfManyFiles(attempts) : new Set();
    this.#compressedFiles = spans(sizes);
    this.#plainFiles = new Set(sizes.filter(({ of }) => of === 'file').map(({ module }) => module));
    for (const attempt of attempts) {
      if (attempt.call === 'init_module') this.#copied.add(attempt.module);
      if (attempt.outcome === 'loaded') {
        this.#loaded.add(attempt.module);
        earliest(this.#live, keyOf(attempt), attempt.end);
        earliest(this.#listed, keyOf(attempt), attempt.loadedAt);
      }
      if (attempt.requester === 'udev' && !this.#firstOfUdev.has(attempt.module))
        this.#firstOfUdev.set(attempt.module, attempt);
    }
  }

  /** What saves all of a call's cost. */
  ofCall(attempt: Attempt): Removal[] {
    const removals = [...this.#coalesced(attempt)];
    const add = (mask: number, certain: boolean): void => void removals.push({ mask, certain });
    const { module, requester } = attempt;
    const dropped = module === null ? -1 : this.#replay.modules.indexOf(module);
    if (dropped >= 0) add(maskOf('drop-module-1') << dropped, true);
    if (!isDuplicate(attempt)) return removals;
    const live = this.#wasLive(attempt);
    if (live !== 'no') add(maskOf('check-initstate'), live === 'certain');
    const fixed = this.#replay.requesters.indexOf(callerOf(attempt));
    if (fixed >= 0) add(maskOf('fix-requester-1') << fixed, true);
    // The modalias of an event is not known: several may name one module.
    if (requester === 'udev' && this.#firstOfUdev.get(module) !== attempt)
      add(maskOf('udev-coalescing'), false);
    return removals;
  }

  /** What saves the layout alone: kernels since 6.4 look for a duplicate before it. */
  ofLayout(attempt: Attempt): Removal[] {
    if (!isDuplicate(attempt) || holds('earlyCheck', this.#replay.release) !== false) return [];
    const since = this.#listed.get(keyOf(attempt));
    const certain = attempt.start !== null && since !== undefined && attempt.start >= since;
    return [{ mask: COALESCE, certain: certain || this.#wasLive(attempt) === 'certain' }];
  }

  ofCompressed(): Removal[] {
    return [{ mask: UNCOMPRESSED, certain: true }];
  }

  /** C of the file that finit_module would have read in place of what user space unpacked; null: it would be plain. */
  compressedFile({ call, module, wasted }: Attempt): Bounds<number> | null {
    if (call !== 'init_module') return null;
    const listed = module === null ? undefined : this.#compressedFiles.get(module);
    const isPlain = module !== null && this.#plainFiles.has(module);
    if (listed) return { low: isPlain ? 0 : listed.low, high: listed.high };
    return isPlain ? null : { low: 0, high: wasted.high };
  }

  #coalesced(attempt: Attempt): Removal[] {
    const removals: Removal[] = [];
    const add = (mask: number, wait: Wait, sure: boolean): void => {
      if (wait === 'no') return;
      removals.push({ mask, certain: sure && wait === 'certain' && !this.#manyFiles.has(attempt.module) });
    };
    const own = attempt.call === 'init_module' ? 'no' : this.#waitOf(attempt, this.#finit);
    const converted = this.#waitOf(attempt, this.#all);
    const unpacked = this.#unpackedByUser(attempt);
    if (this.#coalesces !== true) add(COALESCE, own, this.#coalesces === false);
    if (!this.#copied.has(attempt.module)) return removals;
    // The kernel would have made it wait, had it been for the file of the other.
    if (this.#coalesces === true && own !== 'no' && this.#finit.has(attempt)) return removals;
    // Where it is not known whether the kernel coalesces, one of the two may be enough.
    for (const [mask, sure] of [[FINIT, true] as const, [UNCOMPRESSED, unpacked === true] as const]) {
      if (mask === UNCOMPRESSED && unpacked === false) continue;
      if (this.#coalesces !== false) add(mask, converted, sure && this.#coalesces === true);
      if (this.#coalesces !== true) add(mask | COALESCE, converted, sure);
    }
    return removals;
  }

  /** kmod uses init_module for what it unpacks; null: no listing shows whether the file is compressed. */
  #unpackedByUser({ call, module }: Attempt): boolean | null {
    if (call !== 'init_module') return true;
    if (module === null) return null;
    const isPlain = this.#plainFiles.has(module);
    if (this.#compressedFiles.has(module)) return isPlain ? null : true;
    return isPlain ? false : null;
  }

  /** Where the module is not known: no call waits that started when none was in flight. */
  #waitOf(attempt: Attempt, waits: ReadonlyMap<Attempt, Wait>): Wait {
    return waits.get(attempt) ?? (attempt.concurrent === 1 ? 'no' : 'possible');
  }

  /** Whether the module was live when the call was made. */
  #wasLive(attempt: Attempt): Wait {
    const { start, module, errno } = attempt;
    if (start === null || module === null) return 'possible';
    const since = this.#live.get(keyOf(attempt));
    if (since !== undefined) return start > since ? 'certain' : 'no';
    if (this.#loaded.has(module)) return 'possible';
    // Nothing in the trace loaded it: it was live before, unless a record of its load is missing.
    return errno === EEXIST ? (this.#replay.complete ? 'certain' : 'possible') : 'no';
  }
}

const keyOf = ({ clock, module }: Attempt): string => `${clock.zero} ${clock.unit} ${module}`;

function earliest(times: Map<string, bigint>, key: string, t: bigint | null): void {
  if (t === null) return;
  const known = times.get(key);
  if (known === undefined || t < known) times.set(key, t);
}

function spans(sizes: readonly SizeRow[]): Map<string, Range> {
  const found = new Map<string, Range>();
  for (const { module, of, bytes } of sizes) {
    if (of !== 'compressed-file') continue;
    const { low, high } = found.get(module) ?? exactly(bytes);
    found.set(module, { low: Math.min(low, bytes), high: Math.max(high, bytes) });
  }
  return found;
}
