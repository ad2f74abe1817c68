// SPDX-License-Identifier: Apache-2.0
/** The solver against every solution of small random problems. */
import { describe, it } from 'vitest';
import { checkReach } from './check.js';

describe('solveBounds where sizes are known', () => {
  it('plain images, no other failures', () => checkReach({}, 700, 100));
  it('plain images of nearly equal sizes', () => checkReach({ sizes: 2, grain: 1, modules: 4 }, 500, 100));
  it('plain images, other failures', () => checkReach({ unexplained: 3 }, 700, 100));
  it('a truncated list', () => checkReach({ modules: 4, cut: 1, unexplained: 1 }, 400, 100));
  it('compressed and plain attempts mixed', () =>
    checkReach({ compressedPercent: 60, unexplained: 1, times: 3 }, 400, 96));
  it('an unknown common signature', () => checkReach({ signature: 5, grain: 3 }, 300, 100));
  it('an unknown signature and other failures', () => checkReach({ signature: 4, unexplained: 2 }, 200, 100));
  it('an unknown signature and compression', () =>
    checkReach({ signature: 3, compressedPercent: 50, times: 3, unexplained: 1 }, 300, 90));
});
