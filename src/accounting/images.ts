/** L of a call: what probes read of info->len, held against what the call is known to have read. */
import type { Call, LengthProbe, Seen } from './call.js';
import { exact, imageOfFile, MAX_SIGNATURE } from './charges.js';
import type { Range } from './model.js';

const UNKNOWN: Range = { low: 0, high: null };

/** MODULE_INIT_COMPRESSED_FILE. */
const COMPRESSED_FILE = 4;

/** L as the charge's probe read it; by the file where the probe is contradicted. */
export function chargedImage(call: Call, image: number | null, seen: Seen): Range {
  if (image !== null && !seen.contradicted.has('charge') && contradicts(call, 'charge') !== true)
    return exact(image);
  return byFile(call);
}

/** L: exact at load_module's return; before it, the file still holds its signature. */
export function imageOf(call: Call, seen: Seen): Range {
  const { facts } = call;
  const believed = (probe: LengthProbe): boolean =>
    !seen.contradicted.has(probe) && contradicts(call, probe) !== true;
  if (facts.loadReturn?.image != null && believed('return')) return exact(facts.loadReturn.image);
  const entry = facts.loadEntry?.image ?? null;
  return entry !== null && believed('entry') ? imageOfFile(entry) : byFile(call);
}

/** L by the length of the file that was read or copied; where it was compressed, by what came out. */
function byFile(call: Call): Range {
  const file = plainBytes(call) ?? call.facts.decompress?.image ?? null;
  return file === null ? UNKNOWN : imageOfFile(file);
}

/** Bytes that were read or copied and that are the module itself; null where it was compressed, or not seen. */
function plainBytes({ call, flags, len, facts }: Call): number | null {
  if (call === 'init_module') return len ?? facts.copied?.size ?? null;
  const known = flags ?? facts.charge?.flags ?? facts.loadEntry?.flags ?? null;
  if (facts.decompress !== null || known === null || (known & COMPRESSED_FILE) !== 0)
    return facts.copied?.size ?? null;
  const read = facts.read?.ret ?? null;
  return read !== null && read > 0 ? read : (facts.copied?.size ?? null);
}

/**
 * Whether a probe's length cannot be that of what was read: load_module gets the whole file, and cuts at most a
 * signature off. Null where the call does not tell.
 */
function contradicts(call: Call, probe: LengthProbe): boolean | null {
  const { charge, loadEntry, loadReturn } = call.facts;
  const bytes = plainBytes(call);
  const image = { charge, entry: loadEntry, return: loadReturn }[probe]?.image ?? null;
  if (image === null || bytes === null) return null;
  return probe === 'entry' ? image !== bytes : image > bytes || image < bytes - MAX_SIGNATURE;
}

/** Probes whose lengths fit fewer calls than not: their forms are another architecture's. */
export function contradictedProbes(calls: readonly Call[]): { probes: Set<LengthProbe>; calls: number } {
  const probes = new Set<LengthProbe>();
  let contradictedCalls = 0;
  for (const probe of ['charge', 'entry', 'return'] as const) {
    const against = calls.filter((call) => contradicts(call, probe) === true).length;
    if (against === 0) continue;
    contradictedCalls = Math.max(contradictedCalls, against);
    if (against > calls.filter((call) => contradicts(call, probe) === false).length) probes.add(probe);
  }
  return { probes, calls: contradictedCalls };
}
