// SPDX-License-Identifier: Apache-2.0
/** Tables of remedies: what each would have saved, and the parts of failed loads that they save together. */
import { BOOT, type TableDoc, table } from './table.js';

// biome-ignore format: a table
export const REMEDY_TABLES: readonly TableDoc[] = [
  table(
    'remedies',
    'What would have saved memory on this boot, each remedy alone.',
    ['boot', 'mask'],
    [
      BOOT,
      ['mask', 'INTEGER!', '', 'bit of the remedy'],
      ['remedy', 'TEXT!', '', 'coalescing-kernel, finit-module, check-initstate, ...'],
      ['subject', 'TEXT', '', 'requester or module that it is about'],
      ['saves_low', 'INTEGER!', 'bytes', 'bytes that it would have saved, at least'],
      ['saves_high', 'INTEGER', 'bytes', 'at most; NULL: no bound'],
      ['costs_low', 'INTEGER!', 'bytes', 'bytes that other failed loads would have cost more, at least'],
      ['costs_high', 'INTEGER', 'bytes', 'at most; NULL: no bound'],
      ['basis', 'TEXT!', '', 'derived or bounded'],
      ['calls_low', 'INTEGER!', 'calls', 'failed loads that it would have saved, in part or whole, at least'],
      ['calls_high', 'INTEGER!', 'calls', 'at most'],
      ['modules', 'TEXT', '', 'the top three modules'],
      ['who', 'TEXT', '', 'the top three callers'],
      ['assumption', 'TEXT!', '', 'what the replay assumes'],
    ],
  ),
  table(
    'remedy_parts',
    'Parts of what failed loads cost, each with the sets of remedies in remedy_sets that save it.',
    ['boot', 'part'],
    [
      BOOT,
      ['part', 'INTEGER!', '', 'number within the boot'],
      ['costs', 'INTEGER!', '', '1 for what the remedies cost, in place of what they save'],
      ['bytes_low', 'INTEGER!', 'bytes', 'bytes, at least'],
      ['bytes_high', 'INTEGER', 'bytes', 'at most; NULL: no bound'],
      ['calls', 'INTEGER!', 'calls', 'failed loads'],
      ['ceiling_bytes', 'INTEGER', 'bytes', 'all that the boot wasted, which no remedy exceeds; NULL: no bound'],
    ],
  ),
  table(
    'remedy_sets',
    'Remedies that save a part, or cancel what another one costs, where all of one set are applied.',
    ['boot', 'part', 'cancels', 'mask'],
    [BOOT, ['part', 'INTEGER!', '', 'remedy_parts.part'], ['cancels', 'INTEGER!', '', '1 where they cancel the part'], ['mask', 'INTEGER!', '', 'sum of the bits of the remedies'], ['certain', 'INTEGER!', '', '0 where they may do so']],
  ),
];
