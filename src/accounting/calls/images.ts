// SPDX-License-Identifier: Apache-2.0
/** L of a call: the info->len that probes recorded, checked against the bytes that the call read. */

import { type Bounds, exactly, UNKNOWN } from '../../model/bounds.js';
import { MAX_SIGNATURE } from '../../model/signature.js';
import { imageOfFile } from '../charges.js';
import { MODULE_INIT_COMPRESSED_FILE } from '../kernel.js';
import type { Call, LengthProbe, Seen } from './call.js';

/** L by the probe on the charge, or by the file where that is contradicted. */
export function chargedImage(call: Call, image: number | null, seen: Seen): Bounds<number> {
  // In a trace that lost events the length may be of the task's call before.
  const isBelieved = contradicts(call, 'charge') !== true || !seen.whole;
  if (image !== null && !seen.contradicted.has('charge') && isBelieved) return exactly(image);
  return byFile(call);
}

/** L: exact at load_module's return, and once the signature is checked; before, the file still holds it. */
export function imageOf(call: Call, seen: Seen): Bounds<number> {
  const { facts } = call;
  const believed = (probe: LengthProbe): boolean =>
    !seen.contradicted.has(probe) && contradicts(call, probe) !== true;
  if (facts.loadReturn?.image != null && believed('return')) return exactly(facts.loadReturn.image);
  if (facts.loadChecked?.image != null && believed('checked')) return exactly(facts.loadChecked.image);
  const entry = facts.loadEntry?.image ?? null;
  return entry !== null && believed('entry') ? imageOfFile(entry) : byFile(call);
}

/** L by the length of the file read or copied; for a compressed file, by the decompressed length. */
function byFile(call: Call): Bounds<number> {
  const file = plainBytes(call) ?? call.facts.decompress?.image ?? null;
  return file === null ? UNKNOWN : imageOfFile(file);
}

/** Bytes of the uncompressed module read or copied; null where it was compressed, or unknown. */
function plainBytes({ call, flags, len, facts }: Call): number | null {
  if (call === 'init_module') return len ?? facts.copied?.size ?? null;
  const known = flags ?? facts.charge?.flags ?? facts.loadEntry?.flags ?? null;
  if (facts.decompress !== null || known === null || (known & MODULE_INIT_COMPRESSED_FILE) !== 0)
    return facts.copied?.size ?? null;
  const read = facts.read?.ret ?? null;
  return read !== null && read > 0 ? read : (facts.copied?.size ?? null);
}

/**
 * True where a probe's length contradicts the bytes read: load_module gets the whole file and strips at most a
 * signature. Null where unknown.
 */
function contradicts(call: Call, probe: LengthProbe): boolean | null {
  const { charge, loadEntry, loadChecked, loadReturn } = call.facts;
  const bytes = plainBytes(call);
  const image = { charge, entry: loadEntry, checked: loadChecked, return: loadReturn }[probe]?.image ?? null;
  if (image === null || bytes === null) return null;
  return probe === 'entry' ? image !== bytes : image > bytes || image < bytes - MAX_SIGNATURE;
}

/** Probes whose lengths contradict most calls: their argument format is for another architecture. */
export function contradictedProbes(calls: readonly Call[]): { probes: Set<LengthProbe>; calls: number } {
  const probes = new Set<LengthProbe>();
  let contradictedCalls = 0;
  for (const probe of ['charge', 'entry', 'checked', 'return'] as const) {
    const against = calls.filter((call) => contradicts(call, probe) === true).length;
    if (against === 0) continue;
    contradictedCalls = Math.max(contradictedCalls, against);
    if (against > calls.filter((call) => contradicts(call, probe) === false).length) probes.add(probe);
  }
  return { probes, calls: contradictedCalls };
}
