// SPDX-License-Identifier: Apache-2.0
/**
 * What the core needs from its host, Node or a browser. The build of the page replaces the folder `node` by `browser`,
 * which has the same exports.
 */
export * from './node/index.js';
