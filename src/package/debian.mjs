// SPDX-License-Identifier: Apache-2.0
/** The Debian package, with manual page and completions. */
import { execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { version } from './stage.mjs';

const CONTROL = `Package: modwaste
Version: ${version}
Architecture: all
Maintainer: modwaste developers <modwaste@localhost>
Depends: nodejs (>= 20.19)
Section: kernel
Priority: optional
Description: analyzes failed and duplicate loads of Linux kernel modules
 Reads the logs, traces and counters that people attach to bug reports, and says
 how much virtual memory was wasted on loading kernel modules, in which phase, on
 which modules, and by whom. It works offline.
`;

export function buildDebian(staged, file) {
  const root = mkdtempSync(join(tmpdir(), 'modwaste-deb-'));
  const write = (path, content) => {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), content);
  };
  const read = (name) => readFileSync(join(staged, name));
  const completion = (shell) =>
    execFileSync(process.execPath, [join(staged, 'dist/cli/main.js'), 'completion', shell]);
  try {
    cpSync(staged, join(root, 'usr/lib/modwaste'), { recursive: true });
    mkdirSync(join(root, 'usr/bin'), { recursive: true });
    symlinkSync('../lib/modwaste/dist/cli/main.js', join(root, 'usr/bin/modwaste'));
    write('usr/share/man/man1/modwaste.1.gz', gzipSync(read('dist/modwaste.1')));
    write('usr/share/bash-completion/completions/modwaste', completion('bash'));
    write('usr/share/zsh/vendor-completions/_modwaste', completion('zsh'));
    write('usr/share/fish/vendor_completions.d/modwaste.fish', completion('fish'));
    write(
      'usr/share/doc/modwaste/copyright',
      Buffer.concat([read('LICENSE'), Buffer.from('\n'), read('THIRD_PARTY.md')]),
    );
    write('usr/share/doc/modwaste/changelog.gz', gzipSync(read('CHANGELOG.md')));
    write('DEBIAN/control', CONTROL);
    execFileSync('dpkg-deb', ['--root-owner-group', '--build', root, file], { stdio: 'ignore' });
  } finally {
    rmSync(root, { recursive: true, force: true });
  }
}
