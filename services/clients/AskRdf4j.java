import java.util.List;
import org.eclipse.rdf4j.model.Statement;
import org.eclipse.rdf4j.query.BindingSet;
import org.eclipse.rdf4j.query.QueryResults;
import org.eclipse.rdf4j.repository.sparql.SPARQLRepository;

/** Asks an endpoint with RDF4J's SPARQLRepository, and prints what came: the address, then pairs of kind and query. */
public class AskRdf4j {
    public static void main(String[] arguments) {
        var repository = new SPARQLRepository(arguments[0]);
        repository.init();
        try (var connection = repository.getConnection()) {
            for (int each = 1; each < arguments.length; each += 2) {
                var query = arguments[each + 1];
                switch (arguments[each]) {
                    case "select" -> {
                        for (BindingSet row : QueryResults.asList(connection.prepareTupleQuery(query).evaluate()))
                            for (var binding : row) System.out.println("select " + binding.getValue());
                    }
                    case "ask" -> System.out.println("ask " + connection.prepareBooleanQuery(query).evaluate());
                    case "graph" -> {
                        List<Statement> found = QueryResults.asList(connection.prepareGraphQuery(query).evaluate());
                        System.out.println("graph " + found.size());
                    }
                    default -> throw new IllegalArgumentException(arguments[each]);
                }
            }
            System.out.println("size " + connection.size());
        }
        repository.shutDown();
    }
}
