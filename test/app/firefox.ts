// SPDX-License-Identifier: Apache-2.0
/**
 * A headless Firefox of the system, driven by WebDriver BiDi (https://w3c.github.io/webdriver-bidi/): only as much of it
 * as the test of the page needs.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { WebSocket } from 'ws';

/** Where Firefox is; null where there is none, and its tests are skipped. */
export const FIREFOX = [process.env.FIREFOX, '/usr/bin/firefox-esr', '/usr/bin/firefox'].find(
  (path): path is string => path !== undefined && existsSync(path),
);

export const NEEDS_FIREFOX = 'in Firefox (skipped without it: install firefox-esr, or set FIREFOX)';

type Answer = Readonly<Record<string, unknown>>;

export class Firefox {
  readonly #folder: string;
  readonly #process: ChildProcess;
  readonly #socket: WebSocket;
  readonly #waiting = new Map<number, { give: (answer: Answer) => void; fail: (why: Error) => void }>();
  #context = '';
  #last = 0;

  private constructor(folder: string, process: ChildProcess, socket: WebSocket) {
    this.#folder = folder;
    this.#process = process;
    this.#socket = socket;
    socket.on('message', (data: Buffer) => {
      const { id, error, message, result } = JSON.parse(data.toString()) as Answer;
      const waiting = this.#waiting.get(Number(id));
      this.#waiting.delete(Number(id));
      if (error) waiting?.fail(new Error(`${error}: ${message}`));
      else waiting?.give(result as Answer);
    });
  }

  static async open(url: string): Promise<Firefox> {
    const folder = mkdtempSync(join(tmpdir(), 'modwaste-firefox-'));
    const args = ['--headless', '--no-remote', '--profile', folder, '--remote-debugging-port=0'];
    const process = spawn(FIREFOX ?? '', args, { stdio: ['ignore', 'ignore', 'pipe'] });
    const address = await new Promise<string>((resolve, reject) => {
      let said = '';
      process.stderr?.on('data', (data: Buffer) => {
        said += data.toString();
        const [, found] = /WebDriver BiDi listening on (ws:\/\/\S+)/.exec(said) ?? [];
        if (found) resolve(found);
      });
      process.on('exit', () => reject(new Error(`Firefox ended: ${said}`)));
    });
    const socket = new WebSocket(`${address}/session`);
    await new Promise((resolve, reject) => socket.on('open', resolve).on('error', reject));
    const firefox = new Firefox(folder, process, socket);
    await firefox.#send('session.new', { capabilities: {} });
    const { context } = await firefox.#send('browsingContext.create', { type: 'tab' });
    firefox.#context = String(context);
    await firefox.#send('browsingContext.navigate', { context, url, wait: 'complete' });
    return firefox;
  }

  #send(method: string, params: Answer): Promise<Answer> {
    const id = ++this.#last;
    return new Promise((give, fail) => {
      this.#waiting.set(id, { give, fail });
      this.#socket.send(JSON.stringify({ id, method, params }));
    });
  }

  /** The text that an expression, or its promise, gives. */
  async evaluate(expression: string): Promise<string> {
    const { result, exceptionDetails } = await this.#send('script.evaluate', {
      expression,
      target: { context: this.#context },
      awaitPromise: true,
    });
    if (exceptionDetails) throw new Error(JSON.stringify(exceptionDetails));
    return String((result as Answer).value);
  }

  /** Waits until an expression is true. */
  async until(expression: string): Promise<void> {
    while ((await this.evaluate(`String(!!(${expression}))`)) !== 'true') {
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  }

  async setFiles(selector: string, files: readonly string[]): Promise<void> {
    const { nodes } = await this.#send('browsingContext.locateNodes', {
      context: this.#context,
      locator: { type: 'css', value: selector },
    });
    const [{ sharedId = '' } = {}] = nodes as readonly { readonly sharedId?: string }[];
    await this.#send('input.setFiles', { context: this.#context, element: { sharedId }, files });
  }

  async close(): Promise<void> {
    this.#socket.close();
    this.#process.removeAllListeners('exit');
    const ended = new Promise((resolve) => this.#process.on('exit', resolve));
    this.#process.kill();
    await ended;
    rmSync(this.#folder, { recursive: true, force: true });
  }
}
