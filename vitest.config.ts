import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    globalSetup: ['test/report/html/build-page.ts', 'test/corpus/unpack.ts'],
    env: { LC_ALL: 'C', TZ: 'UTC' },
    testTimeout: 60_000,
  },
});
