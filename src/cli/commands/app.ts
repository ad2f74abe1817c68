// SPDX-License-Identifier: Apache-2.0
/** `modwaste app`: writes the browser page. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Command } from 'commander';
import { PACKAGE_ROOT } from '../../model/package.js';
import { type Context, longHelp } from '../context.js';
import { UserError } from '../errors.js';
import { writeFolder } from '../files.js';

interface AppOptions {
  readonly out: string;
  readonly force?: boolean;
}

/** Where the build puts the page. */
const PAGE = fileURLToPath(new URL('dist/app/index.html', PACKAGE_ROOT));

const NAME = 'index.html';

const HELP = `
One HTML file that analyzes in the browser whatever is dropped into it: logs, traces, dumps, whole
support archives. It opens from disk or from any static host, needs no network and makes no
requests: its content security policy forbids them. Results are those of this command.

Examples:
  modwaste app --out public && xdg-open public/index.html
`;

function app(context: Context, { out, force = false }: AppOptions): void {
  if (!force && existsSync(join(out, NAME))) {
    throw new UserError(`${join(out, NAME)} already exists`, [
      '--force replaces it; or choose another folder',
    ]);
  }
  if (!existsSync(PAGE))
    throw new UserError('this package was built without the page', ['npm run build makes it']);
  writeFolder(out, [{ path: NAME, content: () => [readFileSync(PAGE)] }], context.io.cleanups);
}

export function appCommand(command: Command, context: Context): Command {
  command
    .description('Write a page that analyzes evidence in a browser: nothing is uploaded.')
    .optionsGroup('App:')
    .requiredOption('--out <dir>', 'folder for index.html; created if missing')
    .option('--force', 'replace a file that exists');
  longHelp(command, context, HELP);
  return command.action((options: AppOptions) => app(context, options));
}
