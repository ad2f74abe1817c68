// SPDX-License-Identifier: Apache-2.0
/**
 * A headless Firefox driven by Marionette, the only protocol whose scripts may have the rights of the browser itself: no
 * other lets a folder be dropped (https://firefox-source-docs.mozilla.org/testing/marionette/Protocol.html).
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Where Firefox is; undefined where there is none, and its tests are skipped. */
export const FIREFOX = [process.env.FIREFOX, '/usr/bin/firefox-esr', '/usr/bin/firefox'].find(
  (path): path is string => path !== undefined && existsSync(path),
);

export const NEEDS_FIREFOX = 'in Firefox (skipped without it: install firefox-esr, or set FIREFOX)';

// The browser lets pages list only folders that its own process saw dropped.
const PREFERENCES = `
user_pref("marionette.port", 0);
user_pref("dom.filesystem.pathcheck.disabled", true);
`;

/** In the page: what is dropped there has to belong to it. */
const TAKE = `
window.takeDropped = (file) => {
  const dataTransfer = new DataTransfer();
  dataTransfer.items.add(file);
  document.body.dispatchEvent(new DragEvent('drop', { bubbles: true, cancelable: true, dataTransfer }));
};`;

/** With the rights of the browser: makes a folder of the disk what a drag from a file manager carries. */
const DROP = `
const folder = Components.classes['@mozilla.org/file/local;1'].createInstance(Components.interfaces.nsIFile);
folder.initWithPath(arguments[0]);
const carried = new window.DataTransfer();
carried.mozSetDataAt('application/x-moz-file', folder, 0);
window.wrappedJSObject.takeDropped(carried.items[0].getAsFile());`;

const pause = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 100));

interface Waiting {
  readonly give: (result: { readonly value: unknown }) => void;
  readonly fail: (why: Error) => void;
}

export class Marionette {
  readonly #folder: string;
  readonly #process: ChildProcess;
  readonly #socket: Socket;
  readonly #waiting = new Map<number, Waiting>();
  #received: Buffer = Buffer.alloc(0);
  #last = 0;

  private constructor(folder: string, process: ChildProcess, socket: Socket) {
    this.#folder = folder;
    this.#process = process;
    this.#socket = socket;
    socket.on('data', (data: Buffer) => this.#receive(data));
  }

  static async open(url: string): Promise<Marionette> {
    const folder = mkdtempSync(join(tmpdir(), 'modwaste-firefox-'));
    writeFileSync(join(folder, 'user.js'), PREFERENCES);
    const args = ['--headless', '--no-remote', '--profile', folder, '--marionette'];
    const process = spawn(FIREFOX ?? '', [...args, '--remote-allow-system-access'], { stdio: 'ignore' });
    const port = join(folder, 'MarionetteActivePort');
    while (!existsSync(port) || readFileSync(port, 'utf8') === '') {
      if (process.exitCode !== null) throw new Error('Firefox ended');
      await pause();
    }
    const socket = connect(Number(readFileSync(port, 'utf8')), '127.0.0.1');
    await new Promise((resolve, reject) => socket.on('connect', resolve).on('error', reject));
    const firefox = new Marionette(folder, process, socket);
    await firefox.#send('WebDriver:NewSession', { capabilities: {} });
    await firefox.#send('WebDriver:Navigate', { url });
    return firefox;
  }

  /** Messages are their length, a colon and JSON; the first is a greeting. */
  #receive(data: Buffer): void {
    this.#received = Buffer.concat([this.#received, data]);
    for (;;) {
      const colon = this.#received.indexOf(':');
      const end = colon + 1 + Number(this.#received.subarray(0, Math.max(0, colon)).toString());
      if (colon < 0 || this.#received.length < end) return;
      const message = JSON.parse(this.#received.subarray(colon + 1, end).toString()) as unknown;
      this.#received = this.#received.subarray(end);
      if (!Array.isArray(message)) continue;
      const [, id, error, result] = message;
      const waiting = this.#waiting.get(id);
      this.#waiting.delete(id);
      if (error) waiting?.fail(new Error(`${error.error}: ${error.message}`));
      else waiting?.give(result);
    }
  }

  #send(command: string, parameters: object): Promise<{ readonly value: unknown }> {
    const id = ++this.#last;
    const message = JSON.stringify([0, id, command, parameters]);
    return new Promise((give, fail) => {
      this.#waiting.set(id, { give, fail });
      this.#socket.write(`${Buffer.byteLength(message)}:${message}`);
    });
  }

  /** The text that an expression, or its promise, gives. */
  async evaluate(expression: string): Promise<string> {
    const { value } = await this.#send('WebDriver:ExecuteScript', {
      script: `return ${expression}`,
      args: [],
      sandbox: null,
    });
    return String(value);
  }

  /** Waits until an expression is true. */
  async until(expression: string): Promise<void> {
    while ((await this.evaluate(`!!(${expression})`)) !== 'true') await pause();
  }

  /** Gives a file to a field of the page. */
  async setFile(selector: string, file: string): Promise<void> {
    const { value } = await this.#send('WebDriver:FindElement', { using: 'css selector', value: selector });
    const [id = ''] = Object.values(value as Readonly<Record<string, string>>);
    await this.#send('WebDriver:ElementSendKeys', { id, text: file });
  }

  async dropFolder(folder: string): Promise<void> {
    await this.#send('WebDriver:ExecuteScript', { script: TAKE, args: [], sandbox: null });
    await this.#send('WebDriver:ExecuteScript', { script: DROP, args: [folder], sandbox: 'system' });
  }

  async close(): Promise<void> {
    this.#socket.destroy();
    const ended = new Promise((resolve) => this.#process.on('exit', resolve));
    this.#process.kill();
    await ended;
    rmSync(this.#folder, { recursive: true, force: true, maxRetries: 5 });
  }
}
