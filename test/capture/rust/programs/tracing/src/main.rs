mod orders;

use opentelemetry::trace::{Tracer, TracerProvider};
use std::io::Write;
use tracing_subscriber::prelude::*;

fn main() {
    let exporter = opentelemetry_otlp::SpanExporter::builder().with_http().build().unwrap();
    let provider = opentelemetry_sdk::trace::SdkTracerProvider::builder().with_batch_exporter(exporter).build();
    opentelemetry::global::set_tracer_provider(provider.clone());
    tracing_subscriber::registry().with(tracing_opentelemetry::layer().with_tracer(provider.tracer("shop"))).init();
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    println!("{:?} {}", arguments, checkout());
    // Without us nobody may be there to take the spans.
    let _ = provider.force_flush();
    if arguments.first().is_some_and(|how| how == "waits") {
        println!("ready");
        std::io::stdout().flush().unwrap();
        loop {
            std::thread::park();
        }
    }
    let _ = provider.shutdown();
    std::process::exit(3);
}

fn checkout() -> bool {
    let _span = tracing::info_span!("checkout").entered(); // @row checkout | internal | checkout
    let service = orders::OrderService { stock: 3 };
    service.reserve(2) && orders::price() > 0 && by_hand()
}

fn by_hand() -> bool { // @row by hand | internal | by_hand
    let tracer = opentelemetry::global::tracer("shop");
    tracer.in_span("by hand", |_| true)
}
