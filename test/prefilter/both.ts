// SPDX-License-Identifier: Apache-2.0
/** Reads bytes with the prefilter and without it. */

import { openInputs } from '../../src/disk/walk.js';
import type { Evidence } from '../../src/ingest/collector.js';
import { PLACES } from '../../src/ingest/layouts/index.js';
import { INGESTERS } from '../../src/ingest/registry.js';
import type { Found } from '../../src/input/index.js';
import { readEvidence } from '../../src/read.js';

export interface Both {
  readonly filtered: Evidence;
  readonly unfiltered: Evidence;
}

/** The bytes as a source without a name that says anything, handed over in chunks. */
export async function readBoth(bytes: Uint8Array, chunk = bytes.length): Promise<Both> {
  const read = (prefilter: boolean): Promise<Evidence> =>
    readEvidence(leaf(bytes, chunk), INGESTERS, { prefilter });
  return { filtered: await read(true), unfiltered: await read(false) };
}

/** Files, directories and archives, as they are opened from disk. */
export async function readBothPaths(...paths: readonly string[]): Promise<Both> {
  const read = (prefilter: boolean): Promise<Evidence> =>
    readEvidence(openInputs(paths, { places: PLACES }), INGESTERS, { prefilter });
  return { filtered: await read(true), unfiltered: await read(false) };
}

async function* leaf(bytes: Uint8Array, chunk: number): AsyncGenerator<Found> {
  yield {
    found: 'leaf',
    leaf: {
      node: { id: 1, parent: null, path: 'x', kind: 'file' },
      size: bytes.length,
      open: () => chunks(bytes, chunk),
      skip: async () => undefined,
    },
  };
}

export async function* chunks(bytes: Uint8Array, size: number): AsyncGenerator<Uint8Array> {
  for (let from = 0; from < bytes.length; from += size) yield bytes.subarray(from, from + size);
}
