// SPDX-License-Identifier: GPL-2.0-or-later
/* The writer, the reader, and what stands between them on the disk. Each test builds small indexes
 * of invented sources: a source of name N holds reports "N 1", "N 2" …, of the passages given. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <dirent.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "store/check.h"
#include "store/index.h"
#include "store/index_parts.h"
#include "store/index_writer.h"
#include "store/manifest_text.h"
#include "store/schema.h"
#include "store/xapian_c.h"
#include "tests/temp_dir.h"
#include "tokenizer/tokenizer.h"

static char *dir;
static const char *place; /* of the index, in dir */
static struct error err;
static const struct builder_options options = {BUILDER_AUTO, 32 << 20, 1};

static int set_up(void **state)
{
    (void)state;
    dir = temp_dir_make();
    place = temp_dir_path(dir, "ix");
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    temp_dir_remove(dir);
    return 0;
}

#define OK(call)                                                                                   \
    do {                                                                                           \
        err.message[0] = '\0';                                                                     \
        if ((call) != STATUS_OK)                                                                   \
            fail_msg("%s: %s", #call, err.message);                                                \
    } while (0)

/* ---- building ---- */

static struct index_writer *open_writer(void)
{
    struct index_writer *w = NULL;
    OK(index_writer_open(place, &options, &w, &err));
    return w;
}

static void begin(struct index_writer *w, struct source *s, const char *name)
{
    *s = (struct source){.path = name,
        .path_len = strlen(name),
        .encoding = ENCODING_UTF8,
        .certainty = 99,
        .size = 7};
    OK(index_writer_begin_source(w, s, &err));
}

/* A report of passages, a NULL behind the last; it returns the report's number. */
static uint32_t add_report(struct index_writer *w, const char *title, const char *const *texts)
{
    struct report r = {.title = title, .title_len = strlen(title), .date = schema_date(2024, 5, 0)};
    OK(index_writer_begin_report(w, &r, &err));
    for (uint32_t i = 0; texts[i]; i++) {
        const struct passage p = {
            .text = texts[i], .text_len = strlen(texts[i]), .number = i + 1, .line = 2 * i + 1};
        OK(index_writer_add_passage(w, &p, &err));
    }
    return r.number;
}

/* A source of one report. Returns the report's number. */
static uint32_t add(struct index_writer *w, const char *name, const char *const *texts)
{
    struct source s;
    begin(w, &s, name);
    uint32_t number = add_report(w, name, texts);
    OK(index_writer_end_source(w, &s, &err));
    return number;
}

static void commit(struct index_writer *w)
{
    OK(index_writer_commit(w, &err));
    index_writer_close(w);
}

#define TEXTS(...) ((const char *const[]){__VA_ARGS__, NULL})

/* Two segments: a and b, then c. */
static void build_two(void)
{
    struct index_writer *w = open_writer();
    add(w, "/a", TEXTS("营商环境持续优化\n", "城市更新\n"));
    add(w, "/b", TEXTS("营商环境改革\n"));
    commit(w);
    w = open_writer();
    add(w, "/c", TEXTS("轿车下线仪式\n", "优化营商环境\n", "养老服务\n"));
    commit(w);
}

static void drop(struct index_writer *w, uint32_t segment, uint32_t number)
{
    const struct source s = {.number = number};
    OK(index_writer_drop_source(w, segment, &s, &err));
}

/* ---- looking ---- */

static struct index *open_index(void)
{
    struct index *ix = NULL;
    OK(index_open(place, &ix, &err));
    return ix;
}

/* The passages that hold a term, boolean: "segment.docid segment.docid". */
static const char *found(struct index *ix, const char *term)
{
    static char text[256];
    const struct xnode node = {.op = XOP_TERM, .term = term, .term_len = strlen(term)};
    const struct xsearch how = {.limit = 20,
        .is_boolean = true,
        .check_at_least = 100,
        .sort_slot = -1,
        .collapse_slot = -1};
    struct xhits hits;
    OK(index_search(ix, &node, &how, &hits, &err));
    size_t n = 0;
    text[0] = '\0';
    for (size_t i = 0; i < hits.n; i++)
        n += (size_t)snprintf(text + n, sizeof text - n, "%s%u.%u", i ? " " : "",
            hits.hits[i].segment, hits.hits[i].docid);
    assert_true(hits.n_is_exact);
    assert_int_equal(hits.n_estimated, hits.n);
    xhits_release(&hits);
    return text;
}

static const char *sources(struct index *ix)
{
    static char text[256];
    struct index_cursor c;
    struct source s;
    uint32_t segment;
    bool has_more;
    size_t n = 0;
    text[0] = '\0';
    index_cursor_init(&c, ix);
    for (;;) {
        OK(index_next_source(&c, &s, &segment, &has_more, &err));
        if (!has_more)
            break;
        n += (size_t)snprintf(
            text + n, sizeof text - n, "%u:%u%.*s ", segment, s.number, (int)s.path_len, s.path);
    }
    index_cursor_release(&c);
    return text;
}

static const char *reports(struct index *ix)
{
    static char text[256];
    struct index_cursor c;
    struct report r;
    uint32_t segment;
    bool has_more;
    size_t n = 0;
    text[0] = '\0';
    index_cursor_init(&c, ix);
    for (;;) {
        OK(index_next_report(&c, &r, &segment, &has_more, &err));
        if (!has_more)
            break;
        n += (size_t)snprintf(text + n, sizeof text - n, "%u:%u%.*s(%u) ", segment, r.number,
            (int)r.title_len, r.title, r.n_passages);
    }
    index_cursor_release(&c);
    return text;
}

/* What lies in the index folder, but for lock and manifest, sorted. */
static const char *folder(void)
{
    static char text[256];
    struct dirent **names;
    int n = scandir(place, &names, NULL, alphasort);
    assert_true(n >= 0);
    text[0] = '\0';
    for (int i = 0; i < n; i++) {
        const char *name = names[i]->d_name;
        if (*name != '.' && strcmp(name, "lock") != 0 && strcmp(name, "manifest") != 0) {
            strcat(text, name);
            strcat(text, " ");
        }
        free(names[i]);
    }
    free(names);
    return text;
}

static const char *in(const char *name)
{
    return temp_dir_path(place, name);
}

/* ---- reading ---- */

static void index_search__asks_all_segments(void **state)
{
    (void)state;
    build_two();
    struct index *ix = open_index();
    assert_string_equal(found(ix, "营商"), "0.1 0.3 1.2");
    assert_string_equal(found(ix, "下线"), "1.1");
    assert_string_equal(found(ix, "没有"), "");
    assert_string_equal(index_dir(ix), place);
    index_close(ix);
}

static void index_search__ranks_with_our_k1(void **state)
{
    (void)state;
    build_two();
    struct index *ix = open_index();
    const struct xnode node = {.op = XOP_TERM, .term = "养老", .term_len = strlen("养老")};
    const struct xsearch how = {.limit = 10, .sort_slot = -1, .collapse_slot = -1};
    struct xhits hits;
    OK(index_search(ix, &node, &how, &hits, &err));
    assert_int_equal(hits.n, 1);
    assert_int_equal(hits.hits[0].segment, 1);
    assert_int_equal(hits.hits[0].docid, 3);
    assert_true(hits.hits[0].score > 0);
    xhits_release(&hits);
    index_close(ix);
}

static void index_totals__count_what_is_alive(void **state)
{
    (void)state;
    build_two();
    struct index *ix = open_index();
    struct index_totals t = index_totals(ix);
    assert_true(t.n_passages == 6 && t.n_reports == 3 && t.n_sources == 3);
    assert_true(t.text_bytes == 25 + 13 + 19 + 19 + 19 + 13);
    uint64_t n_tokens = t.n_tokens;
    index_close(ix);
    struct index_writer *w = open_writer();
    drop(w, 0, 2);
    commit(w);
    ix = open_index();
    t = index_totals(ix);
    assert_true(t.n_passages == 5 && t.n_reports == 2 && t.n_sources == 2);
    assert_true(t.n_tokens < n_tokens && t.n_tokens > 0);
    assert_true(index_n_stored(ix) == 6);
    index_close(ix);
}

static void index_term_df__sums_the_segments(void **state)
{
    (void)state;
    build_two();
    struct index *ix = open_index();
    uint64_t df = 99;
    OK(index_term_df(ix, "营商", strlen("营商"), &df, &err));
    assert_true(df == 3);
    OK(index_term_df(ix, "没有", strlen("没有"), &df, &err));
    assert_true(df == 0);
    index_close(ix);
}

static void index_terms__walks_a_prefix(void **state)
{
    (void)state;
    build_two();
    struct index *ix = open_index();
    struct buf terms;
    size_t n, len;
    buf_init(&terms, 1 << 16);
    OK(index_terms(ix, "优", strlen("优"), 10, &terms, &n, &err));
    assert_int_equal(n, 1);
    struct bytes at = {.at = terms.data, .end = terms.data + terms.len};
    const char *term = bytes_string(&at, &len);
    assert_int_equal(len, strlen("优化"));
    assert_memory_equal(term, "优化", len);
    assert_true(bytes_varint(&at) == 2);
    buf_release(&terms);
    index_close(ix);
}

static void index_char_stats__sums_the_segments(void **state)
{
    (void)state;
    build_two();
    struct index *ix = open_index();
    uint64_t df, cf;
    OK(index_char_stats(ix, 0x5316 /* 化 */, &df, &cf, &err));
    assert_true(df == 2 && cf == 2);
    OK(index_char_stats(ix, 0x57CE /* 城 */, &df, &cf, &err));
    assert_true(df == 1 && cf == 1);
    OK(index_char_stats(ix, 0x9F98, &df, &cf, &err));
    assert_true(df == 0 && cf == 0);
    index_close(ix);
}

static void index_passage__gives_back_the_text(void **state)
{
    (void)state;
    build_two();
    struct index *ix = open_index();
    struct stored_passage p;
    OK(index_passage(ix, 1, 2, &p, &err));
    assert_int_equal(p.passage.text_len, strlen("优化营商环境\n"));
    assert_memory_equal(p.passage.text, "优化营商环境\n", p.passage.text_len);
    assert_int_equal(p.passage.number, 2);
    assert_int_equal(p.passage.line, 3);
    assert_int_equal(p.report, 3);
    assert_int_equal(index_passage(ix, 1, 4, &p, &err), STATUS_MISSING);
    assert_int_equal(index_passage(ix, 1, 0, &p, &err), STATUS_MISSING);
    assert_int_equal(index_passage(ix, 2, 1, &p, &err), STATUS_MISSING);
    index_close(ix);
}

static void index_report_of__names_report_and_source(void **state)
{
    (void)state;
    build_two();
    struct index *ix = open_index();
    struct stored_report r;
    OK(index_report_of(ix, 0, 3, &r, &err));
    assert_int_equal(r.report.number, 2);
    assert_int_equal(r.report.first_docid, 3);
    assert_int_equal(r.report.date, schema_date(2024, 5, 0));
    assert_int_equal(r.source.number, 2);
    assert_memory_equal(r.source.path, "/b", 2);
    assert_int_equal(r.source.certainty, 99);
    assert_false(r.is_dead);
    assert_int_equal(index_report_of(ix, 0, 4, &r, &err), STATUS_MISSING);
    index_close(ix);
}

static void index_report_by_number__finds_it_in_its_segment(void **state)
{
    (void)state;
    build_two();
    struct index *ix = open_index();
    struct stored_report r;
    OK(index_report_by_number(ix, 3, &r, &err));
    assert_int_equal(r.segment, 1);
    assert_memory_equal(r.report.title, "/c", 2);
    assert_int_equal(r.report.n_passages, 3);
    assert_int_equal(index_report_by_number(ix, 0, &r, &err), STATUS_MISSING);
    assert_int_equal(index_report_by_number(ix, 4, &r, &err), STATUS_MISSING);
    index_close(ix);
}

static void index_cursor__walks_live_sources_and_reports(void **state)
{
    (void)state;
    build_two();
    struct index *ix = open_index();
    assert_string_equal(sources(ix), "0:1/a 0:2/b 1:3/c ");
    assert_string_equal(reports(ix), "0:1/a(2) 0:2/b(1) 1:3/c(3) ");
    index_close(ix);
    struct index_writer *w = open_writer();
    drop(w, 0, 1);
    commit(w);
    ix = open_index();
    assert_string_equal(sources(ix), "0:2/b 1:3/c ");
    assert_string_equal(reports(ix), "0:2/b(1) 1:3/c(3) ");
    index_close(ix);
}

/* Thousands of reports and passages: several blocks of each kind, more than are kept. */
static void index__finds_its_way_through_many_blocks(void **state)
{
    (void)state;
    enum { SOURCES = 1000, REPORTS = 5 };
    char long_text[1200], path[400], text[1300];
    struct index_writer *w = open_writer();
    memset(long_text, 'x', sizeof long_text - 1);
    long_text[sizeof long_text - 1] = '\0';
    memset(path, 'p', sizeof path);
    for (int i = 0; i < SOURCES; i++) {
        struct source s;
        snprintf(path + 300, 100, "/%d", i + 1);
        begin(w, &s, path);
        for (int k = 0; k < REPORTS; k++) {
            snprintf(text, sizeof text, "%d %s\n", i * REPORTS + k + 1, long_text);
            /* Each fifth report is empty: it shares its docid with the next. */
            add_report(w, path, k == 2 ? TEXTS(NULL) : TEXTS(text));
        }
        OK(index_writer_end_source(w, &s, &err));
    }
    commit(w);
    struct index *ix = open_index();
    const struct segment_stats *stats = &index_manifest(ix)->segments[0].stats;
    assert_true(stats->n_source_blocks > 3 && stats->n_report_blocks > 16 &&
                stats->n_text_blocks > TEXT_BLOCKS_KEPT);
    uint32_t n = stats->n_passages;
    assert_int_equal(n, SOURCES * (REPORTS - 1));
    for (uint32_t i = 0, docid = 1; i < n; i++, docid = (docid + 1000) % n + 1) {
        struct stored_passage p;
        struct stored_report r;
        OK(index_passage(ix, 0, docid, &p, &err));
        OK(index_report_of(ix, 0, docid, &r, &err));
        assert_int_equal(p.report, r.report.number);
        assert_int_equal(r.report.first_docid, docid);
        assert_int_equal(atoi(p.passage.text), p.report);
        assert_int_equal(r.source.number, (r.report.number - 1) / REPORTS + 1);
        assert_int_equal(atoi(r.source.path + 301), r.source.number);
        OK(index_report_by_number(ix, p.report, &r, &err));
        assert_int_equal(r.report.first_docid, docid);
    }
    struct stored_report r;
    OK(index_report_by_number(ix, 3, &r, &err));
    assert_int_equal(r.report.n_passages, 0);
    index_close(ix);
}

static void index__without_anything_is_an_index(void **state)
{
    (void)state;
    commit(open_writer());
    struct index *ix = open_index();
    struct index_totals t = index_totals(ix);
    struct stored_passage p;
    struct stored_report r;
    uint64_t df = 9;
    assert_true(t.n_passages == 0 && t.n_sources == 0);
    assert_string_equal(found(ix, "营商"), "");
    assert_string_equal(sources(ix), "");
    OK(index_term_df(ix, "营商", 6, &df, &err));
    assert_true(df == 0);
    assert_int_equal(index_passage(ix, 0, 1, &p, &err), STATUS_MISSING);
    assert_int_equal(index_report_by_number(ix, 1, &r, &err), STATUS_MISSING);
    index_close(ix);
    struct index_writer *w = open_writer();
    assert_null(index_writer_reader(w));
    commit(w);
}

static void index__of_an_empty_file_knows_the_file(void **state)
{
    (void)state;
    struct index_writer *w = open_writer();
    struct source s;
    begin(w, &s, "/empty");
    OK(index_writer_end_source(w, &s, &err));
    commit(w);
    struct index *ix = open_index();
    assert_string_equal(sources(ix), "0:1/empty ");
    assert_string_equal(found(ix, "营商"), "");
    index_close(ix);
}

static void index__is_a_snapshot(void **state)
{
    (void)state;
    build_two();
    struct index *ix = open_index();
    struct index_writer *w = open_writer();
    drop(w, 1, 3); /* the whole of the second segment */
    add(w, "/d", TEXTS("营商环境报告\n"));
    commit(w);
    struct stored_passage p;
    assert_string_equal(found(ix, "营商"), "0.1 0.3 1.2");
    OK(index_passage(ix, 1, 3, &p, &err));
    index_close(ix);
    ix = open_index();
    assert_string_equal(found(ix, "营商"), "0.1 0.3 1.1");
    assert_string_equal(sources(ix), "0:1/a 0:2/b 1:4/d ");
    index_close(ix);
}

/* ---- dead sources ---- */

static void index_writer_drop_source__hides_its_passages(void **state)
{
    (void)state;
    build_two();
    struct index_writer *w = open_writer();
    drop(w, 0, 1);
    drop(w, 0, 1); /* twice is once */
    commit(w);
    struct index *ix = open_index();
    struct stored_report r;
    struct stored_passage p;
    assert_string_equal(found(ix, "营商"), "0.3 1.2");
    assert_int_equal(index_report_by_number(ix, 1, &r, &err), STATUS_MISSING);
    OK(index_report_of(ix, 0, 1, &r, &err));
    assert_true(r.is_dead);
    OK(index_passage(ix, 0, 1, &p, &err));
    assert_true(index_manifest(ix)->segments[0].n_dead_passages == 2);
    index_close(ix);
}

static void index_writer_drop_source__refuses_what_is_not_there(void **state)
{
    (void)state;
    build_two();
    struct index_writer *w = open_writer();
    const struct source other = {.number = 3}, none = {.number = 9}, zero = {.number = 0};
    assert_int_equal(index_writer_drop_source(w, 0, &other, &err), STATUS_MISSING);
    assert_int_equal(index_writer_drop_source(w, 0, &none, &err), STATUS_MISSING);
    assert_int_equal(index_writer_drop_source(w, 0, &zero, &err), STATUS_MISSING);
    assert_int_equal(index_writer_drop_source(w, 2, &none, &err), STATUS_INTERNAL);
    index_writer_close(w);
}

static void index_writer_commit__removes_a_wholly_dead_segment(void **state)
{
    (void)state;
    build_two();
    struct index_writer *w = open_writer();
    drop(w, 0, 1);
    drop(w, 0, 2);
    commit(w);
    struct index *ix = open_index();
    assert_int_equal(index_manifest(ix)->n_segments, 1);
    assert_string_equal(folder(), "seg-000002 ");
    assert_string_equal(found(ix, "营商"), "0.2");
    index_close(ix);
    w = open_writer();
    drop(w, 0, 3);
    commit(w);
    assert_string_equal(folder(), "");
    w = open_writer();
    add(w, "/d", TEXTS("营商环境报告\n"));
    commit(w);
    ix = open_index();
    assert_string_equal(sources(ix), "0:4/d "); /* no number comes twice */
    assert_string_equal(folder(), "seg-000003 ");
    index_close(ix);
}

static void index_writer_abandon_source__leaves_nothing_alive(void **state)
{
    (void)state;
    struct index_writer *w = open_writer();
    struct source s;
    add(w, "/a", TEXTS("营商环境\n"));
    begin(w, &s, "/broken");
    add_report(w, "half", TEXTS("营商\n", "环境\n"));
    OK(index_writer_abandon_source(w, &err));
    begin(w, &s, "/unreadable");
    OK(index_writer_abandon_source(w, &err));
    add(w, "/b", TEXTS("营商环境\n"));
    commit(w);
    struct index *ix = open_index();
    assert_string_equal(found(ix, "营商"), "0.1 0.4");
    assert_string_equal(sources(ix), "0:1/a 0:4/b ");
    assert_true(index_totals(ix).n_passages == 2 && index_totals(ix).n_reports == 2);
    index_close(ix);
}

static void index_writer_abandon_source__alone_makes_no_segment(void **state)
{
    (void)state;
    struct index_writer *w = open_writer();
    struct source s;
    begin(w, &s, "/broken");
    OK(index_writer_abandon_source(w, &err));
    commit(w);
    struct index *ix = open_index();
    assert_int_equal(index_manifest(ix)->n_segments, 0);
    assert_string_equal(folder(), "");
    index_close(ix);
}

/* ---- the writer's order and its failures ---- */

static void index_writer__refuses_calls_out_of_order(void **state)
{
    (void)state;
    struct index_writer *w = open_writer();
    struct source s;
    struct report r = {.title = "t", .title_len = 1};
    const struct passage p = {.text = "x", .text_len = 1, .number = 1, .line = 1};
    assert_int_equal(index_writer_begin_report(w, &r, &err), STATUS_INTERNAL);
    assert_int_equal(index_writer_add_passage(w, &p, &err), STATUS_INTERNAL);
    assert_int_equal(index_writer_abandon_source(w, &err), STATUS_INTERNAL);
    begin(w, &s, "/a");
    assert_int_equal(index_writer_begin_source(w, &s, &err), STATUS_INTERNAL);
    assert_int_equal(index_writer_commit(w, &err), STATUS_INTERNAL);
    OK(index_writer_end_source(w, &s, &err));
    assert_int_equal(index_writer_end_source(w, &s, &err), STATUS_INTERNAL);
    OK(index_writer_commit(w, &err));
    assert_int_equal(index_writer_commit(w, &err), STATUS_INTERNAL);
    index_writer_close(w);
    index_writer_close(NULL);
}

static void index_writer__goes_on_after_bad_input_and_stops_after_worse(void **state)
{
    (void)state;
    struct index_writer *w = open_writer();
    struct source s;
    struct report untitled = {.title = ""};
    begin(w, &s, "/a");
    assert_int_equal(index_writer_begin_report(w, &untitled, &err), STATUS_BAD_INPUT);
    add_report(w, "titled", TEXTS("营商环境\n"));
    OK(index_writer_end_source(w, &s, &err));
    commit(w);
    w = open_writer();
    begin(w, &s, "/b");
    const struct passage p = {.text = "x", .text_len = 1, .number = 1, .line = 1};
    assert_int_equal(index_writer_add_passage(w, &p, &err), STATUS_INTERNAL); /* no report */
    OK(index_writer_end_source(w, &s, &err));
    assert_int_equal(index_writer_commit(w, &err), STATUS_INTERNAL);
    index_writer_close(w);
    struct index *ix = open_index();
    assert_string_equal(sources(ix), "0:1/a ");
    index_close(ix);
}

static void index_writer_add_failure__replaces_those_of_the_run_before(void **state)
{
    (void)state;
    struct index_writer *w = open_writer();
    OK(index_writer_add_failure(w, "/a: permission denied", &err));
    OK(index_writer_add_failure(w, "/b: is a FIFO", &err));
    commit(w);
    struct index *ix = open_index();
    assert_int_equal(index_manifest(ix)->n_failures, 2);
    assert_string_equal(index_manifest(ix)->failures[1], "/b: is a FIFO");
    index_close(ix);
    w = open_writer();
    OK(index_writer_add_failure(w, "/c: permission denied", &err));
    commit(w);
    ix = open_index();
    assert_int_equal(index_manifest(ix)->n_failures, 1);
    assert_string_equal(index_manifest(ix)->failures[0], "/c: permission denied");
    index_close(ix);
    commit(open_writer());
    ix = open_index();
    assert_int_equal(index_manifest(ix)->n_failures, 0);
    index_close(ix);
}

static void index_writer_commit__without_a_change_leaves_the_manifest_alone(void **state)
{
    (void)state;
    build_two();
    struct stat before, after;
    assert_int_equal(stat(in("manifest"), &before), 0);
    commit(open_writer());
    assert_int_equal(stat(in("manifest"), &after), 0);
    assert_true(before.st_ino == after.st_ino && before.st_mtim.tv_nsec == after.st_mtim.tv_nsec);
}

/* ---- other processes ---- */

/* A writer whose process dies: kept here, so that it is no leak to valgrind. */
static struct index_writer *doomed;

/* Runs part in a process of its own, which dies by SIGKILL right behind it; part must return true.
 */
static void run_and_kill(bool (*part)(int arg), int arg)
{
    int status;
    pid_t child = fork();
    if (child == 0) {
        if (part(arg))
            raise(SIGKILL);
        _exit(1);
    }
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_true(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL);
}

static bool is_locked_by(int pid)
{
    struct index_writer *w = NULL;
    char expected[64];
    snprintf(expected, sizeof expected, "process %d is writing", pid);
    return index_writer_open(place, &options, &w, &err) == STATUS_LOCKED && !w &&
           strstr(err.message, expected);
}

static bool can_open(int unused)
{
    (void)unused;
    return index_writer_open(place, &options, &doomed, &err) == STATUS_OK;
}

static void index_writer_open__names_the_process_that_writes(void **state)
{
    (void)state;
    struct index_writer *w = open_writer();
    run_and_kill(is_locked_by, getpid());
    assert_true(is_locked_by(getpid())); /* nor twice in one process */
    struct index_writer *second = NULL;
    temp_dir_write(in("lock"), "", 0); /* locked, its number not yet written */
    assert_int_equal(index_writer_open(place, &options, &second, &err), STATUS_LOCKED);
    assert_non_null(strstr(err.message, "another process"));
    add(w, "/a", TEXTS("营商环境\n")); /* and the first goes on */
    commit(w);
    commit(open_writer());
}

static void index_writer_open__is_not_kept_out_by_a_dead_writer(void **state)
{
    (void)state;
    run_and_kill(can_open, 0);
    commit(open_writer());
}

/* ---- dying ---- */

enum death { DEATH_BUILDING, DEATH_BETWEEN, DEATH_FINISHING, DEATH_CLOSING };

/* Does what a writer does, and ends at the given point. */
static bool work_until(int at)
{
    struct source s = {.path = "/d", .path_len = 2};
    struct report r = {.title = "t", .title_len = 1};
    const struct passage p = {.text = "营商环境", .text_len = 12, .number = 1, .line = 1};
    if (index_writer_open(place, &options, &doomed, &err) != STATUS_OK ||
        index_writer_begin_source(doomed, &s, &err) != STATUS_OK ||
        index_writer_begin_report(doomed, &r, &err) != STATUS_OK ||
        index_writer_add_passage(doomed, &p, &err) != STATUS_OK)
        return false;
    const struct source old = {.number = 1};
    if (index_writer_drop_source(doomed, 0, &old, &err) != STATUS_OK)
        return false;
    if (at == DEATH_BUILDING)
        return true;
    if (index_writer_end_source(doomed, &s, &err) != STATUS_OK)
        return false;
    if (at == DEATH_BETWEEN)
        return true;
    if (at == DEATH_FINISHING) { /* the rename is done, the manifest cannot be written */
        mkdir(temp_dir_path(place, "manifest.tmp"), 0777);
        return index_writer_commit(doomed, &err) == STATUS_IO;
    }
    index_writer_close(doomed);
    return true;
}

static void index__survives_the_death_of_its_writer(void **state)
{
    (void)state;
    static const char *const left[] = {"seg-000001 seg-000002 tmp-000003 ",
        "seg-000001 seg-000002 tmp-000003 ", "manifest.tmp seg-000001 seg-000002 seg-000003 ",
        "seg-000001 seg-000002 "};
    build_two();
    for (enum death at = DEATH_BUILDING; at <= DEATH_CLOSING; at++) {
        run_and_kill(work_until, (int)at);
        assert_string_equal(folder(), left[at]);
        struct index *ix = open_index();
        assert_string_equal(sources(ix), "0:1/a 0:2/b 1:3/c ");
        assert_string_equal(found(ix, "营商"), "0.1 0.3 1.2");
        index_close(ix);
        commit(open_writer());
        assert_string_equal(folder(), "seg-000001 seg-000002 ");
    }
    struct index_writer *w = open_writer();
    add(w, "/d", TEXTS("营商环境\n"));
    commit(w);
    assert_string_equal(folder(), "seg-000001 seg-000002 seg-000003 ");
}

/* Killed wherever it may be, again and again: each time the index is what it was before a commit or
 * after it. */
static void index__survives_kill_at_any_moment(void **state)
{
    (void)state;
    struct index_writer *w = open_writer();
    add(w, "/1", TEXTS("营商环境\n"));
    commit(w);
    uint32_t last = 1;
    for (int i = 0; i < 40; i++) {
        pid_t child = fork();
        if (child == 0) {
            for (;;) {
                uint32_t number = 0;
                w = open_writer();
                struct index_cursor c;
                struct source s;
                uint32_t segment;
                bool has_more;
                index_cursor_init(&c, index_writer_reader(w));
                if (index_next_source(&c, &s, &segment, &has_more, &err) == STATUS_OK && has_more)
                    number = s.number;
                index_cursor_release(&c);
                drop(w, 0, number);
                add(w, "/n", TEXTS("营商环境\n", "城市更新\n"));
                commit(w);
            }
        }
        usleep((useconds_t)(i * 700 + 300));
        kill(child, SIGKILL);
        int status;
        assert_int_equal(waitpid(child, &status, 0), child);
        assert_true(WIFSIGNALED(status));
        struct index *ix = open_index();
        assert_string_equal(found(ix, "营商"), "0.1");
        unsigned segment, number;
        assert_int_equal(sscanf(sources(ix), "%u:%u", &segment, &number), 2);
        assert_true(number >= last);
        last = number;
        index_close(ix);
    }
    commit(open_writer());
    assert_int_equal(strlen(folder()), strlen("seg-000001 "));
}

static void index_writer_close__undoes_a_commit_that_failed(void **state)
{
    (void)state;
    build_two();
    struct index_writer *w = open_writer();
    add(w, "/d", TEXTS("营商环境\n"));
    assert_int_equal(mkdir(in("manifest.tmp"), 0777), 0);
    assert_int_equal(index_writer_commit(w, &err), STATUS_IO);
    index_writer_close(w);
    assert_string_equal(folder(), "seg-000001 seg-000002 ");
}

static void index_writer_close__of_a_new_index_removes_the_folder(void **state)
{
    (void)state;
    struct index_writer *w = open_writer();
    add(w, "/a", TEXTS("营商环境\n"));
    index_writer_close(w);
    assert_int_not_equal(access(place, F_OK), 0);
    assert_int_equal(mkdir(place, 0777), 0);
    index_writer_close(open_writer());
    assert_int_equal(access(place, F_OK), 0); /* it was there before */
}

static void index_writer_open__removes_leftovers_and_nothing_else(void **state)
{
    (void)state;
    build_two();
    assert_int_equal(mkdir(in("tmp-000009"), 0777), 0);
    temp_dir_write(in("tmp-000009/x"), "x", 1);
    assert_int_equal(mkdir(in("seg-000009"), 0777), 0);
    temp_dir_write(in("manifest.tmp"), "half", 4);
    temp_dir_write(in("notes.txt"), "mine", 4);
    assert_int_equal(mkdir(in("seg-mine"), 0777), 0);
    index_writer_close(open_writer());
    assert_string_equal(folder(), "notes.txt seg-000001 seg-000002 seg-mine ");
}

/* ---- what is no index, or a broken one ---- */

static void assert_open(enum status expected, const char *part)
{
    struct index *ix = NULL;
    assert_int_equal(index_open(place, &ix, &err), expected);
    assert_null(ix);
    if (!strstr(err.message, place) || !strstr(err.message, part))
        fail_msg("'%s' without '%s'", err.message, part);
}

static void index_open__says_what_is_not_there(void **state)
{
    (void)state;
    assert_open(STATUS_MISSING, "duan index -i");
    assert_int_equal(mkdir(place, 0777), 0);
    assert_open(STATUS_MISSING, "no index at");
    temp_dir_write(in("manifest"), "{\"name\":\"app\"}", 14);
    assert_open(STATUS_FOREIGN, "no index of duan's");
}

static void index_writer_open__leaves_a_foreign_folder_alone(void **state)
{
    (void)state;
    struct index_writer *w = NULL;
    assert_int_equal(mkdir(place, 0777), 0);
    temp_dir_write(in("thesis.txt"), "x", 1);
    assert_int_equal(mkdir(in("seg-000001"), 0777), 0);
    assert_int_equal(index_writer_open(place, &options, &w, &err), STATUS_FOREIGN);
    assert_string_equal(folder(), "seg-000001 thesis.txt ");
    assert_int_not_equal(access(in("lock"), F_OK), 0);
    temp_dir_write(in("manifest"), "{}", 2);
    assert_int_equal(index_writer_open(place, &options, &w, &err), STATUS_FOREIGN);
    assert_string_equal(folder(), "seg-000001 thesis.txt ");
    assert_int_not_equal(access(in("lock"), F_OK), 0);
    assert_null(w);
}

static void index_writer_open__touches_nothing_of_a_damaged_index(void **state)
{
    (void)state;
    struct index_writer *w = NULL;
    build_two();
    size_t n;
    char *bytes = temp_dir_read(in("manifest"), &n);
    bytes[n / 2] ^= 1;
    temp_dir_write(in("manifest"), bytes, n);
    free(bytes);
    assert_int_equal(index_writer_open(place, &options, &w, &err), STATUS_CORRUPT);
    assert_string_equal(folder(), "seg-000001 seg-000002 ");
    assert_open(STATUS_CORRUPT, "damaged");
}

static void index_writer_open__refuses_a_file(void **state)
{
    (void)state;
    struct index_writer *w = NULL;
    temp_dir_write(place, "x", 1);
    assert_int_not_equal(index_writer_open(place, &options, &w, &err), STATUS_OK);
    assert_non_null(strstr(err.message, place));
    place = temp_dir_path(dir, "none/ix");
    assert_int_equal(index_writer_open(place, &options, &w, &err), STATUS_MISSING);
}

static void index_writer_open__does_not_follow_a_link_for_a_lock(void **state)
{
    (void)state;
    struct index_writer *w = NULL;
    temp_dir_write(temp_dir_path(dir, "precious"), "x", 1);
    assert_int_equal(mkdir(place, 0777), 0);
    assert_int_equal(symlink("../precious", in("lock")), 0);
    assert_int_equal(index_writer_open(place, &options, &w, &err), STATUS_IO);
    size_t n;
    free(temp_dir_read(temp_dir_path(dir, "precious"), &n));
    assert_int_equal(n, 1);
}

static void index_open__names_the_file_that_was_cut(void **state)
{
    (void)state;
    build_two();
    assert_int_equal(truncate(in("seg-000002/docdata.glass"), 100), 0);
    assert_open(STATUS_CORRUPT, "seg-000002/docdata.glass' has 100 bytes");
    assert_int_equal(unlink(in("seg-000002/docdata.glass")), 0);
    assert_open(STATUS_CORRUPT, "seg-000002/docdata.glass' is missing");
}

static void index_open__notices_a_segment_in_the_place_of_another(void **state)
{
    (void)state;
    struct manifest m;
    build_two();
    OK(manifest_read(place, &m, &err));
    m.segments[0].stats.n_tokens++;
    OK(manifest_write(place, &m, &err));
    manifest_release(&m);
    assert_open(STATUS_CORRUPT, "statistics");
}

static void index_open__names_a_newer_index(void **state)
{
    (void)state;
    struct manifest m;
    struct buf text;
    struct index_writer *w = NULL;
    build_two();
    buf_init(&text, MANIFEST_BYTES_MAX);
    OK(manifest_read(place, &m, &err));
    m.analyzer++;
    OK(manifest_encode(&m, &text, &err));
    temp_dir_write(in("manifest"), text.data, text.len);
    assert_open(STATUS_NEWER, "analyzer");
    assert_int_equal(index_writer_open(place, &options, &w, &err), STATUS_NEWER);
    assert_string_equal(folder(), "seg-000001 seg-000002 ");
    buf_release(&text);
    manifest_release(&m);
}

/* ---- a segment that lies ---- */

/* What the metadata of a crafted segment say: one source of one report of two passages, in blocks
 * of each kind, but for the key that is to be wrong. */
static void craft(const char *wrong_key, const char *value, size_t n)
{
    static const char format[] = {SEGMENT_FORMAT, ANALYZER_VERSION};
    static const struct {
        const char *key, *value;
        size_t n;
    } right[] = {
        {"format", format, 2},
        {"stats", "\1\1\2\4\6\1\1\1\0", 9},
        {"texts", "\1", 1},
        {"reports", "\1\1", 2},
        {"chars", "\x64\1\1", 3},
    };
    struct manifest m;
    struct manifest_segment segment = {
        .name = "seg-000001", .stats = {1, 1, 2, 4, 6, 1, 1, 1, 0}, .n_files = 0};
    struct xwriter *w = NULL;
    temp_dir_remove(dir);
    dir = temp_dir_make();
    place = temp_dir_path(dir, "ix");
    assert_int_equal(mkdir(place, 0777), 0);
    OK(xwriter_open(in("work"), &w, &err));
    for (int i = 0; i < 2; i++)
        OK(xwriter_add(w, NULL, 0, "\0\0\0\1", 4, NULL, 0, "no frame", 8, &err));
    for (size_t i = 0; i < sizeof right / sizeof *right; i++)
        OK(xwriter_set_metadata(w, right[i].key, right[i].value, right[i].n, &err));
    if (wrong_key)
        OK(xwriter_set_metadata(w, wrong_key, value, n, &err));
    OK(xwriter_finish(w, in("seg-000001"), &err));
    xwriter_close(w);
    manifest_init(&m);
    m.next_segment = 2;
    OK(manifest_add_segment(&m, &segment, &err));
    OK(manifest_write(place, &m, &err));
    manifest_release(&m);
}

static void assert_damaged(enum status s, const char *what)
{
    assert_int_equal(s, STATUS_CORRUPT);
    if (!strstr(err.message, "seg-000001") || !strstr(err.message, what))
        fail_msg("'%s' without '%s'", err.message, what);
}

/* The files are as they were written, so only the content can tell. */
static void assert_check_finds_it(void)
{
    struct buf findings;
    size_t n = 0;
    buf_init(&findings, 1 << 16);
    OK(index_check(place, &findings, &n, &err));
    assert_int_equal(n, 1);
    assert_non_null(strstr(buf_terminate(&findings), "seg-000001"));
    buf_release(&findings);
}

static void index__names_what_is_wrong_in_a_segment(void **state)
{
    (void)state;
    static const struct {
        const char *value;
        size_t n;
    } texts[] = {{"", 0}, {"\0", 1}, {"\2", 1}, {"\3", 1}, {"\1\1", 2}, {"\x81", 1}},
      reports_[] = {{"", 0}, {"\1", 1}, {"\0\1", 2}, {"\2\1", 2}, {"\1\0", 2}, {"\1\1\1", 3}},
      chars[] = {{"\x64", 1}, {"\x64\1", 2}, {"\x64\0\0", 3}, {"\x64\3\3", 3}, {"\x64\2\1", 3},
          {"\x64\1\1\0\1\1", 6}, {"\xff\xff\xff\xff\x7f\1\1", 7}};
    struct stored_passage p;
    struct stored_report r;
    uint64_t df, cf;
    craft("format", (const char[]){SEGMENT_FORMAT + 1, ANALYZER_VERSION}, 2);
    assert_open(STATUS_NEWER, "seg-000001");
    craft("format", "", 0);
    assert_open(STATUS_CORRUPT, "format");
    craft("stats", "\1\1\2\4\6\1\1\1", 8);
    assert_open(STATUS_CORRUPT, "statistics");
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        craft("texts", texts[i].value, texts[i].n);
        struct index *ix = open_index();
        assert_damaged(index_passage(ix, 0, 1, &p, &err), "texts");
        index_close(ix);
        assert_check_finds_it();
    }
    for (size_t i = 0; i < sizeof reports_ / sizeof *reports_; i++) {
        craft("reports", reports_[i].value, reports_[i].n);
        struct index *ix = open_index();
        assert_damaged(index_report_of(ix, 0, 1, &r, &err), "reports");
        index_close(ix);
        assert_check_finds_it();
    }
    for (size_t i = 0; i < sizeof chars / sizeof *chars; i++) {
        craft("chars", chars[i].value, chars[i].n);
        struct index *ix = open_index();
        assert_damaged(index_char_stats(ix, 0x64, &df, &cf, &err), "chars");
        assert_damaged(index_char_stats(ix, 0x64, &df, &cf, &err), "chars");
        index_close(ix);
        assert_check_finds_it();
    }
}

/* Puts records into a frame and that into the crafted segment. */
static void craft_block(const char *key, const struct source *s, const struct report *r)
{
    struct buf records, frame;
    struct frame_codec codec;
    buf_init(&records, RECORD_BLOCK_BYTES_MAX);
    buf_init(&frame, RECORD_BLOCK_BYTES_MAX);
    frame_codec_init(&codec);
    assert_true(s ? source_encode(&records, s) : report_encode(&records, r));
    OK(frame_encode(&codec, records.data, records.len, &frame, &err));
    craft(key, frame.data, frame.len);
    frame_codec_release(&codec);
    buf_release(&records);
    buf_release(&frame);
}

static void index__names_a_block_that_is_wrong(void **state)
{
    (void)state;
    struct stored_passage p;
    struct stored_report r;
    struct source s;
    craft(NULL, NULL, 0);
    struct index *ix = open_index();
    assert_damaged(index_passage(ix, 0, 1, &p, &err), "text");
    assert_damaged(index_report_of(ix, 0, 1, &r, &err), "R00000000");
    assert_damaged(index_report_by_number(ix, 1, &r, &err), "R00000000");
    assert_damaged(index_source_by_number(ix, 0, 1, &s, &err), "S00000000");
    index_close(ix);
    assert_check_finds_it();
    craft_block("R00000000", NULL, &(struct report){1, 1, "", 0, "t", 1, 0, "", 0, 1, 2});
    ix = open_index();
    assert_damaged(index_report_of(ix, 0, 1, &r, &err), "S00000000");
    index_close(ix);
    assert_check_finds_it();
    craft_block("R00000000", NULL, &(struct report){1, 1, "", 0, "t", 1, 0, "", 0, 1, 1});
    ix = open_index();
    assert_damaged(index_report_of(ix, 0, 2, &r, &err), "reports"); /* which has one passage */
    index_close(ix);
    assert_check_finds_it();
    craft_block("S00000000", &(struct source){.number = 0, .path = "/", .path_len = 1}, NULL);
    ix = open_index();
    assert_damaged(index_source_by_number(ix, 0, 1, &s, &err), "sources");
    index_close(ix);
    assert_check_finds_it();
}

/* A writer commits again and again, each time with the old segment dead; readers never fail
 * meanwhile. */
static void index_open__is_not_disturbed_by_a_writer(void **state)
{
    (void)state;
    struct index_writer *w = open_writer();
    add(w, "/0", TEXTS("营商环境\n"));
    commit(w);
    pid_t child = fork();
    if (child == 0) {
        for (uint32_t i = 1; i <= 25; i++) {
            w = open_writer();
            drop(w, 0, i);
            add(w, "/n", TEXTS("营商环境\n"));
            commit(w);
        }
        _exit(0);
    }
    int status, n_opened = 0;
    while (waitpid(child, &status, WNOHANG) == 0) {
        struct index *ix = open_index();
        assert_string_equal(found(ix, "营商"), "0.1");
        index_close(ix);
        n_opened++;
    }
    assert_int_equal(status, 0);
    assert_true(n_opened > 0);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(index_search__asks_all_segments),
        TEST(index_search__ranks_with_our_k1),
        TEST(index_totals__count_what_is_alive),
        TEST(index_term_df__sums_the_segments),
        TEST(index_terms__walks_a_prefix),
        TEST(index_char_stats__sums_the_segments),
        TEST(index_passage__gives_back_the_text),
        TEST(index_report_of__names_report_and_source),
        TEST(index_report_by_number__finds_it_in_its_segment),
        TEST(index_cursor__walks_live_sources_and_reports),
        TEST(index__finds_its_way_through_many_blocks),
        TEST(index__without_anything_is_an_index),
        TEST(index__of_an_empty_file_knows_the_file),
        TEST(index__is_a_snapshot),
        TEST(index_writer_drop_source__hides_its_passages),
        TEST(index_writer_drop_source__refuses_what_is_not_there),
        TEST(index_writer_commit__removes_a_wholly_dead_segment),
        TEST(index_writer_abandon_source__leaves_nothing_alive),
        TEST(index_writer_abandon_source__alone_makes_no_segment),
        TEST(index_writer__refuses_calls_out_of_order),
        TEST(index_writer__goes_on_after_bad_input_and_stops_after_worse),
        TEST(index_writer_add_failure__replaces_those_of_the_run_before),
        TEST(index_writer_commit__without_a_change_leaves_the_manifest_alone),
        TEST(index_writer_open__names_the_process_that_writes),
        TEST(index_writer_open__is_not_kept_out_by_a_dead_writer),
        TEST(index__survives_the_death_of_its_writer),
        TEST(index__survives_kill_at_any_moment),
        TEST(index_writer_close__undoes_a_commit_that_failed),
        TEST(index_writer_close__of_a_new_index_removes_the_folder),
        TEST(index_writer_open__removes_leftovers_and_nothing_else),
        TEST(index_open__says_what_is_not_there),
        TEST(index_writer_open__leaves_a_foreign_folder_alone),
        TEST(index_writer_open__touches_nothing_of_a_damaged_index),
        TEST(index_writer_open__refuses_a_file),
        TEST(index_writer_open__does_not_follow_a_link_for_a_lock),
        TEST(index_open__names_the_file_that_was_cut),
        TEST(index_open__notices_a_segment_in_the_place_of_another),
        TEST(index_open__names_a_newer_index),
        TEST(index__names_what_is_wrong_in_a_segment),
        TEST(index__names_a_block_that_is_wrong),
        TEST(index_open__is_not_disturbed_by_a_writer),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
