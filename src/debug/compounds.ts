import { jsonArray, jsonObject, jsonText } from '../client/jsonObject.ts';

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
  return jsonArray(value).flatMap((entry) => {
    const compound = jsonObject(entry);
    const name = jsonText(compound?.['name']);
    if (name === undefined) return [];
    const members = jsonArray(compound?.['configurations']).flatMap((each): CompoundMember[] => {
      const member = jsonObject(each);
      const named = jsonText(member?.['name'] ?? each);
      return named === undefined ? [] : [{ name: named, folder: jsonText(member?.['folder']) }];
    });
    // A compound never starts itself.
    const others = members.filter((member) => member.name !== name);
    return others.length > 0 ? [{ name, members: others }] : [];
  });
}
