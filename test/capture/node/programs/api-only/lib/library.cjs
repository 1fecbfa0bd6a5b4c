const { context, trace } = require('@opentelemetry/api');

const tracer = trace.getTracer('a-library');

/** A library that makes spans with whatever SDK there is. */
exports.work = function work(name) {
  return tracer.startActiveSpan(name, async (span) => { // @row outer | internal | work
    await new Promise((resolve) => setTimeout(resolve, 5));
    tracer.startSpan('inner').end(); // @row inner | internal | work
    span.end();
    return [span.isRecording(), trace.getSpan(context.active()) === span];
  });
};
