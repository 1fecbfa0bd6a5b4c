import type { Compound } from './compounds.ts';

/** A configuration that is being started. */
export interface Starting {
  readonly name: string;
  /** The name of its workspace folder. */
  readonly folder: string | undefined;
  readonly type: string;
}

interface Member extends Starting {
  /** Sessions of it that run. */
  running: number;
}

/** What one F5 starts: one capture. */
interface Group {
  readonly captureId: string;
  readonly sinceMs: number;
  readonly members: Member[];
  /** The compounds that name all of its members. */
  compounds: readonly Compound[];
  /** One of its sessions has started. */
  hasStarted: boolean;
}

interface Start extends Starting {
  readonly atMs: number;
  readonly group: Group;
  /** A capture that it may be coming back to. */
  readonly back: Group | undefined;
  /** Its capture was asked for. */
  isTaken: boolean;
}

/** VS Code asks for all members of a compound at once; another extension may take its time with one of another type. */
const togetherMs = 2000;
/** How long to wait for a compound's other members before one is taken for a restarted member of a compound that runs. */
export const settleMs = 150;
const maxStarts = 200;

/**
 * Which capture a configuration that starts belongs to. VS Code tells extensions nothing of compounds: it starts each member
 * by itself, all at once (debugService.startDebugging). So configurations of one compound that begin together are one start:
 *
 *   resolve   A  B  C            A, B, C name one compound ─▶ one capture, named as the compound
 *   started        A   B   C     a further one of A's type after this is a start of its own
 *
 * "Begin" is when VS Code first asks for a configuration; tasks and prompts come after that and may take minutes.
 * A member that starts again while others of its compound run comes back to their capture.
 */
export class CaptureGroups {
  readonly #compounds: () => readonly Compound[];
  /** The newest last. */
  readonly #groups: Group[] = [];
  /** The latest start of each configuration. */
  readonly #starts = new Map<string, Start>();

  constructor(compounds: () => readonly Compound[]) {
    this.#compounds = compounds;
  }

  /** VS Code begins to start a configuration. Asked several times of one start: extensions may change its type. */
  begin(starting: Starting, nowMs: number): void {
    const key = keyOf(starting);
    const earlier = this.#starts.get(key);
    if (earlier !== undefined && !earlier.isTaken && nowMs - earlier.atMs < togetherMs) return;
    const together = this.#groups.findLast((group) => isTogether(group, starting, nowMs));
    const back = together === undefined ? this.#groups.findLast((group) => isBack(group, starting)) : undefined;
    let group = together;
    if (group === undefined) {
      group = { captureId: crypto.randomUUID(), sinceMs: nowMs, members: [], compounds: this.#compounds(), hasStarted: false };
      this.#groups.push(group);
    }
    group.members.push({ ...starting, running: 0 });
    group.compounds = group.compounds.filter((compound) => names(compound, starting));
    this.#starts.delete(key);
    this.#starts.set(key, { ...starting, atMs: nowMs, group, back, isTaken: false });
    while (this.#starts.size > maxStarts) this.#starts.delete(this.#starts.keys().next().value as string);
    while (this.#groups.length > maxStarts) this.#groups.shift();
  }

  /** True where `captureOf` will know better after `settleMs`. */
  isUnsure(name: string, folder: string | undefined): boolean {
    return this.#starts.get(keyOf({ name, folder }))?.back !== undefined;
  }

  /** The capture of the configuration's latest start; a new one where its begin was not seen. */
  captureOf(name: string, folder: string | undefined): string {
    const start = this.#starts.get(keyOf({ name, folder }));
    if (start === undefined) return crypto.randomUUID();
    start.isTaken = true;
    // With others it is the whole compound that starts anew.
    return (start.group.members.length > 1 ? start.group : (start.back ?? start.group)).captureId;
  }

  /** The name of the compound that was started; undefined where it was one configuration. */
  compoundOf(captureId: string): string | undefined {
    const group = this.#groups.find((known) => known.captureId === captureId);
    if (group === undefined || group.members.length < 2) return undefined;
    return [...group.compounds].sort((a, b) => a.members.length - b.members.length)[0]?.name;
  }

  started(captureId: string, name: string, folder: string | undefined): void {
    const group = this.#groups.find((known) => known.captureId === captureId);
    const member = group?.members.find((known) => keyOf(known) === keyOf({ name, folder }));
    if (group === undefined || member === undefined) return;
    group.hasStarted = true;
    member.running++;
  }

  ended(captureId: string, name: string, folder: string | undefined): void {
    const member = this.#groups.find((known) => known.captureId === captureId)?.members.find((known) => keyOf(known) === keyOf({ name, folder }));
    if (member !== undefined && member.running > 0) member.running--;
  }
}

function isTogether(group: Group, starting: Starting, nowMs: number): boolean {
  if (nowMs - group.sinceMs > togetherMs || group.members.some((member) => keyOf(member) === keyOf(starting))) return false;
  if (!group.compounds.some((compound) => names(compound, starting))) return false;
  return !group.hasStarted || !group.members.some(({ type }) => type === starting.type);
}

/** A compound that runs without this member of it. */
function isBack(group: Group, starting: Starting): boolean {
  return group.members.length > 1 && isRunning(group) && group.members.some((member) => keyOf(member) === keyOf(starting) && member.running === 0);
}

function isRunning(group: Group): boolean {
  return group.members.some(({ running }) => running > 0);
}

function names(compound: Compound, { name, folder }: Starting): boolean {
  return compound.members.some((member) => member.name === name && (member.folder === undefined || member.folder === folder));
}

function keyOf({ name, folder }: { readonly name: string; readonly folder: string | undefined }): string {
  return JSON.stringify([folder ?? '', name]);
}
