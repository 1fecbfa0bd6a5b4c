package main

import (
	"context"
	"fmt"
	"os"

	"go.opentelemetry.io/otel"
	"go.opentelemetry.io/otel/exporters/otlp/otlptrace/otlptracegrpc"
	sdktrace "go.opentelemetry.io/otel/sdk/trace"
)

func Buy(ctx context.Context) { // @row Buy | internal | Buy
	_, span := otel.Tracer("example.com/shop").Start(ctx, "Buy")
	defer span.End()
	fmt.Println("bought", os.Args[1:])
}

func main() {
	ctx := context.Background()
	exporter, err := otlptracegrpc.New(ctx, otlptracegrpc.WithInsecure())
	if err != nil {
		panic(err)
	}
	provider := sdktrace.NewTracerProvider(sdktrace.WithBatcher(exporter))
	otel.SetTracerProvider(provider)
	Buy(ctx)
	provider.Shutdown(ctx)
	os.Exit(4)
}
