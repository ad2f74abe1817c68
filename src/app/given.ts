// SPDX-License-Identifier: Apache-2.0
/** Files out of a drop, a file dialog, a paste or a sample, with the folders that they lie in. */
import type { Drop, Given } from './messages.js';

export async function droppedFiles(transfer: DataTransfer): Promise<Given[]> {
  // Entries must be taken before the first wait: afterwards the drop is over.
  const entries = [...transfer.items].flatMap((item) => item.webkitGetAsEntry() ?? []);
  const files: Given[] = [];
  for (const entry of entries) await collect(entry, '', files);
  if (files.length > 0) return files;
  const text = transfer.getData('text/plain');
  return text === '' ? [] : [pastedText(text)];
}

async function collect(entry: FileSystemEntry, folder: string, files: Given[]): Promise<void> {
  const path = `${folder}${entry.name}`;
  if (entry.isFile) {
    const file = await new Promise<File>((resolve, reject) =>
      (entry as FileSystemFileEntry).file(resolve, reject),
    );
    files.push({ path, blob: file });
    return;
  }
  const reader = (entry as FileSystemDirectoryEntry).createReader();
  for (;;) {
    // A browser gives a hundred at a time.
    const some = await new Promise<FileSystemEntry[]>((resolve, reject) =>
      reader.readEntries(resolve, reject),
    );
    if (some.length === 0) return;
    for (const one of some) await collect(one, `${path}/`, files);
  }
}

/** Files of an `<input type=file>`, with folders where a folder was chosen. */
export const chosenFiles = (input: HTMLInputElement): Given[] =>
  [...(input.files ?? [])].map((file) => ({ path: file.webkitRelativePath || file.name, blob: file }));

/** Text is read like standard input, whose name it gets. */
export const pastedText = (text: string): Given => ({ path: '-', blob: new Blob([text]) });

export const bytesOf = (drops: readonly Drop[]): number =>
  drops.flat().reduce((sum, { blob }) => sum + blob.size, 0);
