/** What a batch is made of: cases, and what came of each. */
import type { Limits } from '../input/limits.js';

/** What counts as one case: see `discover.ts`. */
export const CASE_KINDS = ['auto', 'file', 'dir', 'archive', 'input'] as const;
export type CaseKind = (typeof CASE_KINDS)[number];

/** One case, before it is read. */
export interface BatchCase {
  /** Its place among all cases of the inputs, from 0: the order of all outputs. */
  readonly n: number;
  /** What the outputs call it: its path as given, or its group. Unique in a batch. */
  readonly name: string;
  /** The files or the directory to read. */
  readonly inputs: readonly string[];
  /** Why it is not read (a link, a device, no archive where only archives are cases); null where it is. */
  readonly skipped: string | null;
}

/**
 * `incomplete`: evidence was read, but a part of the case was damaged, cut or beyond a limit. `unrecognised`: it
 * could be read, and nothing in it is known. `failed`: it could not be read. `skipped`: it was not meant to be.
 */
export const STATUSES = ['ok', 'incomplete', 'unrecognised', 'failed', 'skipped'] as const;
export type CaseStatus = (typeof STATUSES)[number];

/** The row of a case in cases.csv. */
export interface CaseRow {
  readonly name: string;
  /** SHA-256 of the contents; null where they could not be read, or reading them ended the worker. */
  readonly digest: string | null;
  readonly status: CaseStatus;
  readonly boots: number;
  /** What is wrong with it; empty where nothing is. */
  readonly error: string;
}

/** What is told of a case when it is done. */
export interface Outcome extends CaseRow {
  readonly n: number;
  /** Bytes of its files on disk. */
  readonly bytes: number;
  readonly seconds: number;
  /** True where an earlier run's result was still right. */
  readonly reused: boolean;
}

/** Everything besides the contents of a case that its result depends on. */
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

/** True for what a batch tells of as gone wrong. */
export function isBad(status: CaseStatus): boolean {
  return status !== 'ok' && status !== 'skipped';
}

/** A batch that cannot be run, merged or asked, with what to do about it. */
export class BatchError extends Error {
  override readonly name = 'BatchError';
  constructor(
    message: string,
    readonly advice: readonly string[] = [],
  ) {
    super(message);
  }
}
