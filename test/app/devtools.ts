// SPDX-License-Identifier: Apache-2.0
/** A page driven by the devtools protocol itself: playwright gives a page up when a frame's process ends. */
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { WebSocket } from 'ws';
import { CHROMIUM } from '../report/html/browser.js';

interface Answer {
  readonly id?: number;
  readonly result?: Readonly<Record<string, unknown>>;
}

const pause = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 200));

export class Devtools {
  readonly #folder: string;
  readonly #process: ChildProcess;
  readonly #socket: WebSocket;
  readonly #waiting = new Map<number, (answer: Answer) => void>();
  #last = 0;

  private constructor(folder: string, process: ChildProcess, socket: WebSocket) {
    this.#folder = folder;
    this.#process = process;
    this.#socket = socket;
    socket.on('message', (data: Buffer) => {
      const answer = JSON.parse(data.toString()) as Answer;
      this.#waiting.get(answer.id ?? 0)?.(answer);
    });
  }

  static async open(url: string, flags: readonly string[]): Promise<Devtools> {
    const folder = mkdtempSync(join(tmpdir(), 'modwaste-chromium-'));
    const args = [
      '--headless',
      '--no-sandbox',
      '--disable-gpu',
      '--no-first-run',
      '--remote-debugging-port=0',
    ];
    const process = spawn(CHROMIUM ?? '', [...args, `--user-data-dir=${folder}`, ...flags, url], {
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    const host = await new Promise<string>((resolve, reject) => {
      let said = '';
      process.stderr?.on('data', (data: Buffer) => {
        said += data.toString();
        const [, found] = /DevTools listening on ws:\/\/([^/]+)\//.exec(said) ?? [];
        if (found) resolve(found);
      });
      process.on('exit', () => reject(new Error(`Chromium ended: ${said}`)));
    });
    for (;;) {
      const listed = (await (await fetch(`http://${host}/json`)).json()) as Readonly<
        Record<string, string>
      >[];
      const page = listed.find((one) => one.type === 'page' && one.url === url);
      if (page) {
        const socket = new WebSocket(page.webSocketDebuggerUrl ?? '');
        await new Promise((resolve, reject) => socket.on('open', resolve).on('error', reject));
        return new Devtools(folder, process, socket);
      }
      await pause();
    }
  }

  async #send(method: string, params: object = {}): Promise<Readonly<Record<string, unknown>>> {
    const id = ++this.#last;
    const { result = {} } = await new Promise<Answer>((resolve) => {
      this.#waiting.set(id, resolve);
      this.#socket.send(JSON.stringify({ id, method, params }));
    });
    return result;
  }

  async evaluate(expression: string): Promise<unknown> {
    const { result } = await this.#send('Runtime.evaluate', { expression, returnByValue: true });
    return (result as { value?: unknown }).value;
  }

  /** Waits until an expression is true. */
  async until(expression: string): Promise<void> {
    while (!(await this.evaluate(`!!(${expression})`))) await pause();
  }

  async setFiles(selector: string, files: readonly string[]): Promise<void> {
    const { root } = await this.#send('DOM.getDocument');
    const { nodeId } = await this.#send('DOM.querySelector', {
      nodeId: (root as { nodeId: number }).nodeId,
      selector,
    });
    await this.#send('DOM.setFileInputFiles', { nodeId, files });
  }

  async close(): Promise<void> {
    this.#process.removeAllListeners('exit');
    const ended = new Promise((resolve) => this.#process.on('exit', resolve));
    // The process may be a script around the browser, which would outlive it.
    this.#socket.send(JSON.stringify({ id: ++this.#last, method: 'Browser.close' }));
    await ended;
    this.#socket.close();
    rmSync(this.#folder, { recursive: true, force: true, maxRetries: 5 });
  }
}
