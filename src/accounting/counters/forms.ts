// SPDX-License-Identifier: Apache-2.0
/** The forms in which each module may have been loaded: measured by probes, or from listed files. */

import type { Range } from '../../model/bounds.js';
import { addTo, getOrAdd } from '../../model/groups.js';
import { MAX_SIGNATURE } from '../../model/signature.js';
import type { LoadForm } from '../bounds/index.js';
import type { Attempt, SizeRow } from '../model.js';

export interface Forms {
  readonly byModule: ReadonlyMap<string, readonly LoadForm[]>;
  /** Bounds of the common signature length before solving. */
  readonly signature: Range;
}

/**
 * From attempts with a known image, and from listed files. `decompresses`: the kernel decompressed files, so a module
 * may come from a compressed file that no listing has.
 */
export function loadForms(
  attempts: readonly Attempt[],
  sizes: readonly SizeRow[],
  decompresses: boolean,
): Forms {
  const measured = new Map<string, LoadForm[]>();
  for (const { module, image, compressed } of attempts) {
    if (module === null || image === null) continue;
    const form: LoadForm = { image: { of: 'image', bytes: image }, compressed };
    addTo(measured, module, form);
    // Another load of it may have been unpacked in user space.
    if (compressed !== 0) addTo(measured, module, { ...form, compressed: 0 });
  }
  for (const [module, forms] of measured) measured.set(module, distinct(forms));
  const forms = new Map<string, readonly LoadForm[]>(measured);
  for (const [module, files] of filesByModule(sizes)) {
    const known = measured.get(module) ?? [];
    forms.set(module, distinct([...known, ...listedForms(files, known, decompresses)]));
  }
  return { byModule: forms, signature: measuredSignature(measured, sizes) };
}

interface Files {
  /** Size of each plain file -> whether one of that size belongs to the kernel's own tree. */
  readonly plain: Map<number, boolean>;
  readonly compressed: Set<number>;
}

function filesByModule(sizes: readonly SizeRow[]): Map<string, Files> {
  const files = new Map<string, Files>();
  for (const { module, of, bytes, path } of sizes) {
    if (of === 'memory') continue;
    const own = getOrAdd(files, module, () => ({ plain: new Map(), compressed: new Set() }));
    // A copy elsewhere that is as long as the file of the kernel's tree is a copy of it.
    if (of === 'compressed-file') own.compressed.add(bytes);
    else own.plain.set(bytes, (own.plain.get(bytes) ?? false) || (path?.includes('/kernel/') ?? false));
  }
  return files;
}

/** Forms of files that no probe measured. Each image may be uncompressed, or from any compressed file. */
function listedForms(
  { plain, compressed }: Files,
  measured: readonly LoadForm[],
  decompresses: boolean,
): LoadForm[] {
  const images: LoadForm['image'][] = [];
  for (const [bytes, inTree] of plain) {
    // Modules of the kernel's own tree are all signed with one key, or none is.
    if (!isMeasured(bytes, measured)) images.push({ of: 'file', bytes, signed: inTree ? true : null });
  }
  if (plain.size === 0 && measured.length === 0) images.push({ of: 'unknown' });
  const ways: (number | null)[] = [0, ...compressed];
  if (compressed.size === 0 && decompresses) ways.push(null);
  return images.flatMap((image) => ways.map((way) => ({ image, compressed: way })));
}

/** True where a probe already measured the listed file, without its signature. */
function isMeasured(file: number, forms: readonly LoadForm[]): boolean {
  return forms.some(
    ({ image }) => image.of === 'image' && file >= image.bytes && file - image.bytes <= MAX_SIGNATURE,
  );
}

/** The signature length, where probes measured images of listed modules and all differences agree. */
function measuredSignature(
  measured: ReadonlyMap<string, readonly LoadForm[]>,
  sizes: readonly SizeRow[],
): Forms['signature'] {
  const lengths = new Set<number>();
  for (const { module, of, bytes, path } of sizes) {
    if (of !== 'file' || !path?.includes('/kernel/')) continue;
    for (const { image } of measured.get(module) ?? []) {
      const length = image.of === 'image' ? bytes - image.bytes : 0;
      if (length > 0 && length <= MAX_SIGNATURE) lengths.add(length);
    }
  }
  const [only] = lengths;
  return lengths.size === 1 && only !== undefined
    ? { low: only, high: only }
    : { low: 0, high: MAX_SIGNATURE };
}

function distinct(forms: readonly LoadForm[]): LoadForm[] {
  return [...new Map(forms.map((form) => [JSON.stringify(form), form])).values()];
}
