// SPDX-License-Identifier: Apache-2.0
/**
 * `node worker.mjs FILE...`: runs files of tests in one process, one after the other, and ends with 1 at the first test
 * that fails. What it exports stands for vitest in the sandbox, as vitest takes seconds to start.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { pathToFileURL } from 'node:url';
import { chai, JestAsymmetricMatchers, JestChaiExpect, JestExtend } from '@vitest/expect';

for (const plugin of [JestExtend, JestChaiExpect, JestAsymmetricMatchers]) chai.use(plugin);
chai.use(({ Assertion }, { addMethod }) =>
  addMethod(Assertion.prototype, 'toMatchFileSnapshot', function (path) {
    this.assert(this._obj === readFileSync(path, 'utf8'), `expected the text of ${path}`);
  }),
);
export const expect = chai.expect;

const newSuite = () => ({ before: [], after: [], beforeEach: [], afterEach: [], members: [] });
let suite = newSuite();

export const beforeAll = (hook) => void suite.before.push(hook);
export const afterAll = (hook) => void suite.after.push(hook);
export const beforeEach = (hook) => void suite.beforeEach.push(hook);
export const afterEach = (hook) => void suite.afterEach.push(hook);

/** A title, the options that time and repeat, and what runs. */
const bodyOf = (rest) => rest.find((part) => typeof part === 'function');

function variants(declare) {
  const skip = () => undefined;
  return Object.assign((...all) => declare(...all), {
    skip,
    skipIf: (isSkipped) => (isSkipped ? skip : declare),
    runIf: (isRun) => (isRun ? declare : skip),
    each:
      (rows) =>
      (title, ...rest) => {
        for (const row of rows) declare(title, () => bodyOf(rest)(...(Array.isArray(row) ? row : [row])));
      },
  });
}

export const describe = variants((_title, ...rest) => {
  const outer = suite;
  const inner = newSuite();
  suite = inner;
  outer.members.push({ inner, started: bodyOf(rest)() });
  suite = outer;
});

const declareTest = (title, ...rest) => void suite.members.push({ title, body: bodyOf(rest) });
export const it = variants(declareTest);
export const test = variants(declareTest);

async function run({ before, after, beforeEach, afterEach, members }, each = { before: [], after: [] }) {
  const around = { before: [...each.before, ...beforeEach], after: [...afterEach, ...each.after] };
  for (const hook of before) await hook();
  for (const { inner, started, title, body } of members) {
    if (inner !== undefined) {
      await started;
      await run(inner, around);
      continue;
    }
    try {
      for (const hook of around.before) await hook();
      await body({ expect, skip: () => undefined });
      for (const hook of around.after) await hook();
    } catch (error) {
      throw new Error(title, { cause: error });
    }
  }
  for (const hook of after) await hook();
}

async function main(files) {
  // Where all waits for what never comes, the process ends without a word.
  process.exitCode = 1;
  for (const file of files) {
    suite = newSuite();
    await import(pathToFileURL(file).href);
    await run(suite);
  }
  const { COVERAGE } = process.env;
  const covered = Object.keys(globalThis.__stryker__?.mutantCoverage?.static ?? {});
  const { user, system } = process.cpuUsage();
  if (COVERAGE !== undefined)
    writeFileSync(COVERAGE, JSON.stringify({ seconds: (user + system) / 1e6, covered }));
}

main(process.argv.slice(2)).then(
  () => process.exit(0),
  (error) => {
    console.error(error);
    process.exit(1);
  },
);
