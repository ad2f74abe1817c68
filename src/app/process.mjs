// SPDX-License-Identifier: Apache-2.0
/** What readable-stream, yauzl and the core ask of Node's globals. */
export default {
  nextTick: (run, ...args) => queueMicrotask(() => run(...args)),
  env: {},
  stdout: null,
  stderr: null,
};

const waiting = [];
const { port1, port2 } = new MessageChannel();
port1.onmessage = () => waiting.shift()?.();

/** A message comes at once, where a timer waits for milliseconds. */
export function setImmediate(run, ...args) {
  waiting.push(() => run(...args));
  port2.postMessage(null);
}
