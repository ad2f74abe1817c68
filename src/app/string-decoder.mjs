// SPDX-License-Identifier: Apache-2.0
/** Node's string_decoder for UTF-8, by the browser's own decoder: the package for browsers takes ten times as long. */
export class StringDecoder {
  #decoder = new TextDecoder('utf-8', { ignoreBOM: true });

  write(bytes) {
    return typeof bytes === 'string' ? bytes : this.#decoder.decode(bytes, { stream: true });
  }

  end(bytes) {
    return (bytes === undefined ? '' : this.write(bytes)) + this.#decoder.decode();
  }
}
