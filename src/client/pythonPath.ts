import path from 'node:path';

/**
 * PYTHONPATH with a folder in front. undefined where the folder's name holds what parts the list, for which there is no quoting.
 * An empty entry is the working folder to Python, so one that the person did not write must not come to be.
 */
export function prependPythonPath(own: string, folder: string, delimiter: string = path.delimiter): string | undefined {
  if (folder.includes(delimiter)) return undefined;
  if (own === '') return folder;
  return own.split(delimiter)[0] === folder ? own : `${folder}${delimiter}${own}`;
}
