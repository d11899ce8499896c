import com.amazonaws.services.dynamodbv2.local.main.ServerRunner;
import org.eclipse.jetty.server.Connector;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;

/**
 * DynamoDB Local, in memory, on 127.0.0.1 alone. Its own command line knows a port but no address, and listens on every
 * interface; its connector is reachable only by reflection. Argument: the port.
 */
public final class LoopbackDynamoDb {
  public static void main(String[] arguments) throws Exception {
    var dynamoDb = ServerRunner.createServerFromCommandLineArgs(
        new String[] {"-inMemory", "-disableTelemetry", "-port", arguments[0]});
    var server = dynamoDb.getClass().getDeclaredField("server");
    server.setAccessible(true);
    for (Connector connector : ((Server) server.get(dynamoDb)).getConnectors()) {
      ((ServerConnector) connector).setHost("127.0.0.1");
    }
    dynamoDb.start();
    dynamoDb.join();
  }
}
