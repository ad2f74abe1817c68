// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from 'vitest';
import { examplesOf, exported } from './exports.js';

const all = exported();

describe('the documentation of the library', () => {
  it('finds what the library exports', () => {
    expect(all.length).toBeGreaterThan(50);
    expect(all.filter(({ kind }) => kind === 'function').map(({ name }) => name)).toContain('openCase');
  });

  it.each(all.map((one) => [one.name, one] as const))('%s says what it is', (_, { doc }) => {
    expect(doc.split(/^@/m)[0]?.trim()).toMatch(/^.{15,}[.:]/s);
  });

  it.each(
    all.filter(({ kind }) => kind === 'function' || kind === 'class').map((one) => [one.name, one] as const),
  )('%s has an example', (_, { doc }) => expect(examplesOf(doc).length).toBeGreaterThan(0));

  it.each(all.filter(({ kind }) => kind === 'function').map((one) => [one.name, one] as const))(
    '%s says what it throws',
    (_, { doc }) => expect(doc).toMatch(/^@throws |Throws nothing\./m),
  );
});
