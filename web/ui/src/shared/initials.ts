// Whether a name is spelled by what is typed: zjj for 住建局.

/** `initials`: for each name the letters of its characters, parted by blanks, as the server sends them. */
export function isSpelled(initials: readonly string[], typed: string): boolean {
  const wanted = [...typed.trim().toLowerCase()];
  return wanted.length > 0 && initials.some((name) => holds(name.split(' '), wanted));
}

function holds(letters: readonly string[], wanted: readonly string[]): boolean {
  return letters.some((_, at) => wanted.every((one, further) => letters[at + further]?.includes(one)));
}
