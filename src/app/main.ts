// SPDX-License-Identifier: Apache-2.0
/** The page: takes files, shows how the analysis goes, and then its report. */
import { formatBytes } from '../report/cell.js';
import { blockBytes, blockText } from '../report/html/page/blocks.js';
import { download, find } from '../report/html/page/dom.js';
import { gunzip } from '../report/html/page/gunzip.js';
import { Core, type Progress, Stopped } from './core.js';
import { type Next, takeDrops } from './drops.js';
import { bytesOf, chosenFiles, pastedText } from './given.js';
import type { CoreData, Drop, Given } from './messages.js';

/** The element of the page with that id. */
const element = <T extends HTMLElement>(id: string, kind: new () => T): T => find(document, `#${id}`, kind);

async function openCore(): Promise<Core> {
  const script = await gunzip(blockBytes('core-script')).text();
  const data = (await gunzip(blockBytes('core-data')).json()) as Omit<CoreData, 'wasm'>;
  const host = new Blob([await gunzip(blockBytes('core-host')).arrayBuffer()], { type: 'text/html' });
  return new Core(URL.createObjectURL(host), script, { ...data, wasm: blockText('core-sqlite') });
}

function sizeOf(drops: readonly Drop[]): string {
  const files = drops.flat().length;
  return `${files} file${files === 1 ? '' : 's'}, ${formatBytes(bytesOf(drops))}`;
}

/** The first thing given, and how many more. */
function nameOf(drops: readonly Drop[]): string {
  const [first = 'report', ...more] = new Set(drops.flat().map(({ path }) => path.split('/')[0]));
  return more.length === 0 ? first : `${first} and ${more.length} more`;
}

class App {
  readonly #core: Core;
  readonly #status = element('status', HTMLElement);
  readonly #bar = element('progress', HTMLProgressElement);
  #frame = element('report', HTMLIFrameElement);
  readonly #text = element('difference', HTMLElement);
  /** What the report shown is of. */
  #drops: readonly Drop[] = [];
  /** What is given next: a case of its own, more of this one, or what this one is compared with. */
  #next: Next = 'new';
  #html: Blob | null = null;
  #started = 0;

  constructor(core: Core) {
    this.#core = core;
    core.onProgress = (progress) => this.#tell(progress);
    const choose = (id: string): HTMLInputElement => {
      const input = element(id, HTMLInputElement);
      input.addEventListener('change', () => {
        void this.take(chosenFiles(input));
        input.value = '';
      });
      return input;
    };
    const files = choose('files');
    const folder = choose('folder');
    this.#button('choose-files', () => files.click());
    this.#button('choose-folder', () => folder.click());
    this.#button('analyze-text', () => {
      const area = element('pasted', HTMLTextAreaElement);
      if (area.value.trim() !== '') void this.take([pastedText(area.value)]);
    });
    this.#button('stop', () => core.stop());
    this.#button('save', () => this.#save());
    this.#button('more', () => this.#ask('more'));
    this.#button('compare', () => this.#ask('compare'));
    this.#button('anew', () => this.#ask('new'));
    this.#button('back', () => this.#back());
    for (const sample of document.querySelectorAll<HTMLButtonElement>('[data-sample]')) {
      sample.addEventListener('click', () => void this.#sample(sample.dataset.sample ?? ''));
    }
    takeDrops({
      frame: () => this.#frame,
      asks: () => (document.body.dataset.state === 'work' ? 'nothing' : this.#html ? 'which' : 'new'),
      take: (given, next) => {
        // A folder takes a moment to list, in which something else may be given.
        given.then(
          (files) => this.take(files, next ?? this.#next),
          (error: unknown) => document.body.dataset.state !== 'work' && this.#fail(error),
        );
      },
    });
    // What scrolls is reached by keyboard.
    this.#text.tabIndex = 0;
    this.#show('drop');
  }

  #button(id: string, action: () => void): void {
    element(id, HTMLButtonElement).addEventListener('click', action);
  }

  /** Shows one of the page's states. */
  #show(state: 'drop' | 'work' | 'report' | 'difference'): void {
    document.body.dataset.state = state;
    const isShown = state === 'report' || state === 'difference';
    element('drop', HTMLElement).hidden = state !== 'drop';
    element('work', HTMLElement).hidden = state !== 'work';
    element('shown', HTMLElement).hidden = !isShown;
    element('back', HTMLElement).hidden = this.#html === null || state === 'work' || state === 'report';
    element('save', HTMLElement).textContent = state === 'difference' ? 'Save comparison' : 'Save report';
    this.#frame.hidden = state !== 'report';
    this.#text.hidden = state !== 'difference';
  }

  #ask(next: Next): void {
    this.#next = next;
    const name = nameOf(this.#drops);
    const said = {
      new: '',
      more: `The next files are added to ${name}.`,
      compare: `The next files are compared with ${name}, as the later state.`,
    };
    element('next', HTMLElement).textContent = said[next];
    element('failed', HTMLElement).hidden = true;
    this.#show('drop');
    element('choose-files', HTMLButtonElement).focus();
  }

  /** To the report that was shown last. */
  #back(): void {
    this.#next = 'new';
    element('next', HTMLElement).textContent = '';
    this.#show('report');
  }

  async #sample(name: string): Promise<void> {
    // Unpacking takes a moment, in which what was said before must not look like the answer.
    element('failed', HTMLElement).hidden = true;
    const samples = (await gunzip(blockBytes('samples')).json()) as Record<string, Record<string, string>>;
    const files = Object.entries(samples[name] ?? {}).map(([file, bytes]) => ({
      path: `${name}/${file}`,
      blob: new Blob([Uint8Array.from(bytes, (byte) => byte.charCodeAt(0))]),
    }));
    await this.take(files);
  }

  async take(given: readonly Given[], next = this.#next): Promise<void> {
    if (given.length === 0 || document.body.dataset.state === 'work') return;
    this.#next = 'new';
    element('next', HTMLElement).textContent = '';
    const drops = next === 'more' ? [...this.#drops, given] : [given];
    this.#started = performance.now();
    this.#bar.removeAttribute('value');
    this.#status.textContent = sizeOf(drops);
    element('failed', HTMLElement).hidden = true;
    this.#show('work');
    try {
      if (next === 'compare') await this.#compare(drops);
      else await this.#analyze(drops);
    } catch (error) {
      this.#fail(error);
    }
  }

  async #analyze(drops: readonly Drop[]): Promise<void> {
    const answer = await this.#core.ask({ ask: 'analyze', drops });
    if (answer.is !== 'report') return;
    this.#drops = drops;
    this.#html = answer.html;
    const before = this.#frame.src;
    // On a busy machine Chromium can leave a frame blank that is loaded again as it appears.
    const fresh = this.#frame.cloneNode() as HTMLIFrameElement;
    fresh.src = URL.createObjectURL(answer.html);
    this.#frame.replaceWith(fresh);
    this.#frame = fresh;
    if (before.startsWith('blob:')) URL.revokeObjectURL(before);
    const seconds = ((performance.now() - this.#started) / 1000).toFixed(1);
    element('said', HTMLElement).textContent = `${sizeOf(drops)}, ${seconds} s`;
    document.title = `modwaste: ${nameOf(drops)}`;
    this.#show('report');
  }

  async #compare(after: readonly Drop[]): Promise<void> {
    const answer = await this.#core.ask({ ask: 'compare', before: this.#drops, after });
    if (answer.is !== 'difference') return;
    const names = `Before: ${nameOf(this.#drops)}. After: ${nameOf(after)}.`;
    find(this.#text, '.note', HTMLElement).textContent = `${names}\n\n`;
    find(this.#text, 'pre', HTMLElement).textContent = answer.text;
    this.#show('difference');
  }

  #fail(error: unknown): void {
    const place = element('failed', HTMLElement);
    const isStopped = error instanceof Stopped;
    place.hidden = false;
    place.classList.toggle('bad', !isStopped);
    const message = error instanceof Error ? error.message : String(error);
    place.textContent = isStopped
      ? 'Stopped. What was read is discarded.'
      : `${message}. You can continue here; fewer or smaller files need less memory.`;
    this.#show('drop');
  }

  #tell(progress: Progress): void {
    if (progress.is === 'working') {
      this.#bar.removeAttribute('value');
      this.#status.textContent = `${progress.on} …`;
      return;
    }
    const { read, total, path } = progress;
    this.#bar.max = total;
    this.#bar.value = read;
    this.#status.textContent = `${formatBytes(read)} of ${formatBytes(total)}: ${path}`;
  }

  #save(): void {
    if (!this.#html) return;
    const name = `modwaste-${nameOf(this.#drops).replace(/[^\w.-]+/g, '_')}`;
    if (this.#text.hidden) download(this.#html, `${name}.html`);
    else download(new Blob([this.#text.textContent], { type: 'text/plain' }), `${name}-compared.txt`);
  }

  /** The rows of a canned query over the case shown, as CSV; for scripts. */
  async query(name: string): Promise<string> {
    const answer = await this.#core.ask({ ask: 'query', name });
    return answer.is === 'rows' ? answer.csv : '';
  }
}

const app = new App(await openCore());
Object.assign(window, { modwaste: { query: (name: string) => app.query(name) } });
document.documentElement.dataset.ready = 'true';
