// SPDX-License-Identifier: Apache-2.0
/** Reads paths, or bytes under any name and in any chunks, as `analyze` does, and checks what came of it. */

import { openInputs } from '../../src/disk/walk.js';
import type { Evidence } from '../../src/ingest/collector.js';
import { PLACES } from '../../src/ingest/layouts/index.js';
import { INGESTERS } from '../../src/ingest/registry.js';
import type { Found } from '../../src/input/index.js';
import { readEvidence } from '../../src/read.js';
import { assertIntegrity } from './integrity.js';

export interface Given {
  readonly bytes: Uint8Array;
  /** What the source is called; by default a name that says nothing. */
  readonly name?: string;
  /** Bytes handed over at once; by default all. */
  readonly chunk?: number;
}

export async function readPaths(...paths: string[]): Promise<Evidence> {
  const evidence = await readEvidence(openInputs(paths, { places: PLACES }), INGESTERS);
  assertIntegrity(evidence);
  return evidence;
}

export async function readBytes(...given: Given[]): Promise<Evidence> {
  const evidence = await readEvidence(leaves(given), INGESTERS);
  assertIntegrity(
    evidence,
    given.map(({ bytes }) => bytes),
  );
  return evidence;
}

/** Bytes that may be compressed or an archive. */
export async function readStdin(bytes: Uint8Array): Promise<Evidence> {
  const evidence = await readEvidence(
    openInputs(['-'], { places: PLACES, stdin: chunks(bytes, 64 * 1024) }),
    INGESTERS,
  );
  assertIntegrity(evidence);
  return evidence;
}

async function* leaves(given: readonly Given[]): AsyncGenerator<Found> {
  for (const [index, { bytes, name = 'x', chunk = bytes.length }] of given.entries()) {
    yield {
      found: 'leaf',
      leaf: {
        node: { id: index + 1, parent: null, path: name, kind: 'file' },
        size: bytes.length,
        open: () => chunks(bytes, chunk),
        skip: async () => undefined,
      },
    };
  }
}

async function* chunks(bytes: Uint8Array, size: number): AsyncGenerator<Uint8Array> {
  for (let from = 0; from < bytes.length; from += size) yield bytes.subarray(from, from + size);
}
