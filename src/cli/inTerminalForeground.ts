import { closeSync, openSync, readFileSync } from 'node:fs';

/**
 * True where the keyboard's signals of a terminal go to this process and its children alike: this process group is in the
 * foreground of its controlling terminal, whatever its streams are.
 */
export function inTerminalForeground(): boolean {
  if (process.platform === 'win32') return true;
  if (process.platform === 'linux') {
    try {
      // proc(5): after the name in parentheses come state, ppid, pgrp, session, tty_nr, tpgid.
      const stat = readFileSync('/proc/self/stat', 'utf8');
      const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
      return fields[2] === fields[5];
    } catch {
      // No /proc here: as elsewhere.
    }
  }
  try {
    closeSync(openSync('/dev/tty', 'r'));
    return true;
  } catch {
    return false;
  }
}
