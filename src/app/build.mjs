// SPDX-License-Identifier: Apache-2.0
/**
 * Builds the browser page, one HTML file, into the folder given or into `dist/app`. Run after the page of the report is
 * built: reports that the page writes carry that page's script and style.
 */
import { createHash } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { build } from 'rolldown';

const here = fileURLToPath(new URL('.', import.meta.url));
const root = fileURLToPath(new URL('../../', import.meta.url));
const folder = process.argv[2] ?? join(root, 'dist/app');
const { resolve } = createRequire(import.meta.url);

/** What packages ask of Node, from packages made for browsers; the rest of what they name they never use here. */
const IN_BROWSER = {
  stream: 'readable-stream',
  'node:stream': 'readable-stream',
  events: 'events/',
  'node:events': 'events/',
  buffer: 'buffer/',
};
const UNUSED = new Set(['fs', 'zlib', 'util', 'stream/web']);

const browser = {
  name: 'browser',
  resolveId(name, importer) {
    // The core's surroundings: the same exports, from the browser.
    if (name === './node/index.js' && importer?.endsWith('/platform/index.ts')) {
      return join(root, 'src/platform/browser/index.ts');
    }
    if (/^(?:node:)?string_decoder\/?$/.test(name)) return join(here, 'string-decoder.mjs');
    if (name in IN_BROWSER) return resolve(IN_BROWSER[name]);
    if (UNUSED.has(name)) return `\0unused:${name}`;
    return null;
  },
  load(id) {
    // yauzl asks `util` for one function when it is loaded.
    if (id === '\0unused:util') {
      return 'export function inherits(child, parent) { Object.setPrototypeOf(child.prototype, parent.prototype); }';
    }
    return id.startsWith('\0unused:') ? 'export default {};' : null;
  },
};

async function bundle(entry, format) {
  const built = await build({
    input: join(here, entry),
    platform: 'browser',
    tsconfig: join(here, 'tsconfig.json'),
    plugins: [browser],
    transform: {
      inject: {
        Buffer: ['buffer/', 'Buffer'],
        process: `${here}process.mjs`,
        setImmediate: [join(root, 'src/platform/browser/turn.ts'), 'setImmediate'],
      },
    },
    output: { format, minify: true, codeSplitting: false },
    write: false,
    logLevel: 'warn',
  });
  return built.output[0].code.trim();
}

const inHtml = (script) => script.replaceAll('</script', '<\\/script').replaceAll('<!--', '<\\!--');
const hashOf = (text) => `sha256-${createHash('sha256').update(text).digest('base64')}`;
const text = (path) => readFileSync(join(root, path), 'utf8');
const pack = (bytes) => gzipSync(bytes, { level: 9 }).toString('base64');
const block = (id, bytes) => `<script type="application/gzip" id="${id}">${pack(bytes)}</script>`;

/** Queries by name. */
function queries() {
  const files = readdirSync(join(root, 'queries')).filter((file) => file.endsWith('.sql'));
  return files.sort().map((file) => ({ name: file.slice(0, -4), sql: text(`queries/${file}`) }));
}

/** The samples in the order of their table, and what happened in each. */
const SAMPLES = [...text('samples/README.md').matchAll(/^\| `([\w-]+)` \| ([^|]+?) \|/gm)].map(
  ([, name, what]) => ({
    name,
    what,
  }),
);

/** Samples by name: their files, a character a byte. */
function samples() {
  const filesOf = (name) =>
    readdirSync(join(root, 'samples', name)).map((file) => [
      file,
      readFileSync(join(root, 'samples', name, file), 'latin1'),
    ]);
  return Object.fromEntries(SAMPLES.map(({ name }) => [name, Object.fromEntries(filesOf(name))]));
}

const script = inHtml(await bundle('main.ts', 'esm'));
const core = await bundle('worker.ts', 'iife');
const host = inHtml(await bundle('host.ts', 'iife'));
const style = text('src/app/app.css')
  .replace(/\/\*[\s\S]*?\*\//g, '')
  .replace(/\s*\n\s*/g, ' ')
  .trim();
const page = join(root, 'dist/report/html/page');
const [reportScript, reportStyle] = ['page.js', 'page.css'].map((name) =>
  readFileSync(join(page, name), 'utf8'),
);
const data = {
  version: JSON.parse(text('package.json')).version,
  queries: queries(),
  script: reportScript,
  scriptHash: hashOf(reportScript),
  style: reportStyle,
  styleHash: hashOf(reportStyle),
  // As reports carry it.
  worker: pack(readFileSync(join(page, 'worker.js'))),
};

// Frames inherit this policy: the one with the thread that analyzes, and the one with the report.
const policy = [
  "default-src 'none'",
  "connect-src 'none'",
  `script-src '${hashOf(script)}' '${hashOf(host)}' '${data.scriptHash}' 'wasm-unsafe-eval'`,
  'worker-src blob:',
  'frame-src blob:',
  `style-src '${hashOf(style)}' '${data.styleHash}'`,
  "base-uri 'none'",
  "form-action 'none'",
  "require-trusted-types-for 'script'",
  'trusted-types modwaste modwaste-app',
].join('; ');

const html = text('src/app/index.html')
  .replace('{policy}', policy)
  .replace(
    '<!--samples-->',
    SAMPLES.map(
      ({ name, what }) =>
        `<li><button type="button" data-sample="${name}">${name}</button> ${what.replaceAll('`', '')}</li>`,
    ).join('\n'),
  )
  .replace('/*style*/', () => style)
  .replace('<!--blocks-->', () =>
    [
      block('core-script', core),
      block('core-host', `<!doctype html><title>Analysis</title><script>${host}</script>`),
      block('core-data', JSON.stringify(data)),
      block('core-sqlite', readFileSync(resolve('sql.js/dist/sql-wasm-browser.wasm'))),
      block('samples', JSON.stringify(samples())),
    ].join('\n'),
  )
  .replace('/*script*/', () => script);

mkdirSync(folder, { recursive: true });
writeFileSync(join(folder, 'index.html'), html);
