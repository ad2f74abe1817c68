// SPDX-License-Identifier: Apache-2.0
/** Nothing that a log, an archive or a name holds steers the terminal that the outputs and messages are shown on. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openCase } from '../../src/case.js';
import { escapeHidden, escapeJson, escapeLine } from '../../src/model/escape.js';
import { cli, type Ran } from '../cli/harness.js';

const FIXTURES = fileURLToPath(new URL('fixtures/', import.meta.url));
const UNSEEN = /(?![\t\n])[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/u;

/** All of Unicode's controls, formats and line separators but line feed, which would end a line. */
const ALL: readonly string[] = Array.from({ length: 0x11_0000 }, (_, code) => code)
  .filter((code) => code !== 0x0a && (code < 0xd800 || code > 0xdfff))
  .map((code) => String.fromCodePoint(code))
  .filter((char) => /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u.test(char));
const MESS = ALL.filter((char) => char !== '\0').join('');

const folder = mkdtempSync(join(tmpdir(), 'modwaste-terminal-'));
afterAll(() => rmSync(folder, { recursive: true }));

function file(name: string, text: string): string {
  const path = join(folder, name);
  writeFileSync(path, text);
  return path;
}

const INPUTS: Readonly<Record<string, string>> = {
  'stats-esc.txt': `${FIXTURES}stats-esc.txt`,
  'dmesg-osc.txt': `${FIXTURES}dmesg-osc.txt`,
  'j-osc.json': `${FIXTURES}j-osc.json`,
  log: file(
    'log.txt',
    `[    0.000000] Linux version 6.12.1${MESS} (builder@box) #1 SMP\n` +
      `[    0.000001] DMI: Vendor${MESS} Board/Product, BIOS 1.0 01/01/2025\n` +
      `[    0.000002] Command line: root=/dev/sda ${MESS} quiet\n` +
      `[    3.000000] m1${MESS}: Unknown symbol usb_x (err -2)\n` +
      `[    4.000000] modprobe${MESS}: vmalloc error: size 8192, failed to map pages, mode:0x0\n`,
  ),
  list: file(
    'stats',
    `Mods ever loaded       1\nDuplicate failed modules:\n   Module-name   How-many-times   Reason\n` +
      `      m${MESS}1     2      Becoming\n  cut ${MESS}`,
  ),
  trace: file(
    'trace.txt',
    '# tracer: nop\n#\n' +
      ` (u${MESS}dev)-51  [001] .....    7.000000: sys_finit_module(fd: 5, uargs: 7f00, flags: 0)\n` +
      ` (u${MESS}dev)-51  [001] .....    7.100000: sys_finit_module -> 0xffffffffffffffef\n` +
      ` kworker${MESS}-9  [001] .....    7.200000: module_request: net-pf${MESS} wait=1 call_site=x${MESS}+0x1/0x2\n`,
  ),
  name: file(
    `a${ALL.filter((char) => char !== '\0')
      .slice(0, 90)
      .join('')}.txt`,
    'nothing known\n',
  ),
};

const FORMATS = ['text', 'markdown', 'csv', 'json', 'ndjson'];

describe('escapes', () => {
  it('covers each control and format character, and changes nothing else', () => {
    expect(ALL.length).toBeGreaterThan(200);
    for (const char of ALL) {
      if (char !== '\t')
        expect(escapeHidden(char)).toMatch(/^\\(?:x[0-9a-f]{2}|u[0-9a-f]{4}|u\{[0-9a-f]+\})$/);
      expect(escapeLine(char)).not.toMatch(/[\t\n]/);
      if (char !== '\t')
        expect(JSON.parse(escapeJson(`"${char < ' ' ? '' : char}"`))).toBe(char < ' ' ? '' : char);
    }
    expect(escapeHidden('größe\n\tñ 模块 🐧')).toBe('größe\n\tñ 模块 🐧');
    expect(escapeHidden('lone \ud800 half')).toBe('lone \\ud800 half');
  });
});

describe.each(Object.entries(INPUTS))('%s', (_, path) => {
  let opened: Awaited<ReturnType<typeof openCase>>;
  beforeAll(async () => {
    opened = await openCase({ inputs: [path] });
  });
  /** Of what was read here, which a command must not close. */
  const asked = (argv: readonly string[]): Promise<Ran> =>
    cli(argv, {
      openCase: async () => ({
        ...opened,
        store: async (tables) => ({ ...(await opened.store(tables)), close: () => undefined }),
      }),
    });

  it.each(FORMATS)('as %s by each command', async (format) => {
    const commands = [
      ['detect', '--explain', path],
      ['stats', path],
      ['diff', path, path],
      ['diff', '--snapshots', path],
    ];
    const questions = ['boots', 'failures', 'requesters', 'diagnostics', 'sources', 'autoload', 'attempts'];
    const runs = [
      ...commands.map((argv) => () => cli([...argv, '--format', format])),
      ...questions.map((name) => () => asked(['query', name, path, '--format', format])),
      () => cli(['analyze', path, '--format', format]),
    ];
    for (const run of runs) {
      const ran = await run();
      expect(ran.stdout).not.toMatch(UNSEEN);
      expect(ran.stderr).not.toMatch(UNSEEN);
      expect(ran.stderr).not.toContain('internal error');
    }
  });

  it('on a terminal, where colour is all that remains', async () => {
    const ran = await cli(['analyze', path], { tty: true, columns: 100 });
    const styles = /\u001b\[(?:1|2|22)m/g;
    expect(ran.stdout.replace(styles, '')).not.toMatch(UNSEEN);
    expect(ran.stderr.replaceAll('\r\u001b[K', '')).not.toMatch(UNSEEN);
  });

  it('in files', async () => {
    const out = join(folder, 'out.txt');
    await cli(['analyze', '-o', out, path]);
    expect(readFileSync(out, 'utf8')).not.toMatch(UNSEEN);
  });
});

describe('what the user typed', () => {
  it.each([
    [['analyze', `/no/${MESS}`]],
    [[`verb${MESS}`]],
    [['analyze', `--op${MESS}`]],
    [['query', `q${MESS}`, '/dev/null']],
    [['query', '--sql', `SELECT '${MESS}' AS "x${MESS}"`, `${FIXTURES}dmesg-osc.txt`]],
    [['query', '--sql', `SELECT ${MESS}`, `${FIXTURES}dmesg-osc.txt`]],
  ])('%#', async (argv) => {
    const ran = await cli(argv);
    expect(ran.stdout).not.toMatch(UNSEEN);
    expect(ran.stderr).not.toMatch(UNSEEN);
  });
});
