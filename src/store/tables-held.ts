// SPDX-License-Identifier: Apache-2.0
/** Tables of the virtual memory that module loads held at once. */
import { BOOT, CLOCK, type Computed, type Shorthand, type TableDoc, table, time } from './table.js';

const between = (name: string, doc: string): Shorthand[] => [
  [`${name}_low`, 'INTEGER!', 'bytes', `${doc}, at least`],
  [`${name}_high`, 'INTEGER', 'bytes', 'at most; NULL: no bound'],
];

const share = (end: 'low' | 'high'): Computed => [
  `share_${end}`,
  'REAL',
  'ratio',
  `area_peak_${end} as a fraction of area_bytes`,
  `CAST(area_peak_${end} AS REAL) / nullif(area_bytes, 0)`,
];

// biome-ignore format: a table
export const HELD_TABLES: readonly TableDoc[] = [
  table(
    'held',
    'The most virtual memory that the module loads of a boot held at once.',
    ['boot'],
    [
      BOOT,
      ...between('peak', 'most bytes held at once'),
      ['basis', 'TEXT!', '', 'measured or bounded'],
      ['t_ns', 'INTEGER!', 'ns', 'when that much was first held'],
      CLOCK,
      ['loads', 'INTEGER!', 'calls', 'attempts that held memory then'],
      ['module', 'TEXT', '', 'module that held most then'],
      ...between('module', 'bytes that it held'),
      ...between('loaded', 'bytes that successful attempts held then'),
      ...between('duplicate', 'bytes that duplicates held then'),
      ...between('failed', 'bytes that other failures held then'),
      ...between('other', 'bytes that attempts with an unknown outcome held then'),
      ['area', 'TEXT', '', 'area that was taken most: vmalloc or modules'],
      ['area_bytes', 'INTEGER', 'bytes', 'its size'],
      ['area_basis', 'TEXT', '', "measured or estimated (the architecture's usual size)"],
      ['area_peak_low', 'INTEGER', 'bytes', 'most bytes held in it at once, at least'],
      ['area_peak_high', 'INTEGER', 'bytes', 'at most; NULL: no bound'],
    ],
    [
      time('t'),
      ['module_bytes', 'INTEGER', 'bytes', 'module_low, where there is one', 'iif(module IS NULL, NULL, module_low)'],
      ['loaded_bytes', 'INTEGER', 'bytes', 'loaded_low', 'loaded_low'],
      ['duplicate_bytes', 'INTEGER', 'bytes', 'duplicate_low', 'duplicate_low'],
      ['failed_bytes', 'INTEGER', 'bytes', 'failed_low', 'failed_low'],
      share('low'),
      share('high'),
    ],
  ),
  table(
    'held_areas',
    'The most virtual memory that module loads held at once in each area whose size is known.',
    ['boot', 'area'],
    [
      BOOT,
      ['area', 'TEXT!', '', 'vmalloc, or modules where laid-out modules have an area of their own'],
      ['area_bytes', 'INTEGER!', 'bytes', 'size of the area'],
      ['basis', 'TEXT!', '', "measured or estimated (the architecture's usual size)"],
      ['origin', 'TEXT!', '', 'evidence that the size rests on, or the kernel source that gives it'],
      ...between('peak', 'most bytes held in it at once'),
    ],
  ),
  table(
    'held_timeline',
    'Virtual memory that module loads held, from each change to the next.',
    ['boot', 'point'],
    [
      BOOT,
      ['point', 'INTEGER!', '', 'number within the boot'],
      ['t_ns', 'INTEGER!', 'ns', 'time of the change'],
      CLOCK,
      ['loads', 'INTEGER!', 'calls', 'attempts that hold memory'],
      ...between('held', 'bytes held'),
      ...between('loaded', 'bytes that successful attempts hold'),
      ...between('duplicate', 'bytes that duplicates hold'),
      ...between('failed', 'bytes that other failures hold'),
      ...between('other', 'bytes that attempts with an unknown outcome hold'),
      ...between('layout', 'bytes of laid-out modules among them'),
    ],
    [time('t'), ['basis', 'TEXT', '', 'measured where both ends of the bytes held agree, else bounded', "iif(held_low = held_high, 'measured', 'bounded')"]],
  ),
];
