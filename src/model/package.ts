// SPDX-License-Identifier: Apache-2.0
/** The package's root directory; the same path works from `src/model` and from `dist/chunks`. */
export const PACKAGE_ROOT = new URL('../../', import.meta.url);
