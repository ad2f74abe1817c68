// SPDX-License-Identifier: Apache-2.0
/** xz-decompress, loaded when it is first needed. */
type XzClass = typeof import('xz-decompress').XzReadableStream;

let loaded: Promise<XzClass> | null = null;

/**
 * The package lets one stream wait for the other: an xz inside an xz would wait for the outer one for ever. Its decoder
 * keeps the state of each stream apart, so none needs to wait.
 */
export async function loadXz(): Promise<XzClass> {
  loaded ??= import('xz-decompress').then((xz) => {
    // A CommonJS package: its exports may stand under `default`.
    const { XzReadableStream } = 'default' in xz ? (xz.default as typeof xz) : xz;
    Object.assign(XzReadableStream, { _contextMutex: { acquire: async () => {}, release: () => {} } });
    return XzReadableStream;
  });
  return loaded;
}

/** Lets later streams start with a new decoder: one that met damage may have lost memory. Open ones keep theirs. */
export async function renewXz(): Promise<void> {
  Object.assign(await loadXz(), { _moduleInstance: undefined, _moduleInstancePromise: undefined });
}
