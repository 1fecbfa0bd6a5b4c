import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { moduleSource, spanCalls } from '../locate/sources.mjs';

const perFolder = 20;
const writtenAtOnce = 64;

/**
 * Writes a monorepo: TypeScript for the most part, each tenth file with spans, with Python and Java beside it, and what git ignores.
 * `sites` are questions of spans that say their place, `answers` their lines; `named` is a span that only has a name.
 */
export async function buildWorkspace(folder, fileCount) {
  const files = [];
  const sites = [];
  let mentioning = 0;
  for (let i = 0; i < fileCount; i++) {
    const name = `packages/p${Math.floor(i / 500)}/src/m${Math.floor(i / perFolder) % 25}/file${i}`;
    if (i % 10 < 7) {
      const hasSpans = i % 10 === 0;
      const text = moduleSource(i, 3);
      if (hasSpans) {
        mentioning++;
        for (const [, { line, column }] of spanCalls(text)) sites.push({ filePath: path.join(folder, `${name}.ts`), line, column, language: 'nodejs' });
      }
      files.push([`${name}.ts`, hasSpans ? text : text.replaceAll('startActiveSpan', 'withEntity')]);
    } else if (i % 10 < 9) {
      const hasRoutes = i % 10 === 8;
      if (hasRoutes) mentioning++;
      files.push([`${name}.py`, pythonSource(i, hasRoutes)]);
    } else files.push([`${name}.java`, javaSource(i)]);
  }
  files.push(['.gitignore', 'dist/\n*.gen.ts\n'], ['package.json', '{"private":true}']);
  for (let i = 0; i < 2000; i++) files.push([`node_modules/m${i % 50}/lib/file${i}.js`, `exports.f = () => tracer.startSpan('ignored ${i}');\n`], [`packages/p0/dist/file${i}.js`, '']);
  const folders = new Set(files.map(([name]) => path.dirname(path.join(folder, name))));
  for (const each of folders) await mkdir(each, { recursive: true });
  let sourceBytes = 0;
  for (let from = 0; from < files.length; from += writtenAtOnce) {
    await Promise.all(files.slice(from, from + writtenAtOnce).map(([name, text]) => {
      sourceBytes += text.length;
      return writeFile(path.join(folder, name), text);
    }));
  }
  const named = { language: 'nodejs', naming: { name: 'module100.change1', kind: 'internal', scopeName: 'bench' } };
  return { workspace: folder, fileCount, mentioning, sourceBytes, sites, named, namedFile: path.join(folder, 'packages/p0/src/m5/file100.ts') };
}

function pythonSource(number, hasRoutes) {
  const methods = Array.from({ length: 6 }, (_, i) => `
    def change${i}(self, key: str, amount: int = ${i}) -> int:
        """Changes what it finds by the ${i}th rule."""
        before = self.rows.get(key, 0)
        if before > self.limit and amount < ${i * 7}:
            raise ValueError(f"{key} is closed to rule ${i}")
        self.rows[key] = sum(x for x in (before, amount, ${i}) if x >= 0)
        return self.rows[key]
`).join('');
  const routes = hasRoutes ? `
app = Flask(__name__)

@app.route("/entities${number}/<int:key>", methods=["GET", "PUT"])
def entity${number}(key):
    return {"key": key}
` : '';
  return `from dataclasses import dataclass, field

@dataclass
class Repository${number}:
    limit: int = ${number}
    rows: dict = field(default_factory=dict)
${methods}${routes}`;
}

function javaSource(number) {
  const methods = Array.from({ length: 6 }, (_, i) => `
  /** Changes what it finds by the ${i}th rule. */
  public int change${i}(String key, int amount) {
    int before = rows.getOrDefault(key, 0);
    if (before > limit && amount < ${i * 7}) throw new IllegalStateException(key + " is closed to rule ${i}");
    rows.merge(key, amount + ${i}, Integer::sum);
    return rows.get(key);
  }
`).join('');
  return `package com.example.p${number % 500};

import java.util.HashMap;
import java.util.Map;

public class Repository${number} {
  private final Map<String, Integer> rows = new HashMap<>();
  private final int limit = ${number};
${methods}}
`;
}
