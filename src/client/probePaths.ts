import path from 'node:path';

/** What is loaded into programs, by their runtime; undefined where a program of that runtime is not ours to touch. */
export interface ProbePaths {
  /** The file that Node preloads. */
  readonly node?: string;
  /** The folder that Python looks for its `sitecustomize` in first. */
  readonly python?: string;
}

/** The probes of a build, by the one that Node preloads (`dist/probe/node.cjs`). */
export function probesBeside(nodeProbe: string): Required<ProbePaths> {
  return { node: nodeProbe, python: path.join(path.dirname(nodeProbe), 'python') };
}
