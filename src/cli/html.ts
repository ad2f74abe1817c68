// SPDX-License-Identifier: Apache-2.0
/** Writes the HTML report of a case. */
import type { Case } from '../case.js';
import { readCited } from '../cited.js';
import { openInputs } from '../disk/walk.js';
import { PLACES } from '../ingest/layouts/index.js';
import { INGESTERS } from '../ingest/registry.js';
import type { FilledOnDemand } from '../query/database.js';
import { htmlReport } from '../report/html/report.js';
import type { Context } from './context.js';
import { writeFileWhole } from './files.js';
import type { HeldStdin } from './held-stdin.js';
import type { InputOptions } from './options.js';
import { loadReportAssets } from './page-assets.js';

/** Writes the file atomically; returns its size in bytes. */
export async function writeHtml(
  context: Context,
  opened: Case,
  store: FilledOnDemand,
  inputs: readonly string[],
  options: InputOptions,
  file: string,
  held: HeldStdin | null,
): Promise<number> {
  const { sources, model } = opened;
  const stdin = held?.again() ?? null;
  // Standard input cannot be read again unless it was kept.
  const again = inputs.filter((input) => input !== '-' || stdin !== null);
  const inputOptions = {
    places: PLACES,
    limits: options.limits,
    allMembers: options.allMembers ?? false,
    ...(stdin ? { stdin } : {}),
  };
  const chunks = await htmlReport({
    sources,
    model,
    store,
    rows: opened.rows(),
    queries: context.queries(),
    version: context.version,
    assets: await loadReportAssets(),
    readText: (cites) => readCited(openInputs(again, inputOptions), INGESTERS, sources, cites),
  });
  let bytes = 0;
  function* counted(): Generator<string> {
    for (const chunk of chunks) {
      bytes += Buffer.byteLength(chunk);
      yield chunk;
    }
  }
  writeFileWhole(file, counted(), context.io.cleanups);
  return bytes;
}
