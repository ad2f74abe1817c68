// SPDX-License-Identifier: Apache-2.0
/** Sizes of modules' files, from listings and from the calls of a trace that measured them. */
import { type Bounds, exactly, UNKNOWN } from '../../model/bounds.js';
import { sizesOf } from '../calls/loads.js';
import type { Attempt, SizeRow } from '../model.js';

export interface KnownSizes {
  /** The uncompressed file, signature included. */
  file(module: string | null): Bounds<number>;
  compressed(module: string | null): Bounds<number>;
  /** L of a file of this module and size; null where no call measured it. */
  image(module: string | null, file: number | null): number | null;
}

export function knownSizes(attempts: readonly Attempt[], listed: readonly SizeRow[]): KnownSizes {
  const files = sizesOf(listed, 'file');
  const compressed = sizesOf(listed, 'compressed-file');
  const images = measuredImages(attempts);
  const range = (known: ReadonlyMap<string, number>, module: string | null): Bounds<number> => {
    const bytes = module === null ? undefined : known.get(module);
    return bytes === undefined ? UNKNOWN : exactly(bytes);
  };
  return {
    file: (module) => range(files, module),
    compressed: (module) => range(compressed, module),
    image: (module, file) => images.get(`${file} ${module}`) ?? null,
  };
}

/** By size and name of the file; null where two files of them differ. */
function measuredImages(attempts: readonly Attempt[]): Map<string, number | null> {
  const images = new Map<string, number | null>();
  for (const { module, image, steps } of attempts) {
    const file = steps.unpacked ?? steps.copied;
    if (module === null || image === null || file === null) continue;
    const key = `${file} ${module}`;
    const known = images.get(key);
    images.set(key, known === undefined || known === image ? image : null);
  }
  return images;
}
