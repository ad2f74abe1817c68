// SPDX-License-Identifier: Apache-2.0
/** The next turn of the event loop: a message comes at once, where a timer waits for milliseconds. */
const waiting: (() => void)[] = [];
const { port1, port2 } = new MessageChannel() as unknown as {
  readonly port1: { onmessage: () => void };
  readonly port2: { postMessage(nothing: null): void };
};
port1.onmessage = () => waiting.shift()?.();

/** Node's function, which packages ask for. */
export function setImmediate<T extends unknown[]>(run: (...args: T) => void, ...args: T): void {
  waiting.push(() => run(...args));
  port2.postMessage(null);
}

/** Lets timers and messages in. */
export const nextTurn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
