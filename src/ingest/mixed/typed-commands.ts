// SPDX-License-Identifier: Apache-2.0
/** Commands typed at a prompt: what the line behind one says of it. */
import { killedLoad } from '../loader/message.js';
import { typedCommand } from './headings.js';

export class TypedCommands {
  /** The command of the line before. */
  #typed: string | null = null;

  /** A load whose end this line tells; `heading`: the command or title that the line itself is. */
  line(text: string, heading: string | null): ReturnType<typeof killedLoad> {
    const typed = this.#typed;
    this.#typed = heading ?? (/^\s/.test(text) ? typedCommand(text) : null);
    return typed === null ? null : killedLoad(typed, text.trim());
  }

  /** A line between them that a shell did not print. */
  interrupt(): void {
    this.#typed = null;
  }
}
