import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.api.trace.Tracer;
import io.opentelemetry.sdk.autoconfigure.AutoConfiguredOpenTelemetrySdk;
import java.util.concurrent.TimeUnit;

public class Main {
    static Tracer tracer;

    public static void main(String[] args) throws Exception {
        var sdk = AutoConfiguredOpenTelemetrySdk.builder().disableShutdownHook().build().getOpenTelemetrySdk();
        tracer = sdk.getTracer("shop");
        System.out.println(order(args.length));
        sdk.getSdkTracerProvider().forceFlush().join(3, TimeUnit.SECONDS);
        if (args.length > 0 && args[0].equals("handled")) {
            Runtime.getRuntime().addShutdownHook(new Thread(() -> System.out.println("hooked")));
        }
        System.out.println("ready");
        Thread.sleep(Long.MAX_VALUE);
    }

    static int order(int count) { // @row order | server | Main.order
        var span = tracer.spanBuilder("order").setSpanKind(SpanKind.SERVER).startSpan();
        try (var scope = span.makeCurrent()) {
            return price() * count;
        } finally {
            span.end();
        }
    }

    static int price() { // @row price | internal | Main.price
        var span = tracer.spanBuilder("price").startSpan();
        span.end();
        return 2;
    }
}
