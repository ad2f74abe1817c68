// SPDX-License-Identifier: Apache-2.0
import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';
import { CAPTURES } from './at-hand.js';
import { OVER_CAPTURES } from './files.js';

/** `npm run test:corpus`: the tests of captures over all that are at hand. */
export default defineConfig({
  test: {
    root: fileURLToPath(new URL('../../', import.meta.url)),
    include: OVER_CAPTURES,
    globalSetup: ['test/corpus/at-hand.ts', 'test/build.ts'],
    setupFiles: ['test/setup.ts'],
    env: { LC_ALL: 'C', TZ: 'UTC', MODWASTE_CORPUS: CAPTURES.endsWith('/') ? CAPTURES : `${CAPTURES}/` },
    testTimeout: 600_000,
    hookTimeout: 600_000,
    maxWorkers: '100%',
    isolate: false,
  },
});
