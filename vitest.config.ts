// SPDX-License-Identifier: Apache-2.0
import { availableParallelism } from 'node:os';
import { configDefaults, defineConfig } from 'vitest/config';
import { CAPTURES } from './test/corpus/at-hand.js';
import { OVER_CAPTURES } from './test/corpus/files.js';

/** Files that leave a process as they found it: they share one, as most would spend more time on loading the sources than on their tests. */
const SHARED = [
  'test/growth/{growth,plans,spreads}.test.ts',
  'test/{accounting,batch,capture,cases,cli,docs,forms,ingest,input,library,model,prefilter}/**/*.test.ts',
  // A mock of node:fs must be there before the sources.
  'test/hostile/!(injected).test.ts',
  'test/{queries,query,read,report,simulate,store}/**/*.test.ts',
  'test/{architecture,cited,diagnostics,spdx,supply}.test.ts',
];
/** Pages in Chromium and Firefox: `npm run test:browser`. */
const BROWSER = 'test/{app/*,report/html/{hostile,interact,page,pictures,process}}.test.ts';
/** Of captures and logs that do not lie in the project: `npm run test:corpus`. */
const OUTSIDE = 'test/forms/public-logs.test.ts';
/** The gate sets it where `npm run test:corpus` comes next, and repeats these over captures that hold the project's. */
const LATER = process.env.MODWASTE_CORPUS_NEXT === undefined ? [] : OVER_CAPTURES;

const ENV = { LC_ALL: 'C', TZ: 'UTC' };

const each = {
  // Its calls of node:fs can be made to fail.
  server: { deps: { inline: ['hyparquet-writer'] } },
  globalSetup: ['test/build.ts', 'test/corpus/unpack.ts'],
  setupFiles: ['test/setup.ts'],
  env: ENV,
  // What has not ended by then hangs, however busy the machine is.
  testTimeout: 300_000,
  hookTimeout: 300_000,
  expect: { poll: { timeout: 300_000 } },
};

/** Over all captures at hand. */
const captures = {
  ...each,
  globalSetup: ['test/corpus/at-hand.ts', 'test/build.ts'],
  env: { ...ENV, MODWASTE_CORPUS: CAPTURES.endsWith('/') ? CAPTURES : `${CAPTURES}/` },
  testTimeout: 600_000,
  hookTimeout: 600_000,
  maxWorkers: availableParallelism(),
  isolate: false,
};

const exclude = [...configDefaults.exclude, '.stryker-tmp/**', ...LATER];

export default defineConfig({
  test: {
    // One more than cores: tests wait for browsers, processes and limits of time.
    maxWorkers: availableParallelism() + 1,
    // A third of what the start of a run takes, the next time.
    experimental: { fsModuleCache: true },
    projects: [
      { test: { ...each, name: 'shared', include: SHARED, exclude: [...exclude, BROWSER, OUTSIDE], isolate: false } },
      {
        test: {
          ...each,
          name: 'alone',
          include: ['test/**/*.test.ts'],
          exclude: [...exclude, ...SHARED, BROWSER],
          sequence: { groupOrder: 1 },
        },
      },
      { test: { ...each, name: 'browser', include: [BROWSER], exclude, isolate: false, sequence: { groupOrder: 2 } } },
      // `npm run test:corpus`, and `npm run test:app`: every capture in the browser page, which takes minutes.
      { test: { ...captures, name: 'corpus', include: OVER_CAPTURES, sequence: { groupOrder: 3 } } },
      { test: { ...captures, name: 'app', include: ['test/app/{captures,firefox}.test.ts'], sequence: { groupOrder: 4 } } },
    ],
  },
});
