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
import {
  COMPRESSED_READ_ID,
  elfHeaderBytes,
  holds,
  type Kernel,
  MODULE_INIT_COMPRESSED_FILE,
} from '../kernel.js';
import type { Basis, Outcome } from '../model.js';
import type { Call, Facts, Seen } from './call.js';
import { chargedImage, imageOf } from './images.js';
import { phaseOfLoad, reachedLoad } from './load-phase.js';

/** What became of a call, and what it cost. */
interface Ending {
  readonly outcome: Outcome;
  readonly phase: 'kread' | 'decompress' | 'becoming' | 'load' | 'init' | null;
  readonly image: number | null;
  readonly compressed: number | null;
  readonly wasted: Bounds<number>;
  readonly basis: Basis | null;
}

export interface Judgement extends Ending {
  readonly module: string | null;
}

/** MODULE_INIT_IGNORE_MODVERSIONS | MODULE_INIT_IGNORE_VERMAGIC | MODULE_INIT_COMPRESSED_FILE. */
const KNOWN_FLAGS = 7;

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
  return { ...endingOf(call, seen, leader, kernel, logged), module: ownName(call) };
}

function endingOf(call: Call, seen: Seen, leader: boolean, kernel: Kernel, logged: Ending['phase']): Ending {
  const { facts, ret } = call;
  if (facts.charge) return charged(call, facts.charge, seen, kernel);
  if (call.loaded) return afterLoad(call, seen);
  if (ret === null) return { ...UNKNOWN_ENDING, phase: facts.duplicate?.reason ?? null };
  if (ret >= 0) return succeeded(call, seen, leader, kernel);
  const ending = failed(call, ret, seen, leader, kernel);
  return logged !== null && ending.phase === null ? failedIn(logged, call, seen, kernel) : ending;
}

function ending(
  outcome: Outcome,
  phase: Ending['phase'],
  wasted: Bounds<number>,
  basis: Basis | null,
): Ending {
  return { outcome, phase, image: null, compressed: null, wasted, basis };
}

const LOADED = ending('loaded', null, NOTHING, 'measured');
const COALESCED = ending('coalesced', null, NOTHING, 'measured');
const REFUSED = ending('refused', null, NOTHING, 'measured');
const FAILED_INIT = ending('failed', 'init', NOTHING, 'measured');
/** The image was not read, or refused once it was: no byte is charged. */
const FAILED_KREAD = ending('failed', 'kread', NOTHING, 'measured');
/** It may have failed, at any cost. */
const UNKNOWN_ENDING = ending('unknown', null, UNKNOWN, null);
/** It succeeded, or nothing shows that it failed: it cost nothing. */
const UNKNOWN_SUCCESS = ending('unknown', null, NOTHING, null);

/** The kernel charged the call: mod_stat_bump_becoming or mod_stat_bump_invalid was called. */
function charged(call: Call, by: NonNullable<Facts['charge']>, seen: Seen, kernel: Kernel): Ending {
  const compressed = compressedOf(call, by.compressed, by.flags);
  const isDuplicate =
    call.facts.duplicate !== null ||
    ((!seen.duplicate || !seen.whole) && (call.ret === -EEXIST || call.ret === -EBUSY));
  const passed = isDuplicate || by.phase === 'load';
  const image = noLessThanHeader(chargedImage(call, by.image, seen), passed, kernel);
  const wasted = chargeRange(by.phase, image, compressed);
  return {
    outcome: isDuplicate ? 'duplicate' : 'failed',
    phase: by.phase,
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
  if (call.call === 'init_module' || (known !== null && (known & MODULE_INIT_COMPRESSED_FILE) === 0))
    return NOTHING;
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
function afterLoad(call: Call, seen: Seen): Ending {
  const ret = call.ret ?? call.facts.loadReturn?.ret ?? call.facts.initReturn?.ret ?? null;
  if (ret === null && call.freed) return FAILED_INIT;
  const mayFail = call.entered || (!seen.whole && !call.implicit);
  if (ret === null) return mayFail ? UNKNOWN_SUCCESS : { ...LOADED, basis: null };
  const image = call.facts.loadReturn?.image ?? null;
  // Lost between the two were the end of this call and the start of a duplicate, more likely than an init returned this.
  if (!seen.whole && (ret === -EEXIST || ret === -EBUSY)) return UNKNOWN_ENDING;
  return { ...(ret >= 0 ? LOADED : FAILED_INIT), image };
}

function succeeded(call: Call, seen: Seen, leader: boolean, { release }: Kernel): Ending {
  // Every load passes module_load but those whose code tags failed, which are charged and return 0.
  if (seen.moduleLoad && seen.whole && call.entered && call.facts.loadEntry && holds('codeTags', release))
    return UNKNOWN_ENDING;
  if (call.call === 'init_module' || holds('coalescing', release) === false || didWork(call)) return LOADED;
  if (!seen.moduleLoad) {
    return showsStarts(call, seen) ? COALESCED : UNKNOWN_SUCCESS;
  }
  // A lost module_load would tell of a load of its own.
  return leader && seen.whole && isShown(call, seen) ? COALESCED : UNKNOWN_SUCCESS;
}

function failed(call: Call, ret: number, seen: Seen, leader: boolean, kernel: Kernel): Ending {
  const read = call.facts.read?.ret ?? null;
  if (read !== null && read < 0) return FAILED_KREAD;
  if (call.facts.decompress?.ret != null && call.facts.decompress.ret < 0) return failedDecompress(call);
  const unloaded = failedBeforeLoad(call, ret, seen, kernel);
  if (unloaded) return unloaded;
  if (call.call === 'init_module') {
    const early = failedCopy(call, ret, seen, kernel);
    if (early) return early;
  } else if (!didWork(call)) {
    if (refused(call, ret)) return REFUSED;
    if (ret === -EPERM && showsStarts(call, seen) && !leader) return REFUSED;
    if (holds('coalescing', kernel.release) !== false && isCoalesced(call, ret, seen, leader))
      return COALESCED;
  }
  const phase = call.facts.duplicate?.reason ?? phaseOfLoad(call, ret, seen, kernel);
  return uncharged(call, ret, seen, phase, kernel);
}

/** The judgement on a call that failed in a phase that only the log names. */
function failedIn(phase: NonNullable<Ending['phase']>, call: Call, seen: Seen, kernel: Kernel): Ending {
  if (phase === 'init') return FAILED_INIT;
  if (phase === 'kread') return failedRead(call);
  if (phase === 'decompress') return failedDecompress(call);
  return uncharged(call, call.ret ?? 0, seen, phase, kernel);
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
 * had been decompressed, which counts as a kread of 0 bytes. Null: it got further, or that is unknown.
 */
function failedBeforeLoad(call: Call, ret: number, seen: Seen, { release }: Kernel): Ending | null {
  const { read, decompress, duplicate } = call.facts;
  if (((call.flags ?? 0) & MODULE_INIT_COMPRESSED_FILE) === 0 && decompress === null) return null;
  if (reachedLoad(call) || duplicate !== null || read?.ret == null || !isShown(call, seen)) return null;
  if (ret === -EOPNOTSUPP && decompress?.ret !== 0) return failedDecompress(call);
  if (!showsLoads(seen)) return null;
  const asksAgain =
    holds('compressedReadId', release) ?? (read.id === COMPRESSED_READ_ID || decompress?.ret === 0);
  if (decompress?.ret === 0) return asksAgain ? FAILED_KREAD : null;
  const byLsm = ret === -EACCES || ret === -EPERM;
  return byLsm && asksAgain !== false ? null : failedDecompress(call);
}

/** Refused before anything was read: EBADF, or unknown flags. */
function refused(call: Call, ret: number): boolean {
  if (ret === -EBADF) return true;
  return ret === -EINVAL && call.flags !== null && (call.flags & ~KNOWN_FLAGS) !== 0;
}

/** The image was not read: finit_module wastes nothing, init_module the length that its caller passed. */
function failedRead({ call, len }: Call): Ending {
  const wasted = call === 'finit_module' ? NOTHING : len === null ? UNKNOWN : exactly(len);
  return ending('failed', 'kread', wasted, wasted.high === null ? 'bounded' : 'measured');
}

/** module_decompress failed: C is charged, the bytes that were read. */
function failedDecompress(call: Call): Ending {
  const read = call.facts.read?.ret ?? null;
  const compressed = call.facts.decompress?.compressed ?? (read !== null && read >= 0 ? read : null);
  return {
    outcome: 'failed',
    phase: 'decompress',
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
function failedCopy(call: Call, ret: number, seen: Seen, { wordBits }: Kernel): Ending | null {
  const { copied, duplicate } = call.facts;
  if (copied !== null || reachedLoad(call) || duplicate || !isShown(call, seen)) return null;
  const kread = failedRead(call);
  if (ret === -EFAULT) return kread;
  if (ret === -ENOEXEC && call.len !== null && call.len < elfHeaderBytes(wordBits)) return kread;
  if (showsLoads(seen)) return ret === -EPERM ? REFUSED : kread;
  // Memory that load_module could not get is charged, and that would show: this is the copy.
  return ret === -ENOMEM && seen.whole && seen.becoming && seen.load ? kread : null;
}

/** A failure of load_module without a probe on the charge. */
function uncharged(
  call: Call,
  ret: number,
  seen: Seen,
  phase: 'becoming' | 'load' | null,
  kernel: Kernel,
): Ending {
  const duplicate = isDuplicate(call, ret);
  const image = noLessThanHeader(imageOf(call, seen), duplicate || phase === 'load', kernel);
  const compressed = compressedOf(call, null, call.facts.loadEntry?.flags ?? null);
  const own = reachedLoad(call) || call.call === 'init_module';
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
    outcome: duplicate ? 'duplicate' : 'failed',
    phase,
    image: exactOf(image),
    compressed: exactOf(compressed),
    wasted,
    basis: wasted.high === null ? null : exactOf(wasted) === null ? 'bounded' : 'measured',
  };
}

/**
 * `passed`: the image passed the ELF checks, which come after its signature was cut off and before duplicates are looked
 * for (kernel/module/main.c: load_module).
 */
function noLessThanHeader(image: Bounds<number>, passed: boolean, { wordBits }: Kernel): Bounds<number> {
  const least = Math.max(image.low, elfHeaderBytes(wordBits));
  return passed && (image.high === null || least <= image.high) ? { low: least, high: image.high } : image;
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
