// SPDX-License-Identifier: Apache-2.0
/** xz-decompress, loaded when it is first needed. */
type XzClass = typeof import('xz-decompress').XzReadableStream;

/** What the package shares between streams, if one was read. */
interface Shared {
  readonly _moduleInstance?: { readonly exports: { readonly memory: { readonly buffer: ArrayBuffer } } };
}

/** Memory of a decoder whose streams have dictionaries of up to 8 MiB, as xz makes them by default. */
const KEPT_BYTES = 16 * 1024 ** 2;

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

/**
 * After an error. Lets later streams start with a new decoder, where this one did not say itself that the data is damaged, or
 * has much memory, some of which may be lost: compiling another costs more than reading most files. Open ones keep theirs.
 */
export async function renewXz(error: unknown): Promise<void> {
  const Xz: XzClass & Shared = await loadXz();
  const bytes = Xz._moduleInstance?.exports.memory.buffer.byteLength ?? 0;
  const isDamage = error instanceof Error && error.message.startsWith('get_next_output failed ');
  if (isDamage && bytes <= KEPT_BYTES) return;
  Object.assign(Xz, { _moduleInstance: undefined, _moduleInstancePromise: undefined });
}
