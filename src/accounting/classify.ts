/**
 * What became of a call, judged by its own evidence: kernel/module/main.c's stages, and what may be concluded
 * from the absence of a probe that others of the trace have hit.
 */
import { moduleFile } from '../model/module-name.js';
import type { Call, Facts, Seen } from './call.js';
import { charge, ELF_HEADER, exact, imageOfFile } from './charges.js';
import type { Basis, Outcome, Range } from './model.js';

export interface Judgement {
  readonly outcome: Outcome;
  readonly phase: 'kread' | 'decompress' | 'becoming' | 'load' | 'init' | null;
  readonly module: string | null;
  readonly image: number | null;
  readonly compressed: number | null;
  readonly wasted: Range;
  readonly basis: Basis | null;
}

const NOTHING: Range = { low: 0, high: 0 };
const UNKNOWN: Range = { low: 0, high: null };

const EPERM = -1;
const EBADF = -9;
const EFAULT = -14;
const EBUSY = -16;
const EEXIST = -17;
const EINVAL = -22;
const ENOEXEC = -8;

/** MODULE_INIT_IGNORE_MODVERSIONS | MODULE_INIT_IGNORE_VERMAGIC | MODULE_INIT_COMPRESSED_FILE. */
const KNOWN_FLAGS = 7;
const COMPRESSED_FILE = 4;

/** Whether the call has evidence of a load of its own: it was no coalesced one. */
export function didWork(call: Call): boolean {
  const { facts } = call;
  return (
    facts.charge !== null ||
    facts.duplicate !== null ||
    facts.read !== null ||
    facts.decompress !== null ||
    facts.loadEntry !== null ||
    facts.loadReturn !== null ||
    facts.patient.length > 0 ||
    facts.fromFile !== null ||
    call.loaded !== null ||
    call.call === 'init_module'
  );
}

/**
 * Judges one call. `leader`: another call in flight may have done this one's work (same result, ended within it).
 * `coalesces`: whether the kernel is known to have idempotent loads (6.5 and later); null: not known.
 */
export function judge(call: Call, seen: Seen, leader: boolean, coalesces: boolean | null): Judgement {
  const module = ownName(call);
  if (call.facts.charge) return charged(call, call.facts.charge, module);
  if (call.loaded) return afterLoad(call, module);
  const { ret } = call;
  if (ret === null)
    return plain('unknown', module, call.facts.duplicate ? call.facts.duplicate.reason : null, UNKNOWN, null);
  if (ret >= 0) return succeeded(call, seen, module, leader, coalesces);
  return failed(call, ret, seen, module, leader, coalesces);
}

function plain(
  outcome: Outcome,
  module: string | null,
  phase: Judgement['phase'],
  wasted: Range,
  basis: Basis | null,
): Judgement {
  return { outcome, phase, module, image: null, compressed: null, wasted, basis };
}

/** The kernel itself charged the call: mod_stat_bump_becoming or mod_stat_bump_invalid was called. */
function charged(call: Call, by: NonNullable<Facts['charge']>, module: string | null): Judgement {
  const compressed = compressedOf(call, by.compressed, by.flags);
  const isDuplicate = call.facts.duplicate !== null || call.ret === EEXIST || call.ret === EBUSY;
  const image = by.image === null ? UNKNOWN : exact(by.image);
  const wasted = chargeRange(by.phase, image, compressed);
  return {
    outcome: isDuplicate ? 'duplicate' : 'failed',
    phase: by.phase,
    module,
    image: by.image,
    compressed: compressed.high === compressed.low ? compressed.low : null,
    wasted,
    basis: wasted.low === wasted.high ? 'measured' : 'bounded',
  };
}

/** C of a call: probed, or the size that was read where flag 4 says that the file was compressed. */
function compressedOf(call: Call, probed: number | null, flags: number | null): Range {
  if (probed !== null) return exact(probed);
  const known = flags ?? call.flags;
  if (call.call === 'init_module' || (known !== null && (known & COMPRESSED_FILE) === 0)) return NOTHING;
  const read =
    call.facts.decompress?.compressed ??
    (call.facts.read?.ret != null && call.facts.read.ret > 0 ? call.facts.read.ret : null);
  if (known !== null && read !== null) return exact(read);
  return UNKNOWN;
}

function chargeRange(phase: 'becoming' | 'load', image: Range, compressed: Range): Range {
  const low = Number(charge(phase, BigInt(image.low), BigInt(compressed.low)));
  if (image.high === null || compressed.high === null) return { low, high: null };
  return { low, high: Number(charge(phase, BigInt(image.high), BigInt(compressed.high))) };
}

/** module:module_load was written: only init could fail after it, and the kernel charges that to nothing. */
function afterLoad(call: Call, module: string | null): Judgement {
  const ret = call.ret ?? call.facts.loadReturn?.ret ?? call.facts.initReturn?.ret ?? null;
  if (ret === null && call.freed) return plain('failed', module, 'init', NOTHING, 'measured');
  if (ret === null) return plain(call.entered ? 'unknown' : 'loaded', module, null, NOTHING, null);
  const image = call.facts.loadReturn?.image ?? null;
  if (ret >= 0) return { ...plain('loaded', module, null, NOTHING, 'measured'), image };
  return { ...plain('failed', module, 'init', NOTHING, 'measured'), image };
}

function succeeded(
  call: Call,
  seen: Seen,
  module: string | null,
  leader: boolean,
  coalesces: boolean | null,
): Judgement {
  const loaded = plain('loaded', module, null, NOTHING, 'measured');
  if (call.call === 'init_module' || coalesces === false) return loaded;
  if (!seen.moduleLoad) {
    if (didWork(call)) return loaded;
    return seen.read || seen.loadEntry
      ? plain('coalesced', module, null, NOTHING, 'measured')
      : plain('unknown', module, null, NOTHING, null);
  }
  if (didWork(call)) return loaded;
  return plain(leader ? 'coalesced' : 'unknown', module, null, NOTHING, leader ? 'measured' : null);
}

function failed(
  call: Call,
  ret: number,
  seen: Seen,
  module: string | null,
  leader: boolean,
  coalesces: boolean | null,
): Judgement {
  const read = call.facts.read?.ret ?? null;
  if (read !== null && read < 0) return plain('failed', module, 'kread', NOTHING, 'measured');
  if (call.facts.decompress?.ret != null && call.facts.decompress.ret < 0)
    return failedDecompress(call, module);
  if (call.call === 'init_module') {
    const early = failedCopy(call, ret, seen, module);
    if (early) return early;
  } else if (!didWork(call)) {
    if (refused(call, ret)) return plain('refused', module, null, NOTHING, 'measured');
    if (leader && coalesces !== false) return coalescedOrNot(ret, seen, module);
    if (seen.charge && (ret === EEXIST || ret === EBUSY))
      return plain('coalesced', module, null, NOTHING, 'measured');
    if (ret === EPERM && (seen.charge || seen.read))
      return plain('refused', module, null, NOTHING, 'measured');
  }
  return uncharged(call, ret, seen, module);
}

/** A failed call without work of its own, with a leader of the same result. */
function coalescedOrNot(ret: number, seen: Seen, module: string | null): Judgement {
  const told = seen.charge || seen.loadEntry || seen.read || (ret !== EEXIST && ret !== EBUSY);
  if (told) return plain('coalesced', module, null, NOTHING, 'measured');
  return plain('duplicate', module, null, UNKNOWN, null);
}

/** Turned away before anything was read: EBADF, or flags that the kernel does not know. */
function refused(call: Call, ret: number): boolean {
  if (ret === EBADF) return true;
  return ret === EINVAL && call.flags !== null && (call.flags & ~KNOWN_FLAGS) !== 0;
}

/** module_decompress failed: C is charged, the bytes that were read. */
function failedDecompress(call: Call, module: string | null): Judgement {
  const read = call.facts.read?.ret ?? null;
  const compressed = call.facts.decompress?.compressed ?? (read !== null && read >= 0 ? read : null);
  return {
    outcome: 'failed',
    phase: 'decompress',
    module,
    image: null,
    compressed,
    wasted: compressed === null ? UNKNOWN : exact(compressed),
    basis: compressed === null ? 'bounded' : 'measured',
  };
}

/**
 * init_module before load_module: no capability (EPERM), or copy_module_from_user failed, which charges the
 * caller's length to kread. Null: it got further.
 */
function failedCopy(call: Call, ret: number, seen: Seen, module: string | null): Judgement | null {
  const { facts } = call;
  const reached =
    facts.copied !== null ||
    facts.loadEntry !== null ||
    facts.loadReturn !== null ||
    facts.patient.length > 0;
  if (reached || facts.duplicate) return null;
  const kread: Judgement = plain(
    'failed',
    module,
    'kread',
    call.len === null ? UNKNOWN : exact(call.len),
    'measured',
  );
  if (ret === EFAULT) return kread;
  if (ret === ENOEXEC && call.len !== null && call.len < ELF_HEADER) return kread;
  if (ret === EPERM && (seen.charge || seen.loadEntry))
    return plain('refused', module, null, NOTHING, 'measured');
  // The kernel charges every load_module that fails before init: without a charge, it was the copy.
  return seen.charge || seen.loadEntry ? kread : null;
}

/** A failure of load_module on a kernel (or in a trace) that does not say what was charged. */
function uncharged(call: Call, ret: number, seen: Seen, module: string | null): Judgement {
  const isDuplicate = call.facts.duplicate !== null || ret === EEXIST || ret === EBUSY;
  const phase = call.facts.duplicate?.reason ?? phaseByChecks(call, seen);
  const image = imageOf(call);
  const compressed = compressedOf(call, null, call.facts.loadEntry?.flags ?? null);
  const own =
    call.facts.loadEntry !== null ||
    call.facts.loadReturn !== null ||
    call.call === 'init_module' ||
    call.facts.patient.length > 0;
  let wasted = UNKNOWN;
  if (own && image.high !== null) {
    const low = chargeRange(phase ?? 'becoming', image, compressed);
    const high = chargeRange(phase ?? 'load', image, compressed);
    wasted = { low: low.low, high: high.high };
  }
  return {
    outcome: isDuplicate ? 'duplicate' : 'failed',
    phase,
    module,
    image: image.low === image.high ? image.low : null,
    compressed: compressed.low === compressed.high ? compressed.low : null,
    wasted,
    basis: wasted.high === null ? null : wasted.low === wasted.high ? 'measured' : 'bounded',
  };
}

/** Two calls of the patient check in load_module: the lower offset is the early one (becoming). */
function phaseByChecks(call: Call, seen: Seen): 'becoming' | 'load' | null {
  if (call.facts.laidOut) return 'load';
  const last =
    call.facts.patient.findLast((check) => check.ret !== null && check.ret < 0) ?? call.facts.patient.at(-1);
  // Kernels that did not inline the callers name them.
  if (last?.reason !== undefined && last.ret !== null && last.ret < 0) return last.reason;
  if (!last || last.callOffset === null || seen.patientOffsets.length < 2) return null;
  if (last.ret !== null && last.ret < 0)
    return last.callOffset === seen.patientOffsets[0] ? 'becoming' : 'load';
  return last.callOffset === seen.patientOffsets[0] ? null : 'load';
}

/** L: exact at load_module's return; before it, the file still holds its signature. */
function imageOf(call: Call): Range {
  if (call.facts.loadReturn?.image != null) return exact(call.facts.loadReturn.image);
  const file =
    call.facts.loadEntry?.image ?? call.facts.decompress?.image ?? call.facts.copied?.size ?? call.len;
  if (file !== null && file !== undefined) return imageOfFile(file);
  const compressed = call.flags === null || (call.flags & COMPRESSED_FILE) !== 0;
  const read = call.facts.read?.ret ?? null;
  return !compressed && read !== null && read > 0 ? imageOfFile(read) : UNKNOWN;
}

/** The module's name by the call's own evidence: that of every judgement of it. */
export function ownName(call: Call): string | null {
  const file = call.facts.read?.file ?? call.facts.idempotent?.file ?? null;
  return (
    call.facts.charge?.module ??
    call.loaded?.module ??
    call.facts.duplicate?.module ??
    call.facts.initEntry?.module ??
    call.facts.patient.find((check) => check.module !== null)?.module ??
    (file === null ? null : (moduleFile(file)?.module ?? null))
  );
}
