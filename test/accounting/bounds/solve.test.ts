// SPDX-License-Identifier: Apache-2.0
/** The solver against every solution of small random problems. */
import { describe, it } from 'vitest';
import { checkReach } from './check.js';

describe('solveBounds where sizes are known', () => {
  it('plain images, no other failures', () => checkReach({}, 1500, 100));
  it('plain images of nearly equal sizes', () => checkReach({ sizes: 2, grain: 1, modules: 4 }, 1000, 100));
  it('plain images, other failures', () => checkReach({ unexplained: 3 }, 1500, 100));
  it('a truncated list', () => checkReach({ modules: 4, cut: 1, unexplained: 1 }, 800, 100));
  it('compressed and plain attempts mixed', () =>
    checkReach({ compressedPercent: 60, unexplained: 1, times: 3 }, 800, 96));
  it('an unknown common signature', () => checkReach({ signature: 5, grain: 3 }, 600, 100));
  it('an unknown signature and other failures', () => checkReach({ signature: 4, unexplained: 2 }, 400, 100));
  it('an unknown signature and compression', () =>
    checkReach({ signature: 3, compressedPercent: 50, times: 3, unexplained: 1 }, 300, 90));
});
