import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: [
      'test/accounting/**/*.test.ts',
      'test/query/**/*.test.ts',
      'test/queries/**/*.test.ts',
      'test/store/**/*.test.ts',
    ],
    exclude: ['test/accounting/corpus.test.ts', 'test/accounting/bounds/corpus.test.ts'],
    env: { LC_ALL: 'C', TZ: 'UTC' },
    testTimeout: 60_000,
  },
});
