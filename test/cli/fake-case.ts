// SPDX-License-Identifier: Apache-2.0
/** A case made of nothing but sources and diagnostics, for what the command line itself decides. */
import { buildCase } from '../../src/accounting/build.js';
import type { Diagnostic } from '../../src/model/diagnostic.js';
import { BOOT_CLOCK, type Source } from '../../src/model/source.js';
import { openStore } from '../../src/store/store.js';
import type { Surroundings } from './harness.js';

export const EMPTY_MODEL = buildCase([], new Map(), () => undefined);

export function source(id: number, status: Source['status'], more: Partial<Source> = {}): Source {
  return {
    id,
    parent: null,
    path: `s${id}.txt`,
    kind: 'file',
    format: status === 'read' ? 'dmesg' : null,
    bytes: 10,
    lines: 1,
    events: 0,
    clock: BOOT_CLOCK,
    why: status === 'read' ? 'plain: 1 of 1 lines' : 'no known form matched',
    status,
    ...more,
  };
}

export function caseOf(
  sources: readonly Source[],
  diagnostics: readonly Diagnostic[] = [],
): NonNullable<Surroundings['openCase']> {
  return async () => ({
    sources,
    diagnostics,
    detections: new Map(),
    model: EMPTY_MODEL,
    store: () => openStore({ sources, events: new Map(), diagnostics, model: EMPTY_MODEL }),
    rows: () => ({}),
    close: async () => undefined,
  });
}
