// SPDX-License-Identifier: Apache-2.0
/** The cases of a batch, and their results. */
import type { Limits } from '../input/limits.js';

/** What counts as one case: see `discover.ts`. */
export const CASE_KINDS = ['auto', 'file', 'dir', 'archive', 'member', 'input'] as const;
export type CaseKind = (typeof CASE_KINDS)[number];

/** One case, before it is read. */
export interface BatchCase {
  /** Its place: the index of the input, then of the case in it. Outputs are in this order. */
  readonly at: readonly [input: number, index: number];
  /** Its name in the outputs: its path as given, or its group. Unique in a batch. */
  readonly name: string;
  /** The files or the directory to read. */
  readonly inputs: readonly string[];
  /** Why its files are one case; null where it is one file or directory. */
  readonly why: string | null;
  /** Why it is not read (a link, a device, no archive where only archives are cases); null where it is. */
  readonly skipped: string | null;
  /** Why it cannot be read, where that is known already. */
  readonly fault?: string;
  /** SHA-256 of its contents, as a list tells it. */
  readonly sha256?: string;
  /** What a list tells of its version. */
  readonly version?: string;
  /** Its contents, where they came in a stream; not part of the plan. */
  readonly bytes?: Uint8Array;
}

/**
 * `incomplete`: evidence was read, but a part of the case was damaged, truncated or beyond a limit. `unrecognised`: it
 * was read, but no known format was found. `failed`: it could not be read. `skipped`: it is not to be read.
 */
export const STATUSES = ['ok', 'incomplete', 'unrecognised', 'failed', 'skipped'] as const;
export type CaseStatus = (typeof STATUSES)[number];

/** The row of a case in cases.csv. */
export interface CaseRow {
  readonly name: string;
  /** SHA-256 of the contents; null where they could not be read, or the worker died reading them. */
  readonly digest: string | null;
  readonly status: CaseStatus;
  readonly boots: number;
  /** The error; empty for none. */
  readonly error: string;
}

/** What a worker reports of a case. */
export interface Outcome extends CaseRow {
  /** Bytes of its files on disk. */
  readonly bytes: number;
  readonly seconds: number;
  /** True where the result of an earlier run was reused. */
  readonly reused: boolean;
}

/** Everything that a result depends on besides the contents of the case. */
export interface CaseSettings {
  readonly version: string;
  readonly limits: Partial<Limits>;
  readonly allMembers: boolean;
  readonly prefilter: boolean;
  /** Names of the canned queries to run, in order. */
  readonly queries: readonly string[];
  readonly ndjson: boolean;
  /** SHA-256 over the SQL of the queries. */
  readonly sql: string;
}

/** True where the batch reports the case as an error. */
export function isBad(status: CaseStatus): boolean {
  return status !== 'ok' && status !== 'skipped';
}

/** A batch that cannot be run, merged or queried, with advice. */
export class BatchError extends Error {
  override readonly name = 'BatchError';
  constructor(
    message: string,
    readonly advice: readonly string[] = [],
  ) {
    super(message);
  }
}
