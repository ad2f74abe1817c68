// SPDX-License-Identifier: Apache-2.0
/**
 * What the package is made of: writes THIRD_PARTY.md (licences) and sbom.cdx.json (CycloneDX) beside package.json. Run
 * by `npm pack` after the build, which says what is bundled into the page.
 */
import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('../', import.meta.url));

/** Terms under which others may use the package as they may use this one. */
export const PERMISSIVE = new Set(['MIT', 'ISC', 'Apache-2.0', 'BSD-2-Clause', 'BSD-3-Clause', '0BSD']);

const json = (path) => JSON.parse(readFileSync(join(ROOT, path), 'utf8'));

/** The locked packages by their folder, without this one. */
export function lockedPackages() {
  return Object.entries(json('package-lock.json').packages)
    .filter(([folder]) => folder !== '')
    .map(([folder, locked]) => ({ folder, name: folder.split('node_modules/').at(-1), ...locked }));
}

/** Those that reach the user: installed with the package, or bundled into its page. */
export function shippedPackages(bundled = json('dist/report/html/page/bundled.json')) {
  return lockedPackages()
    .filter(({ dev, folder }) => !dev || bundled.includes(folder))
    .map((locked) => {
      const { license, homepage } = json(join(locked.folder, 'package.json'));
      return { ...locked, license: license ?? '', homepage, text: licenceText(locked.folder) };
    })
    .sort((a, b) => (a.name < b.name ? -1 : 1));
}

function licenceText(folder) {
  const name = readdirSync(join(ROOT, folder)).find((file) =>
    /^(?:licen[cs]e|copying)(?:[.-]|$)/i.test(file),
  );
  return name === undefined ? '' : readFileSync(join(ROOT, folder, name), 'utf8').trim();
}

export function thirdParty(packages) {
  const rows = packages.map(({ name, version, license }) => `| ${name} | ${version} | ${license} |`);
  const texts = packages.map(({ name, version, license, text }) => {
    const terms = text === '' ? `Under the terms of ${license}.` : `\`\`\`text\n${text}\n\`\`\``;
    return `## ${name} ${version}\n\n${terms}\n`;
  });
  return [
    '# Third-party software\n\nInstalled with modwaste, or bundled into its HTML report. Generated from the lock file.\n',
    ['| package | version | licence |', '|---|---|---|', ...rows].join('\n'),
    '',
    ...texts,
  ].join('\n');
}

/** npm's own list, without the packages that only develop it, and the same for the same lock file. */
export function billOfMaterials(packages) {
  const { name, version } = json('package.json');
  const args = ['sbom', '--sbom-format', 'cyclonedx', '--package-lock-only'];
  const bom = JSON.parse(execFileSync('npm', args, { cwd: ROOT, maxBuffer: 2 ** 26 }));
  const own = `${name}@${version}`;
  const shipped = new Set([own, ...packages.map((one) => `${one.name}@${one.version}`)]);
  const isShipped = (ref) => shipped.has(ref.split('|')[0]);
  const { timestamp: _, ...metadata } = bom.metadata;
  return {
    $schema: bom.$schema,
    bomFormat: bom.bomFormat,
    specVersion: bom.specVersion,
    version: bom.version,
    // npm names the package after its folder.
    metadata: { ...metadata, component: { ...metadata.component, name, 'bom-ref': own } },
    components: bom.components.filter((component) => isShipped(component['bom-ref'])),
    dependencies: bom.dependencies
      .filter(({ ref }) => isShipped(ref))
      .map(({ ref, dependsOn }) => ({ ref, dependsOn: dependsOn.filter(isShipped) })),
  };
}

if (process.argv[1] === import.meta.filename) {
  const packages = shippedPackages();
  writeFileSync(join(ROOT, 'THIRD_PARTY.md'), thirdParty(packages));
  writeFileSync(join(ROOT, 'sbom.cdx.json'), `${JSON.stringify(billOfMaterials(packages), null, 2)}\n`);
}
