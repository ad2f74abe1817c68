/** The text without the characters of `ends` at its end. A regular expression tries from each of them: quadratic. */
export function trimmedEnd(text: string, ends: string): string {
  let end = text.length;
  while (end > 0 && ends.includes(text.charAt(end - 1))) end--;
  return text.slice(0, end);
}
