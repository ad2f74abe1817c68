// SPDX-License-Identifier: Apache-2.0
/** Mutation testing: `npm run mutation`, or `npm run mutation -- --mutate 'src/accounting/charges.ts'`. */
export default {
  testRunner: 'vitest',
  plugins: ['@stryker-mutator/vitest-runner'],
  vitest: { configFile: 'test/mutation/vitest.config.ts' },
  mutate: ['src/query/**/*.ts', 'src/accounting/**/*.ts'],
  ignoreStatic: true,
  coverageAnalysis: 'perTest',
  concurrency: 1,
  // A busy machine must not count as a killed mutant.
  timeoutMS: 60_000,
  reporters: ['clear-text', 'json'],
  clearTextReporter: { logTests: false, reportTests: false, allowColor: false },
  jsonReporter: { fileName: 'node_modules/.cache/modwaste-mutation/report.json' },
  // Stryker's rewriting of tsconfig.json needs an API that TypeScript 7 does not have; the sandbox is a plain copy.
  tsconfigFile: 'none.json',
  tempDirName: '.stryker-tmp',
  ignorePatterns: ['dist', 'test/bench', 'samples/*.png', '.git'],
};
