// SPDX-License-Identifier: Apache-2.0
/** Input and result of the bounds solver. Counts are attempts; sizes and charges are bytes. */
import type { Bounds, Range } from '../../model/bounds.js';

/** The length of an uncompressed module image (`L`, info->len), as far as known. */
type ImageSize =
  /** L itself, from a probe. */
  | { readonly of: 'image'; readonly bytes: number }
  /**
   * A .ko file as listed: L, plus the one signature length that all signed modules share where it is signed.
   * `signed` null: it may or may not be (out-of-tree modules are often not).
   */
  | { readonly of: 'file'; readonly bytes: number; readonly signed: boolean | null }
  /** Every attempt's L lies in low..high; attempts may differ. */
  | ({ readonly of: 'range' } & Range)
  | { readonly of: 'unknown' };

/** One way in which an attempt may have been made: with which image, and from which compressed file. */
export interface LoadForm {
  readonly image: ImageSize;
  /** `C` of an in-kernel decompression; 0 where the image came plain; null where C is not known. */
  readonly compressed: number | null;
}

/** A row of the kernel's duplicate list, and how its attempts may have been made. */
export interface RowInput {
  readonly module: string;
  readonly times: number;
  /** Bits of REASON_BECOMING and REASON_LOAD; null (not printed) and 0 (`Bug-on-stats`): unknown. */
  readonly reasons: number | null;
  /** Each attempt used one of these, and attempts may differ. Empty: unknown. */
  readonly forms: readonly LoadForm[];
}

/** The four counters; null where unknown, or where a 32-bit one may have wrapped. */
export interface BoundsCounters {
  readonly failedBecoming: bigint | null;
  readonly failedLoad: bigint | null;
  readonly becomingBytes: bigint | null;
  readonly loadBytes: bigint | null;
}

export interface BoundsInput {
  readonly counters: BoundsCounters;
  readonly rows: readonly RowInput[];
  /** `cut`: truncated, the missing rows are among `unexplained`. `absent`: there are no rows. */
  readonly list: 'whole' | 'cut' | 'absent';
  /** Bounds of the signature length before solving; by default 0 to MAX_SIGNATURE. */
  readonly signature?: Range;
}

/** The duplicates of one row. Every solution of the equations lies within each pair. */
export interface RowBounds {
  readonly module: string;
  readonly times: number;
  /** Its calls that failed in each phase. */
  readonly becoming: Range;
  readonly load: Range;
  /** Without a bound above where there is neither a size nor a byte counter. */
  readonly bytes: Bounds;
  /** Length of the image, where a form gives it. */
  readonly image: Range | null;
  readonly basis: 'derived' | 'bounded';
}

/** Failures of the two phases that no row explains (n_b, n_l, X_b, X_l): other failures, and truncated rows. */
export interface UnexplainedBounds {
  readonly becoming: Unexplained;
  readonly load: Unexplained;
  /** Of both phases. */
  readonly bytes: Bounds;
}

/** No bound above where the counter is unknown. */
interface Unexplained {
  readonly calls: Bounds<number>;
  readonly bytes: Bounds;
}

export interface BoundsResult {
  readonly rows: readonly RowBounds[];
  /** The common signature length, with its marker; null where no form has it. */
  readonly signature: Range | null;
  readonly unexplained: UnexplainedBounds;
  /** Why the evidence contradicts itself, as a sentence; the bounds then omit the contradicted evidence. */
  readonly conflict: string | null;
}
