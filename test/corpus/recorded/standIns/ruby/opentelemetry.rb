# frozen_string_literal: true
# A stand-in for the Ruby SDK, for machines that reach no gems: the calls of its API that the program uses, and spans as the SDK's source says they are.
require 'json'
require 'securerandom'

module OpenTelemetry
  @spans = []
  class << self
    attr_reader :spans

    def tracer_provider = self

    def tracer(name, version = nil) = Tracer.new(name)

    def export
      resource = [%w[service.name ruby], %w[telemetry.sdk.language ruby], %w[telemetry.sdk.name opentelemetry], %w[telemetry.sdk.version 1.8.0]]
      scopes = spans.group_by(&:scope).map { |scope, of| { scope: { name: scope }, spans: of.map(&:to_h) } }
      JSON.generate(resourceSpans: [{ resource: { attributes: resource.map { |key, value| Span.attribute(key, value) } }, scopeSpans: scopes }])
    end
  end

  class Span
    attr_reader :scope
    attr_accessor :name

    def self.attribute(key, value) = { key: key, value: value.is_a?(Integer) ? { intValue: value.to_s } : { stringValue: value.to_s } }

    def initialize(scope, name, kind, attributes)
      @scope, @name, @kind, @attributes, @events, @status = scope, name, kind, attributes, [], {}
      @parent = Span.current
      @trace_id = @parent ? @parent.trace_id : SecureRandom.hex(16)
      @id = SecureRandom.hex(8)
      @start = Process.clock_gettime(Process::CLOCK_REALTIME, :nanosecond)
    end

    attr_reader :trace_id, :id

    def self.current = Thread.current[:span]

    def add_attributes(more) = @attributes.merge!(more)

    def record_exception(error)
      @events << [Process.clock_gettime(Process::CLOCK_REALTIME, :nanosecond), { 'exception.type' => error.class.to_s, 'exception.message' => error.message, 'exception.stacktrace' => error.full_message(highlight: false, order: :top) }]
    end

    def error(message) = @status = { code: 2, message: message }

    def finish
      @end = Process.clock_gettime(Process::CLOCK_REALTIME, :nanosecond)
      OpenTelemetry.spans << self
    end

    def to_h
      { traceId: @trace_id, spanId: @id, parentSpanId: @parent&.id || '', name: @name, kind: @kind, startTimeUnixNano: @start.to_s, endTimeUnixNano: @end.to_s,
        attributes: @attributes.map { |key, value| Span.attribute(key, value) }, status: @status,
        events: @events.map { |time, attributes| { timeUnixNano: time.to_s, name: 'exception', attributes: attributes.map { |key, value| Span.attribute(key, value) } } } }
    end
  end

  class Tracer
    def initialize(scope) = @scope = scope

    def start_span(name, attributes: {}, kind: 1) = Span.new(@scope, name, kind, attributes)

    def in_span(name, attributes: {}, kind: 1)
      span = start_span(name, attributes: attributes, kind: kind)
      before = Span.current
      Thread.current[:span] = span
      begin
        yield span
      rescue Exception => e
        span.record_exception(e)
        span.error("Unhandled exception of type: #{e.class}")
        raise e
      ensure
        Thread.current[:span] = before
        span.finish
      end
    end
  end
end
