// SPDX-License-Identifier: Apache-2.0
/** Bounds for the duplicate list: see solve.ts for the method. */
export { solveBounds } from './solve.js';
export type {
  BoundsInput,
  BoundsResult,
  LoadForm,
  RowBounds,
  RowInput,
} from './types.js';
