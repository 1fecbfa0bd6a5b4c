import assert from 'node:assert/strict';
import { test } from 'node:test';
import { foreignFrameReason, foreignReason } from '../../../src/locate/ownCode.ts';
import type { StackFrame } from '../../../src/locate/stack/stackFrame.ts';

function frame(values: Partial<StackFrame>): StackFrame {
  return { functionName: undefined, file: undefined, line: undefined, column: undefined, ...values };
}

test("paths of other people's code, in every language", () => {
  for (const foreign of [
    '/venv/lib/python3.12/site-packages/a.py', '/usr/lib/python3.11/asyncio/runners.py', '/usr/lib/python3/dist-packages/a.py', 'C:\\Users\\a\\Python312\\Lib\\json\\decoder.py',
    'C:\\miniconda3\\Lib\\json\\decoder.py', '/opt/pypy/lib/pypy3.10/json/a.py', 'C:\\app\\python312.zip\\json\\decoder.py', '/home/a/.vscode/extensions/ms-python.debugpy-2025.1/bundled/libs/debugpy/server/cli.py',
    '/root/go/pkg/mod/go.opentelemetry.io/otel/sdk@v1.30.0/trace/span.go', 'C:\\Users\\a\\go\\pkg\\mod\\github.com\\x\\y@v1.2.3\\z.go', 'github.com/x/y@v1.2.3/z.go',
    '/srv/app/vendor/github.com/x/y/z.go', '/usr/local/go/src/runtime/panic.go', '/usr/lib/go-1.19/src/net/http/server.go', '/opt/hostedtoolcache/go/1.22.1/x64/src/net/http/server.go',
    '/opt/homebrew/Cellar/go/1.22/libexec/src/sort/sort.go', 'C:/Program Files/Go/src/runtime/sema.go',
    '/usr/lib/ruby/3.1.0/json/common.rb', '/var/lib/gems/3.1.0/gems/rack-3.0.1/lib/rack.rb', '/srv/app/vendor/bundle/ruby/3.3.0/gems/rack-3.0.1/lib/rack.rb', '/usr/local/bundle/bundler/gems/rack-0123abc/lib/rack.rb',
    '/usr/share/rubygems-integration/all/gems/rake-13/lib/rake.rb', '<internal:kernel>', '/usr/lib/ruby/vendor_ruby/bundler.rb',
    '/srv/app/vendor/guzzlehttp/guzzle/src/Client.php', '/srv/app/vendor/composer/ClassLoader.php', '/srv/app/vendor/autoload.php', 'phar:///srv/x.phar/y.php',
    '/rustc/59807616e1fa/library/core/src/ops/function.rs', '/home/a/.cargo/registry/src/index.crates.io-1949/tokio-1.0/src/lib.rs', '/usr/local/cargo/registry/src/index.crates.io-1949/tokio-1.0/src/lib.rs',
    '/srv/app/vendor/tokio/src/lib.rs', '/home/a/.rustup/toolchains/x/lib/rustlib/src/rust/library/std/src/rt.rs', 'library/std/src/panicking.rs', './csu/../sysdeps/nptl/libc_start_call_main.h',
  ]) {
    assert.notEqual(foreignReason(foreign), undefined, foreign);
  }
});

test("the program's own code, though it is called as packages are", () => {
  for (const own of [
    '/srv/app/python/orders.py', '/srv/python3/lib/orders.py', 'C:\\work\\Lib\\orders.py', '/srv/lib/orders.py', '/srv/app/json/decoder.py',
    '/home/a/go/src/github.com/me/app/main.go', '/srv/app/src/net/server.go', '/srv/app/internal/vendor/vendor.go', '/srv/app/vendor/service.go', 'example.com/shop/main.go', '/srv/app/pkg/model/x.go', 'internal/cart/cart.go',
    '/srv/app/gems/billing/lib/billing.rb', '/srv/app/lib/ruby_tools.rb', '/srv/app/app/models/vendor/price.rb', '/srv/lib/ruby/orders.rb',
    '/srv/app/src/vendor/Price.php', '/srv/app/app/Http/Controllers/Vendor/Api/V1/PriceController.php',
    './src/main.rs', 'src/vendor/price.rs', '/srv/app/library/src/lib.rs', '/srv/cargo/src/main.rs',
    '/srv/app/vendor/x/y/z.js', '/srv/lib/python3.12/x.js',
  ]) {
    assert.equal(foreignReason(own), undefined, own);
  }
});

test('classes of runtimes and frameworks', () => {
  for (const className of [
    'java.util.ArrayList', 'jdk.internal.reflect.Method', 'kotlin.sequences.SequencesKt', 'scala.Option', 'org.springframework.web.Filter', 'io.opentelemetry.sdk.trace.SdkSpan',
    'System.Int32', 'Microsoft.AspNetCore.Mvc.X', 'OpenTelemetry.Trace.Tracer', 'Symfony\\Component\\X', 'OpenTelemetry\\SDK\\Trace\\Span', 'Illuminate\\Routing\\Router',
  ]) {
    assert.notEqual(foreignFrameReason(frame({ className })), undefined, className);
  }
  for (const className of ['com.acme.Orders', 'javalin.App', 'SystemTests.Orders', 'Systems', 'App\\Symfony\\X', 'io.opentelemetry.example.Main', 'Quartz', 'org.apache.example.Main']) {
    assert.equal(foreignFrameReason(frame({ className })), undefined, className);
  }
});

test("Go's standard library by the function's package, wherever it lies", () => {
  assert.notEqual(foreignFrameReason(frame({ functionName: 'net/http.(*conn).serve', file: 'net/http/server.go', line: 1 })), undefined);
  assert.notEqual(foreignFrameReason(frame({ functionName: 'panic', file: 'runtime/panic.go', line: 1 })), undefined);
  assert.notEqual(foreignFrameReason(frame({ functionName: 'sort.Slice', file: '/nix/store/x/weird/src/sort/slice.go', line: 1 })), undefined);
  assert.equal(foreignFrameReason(frame({ functionName: 'main.main', file: '/srv/app/main.go', line: 1 })), undefined);
  assert.equal(foreignFrameReason(frame({ functionName: 'log.Print', file: '/srv/app/log/log.go', line: 1 })), undefined);
  assert.equal(foreignFrameReason(frame({ functionName: 'example.com/shop/net.Dial', file: 'example.com/shop/net/dial.go', line: 1 })), undefined);
});
