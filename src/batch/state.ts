// SPDX-License-Identifier: Apache-2.0
/** The folder `.modwaste` of a batch: what `--resume` needs, and the lock against concurrent runs. */
import { createHash } from 'node:crypto';
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  unlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { BatchError, type CaseSettings } from './case.js';
import { damaged } from './plan.js';
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
  readonly #lockPath: string;
  readonly #factsPath: string;

  constructor(out: string) {
    this.out = out;
    this.folder = join(out, '.modwaste');
    this.resultsFolder = join(this.folder, 'results');
    this.planPath = join(this.folder, 'plan.ndjson');
    this.#lockPath = join(this.folder, 'lock');
    this.#factsPath = join(this.folder, 'plan.json');
  }

  get results(): Results {
    return new Results(this.resultsFolder);
  }

  /** True where a run was started here, whether it finished or not. */
  get exists(): boolean {
    return existsSync(this.folder);
  }

  /** Makes the folders and takes the lock; throws where another run holds it. Returns a function that releases it. */
  lock(): () => void {
    mkdirSync(this.resultsFolder, { recursive: true });
    for (let tries = 0; ; tries++) {
      try {
        writeFileSync(this.#lockPath, String(process.pid), { flag: 'wx' });
        return () => rmSync(this.#lockPath, { force: true });
      } catch (error) {
        if (!isExisting(error) || tries > 0) throw error;
      }
      const holder = Number(readFileSync(this.#lockPath, 'utf8'));
      if (isRunning(holder)) {
        throw new BatchError(`process ${holder} is running in ${this.out}`, [
          `wait for it to finish; if that process is another program, remove ${this.#lockPath}`,
        ]);
      }
      // Left by a run that was killed.
      unlinkSync(this.#lockPath);
    }
  }

  writeFacts(facts: PlanFacts): void {
    writeFileSync(`${this.#factsPath}.tmp`, `${JSON.stringify(facts)}\n`);
    renameSync(`${this.#factsPath}.tmp`, this.#factsPath);
  }

  /** The facts of an earlier run's plan; null where there are none. Throws where they are not as they were written. */
  facts(): PlanFacts | null {
    if (!existsSync(this.#factsPath)) return null;
    return factsOf(readFileSync(this.#factsPath, 'utf8')) ?? damaged(`${this.#factsPath} is damaged`);
  }

  /** Removes everything of earlier runs. */
  clear(): void {
    for (const name of readdirSync(this.folder)) {
      if (name !== 'lock') rmSync(join(this.folder, name), { recursive: true, force: true });
    }
    mkdirSync(this.resultsFolder, { recursive: true });
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

function isExisting(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'EEXIST';
}

function isRunning(pid: number): boolean {
  if (!Number.isSafeInteger(pid) || pid <= 0 || pid === process.pid) return false;
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // A process of another user.
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
}
