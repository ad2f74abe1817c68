// SPDX-License-Identifier: Apache-2.0
/** Parts of boots made by hand. */
import { type Identity, type Part, splitParts, UNIDENTIFIED } from '../../../src/accounting/boots/parts.js';
import type { Event } from '../../../src/model/event.js';
import { BOOT_CLOCK, type Source } from '../../../src/model/source.js';

let lastId = 0;

export function source(path: string, clock: Source['clock'] = BOOT_CLOCK, id = ++lastId): Source {
  const counts = { bytes: 0, lines: 0, events: 0 };
  return {
    id,
    parent: null,
    path,
    kind: 'file',
    format: 'made',
    clock,
    why: '',
    status: 'read',
    ...counts,
  };
}

/** Events of one source, one a line. */
export function events(of: Source, given: readonly object[]): Event[] {
  return given.map((one, index) => ({ t: null, ...one, source: of.id, line: index + 1 }) as unknown as Event);
}

/** The parts of a source. */
function partsOf(path: string, given: readonly object[], clock: Source['clock'] = BOOT_CLOCK): Part[] {
  const of = source(path, clock);
  return splitParts([of], new Map([[of.id, events(of, given)]]));
}

/** The only part of a source. */
export function part(path: string, given: readonly object[], clock: Source['clock'] = BOOT_CLOCK): Part {
  const [only, ...more] = partsOf(path, given, clock);
  if (!only || more.length > 0) throw new Error(`one part was expected, not ${1 + more.length}`);
  return only;
}

export const START = { kind: 'boot-start', t: 0n, by: 'banner', bootId: null, complete: true };
/** Of a log whose start was overwritten. */
export const MIDDLE = { ...START, complete: false };

/** What a part shows of its boot, where it shows no more than that. */
export const identity = (given: Partial<Identity>): Identity => ({ ...UNIDENTIFIED, ...given });
