// SPDX-License-Identifier: Apache-2.0
import { defineConfig } from 'vitest/config';

/** The unit tests of the rooms that are mutated: those that read a few small files, or none. */
export default defineConfig({
  test: {
    include: ['test/query/**/*.test.ts', 'test/accounting/**/*.test.ts'],
    exclude: [
      'test/accounting/corpus.test.ts',
      'test/accounting/bounds/corpus.test.ts',
      'test/accounting/{kernels,bounds-hold,kernel-cases}.test.ts',
    ],
    env: { LC_ALL: 'C', TZ: 'UTC' },
    testTimeout: 60_000,
  },
});
