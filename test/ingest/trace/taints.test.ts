// SPDX-License-Identifier: Apache-2.0
import { expect, it } from 'vitest';
import { toEvent } from '../../../src/ingest/trace/meaning.js';
import { TraceState } from '../../../src/ingest/trace/records.js';

// include/linux/panic.h: TAINT_PROPRIETARY_MODULE 0, TAINT_FORCED_MODULE 1, TAINT_CRAP 10, TAINT_OOT_MODULE 12,
// TAINT_UNSIGNED_MODULE 13; their letters and their order: include/trace/events/module.h:show_module_flags.
it.each([
  [0, ''],
  [1 << 0, 'P'],
  [1 << 1, 'F'],
  [1 << 10, 'C'],
  [1 << 12, 'O'],
  [1 << 13, 'E'],
  [(1 << 13) | (1 << 12) | (1 << 10), 'OCE'],
  // TAINT_LIVEPATCH has no letter there.
  [1 << 15, '0x8000'],
])('taints %i of a module that was loaded are "%s"', (taints, letters) => {
  const record = {
    line: 1,
    t: 1n,
    pid: 1,
    comm: null,
    cpu: 0,
    system: 'module',
    name: 'module_load',
    point: null,
  };
  const fields = new Map<string, string | number>([
    ['name', 'foo'],
    ['taints', taints],
  ]);
  expect(toEvent({ ...record, fields }, new TraceState())).toMatchObject({
    kind: 'module-load',
    taints: letters,
  });
});
