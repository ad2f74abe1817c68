// SPDX-License-Identifier: Apache-2.0
/** The folder `.modwaste` of a batch: what `--resume` needs, and the lock against concurrent runs. */
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { BatchError, type CaseSettings } from './case.js';
import { type Lock, takeLock } from './lock.js';
import { makeFolder } from './make-folder.js';
import { damaged } from './plan.js';
import { replaceFile } from './replace-file.js';
import { Results } from './results.js';
import type { Part } from './select.js';

/** Contents of `plan.json`, which describes the plan beside it. */
export interface PlanFacts {
  readonly fingerprint: string;
  readonly settings: CaseSettings;
  readonly part: Part | null;
  readonly cases: number;
  readonly list: string;
}

export class State {
  readonly out: string;
  readonly folder: string;
  readonly resultsFolder: string;
  readonly planPath: string;
  readonly looksPath: string;
  readonly #factsPath: string;

  constructor(out: string) {
    this.out = out;
    this.folder = join(out, '.modwaste');
    this.resultsFolder = join(this.folder, 'results');
    this.planPath = join(this.folder, 'plan.ndjson');
    this.looksPath = join(this.folder, 'looks');
    this.#factsPath = join(this.folder, 'plan.json');
  }

  results(fingerprint: string): Results {
    return new Results(this.resultsFolder, fingerprint);
  }

  /** True where a run was started here, whether it finished or not. */
  get exists(): boolean {
    return existsSync(this.folder);
  }

  /** Makes the folder and takes the lock; throws where another run holds it. */
  lock(say: (line: string) => void): Promise<Lock> {
    makeFolder(this.folder);
    return takeLock(join(this.folder, 'lock'), this.out, say);
  }

  writeFacts(facts: PlanFacts): void {
    replaceFile(this.#factsPath, `${JSON.stringify(facts)}\n`);
  }

  /** The facts of an earlier run's plan; null where there are none. Throws where they are not as they were written. */
  facts(): PlanFacts | null {
    if (!existsSync(this.#factsPath)) return null;
    return factsOf(readFileSync(this.#factsPath, 'utf8')) ?? damaged(`${this.#factsPath} is damaged`);
  }

  /** Throws where an earlier run read another shard: its results would be dropped. */
  checkPart(part: Part | null): void {
    const facts = existsSync(this.#factsPath) ? factsOf(readFileSync(this.#factsPath, 'utf8')) : null;
    const [before, now] = [facts?.part ?? null, part].map((one) => (one ? `${one.part}/${one.of}` : null));
    if (!facts || before === now) return;
    throw new BatchError(`${this.out} holds ${before ? `shard ${before}` : 'a whole batch'}`, [
      before ? `resume it with --shard ${before}, or choose another folder` : 'choose another folder',
    ]);
  }

  /** Removes everything of earlier runs. */
  clear(): void {
    for (const name of readdirSync(this.folder)) {
      if (name !== 'lock') rmSync(join(this.folder, name), { recursive: true, force: true });
    }
  }
}

function factsOf(text: string): PlanFacts | null {
  try {
    const facts: Partial<PlanFacts> = Object(JSON.parse(text));
    const { fingerprint, settings, part, cases, list } = facts;
    const isFrom = (least: number, value: unknown): boolean =>
      Number.isSafeInteger(value) && Number(value) >= least;
    const fits =
      settings !== undefined &&
      fingerprint === fingerprintOf(settings) &&
      (part === null || (isFrom(1, part?.part) && isFrom(1, part?.of))) &&
      // A shard of few cases may have none.
      isFrom(0, cases) &&
      typeof list === 'string';
    return fits ? (facts as PlanFacts) : null;
  } catch {
    return null;
  }
}

/** The same for the same settings: results of others are not reused. */
export function fingerprintOf(settings: CaseSettings): string {
  return createHash('sha256').update(JSON.stringify(settings)).digest('hex');
}
