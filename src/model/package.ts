/** Where the package is: its queries, its version, what the build made. Seen from `src/model` and `dist/chunks` alike. */
export const PACKAGE_ROOT = new URL('../../', import.meta.url);
