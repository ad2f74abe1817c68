// SPDX-License-Identifier: Apache-2.0
/** The files of tests that read whole captures: in `npm test` those of the project, in `npm run test:corpus` all at hand. */
export const OVER_CAPTURES = [
  'test/**/corpus.test.ts',
  'test/accounting/{kernels,bounds-hold}.test.ts',
  'test/cases/{hostile,whole,packed}.test.ts',
  'test/forms/{all-clear,matrix,hidden-names,public-logs}.test.ts',
  'test/input/layouts.test.ts',
  'test/prefilter/same-events.test.ts',
];
