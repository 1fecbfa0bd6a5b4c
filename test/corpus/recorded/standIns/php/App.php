<?php
// A stand-in for Slim: it routes, and calls what it routes to.
namespace Slim;

use function OpenTelemetry\hooked;

interface Middleware { public function process(string $path, callable $next): string; }

final class App
{
    private array $routes = [];
    private array $middlewares = [];

    public function get(string $pattern, callable $action): void { $this->routes[$pattern] = $action; }
    public function add(Middleware $middleware): void { $this->middlewares[] = $middleware; }

    public function run(string $path): string
    {
        return hooked('io.opentelemetry.contrib.php.slim', 'HTTP GET', $this, 'handle', 2, fn ($span) => $this->handle($path, $span));
    }

    public function handle(string $path, $span): string
    {
        $span->setAttribute('http.method', 'GET')->setAttribute('http.url', "http://localhost$path");
        foreach ($this->routes as $pattern => $action) {
            if (!preg_match('#^' . preg_replace('/\{\w+\}/', '(\w+)', $pattern) . '$#', $path, $found)) continue;
            $span->updateName("GET $pattern");
            $next = fn () => Strategy::call($action, $found[1] ?? null);
            foreach ($this->middlewares as $middleware) {
                $inner = $next;
                $next = fn () => hooked('io.opentelemetry.contrib.php.psr15', null, $middleware, 'process', 1, fn () => $middleware->process($path, $inner));
            }
            return $next();
        }
        return 'not found';
    }
}

final class Strategy
{
    public static function call(callable $action, ?string $argument): string
    {
        $name = is_array($action) ? get_class($action[0]) . '->' . $action[1] : ($action instanceof \Closure ? 'callable' : get_class($action));
        return hooked('io.opentelemetry.contrib.php.slim', $name, self::class, '__invoke', 1, fn () => (new self())($action, $argument));
    }

    public function __invoke(callable $action, ?string $argument): string { return (string) $action($argument); }
}
