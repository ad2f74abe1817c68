// SPDX-License-Identifier: Apache-2.0
/** What readable-stream and yauzl ask of Node's `process`. */
export default {
  nextTick: (run, ...args) => queueMicrotask(() => run(...args)),
  env: {},
  stdout: null,
  stderr: null,
};
