import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

import org.apache.jena.query.ARQ;
import org.apache.jena.query.Dataset;
import org.apache.jena.query.DatasetFactory;
import org.apache.jena.query.Query;
import org.apache.jena.query.QueryExecution;
import org.apache.jena.query.QueryExecutionFactory;
import org.apache.jena.query.QueryFactory;
import org.apache.jena.query.ResultSetFormatter;
import org.apache.jena.riot.RDFDataMgr;

/** Answers each query of a folder with ARQ as SPARQL JSON; graphs.tsv there says which file is in which graph. */
class AskJena {
    public static void main(String[] arguments) throws Exception {
        ARQ.init();
        Path folder = Path.of(arguments[0]);
        Dataset dataset = DatasetFactory.create();
        for (String line : Files.readAllLines(folder.resolve("graphs.tsv"))) {
            String[] cells = line.split("\t");
            RDFDataMgr.read(cells[0].isEmpty() ? dataset.getDefaultModel() : dataset.getNamedModel(cells[0]), cells[1]);
        }
        List<Path> queries;
        try (Stream<Path> files = Files.list(folder)) {
            queries = files.filter(file -> file.toString().endsWith(".rq")).sorted().toList();
        }
        for (Path file : queries) {
            Query query = QueryFactory.create(Files.readString(file));
            Path answer = Path.of(file.toString().replace(".rq", ".json"));
            try (QueryExecution execution = QueryExecutionFactory.create(query, dataset);
                    OutputStream out = Files.newOutputStream(answer)) {
                if (query.isAskType()) {
                    ResultSetFormatter.outputAsJSON(out, execution.execAsk());
                } else {
                    ResultSetFormatter.outputAsJSON(out, execution.execSelect());
                }
            }
        }
    }
}
