import path from 'node:path';
import { parse as parseJson } from 'jsonc-parser';
import type { ServiceFacts, ServiceProgram } from '../locate/index/serviceFacts.ts';
import { parsePath } from '../locate/paths.ts';
import { composeServices, isComposeFile } from './composeFile.ts';
import { jsonArray, jsonObject, jsonText } from './jsonObject.ts';
import { absoluteFrom, expandVariables, scopeOf } from './ruleScope.ts';

/** `compose.yaml` and its like, and `.vscode/launch.json`: they say where several programs are, and what these are called. */
export function isServiceConfiguration(file: string): boolean {
  return isComposeFile(path.basename(file)) || (path.basename(file) === 'launch.json' && path.basename(path.dirname(file)) === '.vscode');
}

/** The programs of such a file; undefined where it has none, or cannot be read. */
export async function serviceConfiguration(file: string, text: string): Promise<ServiceFacts | undefined> {
  const programs = file.endsWith('.json') ? launchPrograms(file, text) : await composePrograms(file, text);
  return programs.length === 0 ? undefined : { programs };
}

/** A service is built from its `build` (Compose Specification); of one that is not, it is not known where it is. */
async function composePrograms(file: string, text: string): Promise<ServiceProgram[]> {
  return (await composeServices(text)).map((service) => {
    const build = jsonText(service?.['build']) ?? jsonText(jsonObject(service?.['build'])?.['context']);
    const listed = jsonArray(service?.['environment']).map((each) => /^OTEL_SERVICE_NAME=(.+)$/.exec(jsonText(each) ?? '')?.[1]).find((each) => each !== undefined);
    return { service: jsonText(jsonObject(service?.['environment'])?.['OTEL_SERVICE_NAME']) ?? listed, folder: build === undefined ? undefined : folderOf(path.dirname(file), build) };
  });
}

/** A program is where it runs, else where its file is; by itself the workspace folder says nothing of which of its programs is meant. */
function launchPrograms(file: string, text: string): ServiceProgram[] {
  const workspace = path.dirname(path.dirname(file));
  const configurations = jsonArray(jsonObject(parseJson(text, [], { allowTrailingComma: true }))?.['configurations']).map(jsonObject);
  return configurations.map((each) => {
    const program = jsonText(each?.['program']);
    const place = [jsonText(each?.['cwd']), program === undefined ? undefined : path.posix.dirname(program)].map((said) => (said === undefined ? undefined : expandVariables(said, scopeOf(workspace))));
    const said = place.find((each) => each !== undefined && absoluteFrom(workspace, each) !== workspace);
    return { service: jsonText(jsonObject(each?.['env'])?.['OTEL_SERVICE_NAME']), folder: said === undefined ? undefined : folderOf(workspace, said) };
  });
}

function folderOf(directory: string, said: string): string | undefined {
  const parsed = parsePath(absoluteFrom(directory, said));
  return parsed.kind === 'absolute' ? parsed.path : undefined;
}
