/** WebAssembly programs of our own, as base64: src/input/prefilter/compile.mjs puts each beside its source. */

/** The parts of WebAssembly that are used; the types of Node do not have them. */
interface Engine {
  validate(bytes: Uint8Array): boolean;
  readonly Module: new (bytes: Uint8Array) => object;
  readonly Instance: new (module: object) => { readonly exports: unknown };
}

/** What starts the program, each time with a memory of its own; null where WebAssembly is not there, or has no SIMD. */
export function compileProgram<Exports>(base64: string): (() => Exports) | null {
  const engine = (globalThis as { readonly WebAssembly?: Engine }).WebAssembly;
  const bytes = Uint8Array.from(atob(base64), (byte) => byte.charCodeAt(0));
  if (!engine?.validate(bytes)) return null;
  const module = new engine.Module(bytes);
  return () => new engine.Instance(module).exports as Exports;
}
