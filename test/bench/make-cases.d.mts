// SPDX-License-Identifier: Apache-2.0
/** What a right reading of a case gives. */
export interface CaseTruth {
  readonly path: string;
  readonly kind: string;
  /** False: it must be named as bad. */
  readonly ok: boolean;
  readonly kernel: string | null;
  readonly failures: number | null;
  readonly wasted: number | null;
}

export function makeCases(options: {
  readonly out: string;
  readonly cases?: number;
  readonly seed?: number;
  readonly bad?: number;
  readonly logs?: string | null;
  readonly lines?: number;
  /** What a bomb unpacks to. */
  readonly bombMiB?: number;
}): CaseTruth[];
