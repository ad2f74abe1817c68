// SPDX-License-Identifier: Apache-2.0
/** The parts of what a failed load cost: the compressed file, the layout, and the rest, which is the first copy. */

import { type Bounds, exactly, NOTHING } from '../../model/bounds.js';
import type { Attempt } from '../model.js';

export interface Costs {
  readonly copy: Bounds<number>;
  readonly layout: Bounds<number>;
  readonly compressed: Bounds<number>;
}

/** They add up to the bytes wasted, with their bounds. */
export function costsOf({ phase, image, compressed, wasted }: Attempt): Costs {
  const known = compressed !== null && wasted.low === wasted.high;
  if (phase === 'kread' || phase === 'decompress')
    return { copy: wasted, layout: NOTHING, compressed: NOTHING };
  if (phase === 'becoming')
    return known
      ? { copy: exactly(wasted.low - compressed), layout: NOTHING, compressed: exactly(compressed) }
      : { copy: wasted, layout: NOTHING, compressed: NOTHING };
  if (phase === 'load' && known && image !== null)
    return { copy: exactly(image), layout: exactly(image), compressed: exactly(compressed) };
  // Becoming or load: L or 2 L.
  const half = wasted.high === null ? null : Math.floor(wasted.high / 2);
  const least = phase === 'load' && compressed === 0 ? Math.floor(wasted.low / 2) : 0;
  return {
    copy: {
      low: wasted.low - least,
      high: wasted.high === null || half === null ? null : wasted.high - half,
    },
    layout: { low: least, high: half },
    compressed: NOTHING,
  };
}
