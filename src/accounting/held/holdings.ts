// SPDX-License-Identifier: Apache-2.0
/**
 * What one load holds of virtual memory, and from when to when (kernel/module/main.c and decompress.c, 5.17 to 7.3):
 * the file as read, until load_module has linked the module or fails; of a compressed file the read buffer until
 * module_decompress is done, and the unpacked image in its place; the module's layout from layout_and_allocate until
 * the call ends, when the module owns it or it is freed. Coalesced and refused calls hold nothing. Bytes are the
 * kernel's own (a layout counts as L, as mod_stat_bump_invalid charges it), without guard pages.
 */

import { type Bounds, exactly, UNKNOWN } from '../../model/bounds.js';
import { EFBIG, EINVAL, ENOMEM, ETXTBSY } from '../../model/errno.js';
import { MAX_SIGNATURE } from '../../model/signature.js';
import { imageOfFile } from '../charges.js';
import { MODULE_INIT_COMPRESSED_FILE } from '../kernel.js';
import type { Attempt, Step } from '../model.js';
import type { KnownSizes } from './sizes.js';
import type { Between, Holding } from './types.js';

/** In the kernel's order. */
const ORDER: readonly Step[] = [
  ...(['reading', 'read', 'copied', 'unpacking', 'unpacked', 'loading', 'checked'] as const),
  ...(['laying-out', 'laid-out', 'failed', 'starting', 'freeing', 'returned'] as const),
];

const NONE: readonly Holding[] = [];

/** Of kernel_read_file: what it returns before it allocates (fs/kernel_read_file.c). */
const READS_NOTHING: ReadonlySet<number | null> = new Set([ENOMEM, EINVAL, EFBIG, ETXTBSY]);

/** `sizes`: what is known of modules besides the call's own probes. */
export function holdingsOf(attempt: Attempt, sizes: KnownSizes): readonly Holding[] {
  const { outcome, phase, call, errno } = attempt;
  if (outcome === 'coalesced' || outcome === 'refused') return NONE;
  if (phase === 'kread' && call !== 'init_module' && READS_NOTHING.has(errno)) return NONE;
  const course = new Course(attempt);
  const form = formOf(attempt);
  const { unpacked, copied } = attempt.steps;
  const length = attempt.image ?? sizes.image(attempt.module, unpacked ?? copied);
  const file = fileBytes(attempt, form, length, sizes);
  if (phase === 'kread') return [course.file(perhaps(file), null)];
  const holdings = [course.file(file, form)];
  // What could not be unpacked was never mapped.
  if (phase === 'decompress') return holdings;
  const image = form === 'plain' ? null : imageBytes(attempt, form, length, file, sizes);
  if (image !== null) holdings.push(course.image(image));
  if (phase !== 'becoming') {
    const layout = length === null ? imageOf(image ?? file) : exactly(length);
    // A failure in an unknown phase may or may not have reached its layout.
    const isLaidOut =
      phase === 'load' || phase === 'init' || outcome === 'loaded' || attempt.steps.at['laid-out'];
    holdings.push(course.layout(isLaidOut ? layout : perhaps(layout)));
  }
  return didWork(attempt) ? holdings : holdings.map((one) => ({ ...one, bytes: perhaps(one.bytes) }));
}

function isProbed({ steps: { at } }: Attempt): boolean {
  for (const _ in at) return true;
  return false;
}

/** True where the call is known to have read or copied a module. */
function didWork(attempt: Attempt): boolean {
  const { outcome, call, errno, basis } = attempt;
  if (isProbed(attempt) || outcome === 'loaded') return true;
  if (outcome === 'unknown') return false;
  // Without probes, a failed finit_module may have been coalesced or refused.
  return call === 'init_module' ? errno !== null : basis === 'measured';
}

const perhaps = ({ high }: Bounds<number>): Bounds<number> => ({ low: 0, high });

/** Whether the kernel unpacks the file; null where unknown. */
type Form = 'plain' | 'compressed' | null;

function formOf({ call, flags, compressed, steps }: Attempt): Form {
  if (call === 'init_module') return 'plain';
  if (flags !== null) return (flags & MODULE_INIT_COMPRESSED_FILE) === 0 ? 'plain' : 'compressed';
  if (compressed !== null) return compressed === 0 ? 'plain' : 'compressed';
  return steps.at.unpacking !== undefined || steps.at.unpacked !== undefined ? 'compressed' : null;
}

/** `length`: L, where known. */
function fileBytes(
  { steps, compressed, module }: Attempt,
  form: Form,
  length: number | null,
  sizes: KnownSizes,
): Bounds<number> {
  if (steps.copied !== null) return exactly(steps.copied);
  if (form === 'compressed') return compressed === null ? sizes.compressed(module) : exactly(compressed);
  if (form === null) return UNKNOWN;
  return length === null ? sizes.file(module) : { low: length, high: length + MAX_SIGNATURE };
}

/** Of the unpacked file; at least nothing where it is not known to have been compressed. */
function imageBytes(
  { steps, module }: Attempt,
  form: Form,
  length: number | null,
  file: Bounds<number>,
  sizes: KnownSizes,
): Bounds<number> {
  if (form === null) return perhaps(length === null ? file : { low: 0, high: length + MAX_SIGNATURE });
  if (steps.unpacked !== null) return exactly(steps.unpacked);
  return length === null ? sizes.file(module) : { low: length, high: length + MAX_SIGNATURE };
}

function imageOf({ low, high }: Bounds<number>): Bounds<number> {
  return { low: low === 0 ? 0 : imageOfFile(low).low, high };
}

/** The times of one call, between which it allocates and frees. */
class Course {
  readonly #attempt: Attempt;
  readonly #at: Attempt['steps']['at'];
  /** Most calls of a storm have no probes. */
  readonly #isProbed: boolean;

  constructor(attempt: Attempt) {
    this.#attempt = attempt;
    this.#at = attempt.steps.at;
    this.#isProbed = isProbed(attempt);
  }

  /** `form` null: unknown whether module_decompress or load_module frees it. */
  file(bytes: Bounds<number>, form: Form): Holding {
    const allocated = { earliest: this.#before('reading'), latest: this.#since('read') };
    const unpacked = { earliest: this.#before('unpacked'), latest: this.#since('loading') };
    const linked = this.#linked();
    const freed =
      form === 'plain'
        ? linked
        : form === 'compressed'
          ? unpacked
          : { earliest: this.#before('read'), latest: linked.latest };
    return { what: 'file', bytes, allocated, freed };
  }

  image(bytes: Bounds<number>): Holding {
    const allocated = { earliest: this.#before('unpacking'), latest: this.#since('unpacked') };
    return { what: 'image', bytes, allocated, freed: this.#linked() };
  }

  layout(bytes: Bounds<number>): Holding {
    const { outcome, end } = this.#attempt;
    const allocated = { earliest: this.#before('laying-out'), latest: this.#since('laid-out') };
    // Of a load that succeeded, nothing is freed: from its end on, the memory is the module's.
    const freed =
      outcome === 'loaded' && end !== null
        ? { earliest: end, latest: end }
        : { earliest: this.#before('freeing'), latest: this.#since('returned') };
    return { what: 'layout', bytes, allocated, freed };
  }

  /** free_copy: just before the module starts, or after the failure is charged. */
  #linked(): Between {
    const started = this.#at.starting ?? null;
    if (started !== null) return { earliest: this.#before('failed'), latest: started };
    return { earliest: this.#before('failed'), latest: this.#since('returned') };
  }

  /** The last record up to this step, included. Where only probes show the call, it started before the first of them. */
  #before(step: Step): bigint | null {
    let last = this.#attempt.byProbes ? null : this.#attempt.start;
    if (!this.#isProbed) return last;
    for (const one of ORDER) {
      const t = this.#at[one];
      if (t !== undefined && (last === null || t > last)) last = t;
      if (one === step) break;
    }
    return last;
  }

  /** The first record from this step on. */
  #since(step: Step): bigint | null {
    for (let index = this.#isProbed ? ORDER.indexOf(step) : ORDER.length; index < ORDER.length; index++) {
      const t = this.#at[ORDER[index] as Step];
      if (t !== undefined) return t;
    }
    return this.#attempt.end;
  }
}
