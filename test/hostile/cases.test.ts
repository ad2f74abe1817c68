// SPDX-License-Identifier: Apache-2.0
/** Inputs that were made to break things: each ends, says what it must, and is no internal error. */
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { beforeAll, describe, expect, it } from 'vitest';
import { openCase } from '../../src/index.js';
import { build, PATIENCE_MS } from '../batch/built.js';
import { cli } from '../cli/harness.js';

const FIXTURES = fileURLToPath(new URL('fixtures/', import.meta.url));

/** Input, and what stdout and stderr together must say. */
const CASES: readonly (readonly [name: string, says: RegExp])[] = [
  ['android-heading.40000', /nothing was recognised/],
  ['cr-run.40000', /log-beginning-missing/],
  ['criticalchain.40000', /nothing was recognised/],
  ['extreme-1.txt', /in 3 failed loads/],
  ['fuzz-hang-13k', /the gzip data is truncated/],
  ['invalid-time.txt', /number-out-of-range|No boot was recognised/],
  ['listing-dir.40000', /Read 1 source: /],
  ['mail.2000000.lz4', /Read/],
  ['mixed-trace-digits.40000', /nothing was recognised/],
  ['modules-dep.24', /nothing was recognised/],
  ['neg-len.txt', /in 1 failed load/],
  ['paxglobal.200.gz', /nothing was recognised/],
  ['pos-len.txt', /in 1 failed load/],
  ['procversion.4000', /Read 1 source: /],
  ['real-in-integer.txt.min', /1 failed load/],
  ['uname.4000', /Read 1 source: /],
];

/** Each took minutes, or for ever, or tens of gigabytes: another process can be ended. It runs the command once for each. */
const DRIVER = `
  const [main, ...paths] = process.argv.slice(1);
  const write = { stdout: process.stdout.write, stderr: process.stderr.write };
  for (const path of paths) {
    process.argv = [process.argv[0], main, 'analyze', path];
    let said = '';
    for (const name of ['stdout', 'stderr'])
      process[name].write = (data, done) => {
        said += Buffer.from(data).toString();
        done?.();
        return true;
      };
    const code = await new Promise((resolve, reject) => {
      process.exit = resolve;
      import(main + '?' + encodeURIComponent(path)).catch(reject);
    });
    write.stdout.call(process.stdout, JSON.stringify({ path, code, said }) + '\\n');
  }
  process.reallyExit(0);
`;
let ran: ReadonlyMap<string, { readonly code: number; readonly said: string }>;
beforeAll(() => {
  const built = build();
  const main = pathToFileURL(join(built.folder, 'dist/cli/main.js')).href;
  const paths = CASES.map(([name]) => `${FIXTURES}${name}`);
  const { stdout } = spawnSync(process.execPath, ['--input-type=module', '--eval', DRIVER, main, ...paths], {
    encoding: 'utf8',
    timeout: 2 * PATIENCE_MS,
  });
  const lines = stdout.split('\n').filter(Boolean);
  ran = new Map(lines.map((line) => JSON.parse(line)).map(({ path, code, said }) => [path, { code, said }]));
  built.remove();
}, 3 * PATIENCE_MS);

describe.each(CASES)('%s', (name, says) => {
  it('ends and says what it must', () => {
    const one = ran.get(`${FIXTURES}${name}`);
    expect(one?.code).toBeTypeOf('number');
    expect(one?.said).toMatch(says);
    expect(one?.said).not.toContain('internal error');
  });
});

describe('numbers that no kernel prints', () => {
  it.each(['neg-len.txt', 'pos-len.txt', 'extreme-1.txt', 'invalid-time.txt'])(
    '%s: said, and not used',
    async (name) => {
      const ran = await cli(['query', 'diagnostics', '--format', 'csv', `${FIXTURES}${name}`]);
      expect(ran.stdout).toContain('number-out-of-range');
    },
  );

  // A caller can pass any length to init_module: one that no memory has is unknown, and the call counts.
  it.each(['4000000001', '1fffffffffffff', '7ffffffffffffff0'])(
    'an init_module of 0x%s bytes, often',
    async (len) => {
      const call = (at: number): string =>
        `  insmod-${at}  [000] .....  ${at}.000000: sys_init_module(umod: 7f00, len: ${len}, uargs: 7f00)\n` +
        `  insmod-${at}  [000] .....  ${at}.100000: sys_init_module -> 0xfffffffffffffff4\n`;
      const bytes = Buffer.from(
        `# tracer: nop\n#\n${Array.from({ length: 2000 }, (_, at) => call(at + 1)).join('')}`,
      );
      const opened = await openCase({ inputs: [{ name: 'trace', bytes }] });
      expect(await opened.query('outcomes')).toMatchObject([{ attempts: 2000n, failed: 2000n }]);
      expect(await opened.query('boots')).toMatchObject([{ wasted_bytes: 0n }]);
      const said = (await opened.query('diagnostics')).map(({ code, count }) => [code, count]);
      expect(said).toEqual([['number-out-of-range', 2000n]]);
    },
  );
});

describe('budgets', () => {
  it('ends reading when its time is over, with what was read', async () => {
    const ran = await cli(['analyze', '--max-events', '2', `${FIXTURES}extreme-1.txt`]);
    expect(ran.stderr).toMatch(/input-limit: more than 2 events in the inputs \(--max-events\)/);
    expect(ran.code).toBe(1);
  });
});
