/** Lines that a mail program broke: at the last blank before column 72, or a few more or less. */

const FROM = 66;
const TO = 80;

/** True where `line` can be what did not fit behind `before`: its first word would have gone past the margin. */
export function isBroken(before: string, line: string): boolean {
  const blank = line.indexOf(' ');
  const needed = before.length + 1 + (blank < 0 ? line.length : blank);
  return before.length <= TO && needed >= FROM;
}
