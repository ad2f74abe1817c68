// SPDX-License-Identifier: Apache-2.0
/** The order in which one load passes the functions that probes are put on (kernel/module/main.c). */
import type { ProbeFact } from '../../model/event.js';

export const CHECKED = 4;
export const CHARGED = 6;
export const LOADED = 7;
export const RETURNED = 10;

/** The place of a probe in the course of a load. The patient check is made twice, before and after layout. */
export function stepOf(fact: ProbeFact): number {
  switch (fact.fact) {
    case 'request':
      return 0;
    case 'read':
    case 'copied':
      return 1;
    case 'decompress':
      return 2;
    case 'load-module':
      return fact.point === 'entry' ? 3 : fact.point === 'checked' ? CHECKED : RETURNED;
    case 'layout':
    case 'patient-check':
      return CHECKED;
    case 'duplicate':
      return 5;
    case 'charge':
      return CHARGED;
    case 'do-init':
      return fact.point === 'entry' ? 8 : 9;
    case 'free-module':
      return 9;
    case 'from-file':
      return 11;
    case 'idempotent':
      return 12;
  }
}
