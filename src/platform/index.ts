// SPDX-License-Identifier: Apache-2.0
/**
 * What the core needs of its surroundings: from Node, or, in the browser page, from the browser; the build of the page
 * takes the folder `browser`, which has the same exports, in place of `node`.
 */
export * from './node/index.js';
