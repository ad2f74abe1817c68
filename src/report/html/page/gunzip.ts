// SPDX-License-Identifier: Apache-2.0
/** Decompresses gzip data with the browser's own decoder. */
export function gunzip(bytes: ArrayBuffer): Response {
  return new Response(new Blob([bytes]).stream().pipeThrough(new DecompressionStream('gzip')));
}
