// SPDX-License-Identifier: Apache-2.0
import { availableParallelism } from 'node:os';
import { configDefaults, defineConfig } from 'vitest/config';

/** Files that count V8's steps, or replace modules or globals: each needs a process of its own. */
const ALONE = ['test/growth/{expressions,steps}.test.ts', 'test/hostile/injected.test.ts'];

const each = {
  globalSetup: ['test/build.ts', 'test/corpus/unpack.ts'],
  setupFiles: ['test/setup.ts'],
  env: { LC_ALL: 'C', TZ: 'UTC' },
  // What has not ended by then hangs, however busy the machine is.
  testTimeout: 300_000,
  hookTimeout: 300_000,
  expect: { poll: { timeout: 300_000 } },
};

export default defineConfig({
  test: {
    // One more than cores: tests wait for browsers, processes and limits of time.
    maxWorkers: availableParallelism() + 1,
    projects: [
      {
        test: {
          ...each,
          name: 'tests',
          include: ['test/**/*.test.ts'],
          // Of captures and logs that do not lie in the project: `npm run test:corpus`.
          exclude: [...configDefaults.exclude, ...ALONE, 'test/forms/public-logs.test.ts', '.stryker-tmp/**'],
          // Most files would spend more time on loading the sources than on their tests.
          isolate: false,
        },
      },
      { test: { ...each, name: 'alone', include: ALONE, sequence: { groupOrder: 1 } } },
    ],
  },
});
