// SPDX-License-Identifier: Apache-2.0
/** Decompresses gzip data with the browser's own decoder. */
export function gunzip(bytes: ArrayBuffer): Response {
  return new Response(new Blob([bytes]).stream().pipeThrough(new DecompressionStream('gzip')));
}

export function base64Bytes(text: string): ArrayBuffer {
  const binary = atob(text);
  const bytes = new Uint8Array(binary.length);
  for (let at = 0; at < bytes.length; at++) bytes[at] = binary.charCodeAt(at);
  return bytes.buffer;
}
