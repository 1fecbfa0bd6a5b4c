import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.opentelemetry.api.GlobalOpenTelemetry;
import io.opentelemetry.instrumentation.annotations.WithSpan;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.Arrays;

public class Main {
    public static void main(String[] args) throws Exception {
        var server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/orders", Main::order);
        server.start();
        ask(server.getAddress().getPort());
        System.out.println(Arrays.toString(args));
        server.stop(0);
        System.exit(3);
    }

    static void ask(int port) throws Exception {
        var request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + "/orders")).build();
        System.out.println(HttpClient.newHttpClient().send(request, HttpResponse.BodyHandlers.ofString()).body());
    }

    static void order(HttpExchange exchange) throws IOException {
        var total = new Prices().total(2);
        exchange.sendResponseHeaders(200, 0);
        exchange.getResponseBody().write(("total " + total).getBytes());
        exchange.close();
    }

    static class Prices {
        @WithSpan
        int total(int count) { // @row Prices.total | internal | Main.Prices.total @row look up | internal | Main.Prices.total
            var span = GlobalOpenTelemetry.getTracer("shop").spanBuilder("look up").startSpan();
            span.end();
            return 2 * count;
        }
    }
}
