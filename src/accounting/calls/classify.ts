// SPDX-License-Identifier: Apache-2.0
/**
 * Outcome, phase and charge of a call by its own evidence: the stages of kernel/module/main.c, and conclusions from
 * the absence of a probe that other calls of the trace hit.
 */

import { type Bounds, exactly, exactOf, NOTHING, UNKNOWN } from '../../model/bounds.js';
import {
  EACCES,
  EBADF,
  EBUSY,
  EEXIST,
  EFAULT,
  EINVAL,
  ENOEXEC,
  ENOMEM,
  EOPNOTSUPP,
  EPERM,
} from '../../model/errno.js';
import { moduleFile } from '../../model/module-name.js';
import { charge } from '../charges.js';
import { COMPRESSED_READ_ID, elfHeaderBytes, holds, type Kernel } from '../kernel.js';
import type { Basis, Outcome } from '../model.js';
import type { Call, Facts, Seen } from './call.js';
import { chargedImage, imageOf } from './images.js';
import { phaseOfLoad } from './load-phase.js';

export interface Judgement {
  readonly outcome: Outcome;
  readonly phase: 'kread' | 'decompress' | 'becoming' | 'load' | 'init' | null;
  readonly module: string | null;
  readonly image: number | null;
  readonly compressed: number | null;
  readonly wasted: Bounds<number>;
  readonly basis: Basis | null;
}

/** MODULE_INIT_IGNORE_MODVERSIONS | MODULE_INIT_IGNORE_VERMAGIC | MODULE_INIT_COMPRESSED_FILE. */
const KNOWN_FLAGS = 7;
const COMPRESSED_FILE = 4;

/** True where the call shows work of its own: it was not coalesced. */
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
 * `logged`: the phase in which it failed by the log, for where the trace does not say it.
 */
export function judge(
  call: Call,
  seen: Seen,
  leader: boolean,
  kernel: Kernel,
  logged: Judgement['phase'] = null,
): Judgement {
  const module = ownName(call);
  if (call.facts.charge) return charged(call, call.facts.charge, module, seen);
  if (call.loaded) return afterLoad(call, module, seen);
  const { ret } = call;
  if (ret === null)
    return plain('unknown', module, call.facts.duplicate ? call.facts.duplicate.reason : null, UNKNOWN, null);
  if (ret >= 0) return succeeded(call, seen, module, leader, kernel);
  const judgement = failed(call, ret, seen, module, leader, kernel);
  return logged !== null && judgement.phase === null ? failedIn(logged, call, module, seen) : judgement;
}

function plain(
  outcome: Outcome,
  module: string | null,
  phase: Judgement['phase'],
  wasted: Bounds<number>,
  basis: Basis | null,
): Judgement {
  return { outcome, phase, module, image: null, compressed: null, wasted, basis };
}

/** The kernel charged the call: mod_stat_bump_becoming or mod_stat_bump_invalid was called. */
function charged(call: Call, by: NonNullable<Facts['charge']>, module: string | null, seen: Seen): Judgement {
  const compressed = compressedOf(call, by.compressed, by.flags);
  const isDuplicate =
    call.facts.duplicate !== null ||
    ((!seen.duplicate || !seen.whole) && (call.ret === -EEXIST || call.ret === -EBUSY));
  const image = chargedImage(call, by.image, seen);
  const wasted = chargeRange(by.phase, image, compressed);
  return {
    outcome: isDuplicate ? 'duplicate' : 'failed',
    phase: by.phase,
    module,
    image: exactOf(image),
    compressed: exactOf(compressed),
    wasted,
    basis: exactOf(wasted) === null ? 'bounded' : 'measured',
  };
}

/** C of a call: probed, or the bytes read where flag 4 marks the file as compressed. */
function compressedOf(call: Call, probed: number | null, flags: number | null): Bounds<number> {
  if (probed !== null) return exactly(probed);
  const known = flags ?? call.flags;
  if (call.call === 'init_module' || (known !== null && (known & COMPRESSED_FILE) === 0)) return NOTHING;
  const read =
    call.facts.decompress?.compressed ??
    (call.facts.read?.ret != null && call.facts.read.ret > 0 ? call.facts.read.ret : null);
  if (known !== null && read !== null) return exactly(read);
  return UNKNOWN;
}

function chargeRange(
  phase: 'becoming' | 'load',
  image: Bounds<number>,
  compressed: Bounds<number>,
): Bounds<number> {
  const low = Number(charge(phase, BigInt(image.low), BigInt(compressed.low)));
  if (image.high === null || compressed.high === null) return { low, high: null };
  return { low, high: Number(charge(phase, BigInt(image.high), BigInt(compressed.high))) };
}

/** module:module_load was recorded: only init can fail after it, which the kernel charges to no phase. */
function afterLoad(call: Call, module: string | null, seen: Seen): Judgement {
  const ret = call.ret ?? call.facts.loadReturn?.ret ?? call.facts.initReturn?.ret ?? null;
  if (ret === null && call.freed) return plain('failed', module, 'init', NOTHING, 'measured');
  const mayFail = call.entered || (!seen.whole && !call.implicit);
  if (ret === null) return plain(mayFail ? 'unknown' : 'loaded', module, null, NOTHING, null);
  const image = call.facts.loadReturn?.image ?? null;
  // Lost between the two were the end of this call and the start of a duplicate, more likely than an init returned this.
  if (!seen.whole && (ret === -EEXIST || ret === -EBUSY))
    return plain('unknown', module, null, UNKNOWN, null);
  if (ret >= 0) return { ...plain('loaded', module, null, NOTHING, 'measured'), image };
  return { ...plain('failed', module, 'init', NOTHING, 'measured'), image };
}

function succeeded(
  call: Call,
  seen: Seen,
  module: string | null,
  leader: boolean,
  { release }: Kernel,
): Judgement {
  const loaded = plain('loaded', module, null, NOTHING, 'measured');
  // Every load passes module_load but those whose code tags failed, which are charged and return 0.
  if (seen.moduleLoad && seen.whole && call.entered && call.facts.loadEntry && holds('codeTags', release))
    return plain('unknown', module, null, UNKNOWN, null);
  if (call.call === 'init_module' || holds('coalescing', release) === false || didWork(call)) return loaded;
  if (!seen.moduleLoad) {
    return showsStarts(call, seen)
      ? plain('coalesced', module, null, NOTHING, 'measured')
      : plain('unknown', module, null, NOTHING, null);
  }
  // A lost module_load would tell of a load of its own.
  const waited = leader && seen.whole && isShown(call, seen);
  return plain(waited ? 'coalesced' : 'unknown', module, null, NOTHING, waited ? 'measured' : null);
}

function failed(
  call: Call,
  ret: number,
  seen: Seen,
  module: string | null,
  leader: boolean,
  kernel: Kernel,
): Judgement {
  const read = call.facts.read?.ret ?? null;
  if (read !== null && read < 0) return plain('failed', module, 'kread', NOTHING, 'measured');
  if (call.facts.decompress?.ret != null && call.facts.decompress.ret < 0)
    return failedDecompress(call, module);
  const unloaded = failedBeforeLoad(call, ret, seen, module, kernel);
  if (unloaded) return unloaded;
  if (call.call === 'init_module') {
    const early = failedCopy(call, ret, seen, module, kernel);
    if (early) return early;
  } else if (!didWork(call)) {
    if (refused(call, ret)) return plain('refused', module, null, NOTHING, 'measured');
    if (ret === -EPERM && showsStarts(call, seen) && !leader)
      return plain('refused', module, null, NOTHING, 'measured');
    if (holds('coalescing', kernel.release) !== false && isCoalesced(call, ret, seen, leader))
      return plain('coalesced', module, null, NOTHING, 'measured');
  }
  return uncharged(
    call,
    ret,
    seen,
    module,
    call.facts.duplicate?.reason ?? phaseOfLoad(call, ret, seen, kernel),
  );
}

/** The judgement on a call that failed in a phase that only the log says. */
function failedIn(
  phase: NonNullable<Judgement['phase']>,
  call: Call,
  module: string | null,
  seen: Seen,
): Judgement {
  if (phase === 'init') return plain('failed', module, 'init', NOTHING, 'measured');
  if (phase === 'kread') return failedRead(call, module);
  if (phase === 'decompress') return failedDecompress(call, module);
  return uncharged(call, call.ret ?? 0, seen, module, phase);
}

/** True where the trace was there when the call started: what it did before is not missing. */
function isShown({ entered, implicit }: Call, seen: Seen): boolean {
  return entered || implicit || !seen.enters;
}

/** True where every call that read a file shows it, so a call that shows no work did none. */
function showsStarts(call: Call, seen: Seen): boolean {
  return seen.whole && isShown(call, seen) && (seen.read || showsLoads(seen));
}

/** True where every call of load_module shows it, by its entry or by each of its exits. */
function showsLoads(seen: Seen): boolean {
  return seen.whole && (seen.loadEntry || (seen.becoming && seen.load && seen.moduleLoad));
}

/** True where a failed call that shows no work waited for another call's load. */
function isCoalesced(call: Call, ret: number, seen: Seen, leader: boolean): boolean {
  if (!isShown(call, seen)) return false;
  // What is neither read nor decompressed may fail with any error but these.
  if (ret !== -EEXIST && ret !== -EBUSY) return leader && seen.whole && seen.read;
  // A duplicate enters the list, and a failed init comes after module_load: this is neither.
  return showsStarts(call, seen) || (seen.whole && seen.duplicate && seen.moduleLoad);
}

/**
 * finit_module of a compressed file that was read, and failed before load_module was called: in module_decompress,
 * which returns EOPNOTSUPP where the kernel has no MODULE_DECOMPRESS, or, since 7.0, because the LSM refused what
 * had been decompressed, which counts as a kread of 0 bytes. Null: it got further, or nothing tells.
 */
function failedBeforeLoad(
  call: Call,
  ret: number,
  seen: Seen,
  module: string | null,
  { release }: Kernel,
): Judgement | null {
  const { read, decompress, loadEntry, loadReturn, patient, duplicate } = call.facts;
  if (((call.flags ?? 0) & COMPRESSED_FILE) === 0 && decompress === null) return null;
  const reached = loadEntry !== null || loadReturn !== null || patient.length > 0 || duplicate !== null;
  if (reached || read?.ret == null || !isShown(call, seen)) return null;
  if (ret === -EOPNOTSUPP && decompress?.ret !== 0) return failedDecompress(call, module);
  if (!showsLoads(seen)) return null;
  const asksAgain =
    holds('compressedReadId', release) ?? (read.id === COMPRESSED_READ_ID || decompress?.ret === 0);
  if (decompress?.ret === 0) return asksAgain ? plain('failed', module, 'kread', NOTHING, 'measured') : null;
  const byLsm = ret === -EACCES || ret === -EPERM;
  return byLsm && asksAgain !== false ? null : failedDecompress(call, module);
}

/** Refused before anything was read: EBADF, or unknown flags. */
function refused(call: Call, ret: number): boolean {
  if (ret === -EBADF) return true;
  return ret === -EINVAL && call.flags !== null && (call.flags & ~KNOWN_FLAGS) !== 0;
}

/** The image was not read: finit_module wastes nothing, init_module the length that its caller passed. */
function failedRead({ call, len }: Call, module: string | null): Judgement {
  const wasted = call === 'finit_module' ? NOTHING : len === null ? UNKNOWN : exactly(len);
  return plain('failed', module, 'kread', wasted, wasted.high === null ? 'bounded' : 'measured');
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
    wasted: compressed === null ? UNKNOWN : exactly(compressed),
    basis: compressed === null ? 'bounded' : 'measured',
  };
}

/**
 * init_module before load_module: no capability (EPERM), or copy_module_from_user failed, which charges the
 * caller's length to kread. Null: it got further.
 */
function failedCopy(
  call: Call,
  ret: number,
  seen: Seen,
  module: string | null,
  { wordBits }: Kernel,
): Judgement | null {
  const { facts } = call;
  const reached =
    facts.copied !== null ||
    facts.loadEntry !== null ||
    facts.loadReturn !== null ||
    facts.patient.length > 0;
  if (reached || facts.duplicate || !isShown(call, seen)) return null;
  const kread = failedRead(call, module);
  if (ret === -EFAULT) return kread;
  if (ret === -ENOEXEC && call.len !== null && call.len < elfHeaderBytes(wordBits)) return kread;
  if (showsLoads(seen)) return ret === -EPERM ? plain('refused', module, null, NOTHING, 'measured') : kread;
  // Memory that load_module could not get is charged, and that would show: this is the copy.
  return ret === -ENOMEM && seen.whole && seen.becoming && seen.load ? kread : null;
}

/** A failure of load_module without a probe on the charge. */
function uncharged(
  call: Call,
  ret: number,
  seen: Seen,
  module: string | null,
  phase: 'becoming' | 'load' | null,
): Judgement {
  const image = imageOf(call, seen);
  const compressed = compressedOf(call, null, call.facts.loadEntry?.flags ?? null);
  const own =
    call.facts.loadEntry !== null ||
    call.facts.loadReturn !== null ||
    call.call === 'init_module' ||
    call.facts.patient.length > 0;
  // EPERM may also mean that the caller lacks CAP_SYS_MODULE: nothing was copied then.
  const mayBeRefused =
    ret === -EPERM && phase === null && !call.facts.copied && !call.facts.loadEntry && !call.facts.loadReturn;
  let wasted = UNKNOWN;
  if (own && image.high !== null) {
    const low = chargeRange(phase ?? 'becoming', image, compressed);
    const high = chargeRange(phase ?? 'load', image, compressed);
    wasted = { low: mayBeRefused ? 0 : low.low, high: high.high };
  }
  return {
    outcome: isDuplicate(call, ret) ? 'duplicate' : 'failed',
    phase,
    module,
    image: exactOf(image),
    compressed: exactOf(compressed),
    wasted,
    basis: wasted.high === null ? null : exactOf(wasted) === null ? 'bounded' : 'measured',
  };
}

/** EEXIST and EBUSY mean a duplicate, unless both patient checks passed. */
function isDuplicate(call: Call, ret: number): boolean {
  if (ret !== -EEXIST && ret !== -EBUSY) return false;
  return call.facts.patient.filter((check) => check.ret === 0).length < 2;
}

/** The module's name by the call's own evidence. */
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
