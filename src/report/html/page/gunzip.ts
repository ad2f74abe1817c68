// SPDX-License-Identifier: Apache-2.0
/** Gzipped bytes, unpacked by the browser. */
export function gunzip(bytes: ArrayBuffer): Response {
  return new Response(new Blob([bytes]).stream().pipeThrough(new DecompressionStream('gzip')));
}
