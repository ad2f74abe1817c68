// SPDX-License-Identifier: Apache-2.0
/** Which kinds of records the traces of a boot can show. */

import type { BootTrace } from '../model.js';
import { type LengthProbe, NO_FACTS } from './call.js';
import type { Calls } from './calls.js';

/** Null where there is no trace of module loading. */
export function traceSight({ calls, seen }: Calls): Pick<BootTrace, 'sees' | 'probes'> | null {
  const probed = calls.some(({ facts }) => facts !== NO_FACTS);
  if (calls.length === 0 && !seen.syscalls) return null;
  const loads = calls.some(({ facts }) => facts.loadReturn?.image != null);
  // A probe that reads wrong lengths is as good as none: its form is for another word size.
  const believed = (probe: LengthProbe): boolean => !seen.contradicted.has(probe);
  const functions: readonly (readonly [there: boolean, name: string])[] = [
    [(seen.becoming || seen.load) && believed('charge'), 'mod_stat_bump'],
    [seen.duplicate, 'try_add_failed_module'],
    [seen.read, 'kernel_read_file'],
    [calls.some(({ facts }) => facts.decompress !== null), 'module_decompress'],
    [(seen.loadEntry && believed('entry')) || (loads && believed('return')), 'load_module'],
    [calls.some(({ facts }) => facts.patient.length > 0), 'module_patient_check_exists'],
  ];
  return {
    sees: seen.syscalls ? 'calls' : probed ? 'charges' : 'loads',
    probes: functions.filter(([there]) => there).map(([, name]) => name),
  };
}
