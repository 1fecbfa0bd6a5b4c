const loopbackHost = /^(?:localhost|127\.0\.0\.1|\[::1\])(?::\d{1,5})?$/i;
/** What Docker Desktop and Podman call this machine within a container. `.internal` is reserved (ICANN, 2024): no page can have such a name. */
const containersHost = /^(?:(?:host|gateway)\.docker|host\.containers)\.internal(?::\d{1,5})?$/i;

/** Whether a Host header or an HTTP/2 authority names this machine, as it or a container on it does. */
export function isThisMachine(host: string | undefined): boolean {
  return isLoopbackHost(host) || (host !== undefined && containersHost.test(host));
}

/**
 * Whether a Host header or an HTTP/2 authority names this machine. A page that was made to resolve its own name to 127.0.0.1
 * (DNS rebinding) sends that name.
 */
export function isLoopbackHost(host: string | undefined): boolean {
  return host !== undefined && loopbackHost.test(host);
}

/** Whether an Origin header is a page that this machine serves. `null` and everything else is a stranger's. */
export function isLoopbackOrigin(origin: string): boolean {
  const match = /^https?:\/\/(.+)$/i.exec(origin);
  return isLoopbackHost(match?.[1]);
}
