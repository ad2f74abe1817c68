// SPDX-License-Identifier: Apache-2.0
/** The first lines of an answer as a result, for the formats that hold data. */
import type { Result } from '../../query/result.js';
import { lowerBoundNote } from '../answer/notes.js';
import { plainSentence } from '../answer/sentence.js';
import type { Answer } from '../answer/types.js';

/** A row a boot, in the order of the report: what it comes down to, its figures, and the sentence. */
export function headlines({ boots }: Answer): Result {
  const column = (name: string, type: 'TEXT' | 'INTEGER', unit: string | null = null) => ({
    name,
    type,
    unit,
  });
  return {
    columns: [
      column('boot', 'INTEGER'),
      column('kind', 'TEXT'),
      column('wasted_low', 'INTEGER', 'bytes'),
      column('wasted_high', 'INTEGER', 'bytes'),
      column('failures', 'INTEGER', 'calls'),
      column('module', 'TEXT'),
      column('requester', 'TEXT'),
      column('sentence', 'TEXT'),
      column('lower_bound_reason', 'TEXT'),
    ],
    rows: boots.map((brief) => {
      const { boot, verdict } = brief;
      const wasted = verdict.kind === 'wasted' ? verdict : null;
      return [
        boot,
        verdict.kind,
        wasted?.bytes.low ?? null,
        wasted?.bytes.high ?? null,
        wasted?.failures ?? null,
        wasted?.module?.module ?? null,
        wasted?.requester?.name ?? null,
        plainSentence(verdict),
        lowerBoundNote(brief),
      ];
    }),
    empty: 'No boot was recognised in the inputs.',
  };
}
