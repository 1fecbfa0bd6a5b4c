/** Variables as a person pastes them where their program is started. */
export interface EnvironmentText {
  readonly label: string;
  /** What holds of it. */
  readonly detail: string;
  readonly text: string;
}

/** The names by which Docker Desktop and Podman's machine reach this one. On Linux itself a container reaches the bridge, where the hub does not listen. */
const dockerHost = 'host.docker.internal';

/**
 * The forms in which the variables of an injection can be copied.
 *
 * The hub listens on the loopback alone. Docker Desktop (macOS, Windows, WSL with it) brings what is sent to `host.docker.internal`
 * to this machine's loopback; Docker on Linux does not, whatever `--add-host=…:host-gateway` says, so there the container shares
 * the network of this machine. The probes are files of this machine: a container's spans come without their lines, unless the
 * program says them.
 */
export function environmentTexts(variables: Readonly<Record<string, string>>, platform: NodeJS.Platform): readonly EnvironmentText[] {
  const own = Object.entries(variables);
  const inContainer = own.filter(([name]) => name.startsWith('OTEL_'));
  const desktop = inContainer.map(([name, value]) => [name, name.endsWith('_ENDPOINT') ? value.replace(/\/\/(?:127\.0\.0\.1|localhost)(?=[:/]|$)/, `//${dockerHost}`) : value] as const);
  const forDesktop: readonly EnvironmentText[] = [
    { label: 'docker run, Docker Desktop', detail: `Reaches this machine as ${dockerHost}. Docker on Linux without Desktop cannot: the receiver listens on the loopback alone.`, text: dockerRun([], desktop) },
    { label: 'compose.yaml, Docker Desktop', detail: `Goes into the service. Reaches this machine as ${dockerHost}.`, text: compose(desktop) },
  ];
  const forLinux: readonly EnvironmentText[] = [
    { label: 'docker run, Linux', detail: 'With the network of this machine, since the receiver listens on the loopback alone.', text: dockerRun(['--network=host'], inContainer) },
    { label: 'compose.yaml, Linux', detail: 'Goes into the service, which then shares the network of this machine.', text: `network_mode: host\n${compose(inContainer)}` },
  ];
  return [
    platform === 'win32'
      ? { label: 'PowerShell', detail: 'For a program that is started in a terminal.', text: own.map(([name, value]) => `$env:${name} = '${value.replaceAll("'", "''")}'`).join('\n') }
      : { label: 'Shell', detail: 'For a program that is started in a terminal.', text: own.map(([name, value]) => `export ${name}=${shellWord(value)}`).join('\n') },
    { label: 'launch.json', detail: 'For a configuration that starts the program otherwise than with F5, such as a task before an attach.', text: `"env": ${JSON.stringify(variables, undefined, 2)}` },
    ...(platform === 'linux' ? [...forLinux, ...forDesktop] : forDesktop),
  ];
}

function dockerRun(options: readonly string[], variables: readonly (readonly [string, string])[]): string {
  return [...options, ...variables.map(([name, value]) => `-e ${shellWord(`${name}=${value}`)}`)].join(' ');
}

/** `$` is compose's own, and written twice where it is meant. */
function compose(variables: readonly (readonly [string, string])[]): string {
  return ['environment:', ...variables.map(([name, value]) => `  ${name}: ${JSON.stringify(value.replaceAll('$', '$$$$'))}`)].join('\n');
}

function shellWord(text: string): string {
  return /^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`;
}
