// SPDX-License-Identifier: Apache-2.0
/** The little of Node's `process` that readable-stream asks for. */
export default {
  nextTick: (run, ...args) => queueMicrotask(() => run(...args)),
  env: {},
  stdout: null,
  stderr: null,
};
