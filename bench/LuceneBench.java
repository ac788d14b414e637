// SPDX-License-Identifier: GPL-2.0-or-later
/* Lucene 8 on the bench's passages, in one file.
 *
 *     LuceneBench index TSV DIR MODE THREADS
 *     LuceneBench search DIR QUERIES MODE WARM_UP_PASSES
 *     LuceneBench count DIR QUERIES MODE 0
 *     LuceneBench rank DIR QUERIES MODE HITS
 *
 * MODE is positions or frequencies, of CJKAnalyzer's bigrams, unigrams, frequencies of these and
 * of single characters, or smartcn, frequencies of that analyzer's words.
 * QUERIES holds `class<TAB>qid<TAB>text`. Quoted text is a phrase with positions, else all its
 * bigrams (which can say yes too often: there is nothing to check it by); one character a prefix;
 * a question any of its bigrams. Prints `class<TAB>qid<TAB>microseconds<TAB>hits`,
 * or for rank the lines of a TREC run. */
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Paths;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.apache.lucene.analysis.Analyzer;
import org.apache.lucene.analysis.CharArraySet;
import org.apache.lucene.analysis.TokenStream;
import org.apache.lucene.analysis.cjk.CJKAnalyzer;
import org.apache.lucene.analysis.cn.smart.SmartChineseAnalyzer;
import org.apache.lucene.analysis.custom.CustomAnalyzer;
import org.apache.lucene.analysis.tokenattributes.CharTermAttribute;
import org.apache.lucene.document.Document;
import org.apache.lucene.document.Field;
import org.apache.lucene.document.FieldType;
import org.apache.lucene.document.StoredField;
import org.apache.lucene.index.DirectoryReader;
import org.apache.lucene.index.IndexOptions;
import org.apache.lucene.index.IndexWriter;
import org.apache.lucene.index.IndexWriterConfig;
import org.apache.lucene.index.Term;
import org.apache.lucene.search.BooleanClause;
import org.apache.lucene.search.BooleanQuery;
import org.apache.lucene.search.IndexSearcher;
import org.apache.lucene.search.PhraseQuery;
import org.apache.lucene.search.PrefixQuery;
import org.apache.lucene.search.Query;
import org.apache.lucene.search.ScoreDoc;
import org.apache.lucene.search.TermQuery;
import org.apache.lucene.search.TopDocs;
import org.apache.lucene.store.Directory;
import org.apache.lucene.store.MMapDirectory;

public final class LuceneBench
{
    private static Analyzer analyzer = new CJKAnalyzer(CharArraySet.EMPTY_SET);
    private static final int LINES_AT_ONCE = 1000;

    public static void main(String[] args) throws Exception
    {
        boolean hasPositions = args[3].equals("positions");
        int number = Integer.parseInt(args[4]);
        if (args[3].equals("unigrams"))
            analyzer = unigramsToo();
        if (args[3].equals("smartcn"))
            analyzer = new SmartChineseAnalyzer();
        if (args[0].equals("index"))
            index(args[1], args[2], hasPositions, number);
        else if (args[0].equals("rank"))
            rank(args[1], args[2], number);
        else
            search(args[1], args[2], hasPositions, number, args[0].equals("count"));
    }

    /* What CJKAnalyzer does, with its filter's option. */
    private static Analyzer unigramsToo() throws IOException
    {
        return CustomAnalyzer.builder()
            .withTokenizer("standard")
            .addTokenFilter("cjkWidth")
            .addTokenFilter("lowercase")
            .addTokenFilter("cjkBigram", "outputUnigrams", "true")
            .build();
    }

    private static List<String> nextLines(BufferedReader in) throws IOException
    {
        List<String> lines = new ArrayList<>();
        synchronized (in) {
            for (String line; lines.size() < LINES_AT_ONCE && (line = in.readLine()) != null;)
                lines.add(line);
        }
        return lines;
    }

    private static void addAll(BufferedReader in, IndexWriter writer, FieldType type)
    {
        try {
            for (List<String> lines; !(lines = nextLines(in)).isEmpty();) {
                for (String line : lines) {
                    int tab = line.indexOf('\t');
                    Document doc = new Document();
                    doc.add(new StoredField("id", line.substring(0, tab)));
                    doc.add(new Field("text", line.substring(tab + 1), type));
                    writer.addDocument(doc);
                }
            }
        } catch (IOException e) {
            throw new RuntimeException(e);
        }
    }

    private static void index(String tsv, String dir, boolean hasPositions, int nThreads)
        throws Exception
    {
        FieldType type = new FieldType();
        type.setStored(true);
        type.setTokenized(true);
        type.setIndexOptions(
            hasPositions ? IndexOptions.DOCS_AND_FREQS_AND_POSITIONS : IndexOptions.DOCS_AND_FREQS);
        type.freeze();
        IndexWriterConfig config = new IndexWriterConfig(analyzer).setRAMBufferSizeMB(256);
        try (Directory folder = new MMapDirectory(Paths.get(dir));
             IndexWriter writer = new IndexWriter(folder, config);
             BufferedReader in = Files.newBufferedReader(Paths.get(tsv))) {
            List<Thread> threads = new ArrayList<>();
            for (int i = 0; i < nThreads; i++)
                threads.add(new Thread(() -> addAll(in, writer, type)));
            for (Thread t : threads)
                t.start();
            for (Thread t : threads)
                t.join();
        }
    }

    private static List<String> terms(String text) throws IOException
    {
        List<String> terms = new ArrayList<>();
        try (TokenStream tokens = analyzer.tokenStream("text", text)) {
            CharTermAttribute term = tokens.addAttribute(CharTermAttribute.class);
            tokens.reset();
            while (tokens.incrementToken())
                terms.add(term.toString());
            tokens.end();
        }
        return terms;
    }

    private static Query query(String text, boolean hasPositions, boolean isQuestion)
        throws IOException
    {
        if (text.codePointCount(0, text.length()) == 1)
            return new PrefixQuery(new Term("text", text));
        List<String> terms = terms(text);
        if (hasPositions && !isQuestion)
            return new PhraseQuery("text", terms.toArray(new String[0]));
        BooleanQuery.Builder b = new BooleanQuery.Builder();
        for (String term : terms)
            b.add(new TermQuery(new Term("text", term)),
                isQuestion ? BooleanClause.Occur.SHOULD : BooleanClause.Occur.MUST);
        return b.build();
    }

    private static long answer(IndexSearcher searcher, String[] q, boolean hasPositions,
        boolean isCount) throws IOException
    {
        Query query = query(q[2], hasPositions, q[0].equals("question"));
        if (isCount)
            return searcher.count(query);
        TopDocs top = searcher.search(query, 10);
        for (int i = 0; i < top.scoreDocs.length; i++)
            if (searcher.doc(top.scoreDocs[i].doc).get("id") == null)
                throw new IOException("no id");
        return top.totalHits.value;
    }

    private static List<String[]> readQueries(String path) throws IOException
    {
        List<String[]> all = new ArrayList<>();
        for (String line : Files.readAllLines(Paths.get(path)))
            all.add(line.split("\t", 3));
        return all;
    }

    private static void rank(String dir, String queries, int nHits) throws Exception
    {
        try (Directory folder = new MMapDirectory(Paths.get(dir));
             DirectoryReader reader = DirectoryReader.open(folder)) {
            IndexSearcher searcher = new IndexSearcher(reader);
            String[] ids = new String[reader.maxDoc()]; /* a stored block is inflated for each id */
            StringBuilder out = new StringBuilder();
            for (String[] q : readQueries(queries)) {
                int rank = 0;
                for (ScoreDoc hit : searcher.search(query(q[2], false, true), nHits).scoreDocs) {
                    if (ids[hit.doc] == null)
                        ids[hit.doc] = searcher.doc(hit.doc, Collections.singleton("id")).get("id");
                    out.append(q[1] + " Q0 " + ids[hit.doc] + " " + ++rank + " " + hit.score
                        + " lucene\n");
                }
            }
            System.out.print(out);
        }
    }

    private static void search(String dir, String queries, boolean hasPositions, int nPasses,
        boolean isCount) throws Exception
    {
        List<String[]> all = readQueries(queries);
        try (Directory folder = new MMapDirectory(Paths.get(dir));
             DirectoryReader reader = DirectoryReader.open(folder)) {
            IndexSearcher searcher = new IndexSearcher(reader);
            searcher.setQueryCache(null);
            for (int pass = 0; pass < nPasses; pass++)
                for (String[] q : all)
                    answer(searcher, q, hasPositions, isCount);
            StringBuilder out = new StringBuilder();
            for (String[] q : all) {
                long start = System.nanoTime();
                long hits = answer(searcher, q, hasPositions, isCount);
                out.append(q[0])
                    .append('\t')
                    .append(q[1])
                    .append('\t')
                    .append((System.nanoTime() - start) / 1e3)
                    .append('\t')
                    .append(hits)
                    .append('\n');
            }
            System.out.print(out);
        }
    }
}
