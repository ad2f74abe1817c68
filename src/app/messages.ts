// SPDX-License-Identifier: Apache-2.0
/** What the page and the thread that analyzes tell each other. */

/** A file that was dropped or chosen; `path` has its folders. */
export interface Given {
  readonly path: string;
  readonly blob: Blob;
}

/** What was given at once. */
export type Drop = readonly Given[];

export type AppRequest =
  /** Answered by the frame around the thread. */
  | { readonly ask: 'alive' }
  | { readonly ask: 'start'; readonly core: CoreData }
  | { readonly ask: 'analyze'; readonly drops: readonly Drop[] }
  /** Both sides: the newest boot of each. */
  | { readonly ask: 'compare'; readonly before: readonly Drop[]; readonly after: readonly Drop[] }
  /** The thread does nothing else from now on than to decompress this file. */
  | { readonly ask: 'unpack'; readonly file: Blob }
  /** The rows of a canned query over the case that was analyzed last, as CSV. */
  | { readonly ask: 'query'; readonly name: string };

/** What a report carries, and what it is computed with. */
export interface CoreData {
  readonly version: string;
  readonly queries: readonly { readonly name: string; readonly sql: string }[];
  readonly script: string;
  readonly scriptHash: string;
  readonly style: string;
  readonly styleHash: string;
  readonly worker: string;
  readonly wasm: ArrayBuffer;
}

export type AppReply =
  | { readonly is: 'progress'; readonly read: number; readonly total: number; readonly path: string }
  | { readonly is: 'working'; readonly on: string }
  | { readonly is: 'report'; readonly html: Blob }
  | { readonly is: 'difference'; readonly text: string }
  | { readonly is: 'rows'; readonly csv: string }
  | { readonly is: 'failed'; readonly why: string }
  | { readonly is: 'alive' }
  /** The thread ended by itself; `why` is empty where the browser gives no reason. */
  | { readonly is: 'ended'; readonly why: string };
