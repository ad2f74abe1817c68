// SPDX-License-Identifier: Apache-2.0
/** Inputs that are not on disk. */

/** A stream of the web, as `Blob.stream()` and `fetch` give it. */
interface WebStream {
  getReader(): {
    read(): Promise<{ readonly done: boolean; readonly value?: Uint8Array | undefined }>;
    cancel(): Promise<void>;
  };
}

/** Bytes at hand, a stream of Node or any other iterable of bytes, or a stream of the web. */
export type InputBytes = Uint8Array | AsyncIterable<Uint8Array> | WebStream;

/** A file that is not on disk; it may be compressed, or an archive. */
export interface NamedInput {
  /** Its name in results. A few formats, such as single counter files, are recognised by it. */
  readonly name: string;
  /** Read once. */
  readonly bytes: InputBytes;
}

/** A path of a file or directory, `-` for standard input, or bytes. */
export type Input = string | NamedInput;

export async function* chunksOf(bytes: InputBytes): AsyncGenerator<Uint8Array> {
  if (bytes instanceof Uint8Array) yield bytes;
  else if (Symbol.asyncIterator in bytes) yield* bytes;
  else {
    const reader = bytes.getReader();
    try {
      for (let next = await reader.read(); !next.done; next = await reader.read())
        if (next.value) yield next.value;
    } finally {
      await reader.cancel();
    }
  }
}
