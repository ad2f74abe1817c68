/** Bounds for the duplicate list: see solve.ts for the method. */
export { solveBounds } from './solve.js';
export type {
  BoundsCounters,
  BoundsInput,
  BoundsResult,
  ImageSize,
  LoadForm,
  OthersBounds,
  RowBounds,
  RowInput,
} from './types.js';
