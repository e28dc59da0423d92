import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.nio.file.*;
import java.util.*;
import org.apache.lucene.analysis.TokenStream;
import org.apache.lucene.analysis.standard.StandardAnalyzer;
import org.apache.lucene.analysis.tokenattributes.CharTermAttribute;
import org.apache.lucene.document.*;
import org.apache.lucene.index.*;
import org.apache.lucene.search.*;
import org.apache.lucene.store.*;

/** Lucene on the same claims and questions: the plain OR of a question's words, BM25, ten answers. */
public class Lucene {
    static final StandardAnalyzer ANALYZER = new StandardAnalyzer();
    static final ThreadMXBean CLOCK = ManagementFactory.getThreadMXBean();

    public static void main(String[] args) throws Exception {
        Path data = Paths.get(args[0]), dir = Paths.get(args[1]);
        long claims = build(data.resolve("claims.tsv"), dir);
        List<String> questions = new ArrayList<>();
        for (String line : Files.readAllLines(data.resolve("questions.tsv"))) questions.add(line.split("\t", 2)[1]);
        try (DirectoryReader reader = DirectoryReader.open(FSDirectory.open(dir))) {
            IndexSearcher searcher = new IndexSearcher(reader);
            // Twice to warm up: the compiler must be done with the code before the clock starts.
            for (int round = 0; round < 2; round++) for (String question : questions) ask(searcher, question);
            double[] cpu = new double[questions.size()], wall = new double[questions.size()];
            for (int at = 0; at < cpu.length; at++) {
                long before = CLOCK.getCurrentThreadCpuTime(), start = System.nanoTime();
                ask(searcher, questions.get(at));
                cpu[at] = (CLOCK.getCurrentThreadCpuTime() - before) / 1e6;
                wall[at] = (System.nanoTime() - start) / 1e6;
            }
            double mean = Arrays.stream(cpu).average().orElse(0);
            Arrays.sort(cpu);
            Arrays.sort(wall);
            System.out.printf(Locale.ROOT,
                "{\"peer\": \"Lucene 9.9\", \"questions\": %d, \"cpu_ms\": %f, \"cpu_p50\": %f, \"cpu_p99\": %f, \"wall_p50\": %f, \"wall_p99\": %f}%n",
                cpu.length, mean, at(cpu, 0.5), at(cpu, 0.99), at(wall, 0.5), at(wall, 0.99));
        }
        long bytes = 0;
        try (DirectoryStream<Path> files = Files.newDirectoryStream(dir)) { for (Path file : files) bytes += Files.size(file); }
        System.out.printf(Locale.ROOT, "{\"build\": \"Lucene 9.9\", \"claims\": %d, \"bytes\": %d}%n", claims, bytes);
    }

    static double at(double[] sorted, double share) {
        return sorted[Math.min((int) (sorted.length * share), sorted.length - 1)];
    }

    static long build(Path claims, Path dir) throws Exception {
        FieldType text = new FieldType();
        text.setIndexOptions(IndexOptions.DOCS_AND_FREQS);
        text.setStored(true);
        text.freeze();
        IndexWriterConfig config = new IndexWriterConfig(ANALYZER).setOpenMode(IndexWriterConfig.OpenMode.CREATE);
        long count = 0;
        try (IndexWriter writer = new IndexWriter(FSDirectory.open(dir), config); var lines = Files.lines(claims)) {
            for (Iterator<String> rows = lines.iterator(); rows.hasNext(); count++) {
                String[] row = rows.next().split("\t", 2);
                Document document = new Document();
                document.add(new StringField("id", row[0], Field.Store.YES));
                document.add(new Field("text", row[1], text));
                writer.addDocument(document);
            }
            writer.forceMerge(1);
        }
        return count;
    }

    static List<String> ask(IndexSearcher searcher, String question) throws Exception {
        Set<String> words = new TreeSet<>();
        try (TokenStream stream = ANALYZER.tokenStream("text", question)) {
            CharTermAttribute term = stream.addAttribute(CharTermAttribute.class);
            stream.reset();
            while (stream.incrementToken()) words.add(term.toString());
            stream.end();
        }
        BooleanQuery.Builder query = new BooleanQuery.Builder();
        for (String word : words) query.add(new TermQuery(new Term("text", word)), BooleanClause.Occur.SHOULD);
        List<String> ids = new ArrayList<>();
        for (ScoreDoc found : searcher.search(query.build(), 10).scoreDocs) ids.add(searcher.storedFields().document(found.doc).get("id"));
        return ids;
    }
}
