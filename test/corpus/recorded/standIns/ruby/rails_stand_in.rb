# frozen_string_literal: true
# What Rails and its instrumentations (Rack, Action Pack) do around an action, as their source says it.
require 'opentelemetry'

class ApplicationController
  attr_reader :params

  def self.dispatch(action, route, path, params)
    OpenTelemetry.tracer('OpenTelemetry::Instrumentation::Rack').in_span('HTTP GET', kind: 2, attributes: { 'http.method' => 'GET', 'http.host' => 'localhost', 'http.scheme' => 'http', 'http.target' => path }) do |span|
      span.name = route.nil? ? "#{name}##{action}" : "GET #{route}"
      span.add_attributes({ 'code.namespace' => name, 'code.function' => action.to_s }.merge(route.nil? ? {} : { 'http.route' => "#{route}(.:format)" }))
      new(params).public_send(action)
    end
  rescue StandardError
    500
  end

  def initialize(params) = @params = params
end
