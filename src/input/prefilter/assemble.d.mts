/** The text of scan-wasm.ts. */
export function assemble(): Promise<string>;
