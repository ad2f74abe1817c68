// SPDX-License-Identifier: Apache-2.0
/** What others run when they install the package. */
import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { PACKAGE_ROOT } from '../src/model/package.js';
import { billOfMaterials, lockedPackages, PERMISSIVE, shippedPackages, thirdParty } from '../src/supply.mjs';

const BUNDLED = ['node_modules/sql.js'];
const shipped = shippedPackages(BUNDLED);

it('no package runs a script when it is installed, and each is locked by its contents', () => {
  const locked = lockedPackages();
  expect(locked.length).toBeGreaterThan(100);
  expect(locked.filter(({ hasInstallScript }) => hasInstallScript).map(({ folder }) => folder)).toEqual([]);
  // Builds of development tools for other platforms are locked by their version.
  const unsummed = locked.filter(({ integrity, optional }) => !optional && !integrity?.startsWith('sha512-'));
  expect(unsummed.map(({ folder }) => folder)).toEqual([]);
  // Where they come from is the user's setting, not the lock file's.
  expect(locked.filter(({ resolved }) => resolved !== undefined).map(({ folder }) => folder)).toEqual([]);
});

it('what is shipped may be used as freely as the package, and its licences are listed', () => {
  const { dependencies } = JSON.parse(readFileSync(new URL('package.json', PACKAGE_ROOT), 'utf8')) as {
    dependencies: Record<string, string>;
  };
  const names = shipped.map(({ name }) => name);
  expect(names).toEqual(expect.arrayContaining(Object.keys(dependencies)));
  expect(names).not.toContain('vitest');
  expect(shipped.filter(({ license }) => !PERMISSIVE.has(license))).toEqual([]);
  const text = thirdParty(shipped);
  for (const { name, version, license } of shipped) {
    expect(text).toContain(`| ${name} | ${version} | ${license} |`);
    expect(text).toContain(`## ${name} ${version}\n`);
  }
  expect(text.match(/Permission (?:to use|is hereby granted)/g)?.length).toBeGreaterThan(10);
});

it('the bill of materials holds what is shipped, and is the same each time', () => {
  const bom = billOfMaterials(shipped);
  expect([bom.bomFormat, bom.metadata.component.name]).toEqual(['CycloneDX', 'modwaste']);
  expect(bom.components.map(({ name, version }) => `${name}@${version}`).sort()).toEqual(
    shipped.map(({ name, version }) => `${name}@${version}`).sort(),
  );
  expect(billOfMaterials(shipped)).toEqual(bom);
});
