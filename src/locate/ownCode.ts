import type { StackFrame } from './stack/stackFrame.ts';

/** Folders that hold other people's code, wherever they stand in a path. */
const foreignFolders = new Set([
  'node_modules', 'bower_components', 'jspm_packages', '.pnpm', '.yarn', '.pnp.cjs', '.pnp.loader.mjs',
  'site-packages', 'dist-packages', '.cargo', '.rustup', 'rustlib',
]);

/** Beginnings of names that are a runtime's own, as stack frames have them. */
const runtimePrefixes: readonly (readonly [prefix: string, what: string])[] = [
  ['node:', 'Node itself'],
  ['ext:', 'Deno itself'],
  ['bun:', 'Bun itself'],
  ['wasm:', 'WebAssembly'],
  ['evalmachine.', 'evaluated text'],
  ['electron/js2c/', 'Electron itself'],
  ['/rustc/', "Rust's standard library"],
  ['\0', "a bundler's virtual module"],
];

/** Beginnings of what follows `scheme://namespace/` where a bundler's own modules have no real path; the program's begin with `./` there. */
const bundlerPrefixes: readonly (readonly [prefix: string, what: string])[] = [
  ['webpack/', "webpack's own code"],
  ['(webpack)', "webpack's own code"],
  ['external ', 'an external module'],
];

/** By a file's extension: what folders of that language's packages and standard library look like. */
const languageRules: ReadonlyMap<string, (segments: readonly string[]) => string | undefined> = new Map([
  ['py', foreignPython],
  ['go', foreignGo],
  ['rb', foreignRuby],
  ['php', foreignPhp],
  ['rs', foreignRust],
]);

/** Packages of the top level of Go's standard library. */
const goStandardPackages = new Set([
  'archive', 'bufio', 'builtin', 'bytes', 'cmp', 'compress', 'container', 'context', 'crypto', 'database', 'debug', 'embed', 'encoding', 'errors',
  'expvar', 'flag', 'fmt', 'go', 'hash', 'html', 'image', 'index', 'internal', 'io', 'iter', 'log', 'maps', 'math', 'mime', 'net', 'os', 'path',
  'plugin', 'reflect', 'regexp', 'runtime', 'slices', 'sort', 'strconv', 'strings', 'structs', 'sync', 'syscall', 'testing', 'text', 'time',
  'unicode', 'unique', 'unsafe', 'vendor', 'weak',
]);

/**
 * Beginnings of qualified classes of runtimes, frameworks and drivers, for languages whose frames do not say where a class came from. The list is not
 * complete and need not be: the files of what is missing are not in the workspace.
 */
const foreignClasses: readonly string[] = [
  // JVM.
  'java.', 'javax.', 'jdk.', 'sun.', 'com.sun.', 'jakarta.', 'kotlin.', 'kotlinx.', 'scala.', 'groovy.', 'android.', 'androidx.',
  'dalvik.', 'akka.', 'cats.effect.', 'play.api.', 'play.core.', 'reactor.', 'feign.', 'junit.', 'okhttp3.', 'okio.', 'retrofit2.',
  'redis.clients.', 'oracle.jdbc.', 'io.opentelemetry.api.', 'io.opentelemetry.sdk.', 'io.opentelemetry.context.',
  'io.opentelemetry.javaagent.', 'io.opentelemetry.instrumentation.', 'io.opentelemetry.exporter.', 'io.opentelemetry.extension.',
  'io.opentelemetry.contrib.', 'io.opentelemetry.opentracingshim.', 'io.netty.', 'io.grpc.', 'io.vertx.', 'io.undertow.', 'io.quarkus.',
  'io.micronaut.', 'io.micrometer.', 'io.ktor.', 'io.lettuce.', 'io.reactivex.', 'io.r2dbc.', 'io.smallrye.', 'io.dropwizard.',
  'io.helidon.', 'io.jaegertracing.', 'io.zipkin.', 'ch.qos.logback.', 'com.fasterxml.', 'com.google.common.', 'com.google.inject.',
  'com.google.protobuf.', 'com.google.gson.', 'com.zaxxer.', 'com.mongodb.', 'com.mysql.', 'com.netflix.', 'com.intellij.rt.',
  'com.rabbitmq.', 'com.squareup.', 'com.datastax.', 'com.github.benmanes.', 'com.microsoft.sqlserver.', 'net.bytebuddy.',
  'net.sf.cglib.', 'org.springframework.', 'org.hibernate.', 'org.eclipse.jetty.', 'org.eclipse.microprofile.', 'org.glassfish.',
  'org.jboss.', 'org.wildfly.', 'org.slf4j.', 'org.aspectj.', 'org.apache.catalina.', 'org.apache.coyote.', 'org.apache.tomcat.',
  'org.apache.http.', 'org.apache.hc.', 'org.apache.kafka.', 'org.apache.commons.', 'org.apache.logging.', 'org.apache.camel.',
  'org.apache.cxf.', 'org.apache.dubbo.', 'org.apache.ibatis.', 'org.apache.maven.', 'org.apache.pekko.', 'org.apache.struts2.',
  'org.apache.jasper.', 'org.junit.', 'org.testng.', 'org.mockito.', 'org.gradle.', 'org.codehaus.groovy.', 'org.postgresql.', 'org.h2.',
  'org.mariadb.', 'org.jooq.', 'org.mybatis.', 'org.redisson.', 'org.quartz.', 'org.reactivestreams.', 'org.http4s.', 'org.typelevel.',
  'org.thymeleaf.', 'org.elasticsearch.', 'org.opensearch.',
  // .NET.
  'System.', 'Microsoft.', 'Interop.', 'MS.Internal.', 'MS.Win32.', 'Mono.', 'OpenTelemetry.', 'Npgsql.', 'MySql.', 'MySqlConnector.',
  'Oracle.', 'MongoDB.', 'Dapper.', 'NHibernate.', 'Serilog.', 'NLog.', 'log4net.', 'Grpc.', 'Google.Protobuf.', 'Newtonsoft.', 'Polly.',
  'MediatR.', 'AutoMapper.', 'FluentValidation.', 'Castle.', 'Autofac.', 'Xunit.', 'NUnit.', 'MassTransit.', 'StackExchange.Redis.',
  'RabbitMQ.', 'Confluent.Kafka.', 'Hangfire.', 'Quartz.', 'Swashbuckle.', 'HotChocolate.', 'GraphQL.', 'Azure.', 'Amazon.', 'FSharp.',
  // PHP.
  'OpenTelemetry\\', 'Symfony\\', 'Illuminate\\', 'Laravel\\', 'GuzzleHttp\\', 'Doctrine\\', 'Monolog\\', 'Psr\\', 'Composer\\',
  'PHPUnit\\', 'Slim\\', 'Nyholm\\', 'League\\', 'Twig\\', 'Amp\\', 'React\\', 'Revolt\\', 'Laminas\\', 'Mezzio\\', 'Yiisoft\\', 'yii\\',
  'Cake\\', 'CodeIgniter\\', 'Drupal\\Core\\', 'Predis\\', 'Aws\\', 'Google\\', 'Spiral\\', 'Http\\Client\\', 'Http\\Discovery\\',
];

/** As `foreignReason`, for a frame of a stack: of some languages only the class or the function tells. */
export function foreignFrameReason(frame: StackFrame): string | undefined {
  const ofFile = frame.file === undefined ? undefined : foreignReason(frame.file);
  if (ofFile !== undefined) return ofFile;
  const prefix = foreignClasses.find((each) => frame.className?.startsWith(each) === true);
  if (prefix !== undefined) return `it is of ${prefix.slice(0, -1)}`;
  return isGoStandard(frame) ? "it is Go's standard library" : undefined;
}

/**
 * Why a path is not the program's own code, or undefined where it may be. Takes a raw path of a stack frame as well as a
 * source's name in a source map (`webpack://app/./node_modules/x.js`, `../node_modules/x.js`).
 */
export function foreignReason(path: string): string | undefined {
  const segments = path.split(/[\\/]/);
  const folder = segments.find((segment) => foreignFolders.has(segment));
  if (folder !== undefined) return `it lies in ${folder}`;
  if (path.startsWith('<') || path.startsWith('[native')) return 'it is no file';
  const runtime = runtimePrefixes.find(([prefix]) => path.startsWith(prefix));
  if (runtime !== undefined) return `it is ${runtime[1]}`;
  const inner = /^[a-z][a-z0-9+.-]+:\/\/[^/]*\/(.*)$/is.exec(path)?.[1] ?? path;
  const bundler = bundlerPrefixes.find(([prefix]) => inner.startsWith(prefix) && (inner !== path || prefix !== 'webpack/'));
  if (bundler !== undefined) return `it is ${bundler[1]}`;
  const file = segments.at(-1) ?? '';
  const ofLanguage = languageRules.get(file.slice(file.lastIndexOf('.') + 1).toLowerCase())?.(segments);
  if (ofLanguage !== undefined) return ofLanguage;
  if (/^\.\/(?:csu|nptl|misc|sysdeps)\//.test(path)) return 'it is the C library';
  if (segments.slice(-3).join('/') === 'dist/probe/node.cjs') return "it is Traceline's probe";
  return undefined;
}

function foreignPython(segments: readonly string[]): string | undefined {
  const isStandard = segments.some((each, i) => {
    const before = segments[i - 1] ?? '';
    // lib/python3.12, lib/pypy3.10; C:\Python312\Lib, C:\miniconda3\Lib; python312.zip.
    if (/^(?:python|pypy)\d[\d.]*t?$/.test(each)) return /^lib(?:64)?$/.test(before);
    return (each === 'Lib' && /^python[\d.-]*$|conda/i.test(before)) || /^python\d+\.zip$/.test(each);
  });
  if (isStandard) return "it is Python's standard library";
  return has(segments, 'bundled', 'libs', 'debugpy') || has(segments, 'extensions', /^ms-python\./) ? 'it is the debugger' : undefined;
}

function foreignGo(segments: readonly string[]): string | undefined {
  // example.com/x@v1.2.3, in the module cache or in a program built with -trimpath.
  if (has(segments, 'pkg', 'mod') || has(segments, /@v\d/)) return 'it lies in the module cache';
  // Vendored packages have a host's name; a folder of that name in a program about vendors has not.
  if (has(segments, 'vendor', /\./) && !has(segments, 'vendor', /\.go$/)) return 'it lies in vendor';
  const source = segments.lastIndexOf('src');
  const isRoot = source > 0 && /^(?:go|golang|go_sdk|go[\d.-].*|x64|arm64|amd64|libexec)$/i.test(segments[source - 1]!);
  return isRoot && goStandardPackages.has(segments[source + 1] ?? '') ? "it is Go's standard library" : undefined;
}

/** A program built with -trimpath has `net/http/server.go`, and any root may be named anything: there the function's package is the folder. */
function isGoStandard({ file, functionName }: StackFrame): boolean {
  if (file?.endsWith('.go') !== true || functionName === undefined) return false;
  const path = file.replaceAll('\\', '/');
  const folder = path.slice(0, Math.max(0, path.lastIndexOf('/')));
  const name = functionName === 'panic' ? 'runtime.panic' : functionName;
  const slash = name.lastIndexOf('/') + 1;
  const dot = name.indexOf('.', slash);
  const packagePath = name.slice(0, dot < 0 ? undefined : dot);
  return goStandardPackages.has(packagePath.split('/')[0]!) && (folder === packagePath || folder.endsWith(`/src/${packagePath}`));
}

function foreignRuby(segments: readonly string[]): string | undefined {
  // gems/rack-3.0.1, bundler/gems/rack-0123abc: a folder of a repository has no version.
  if (has(segments, 'gems', /-\d/) || has(segments, 'bundler', 'gems') || has(segments, 'rubygems-integration')) return 'it lies in gems';
  if (has(segments, 'vendor', /^(?:bundle|gems|cache|ruby)$/)) return 'it lies in vendor';
  return has(segments, 'lib', 'ruby', /^(?:\d|gems$|vendor_ruby$|site_ruby$)/) || has(segments, 'vendor_ruby') ? "it is Ruby's standard library" : undefined;
}

function foreignPhp(segments: readonly string[]): string | undefined {
  // Composer's are vendor/name/package/…, in lower case.
  const isPackage = has(segments, 'vendor', 'composer') || has(segments, 'vendor', /^autoload.*\.php$/) || has(segments, 'vendor', /^[a-z\d][a-z\d._-]*$/, /^[a-z\d][a-z\d._-]*$/, /./);
  return isPackage || segments[0] === 'phar:' ? 'it lies in vendor' : undefined;
}

function foreignRust(segments: readonly string[]): string | undefined {
  // CARGO_HOME may have any name.
  if (has(segments, 'registry', 'src', /^(?:index\.crates\.io|github\.com)-/) || has(segments, 'cargo', /^(?:registry|git)$/)) return "it lies in Cargo's cache";
  if (has(segments, 'vendor', /./, 'src')) return 'it lies in vendor';
  return has(segments, 'library', /^(?:std|core|alloc|proc_macro|test|backtrace)$/, 'src') ? "it is Rust's standard library" : undefined;
}

/** Whether these folders follow one another in a path. */
function has(segments: readonly string[], ...wanted: readonly (string | RegExp)[]): boolean {
  return segments.some((_, at) =>
    wanted.every((each, i) => {
      const segment = segments[at + i];
      return segment !== undefined && (typeof each === 'string' ? segment === each : each.test(segment));
    }),
  );
}
