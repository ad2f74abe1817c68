// SPDX-License-Identifier: Apache-2.0
import { createHash } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { cli } from '../../cli/harness.js';

const folder = mkdtempSync(join(tmpdir(), 'modwaste-html-'));
afterAll(() => rmSync(folder, { recursive: true }));

async function report(input: string, name = 'report'): Promise<string> {
  const file = join(folder, `${name}.html`);
  expect((await cli(['analyze', input, '--html', file, '-q'])).stderr).toBe('');
  return readFileSync(file, 'utf8');
}

/** The verdict as text. */
const verdictOf = (html: string): string =>
  (/<p class="verdict">(.*?)<\/p>/s.exec(html)?.[1] ?? '').replace(/<[^>]*>/g, '').replaceAll('&#39;', "'");

const sha256 = (text: string): string => `'sha256-${createHash('sha256').update(text).digest('base64')}'`;

describe('the file', () => {
  it('allows its own script and style by their hashes and nothing else, and points nowhere outside', async () => {
    const html = await report('samples/failures');
    const policy = /http-equiv="Content-Security-Policy" content="([^"]*)"/
      .exec(html)?.[1]
      ?.replaceAll('&#39;', "'");
    const script = /<script type="module">(.*?)<\/script>/s.exec(html)?.[1] ?? '';
    const style = /<style>(.*?)<\/style>/s.exec(html)?.[1] ?? '';
    expect(policy?.split('; ')).toEqual([
      "default-src 'none'",
      `script-src ${sha256(script)} 'wasm-unsafe-eval'`,
      'worker-src blob:',
      `style-src ${sha256(style)}`,
      "base-uri 'none'",
      "form-action 'none'",
      "require-trusted-types-for 'script'",
      'trusted-types modwaste',
    ]);
    const outside = html.replace(script, '').replace(style, '');
    expect(outside).not.toMatch(/ (?:src|style|on\w+)=/);
    expect([...outside.matchAll(/ href="([^"]*)"/g)].filter(([, href]) => !href?.startsWith('#'))).toEqual(
      [],
    );
    expect([...style.matchAll(/url\(|@import/g)]).toEqual([]);
  });

  it('is the same for the same input', async () => {
    expect(await report('samples/failures', 'second')).toBe(await report('samples/failures', 'first'));
  });
});

describe('the verdict', () => {
  it('names what cost most, be it a duplicate or another failure', async () => {
    expect(verdictOf(await report('samples/failures'))).toMatch(
      /^6\.6 MiB wasted in 45 failed loads, .*; most on btrfs \(6\.2 MiB, unknown symbol\), mostly by insmod/,
    );
  });

  it('states what a log alone can show', async () => {
    expect(verdictOf(await report('samples/autoload'))).toMatch(
      /^10 failed requests \(can-proto-0\), 344 duplicate requests by the kernel \(can-proto-0, net-pf-11 and 45 more\)\.$/,
    );
  });
});
