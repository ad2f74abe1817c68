// SPDX-License-Identifier: Apache-2.0
/** The parts of sources that are of one boot. */
import type { Identity, Part } from './parts.js';
import type { StampedLines } from './ties.js';

export interface BootParts {
  readonly identity: Identity;
  readonly parts: Part[];
  /** Its label in a text that names several boots. */
  readonly label?: string | null;
  /** The lines of its logs that have printk's stamps. */
  lines?: StampedLines;
}
