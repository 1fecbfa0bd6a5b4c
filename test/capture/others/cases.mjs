/**
 * Languages whose official SDK could not be had where this matrix is made (their registries were out of reach), so that no program of theirs has
 * ever run in it. Spans of each are located in the corpus (`npm run corpus`), as recorded there.
 */
const missing = [
  ['Ruby', 'the gems opentelemetry-sdk and opentelemetry-exporter-otlp'],
  ['PHP', 'the Composer packages open-telemetry/sdk and open-telemetry/exporter-otlp'],
  ['.NET', 'the .NET SDK and the NuGet package OpenTelemetry.Exporter.OpenTelemetryProtocol'],
];

export function cases() {
  return { cases: [], skipped: missing.map(([language, what]) => ({ name: `every case in ${language}`, reason: `none is written yet: it takes ${what}` })) };
}
