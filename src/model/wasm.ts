// SPDX-License-Identifier: Apache-2.0
/** Compiles our WebAssembly programs, stored as base64 by src/input/prefilter/compile.mjs. */

/** The part of WebAssembly used here; Node's types lack it. */
interface Engine {
  validate(bytes: Uint8Array): boolean;
  readonly Module: new (bytes: Uint8Array) => object;
  readonly Instance: new (module: object) => { readonly exports: unknown };
}

/** A function that starts an instance with its own memory; null without WebAssembly or its SIMD. */
export function compileProgram<Exports>(base64: string): (() => Exports) | null {
  const engine = (globalThis as { readonly WebAssembly?: Engine }).WebAssembly;
  const bytes = Uint8Array.from(atob(base64), (byte) => byte.charCodeAt(0));
  if (!engine?.validate(bytes)) return null;
  const module = new engine.Module(bytes);
  return () => new engine.Instance(module).exports as Exports;
}
