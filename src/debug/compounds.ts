/** A configuration as a compound names it. */
export interface CompoundMember {
  readonly name: string;
  /** The name of its workspace folder, where the compound says it. */
  readonly folder: string | undefined;
}

/** Several configurations that one F5 starts. */
export interface Compound {
  readonly name: string;
  readonly members: readonly CompoundMember[];
}

/** The compounds of a launch.json's `compounds`; what is malformed is passed over, as VS Code does when it is not started. */
export function compoundsOf(value: unknown): readonly Compound[] {
  if (!Array.isArray(value)) return [];
  return value.flatMap((entry: unknown) => {
    if (!isRecord(entry) || typeof entry['name'] !== 'string' || !Array.isArray(entry['configurations'])) return [];
    const members = entry['configurations'].flatMap((member: unknown): CompoundMember[] => {
      if (typeof member === 'string') return [{ name: member, folder: undefined }];
      if (!isRecord(member) || typeof member['name'] !== 'string') return [];
      return [{ name: member['name'], folder: typeof member['folder'] === 'string' ? member['folder'] : undefined }];
    });
    // A compound never starts itself.
    const others = members.filter(({ name }) => name !== entry['name']);
    return others.length > 0 ? [{ name: entry['name'], members: others }] : [];
  });
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}
