// SPDX-License-Identifier: Apache-2.0
/** Messages to the workers, and their answers. */
import type { BatchCase, CaseSettings } from './case.js';
import type { CaseHead } from './frame.js';
import type { ProcessGroup } from './process-group.js';

/** What all tasks of a run share. */
export interface Work {
  readonly settings: CaseSettings;
  readonly fingerprint: string;
  /** The command that reads a URL; null for none. */
  readonly fetch: readonly string[] | null;
  /** Seconds that a case may take. */
  readonly timeout: number;
  /** Bytes that a case may hold in the heap of its worker, and as many outside. */
  readonly workerBytes: number;
}

export interface Task {
  readonly work: Work;
  /** Of the command that reads URLs. */
  readonly group: ProcessGroup;
  readonly cases: readonly Asked[];
}

/** A case to read. */
export interface Asked {
  readonly one: BatchCase;
  /** Digest of the contents that there is a result of; null where there is none. */
  readonly known: string | null;
}

/** What became of a case. */
export interface Answer {
  /** Null where its contents are the known ones. */
  readonly head: CaseHead | null;
  readonly stamp: string | null;
  readonly seconds: number;
}

export interface Done {
  /** Of each case, in order. */
  readonly answers: readonly Answer[];
  /** The results of those that were read; null where none was. */
  readonly frame: Uint8Array | null;
}
