// SPDX-License-Identifier: Apache-2.0
/** Mails and crash files made to hide evidence or to cost much: what is not read is said. */
import { describe, expect, it } from 'vitest';
import { openCase } from '../../src/case.js';
import { openInputs } from '../../src/disk/walk.js';
import { INGESTERS } from '../../src/ingest/registry.js';
import { readEvidence } from '../../src/read.js';

const HEAD = 'From: a@b\nSubject: x\nMIME-Version: 1.0\n';
const failure = (module: string): string => `[    5.000000] ${module}: Unknown symbol x (err -2)\n`;
const base64 = (text: string): string => Buffer.from(text).toString('base64');
const mail = (...parts: readonly string[]): string =>
  `${HEAD}Content-Type: multipart/mixed; boundary="B"\n\n${parts.map((part) => `--B\n${part}\n`).join('')}--B--\n`;
const encoded = (encoding: string, body: string): string =>
  `Content-Type: text/plain\nContent-Transfer-Encoding: ${encoding}\n\n${body}\n`;

async function read(text: string) {
  const { model, sources, diagnostics } = await openCase({
    inputs: [{ name: 'a.eml', bytes: Buffer.from(text) }],
  });
  return {
    modules: model.failures.map(({ module }) => module).sort(),
    sources: sources.length,
    said: diagnostics
      .filter(({ code }) => code !== 'log-beginning-missing')
      .map(({ code, detail, count }) => `${code} ${count} ${detail}`),
  };
}

describe('a mail', () => {
  it('of thousands of empty parts counts them, as one', async () => {
    const whole = mail(encoded('7bit', failure('a')));
    const { modules, sources, said } = await read(
      whole.replace(/--B--\n$/, `${'--B\n'.repeat(3000)}--B--\n`),
    );
    expect(modules).toEqual(['a']);
    expect(sources).toBeLessThan(10);
    expect(said).toEqual([expect.stringMatching(/^input-skipped 3000 .*a part without header and body/)]);
  });

  it.each(['x-uuencode', 'base64;x', 'x-\x1b[31mgzip'])(
    'encoded as %j, which is not known',
    async (encoding) => {
      const { said } = await read(mail(encoded(encoding, base64(failure('a')))));
      expect(said).toEqual([expect.stringMatching(/^archive-unsupported 1 a part is encoded as [ -~]+$/)]);
    },
  );

  it.each(['7bit', '8BIT', 'binary', '8-bit', '7bits', 'utf-8', 'none', ''])(
    'encoded as %j is text',
    async (encoding) => {
      expect(await read(mail(encoded(encoding, failure('a'))))).toMatchObject({ modules: ['a'], said: [] });
    },
  );

  it('in base64 goes on behind padding', async () => {
    const two = `${base64(`${failure('aaa')}x`)}${base64(`y\n${failure('b')}`)}`;
    expect(two).toMatch(/=[A-Za-z]/);
    expect((await read(mail(encoded('base64', two)))).modules).toEqual(['aaa', 'b']);
  });

  it.each([0, 1, 2])('in base64 needs no padding (%d bytes more than whole groups)', async (more) => {
    const log = `${failure('a').repeat(3)}[    6.000000] bbb${'b'.repeat(more)}: Unknown symbol x (err -2)`;
    const body = base64(log).replace(/=+$/, '');
    const { modules } = await read(mail(encoded('base64', body)));
    expect(modules).toContain(`bbb${'b'.repeat(more)}`);
    const fields = `ProblemType: Crash\nArchitecture: amd64\nCurrentDmesg: base64\n ${body}\nUname: Linux 6.5.0 x86_64\n`;
    expect((await read(fields)).modules).toContain(`bbb${'b'.repeat(more)}`);
  });

  it.each([32, 33, 1000])('of %d levels', async (levels) => {
    const open = Array.from(
      { length: levels },
      (_, level) => `Content-Type: multipart/mixed; boundary="b${level}"\n\n--b${level}\n`,
    );
    const { modules, said } = await read(`${HEAD}${open.join('')}${encoded('base64', base64(failure('a')))}`);
    expect(modules).toEqual(levels > 32 ? [] : ['a']);
    expect(said.filter((one) => one === 'input-limit 1 parts nested deeper than 32')).toHaveLength(
      levels > 32 ? 1 : 0,
    );
  });

  it('with a part of thousands of header lines', async () => {
    const lines = Array.from({ length: 3000 }, (_, n) => `X-${n}: y\n`).join('');
    const { said } = await read(mail(`${lines}${encoded('base64', base64(failure('a')))}`));
    expect(said).toContain('input-limit 1 more than 2000 lines in the header of a part');
  });
});

it('a crash file with more than a megabyte of fields says that the rest is not read', async () => {
  const fields = Array.from({ length: 60_000 }, (_, n) => `Field${n}: some value\n`).join('');
  const text = `ProblemType: KernelOops\nCurrentDmesg:\n ${failure('a')}${fields}`;
  const { modules, said } = await read(text);
  expect(modules).toEqual(['a']);
  expect(said).toContain('input-limit 1 more than 1048576 bytes of values of one line');
});

describe('small mails, parts and values', () => {
  const many = (n: number, make: (index: number) => string): string =>
    Array.from({ length: n }, (_, index) => make(index)).join('');
  const limitsOf = async (text: string, limits = {}) => {
    const found = openInputs([{ name: 'a', bytes: Buffer.from(text) }], { limits });
    const { sources, diagnostics } = await readEvidence(found, INGESTERS, { limits });
    const files = sources.filter(({ kind }) => kind === 'member').length;
    return { files, said: diagnostics.filter(({ code }) => code === 'input-limit') };
  };
  const SMALL: Readonly<Record<string, (n: number, body: string) => string>> = {
    'mails of an mbox': (n, body) => many(n, () => `From a@b Thu Jan  1 00:00:00 1970\n${HEAD}\n${body}\n`),
    'parts of a mail': (n, body) =>
      mail(...Array.from({ length: n }, () => `Content-Type: text/plain; name=f\n\n${body}`)),
    'values of a crash file': (n, body) =>
      `ProblemType: Crash\n${many(n, (i) => `Key${i}:\n ${body.replaceAll('\n', '\n ').trimEnd()}\n`)}`,
  };

  it.each(Object.entries(SMALL))('%s: some are read, the others counted', async (_, make) => {
    const { files, said } = await limitsOf(make(900, failure('a')));
    expect(files).toBeGreaterThan(500);
    expect(files).toBeLessThan(800);
    expect(said).toHaveLength(1);
    expect(said[0]?.detail).toMatch(/^more than 500 mails, parts or values and one .*\(--max-members\)$/);
    expect(files + (said[0]?.count ?? 0)).toBeGreaterThanOrEqual(900);
    expect((await limitsOf(make(900, failure('a')), { members: 2000 })).said).toEqual([]);
  });

  it.each(Object.entries(SMALL))('%s as real ones have them are all read', async (_, make) => {
    const { files, said } = await limitsOf(make(800, failure('a').repeat(12)));
    expect(files).toBeGreaterThanOrEqual(800);
    expect(said).toEqual([]);
  });
});
