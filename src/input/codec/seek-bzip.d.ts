// SPDX-License-Identifier: Apache-2.0
/** The part of seek-bzip that reads a stream block by block; the package has no types. */
declare module 'seek-bzip' {
  interface Input {
    readByte(): number;
    /** Returns how many bytes there were. */
    read(into: Uint8Array, offset: number, length: number): number;
  }

  interface Output {
    writeByte(byte: number): void;
  }

  export interface BunzipDecoder {
    readonly reader: { read(bits: number): number; bitOffset: number; curByte: number; hasByte: boolean };
    streamCRC: number;
    /** The most bytes of a block before its runs are written out; a buffer for as many is made for each. */
    dbufSize: number;
    /** Decodes the next block; false at the end of the stream. Throws an error with an `errorCode`. */
    _init_block(): boolean;
    /** Writes the block; throws if its checksum does not match. */
    _read_bunzip(): void;
  }

  const Bunzip: new (input: Input, output: Output) => BunzipDecoder;
  export default Bunzip;
}
