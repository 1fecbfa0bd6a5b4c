import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, globSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync } from 'node:fs';
import path from 'node:path';
import { cacheDir } from '../../../scripts/lib/vscodeServer.mjs';

const programs = path.join(import.meta.dirname, 'programs');
const copyPlugin = 'org.apache.maven.plugins:maven-dependency-plugin:3.8.1:copy-dependencies';

/** Half the processor time of a start: nothing here runs for long. */
const quick = ['-XX:TieredStopAtLevel=1', '-XX:+UseSerialGC'];

/** What the agent and the SDK say of themselves, and, without us, of a receiver that is not there. */
const plain = (text) => text
  .replaceAll(/^\[otel\.javaagent .*\n(?:(?:\s+at |Caused by: |\s+\.\.\. |[\w.]+(?:Exception|Error)\b).*\n)*/gm, '')
  .replaceAll(/^\w{3} \d{2}, \d{4} .*\n(?:(?:WARNING|SEVERE|INFO): .*\n)?(?:(?:\s+at |Caused by: |\s+\.\.\. |[\w.]+(?:Exception|Error)\b).*\n)*/gm, '');

/** @param {{ root: string }} where */
export function cases({ root }) {
  const node = path.join(root, 'node_modules', 'node', 'bin', 'node');
  try {
    const version = `java${/\d+/.exec(execFileSync('javac', ['-version'], { encoding: 'utf8' }))?.[0] ?? ''}`;
    const jars = dependencies();
    const agent = globSync('opentelemetry-javaagent-*.jar', { cwd: jars })[0];
    const classes = Object.fromEntries(readdirSync(programs).map((name) => [name, compiled(name, jars)]));
    const command = (name, ...more) => ['java', ...quick, ...more, '-cp', [classes[name], path.join(jars, '*')].join(path.delimiter), 'Main'];
    // The agent is in the class path too, where it is not asked for.
    const env = { OTEL_METRICS_EXPORTER: 'none', OTEL_LOGS_EXPORTER: 'none' };
    const table = [
      { name: 'java-agent', folder: 'agent', run: [...command('agent', `-javaagent:${path.join(jars, agent)}`), 'one two'] },
      ...['SIGINT', 'SIGTERM'].flatMap((signal) => ['default', 'handled'].map((how) => ({ name: `java-${signal}-${how}`, folder: 'sdk', run: [...command('sdk'), how], signal }))),
    ];
    return { cases: table.map(({ folder, ...one }) => ({ ...one, env, plain, folder: path.join(programs, folder), node, version })), skipped: [] };
  } catch (error) {
    return { cases: [], skipped: [{ name: 'every case in Java', reason: error instanceof Error ? error.message.split('\n')[0] : String(error) }] };
  }
}

/** The jars of pom.xml, outside the tree and fetched once. */
function dependencies() {
  const pom = path.join(import.meta.dirname, 'pom.xml');
  const folder = path.join(cacheDir(), `java-${createHash('sha256').update(readFileSync(pom)).digest('hex').slice(0, 12)}`);
  if (existsSync(folder)) return folder;
  const half = `${folder}.${process.pid}`;
  try {
    execFileSync('mvn', ['-q', '-B', '-f', pom, copyPlugin, `-DoutputDirectory=${half}`], { stdio: 'pipe', timeout: 120_000, killSignal: 'SIGKILL' });
    renameSync(half, folder);
  } finally {
    rmSync(half, { recursive: true, force: true });
  }
  return folder;
}

function compiled(name, jars) {
  const folder = path.join(cacheDir(), 'capture-java', name);
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  execFileSync('javac', ['-g', '-d', folder, '-cp', path.join(jars, '*'), path.join(programs, name, 'Main.java')], { stdio: 'pipe', timeout: 90_000, killSignal: 'SIGKILL' });
  return folder;
}
