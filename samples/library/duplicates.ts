// SPDX-License-Identifier: Apache-2.0
/**
 * modwaste as a library: the duplicates of a case, from paths, bytes and streams, with a format and a query of one's own.
 *
 *     npm install modwaste typescript && npx tsc && node duplicates.js trace.txt dmesg.txt
 */
import { createReadStream } from 'node:fs';
import { basename } from 'node:path';
import { type LineIngester, openCase, ParamError, parseQuery, SqlError } from 'modwaste';

/** A format of one's own: sizes of modules as `size NAME BYTES`. */
const sizes: LineIngester = {
  name: 'own-sizes',
  title: 'sizes of modules, one a line',
  priority: 9000,
  reads: 'lines',
  needles: ['size '],
  sniff: (head) =>
    head.lines[0]?.startsWith('size ')
      ? { form: 'sizes', confidence: 90, matched: 1, tried: 1, why: 'the first line is a size' }
      : null,
  start: (context) => ({
    line(text, number) {
      const [, module, bytes] = /^size (\w+) (\d+)$/.exec(text) ?? [];
      if (module === undefined) return;
      const event = { kind: 'module-size', of: 'file', module, bytes: Number(bytes), path: null } as const;
      context.emit({ ...event, line: number, t: null });
    },
    end() {},
  }),
};

/** A query of one's own; its columns are documented as those of the canned queries are. */
const largest = parseQuery(
  'largest',
  `-- The largest modules.
-- @param most INTEGER = 3  How many.
-- @column module TEXT -  module name
-- @column bytes INTEGER bytes  size of its file
-- @needs module_sizes
-- @empty No sizes.
SELECT module, max(bytes) AS bytes FROM module_sizes WHERE size_of = 'file'
GROUP BY module ORDER BY 2 DESC, 1 LIMIT $most`,
  'largest.sql',
);

const paths = process.argv.slice(2);
const opened = await openCase({
  inputs: [
    // Paths, streams and bytes alike.
    ...paths.slice(0, 1),
    ...paths.slice(1).map((path) => ({ name: basename(path), bytes: createReadStream(path) })),
    { name: 'sizes.txt', bytes: new TextEncoder().encode('size lab_big 4200689\nsize fuse 300000\n') },
  ],
  ingesters: [sizes],
  queries: [largest],
});

for (const { code, detail } of opened.diagnostics) console.error(`note: ${code} ${detail}`);
let total = 0n;
for (const { module, times, bytes } of await opened.query('duplicates')) {
  total += bytes ?? 0n;
  console.log(`${module}: ${times} duplicates, ${bytes ?? 'unknown'} bytes`);
}
console.log(`total: ${total} bytes`);
for (const { module, bytes } of await opened.query('largest', { most: 1 })) console.log(`largest: ${module} ${bytes}`);

try {
  await opened.query('timeline', { bucket_ms: 'wide' });
} catch (error) {
  if (error instanceof ParamError || error instanceof SqlError) console.log(`${error.name}: ${error.message}`);
  else throw error;
}

await opened.close();
