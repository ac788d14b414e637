// SPDX-License-Identifier: GPL-2.0-or-later
/* Xapian's own way with Chinese on the bench's passages: TermGenerator and QueryParser with CJK n-grams.
 *
 *     xapian_bench index TSV DIR
 *     xapian_bench search|count DIR QUERIES        (lines `class<TAB>qid<TAB>text`)
 *
 * Prints `class<TAB>qid<TAB>microseconds<TAB>hits`. */
#include <xapian.h>

#include <chrono>
#include <fstream>
#include <iostream>
#include <string>

static void index_passages(const char *tsv, const char *dir)
{
    Xapian::WritableDatabase db(dir, Xapian::DB_CREATE_OR_OVERWRITE);
    Xapian::TermGenerator generator;
    generator.set_flags(Xapian::TermGenerator::FLAG_CJK_NGRAM);
    std::ifstream in(tsv);
    for (std::string line; std::getline(in, line);) {
        Xapian::Document xdoc;
        generator.set_document(xdoc);
        generator.set_termpos(0);
        generator.index_text(line.substr(line.find('\t') + 1));
        xdoc.set_data(line);
        db.add_document(xdoc);
    }
    db.commit();
}

static Xapian::Query parse(
    Xapian::QueryParser &parser, const std::string &kind, const std::string &text)
{
    using parsers = Xapian::QueryParser;
    if (kind ==
        "question") { // QueryParser would ask for all the n-grams of a run, and find next to nothing
        Xapian::Query all = parser.parse_query(text, parsers::FLAG_CJK_NGRAM);
        return Xapian::Query(Xapian::Query::OP_OR, all.get_terms_begin(), all.get_terms_end());
    }
    return parser.parse_query('"' + text + '"', parsers::FLAG_CJK_NGRAM | parsers::FLAG_PHRASE);
}

static void search(const char *dir, const char *queries, bool is_count)
{
    Xapian::Database db(dir);
    Xapian::QueryParser parser;
    std::ifstream in(queries);
    for (std::string line; std::getline(in, line);) {
        size_t first = line.find('\t'), second = line.find('\t', first + 1);
        auto start = std::chrono::steady_clock::now();
        Xapian::Enquire enquire(db);
        Xapian::Query query = parse(parser, line.substr(0, first), line.substr(second + 1));
        enquire.set_query(query);
        Xapian::MSet hits = enquire.get_mset(0, 10, is_count ? db.get_doccount() : 0);
        size_t bytes = 0;
        for (auto hit = hits.begin(); hit != hits.end(); ++hit)
            bytes += hit.get_document().get_data().size();
        std::chrono::duration<double, std::micro> took = std::chrono::steady_clock::now() - start;
        std::cout << line.substr(0, second) << '\t' << took.count() << '\t'
                  << hits.get_matches_estimated() << '\n';
        if (!hits.empty() && bytes == 0)
            std::cerr << "xapian_bench: no data\n";
    }
}

int main(int argc, char **argv)
{
    if (argc != 4) {
        std::cerr << "usage: xapian_bench index|search|count FROM TO\n";
        return 2;
    }
    const std::string what = argv[1];
    if (what == "index")
        index_passages(argv[2], argv[3]);
    else
        search(argv[2], argv[3], what == "count");
    return 0;
}
