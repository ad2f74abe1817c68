// SPDX-License-Identifier: Apache-2.0
/** The next turn of the event loop, by a message: a timer would wait for milliseconds. */
const waiting: (() => void)[] = [];
const { port1, port2 } = new MessageChannel() as unknown as {
  readonly port1: { onmessage: () => void };
  readonly port2: { postMessage(nothing: null): void };
};
port1.onmessage = () => waiting.shift()?.();

/** Node's function, which packages expect. */
export function setImmediate<T extends unknown[]>(run: (...args: T) => void, ...args: T): void {
  waiting.push(() => run(...args));
  port2.postMessage(null);
}

/** Lets pending timers and messages run. */
export const nextTurn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
