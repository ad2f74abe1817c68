/** Mutation testing: `npm run mutation`, or `npm run mutation -- --mutate 'src/accounting/charges.ts'`. */
export default {
  testRunner: 'vitest',
  vitest: { configFile: 'test/mutation/vitest.config.ts' },
  mutate: ['src/accounting/**/*.ts', 'src/query/**/*.ts'],
  ignoreStatic: true,
  coverageAnalysis: 'perTest',
  concurrency: 1,
  reporters: ['clear-text', 'json'],
  clearTextReporter: { logTests: false, reportTests: false },
  jsonReporter: { fileName: 'test/mutation/report.json' },
  // Its rewriting of tsconfig.json needs an API that TypeScript 7 does not have; the sandbox is a plain copy.
  tsconfigFile: 'none.json',
  tempDirName: '.stryker-tmp',
  ignorePatterns: ['dist', 'test/bench', 'samples/*.png', '.git'],
};
