// SPDX-License-Identifier: Apache-2.0
import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    // Of captures and logs that do not lie in the project: `npm run test:corpus`.
    exclude: ['test/forms/public-logs.test.ts', 'node_modules/**', '.stryker-tmp/**'],
    globalSetup: ['test/report/html/build-page.ts', 'test/corpus/unpack.ts'],
    env: { LC_ALL: 'C', TZ: 'UTC' },
    testTimeout: 60_000,
    // By default one core is left for other work, which of two is half.
    maxWorkers: '100%',
  },
});
