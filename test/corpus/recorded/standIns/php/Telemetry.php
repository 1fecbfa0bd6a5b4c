<?php
// A stand-in for the PHP SDK and its auto-instrumentation, for machines that reach no Packagist.
namespace OpenTelemetry;

use Throwable;

final class Globals
{
    public static array $spans = [];
    public static ?Span $current = null;
    public static bool $isNew = false;

    public static function tracerProvider(): self { return new self(); }
    public function getTracer(string $name): Tracer { return new Tracer($name); }

    public static function export(): string
    {
        $resource = ['service.name' => 'php', 'telemetry.sdk.language' => 'php', 'telemetry.sdk.name' => 'opentelemetry', 'telemetry.sdk.version' => '1.7.0'];
        $scopes = [];
        foreach (self::$spans as $span) $scopes[$span->scope][] = $span->json();
        $scopeSpans = [];
        foreach ($scopes as $name => $spans) $scopeSpans[] = ['scope' => ['name' => $name], 'spans' => $spans];
        return json_encode(['resourceSpans' => [['resource' => ['attributes' => Span::attributes($resource)], 'scopeSpans' => $scopeSpans]]], JSON_THROW_ON_ERROR | JSON_UNESCAPED_SLASHES);
    }
}

final class Tracer
{
    public function __construct(private string $scope) {}
    public function spanBuilder(string $name): Span { return new Span($this->scope, $name); }
}

final class Span
{
    private array $attributes = [];
    private array $events = [];
    private array $status = [];
    private int $kind = 1;
    private ?Span $parent;
    private string $traceId;
    private string $spanId;
    private string $start;
    private string $end = '0';

    public function __construct(public string $scope, private string $name)
    {
        $this->parent = Globals::$current;
        $this->traceId = $this->parent?->traceId ?? bin2hex(random_bytes(16));
        $this->spanId = bin2hex(random_bytes(8));
        $this->start = self::now();
    }

    private static function now(): string { return (string) (int) (microtime(true) * 1e6) . '000'; }
    public function setSpanKind(int $kind): self { $this->kind = $kind; return $this; }
    public function setAttribute(string $key, mixed $value): self { if ($value !== null) $this->attributes[$key] = $value; return $this; }
    public function updateName(string $name): self { $this->name = $name; return $this; }
    public function startSpan(): self { return $this; }
    public function setStatus(string $message): self { $this->status = ['code' => 2, 'message' => $message]; return $this; }
    public function addEvent(string $name, array $attributes): self { $this->events[] = ['timeUnixNano' => self::now(), 'name' => $name, 'attributes' => self::attributes($attributes)]; return $this; }
    public function recordException(Throwable $error): self { return $this->addEvent('exception', ['exception.type' => $error::class, 'exception.message' => $error->getMessage(), 'exception.stacktrace' => self::trace($error)]); }
    public function end(): void { $this->end = self::now(); Globals::$spans[] = $this; }

    public function activate(): object
    {
        $before = Globals::$current;
        Globals::$current = $this;
        return new class($before) {
            public function __construct(private ?Span $before) {}
            public function detach(): void { Globals::$current = $this->before; }
        };
    }

    public static function attributes(array $all): array
    {
        $list = [];
        foreach ($all as $key => $value) $list[] = ['key' => $key, 'value' => is_int($value) ? ['intValue' => (string) $value] : ['stringValue' => (string) $value]];
        return $list;
    }

    public function json(): array
    {
        return ['traceId' => $this->traceId, 'spanId' => $this->spanId, 'parentSpanId' => $this->parent?->spanId ?? '', 'name' => $this->name, 'kind' => $this->kind,
            'startTimeUnixNano' => $this->start, 'endTimeUnixNano' => $this->end, 'attributes' => self::attributes($this->attributes), 'events' => $this->events, 'status' => (object) $this->status];
    }

    /** The SDK's text: as the JVM's, with the places that PHP gives, base names, and dots for backslashes. */
    private static function trace(Throwable $error): string
    {
        $text = '';
        $outer = null;
        for ($each = $error; $each !== null; $each = $each->getPrevious()) {
            $calls = $each->getTrace();
            $frames = [];
            $place = ['file' => $each->getFile(), 'line' => $each->getLine()];
            foreach ([...$calls, []] as $call) {
                $name = isset($call['class']) ? $call['class'] . '.' . $call['function'] : ($call['function'] ?? '{main}');
                $at = isset($place['file']) ? basename($place['file']) . ':' . $place['line'] : 'Unknown Source';
                $frames[] = [strtr($name, '\\', '.') . "($at)", [$call['class'] ?? null, $call['function'] ?? null, $place['file'] ?? null, $place['line'] ?? null]];
                $place = $call;
            }
            $common = 0;
            if ($outer !== null) while ($common < count($frames) && $common < count($outer) && $frames[count($frames) - 1 - $common][1] === $outer[count($outer) - 1 - $common][1]) $common++;
            $text .= ($outer === null ? '' : "\nCaused by: ") . strtr($each::class, '\\', '.') . ': ' . $each->getMessage();
            foreach (array_slice($frames, 0, count($frames) - $common) as [$shown]) $text .= "\n\tat $shown";
            if ($common > 0) $text .= "\n\t... $common more";
            $outer = $frames;
        }
        return $text;
    }
}

/** What a hook of the extension does around a function: the attributes are those of its declaration. */
function hooked(string $scope, ?string $name, object|string $target, string $function, int $kind, callable $work): mixed
{
    $method = new \ReflectionMethod($target, $function);
    $class = $method->getDeclaringClass()->getName();
    $span = Globals::tracerProvider()->getTracer($scope)->spanBuilder($name ?? "$class::$function")->setSpanKind($kind);
    [$file, $line] = [$method->getFileName() ?: null, $method->getStartLine() ?: null];
    if (Globals::$isNew) $span->setAttribute('code.function.name', "$class::$function")->setAttribute('code.file.path', $file)->setAttribute('code.line.number', $line);
    else $span->setAttribute('code.function', $function)->setAttribute('code.namespace', $class)->setAttribute('code.filepath', $file)->setAttribute('code.lineno', $line);
    $span->startSpan();
    $scope = $span->activate();
    try {
        return $work($span);
    } catch (Throwable $error) {
        $span->recordException($error)->setStatus($error->getMessage());
        throw $error;
    } finally {
        $scope->detach();
        $span->end();
    }
}
