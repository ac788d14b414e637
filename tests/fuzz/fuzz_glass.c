// SPDX-License-Identifier: GPL-2.0-or-later
/* A segment whose tables were changed and whose checksums were made to fit: nothing that stands in a table may be believed
 * beyond its ends, whatever is asked of the index. First byte: what is asked (0 searches, 1 all that is stored, 2 the check); then changes:
 * file, place (2 bytes), length, bytes. */
/* The engine as it is, but that Xapian is not asked: entries that its own writer compressed are its business, and what it
 * does with hostile ones (it reads freed memory) is no finding of ours. */
#include "store/xapian_c.h"
static enum status refuse_xapian(
    const char *const *dirs, size_t n, struct xdb **out, struct error *err)
{
    (void)dirs;
    (void)n;
    (void)out;
    return error_set(err, STATUS_NEWER, "not through Xapian");
}
#define xdb_open refuse_xapian
#include "store/index_engine.c" // NOLINT

#include "search/search.h"
#include "store/check_content.h"
#include "store/checksums.h"
#include "tests/fuzz/scratch.h"

enum { PASSAGES = 800, N_FILES = SUMMED_FILES };

static char *original[N_FILES];
static size_t sizes[N_FILES];

static const char *file_path(int i)
{
    char name[128];
    snprintf(name, sizeof name, "x.duan/seg-000001/%s", summed_file_name((enum summed_file)i));
    return scratch_path(name);
}

/* Postings of several chunks, a tree of two levels, text of several blocks, two reports. */
static void build(void)
{
    char text[400];
    struct source source;
    struct index_writer *w = scratch_index_begin("x.duan");
    for (int r = 0; r < 2; r++) {
        scratch_report_begin(w, &source, r ? "/b" : "/a", schema_date(2020u + (unsigned)r, 2, 3));
        for (uint32_t i = 1; i <= PASSAGES; i++) {
            int n = snprintf(text, sizeof text, "营商环境%c%c\n", 'a' + i % 26, 'a' + i / 26);
            if (i % 40 == 0)
                n = snprintf(
                    text, sizeof text, "优，加装电梯 GDP%u 增长9.%u%%，202*年。", i % 7, i % 10);
            scratch_passage(w, text, (size_t)n, i);
        }
        scratch_report_end(w, &source);
    }
    scratch_index_end(w);
    for (int i = 0; i < N_FILES; i++)
        original[i] = scratch_read(file_path(i), &sizes[i]);
}

static void apply(struct fuzz_input *in, char *files[N_FILES])
{
    while (in->n > 4) {
        unsigned file = fuzz_byte(in) % N_FILES;
        size_t place = fuzz_byte(in);
        place = (place << 8 | fuzz_byte(in)) % sizes[file];
        for (size_t n = 1 + fuzz_byte(in) % 32; n && in->n; n--, place++)
            files[file][place % sizes[file]] = (char)fuzz_byte(in);
    }
}

static void write_changed(struct fuzz_input *in)
{
    char *files[N_FILES];
    struct error err;
    for (int i = 0; i < N_FILES; i++)
        files[i] = fuzz_copy(original[i], sizes[i]);
    apply(in, files);
    for (int i = 0; i < N_FILES; i++) {
        scratch_write(file_path(i), files[i], sizes[i]);
        free(files[i]);
    }
    remove(scratch_path("x.duan/seg-000001/checksums"));
    MUST(checksums_write(scratch_path("x.duan/seg-000001"), NULL, &err) == STATUS_OK);
}

static void check_status(enum status s, const struct error *err)
{
    MUST(s == STATUS_OK || s == STATUS_CORRUPT || s == STATUS_NEWER || s == STATUS_MISSING ||
         s == STATUS_NO_MEMORY || s == STATUS_FOREIGN);
    MUST(s == STATUS_OK || err->message[0]);
}

static void search(struct index *ix, const char *text, const struct search_options *options)
{
    struct query q;
    struct search_results found;
    struct error err;
    uint64_t count;
    MUST(query_parse(text, strlen(text), &q, &err) == STATUS_OK);
    enum status s = search_run(ix, &q, options, &found, &err);
    check_status(s, &err);
    if (s == STATUS_OK) {
        MUST(found.n <= options->limit);
        for (size_t i = 0; i < found.n; i++)
            MUST(found.hits[i].segment == 0 && found.hits[i].docid > 0 &&
                 found.hits[i].docid <= 2 * PASSAGES);
        search_results_release(&found);
    }
    s = search_count(ix, &q, &count, &err);
    check_status(s, &err);
    MUST(s != STATUS_OK || count <= 2 * PASSAGES);
    query_release(&q);
}

static void walk(struct index *ix)
{
    struct index_cursor c;
    struct source source;
    struct report report;
    struct stored_passage p;
    struct error err;
    uint32_t segment;
    bool has_more = true;
    uint64_t n;
    index_cursor_init(&c, ix);
    for (int i = 0; has_more && i < 9999; i++)
        if (index_next_source(&c, &source, &segment, &has_more, &err) != STATUS_OK)
            break;
    index_cursor_release(&c);
    index_cursor_init(&c, ix);
    has_more = true;
    for (int i = 0; has_more && i < 9999; i++)
        if (index_next_report(&c, &report, &segment, &has_more, &err) != STATUS_OK)
            break;
    index_cursor_release(&c);
    for (uint32_t docid = 1; docid <= 2 * PASSAGES + 1; docid += 37) {
        enum status s = index_passage(ix, 0, docid, &p, &err);
        check_status(s, &err);
        MUST(s != STATUS_OK || (docid <= 2 * PASSAGES && p.passage.text_len > 0));
    }
    check_status(index_n_terms(ix, &n, &err), &err);
}

static void search_all(struct index *ix)
{
    static const struct search_options page = {.limit = 10},
                                       by_date = {
                                           .limit = 5, .sort = SORT_DATE, .is_grouped = true};
    search(ix, "营商环境 电梯", &page);
    search(ix, "\"加装电梯\" -\"9.7%\"", &page);
    search(ix, "优 OR (gdp1 NEAR/5 增长) year:2021", &by_date);
    search(ix, "2026年", &page);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct fuzz_input in = {data, size};
    uint8_t what = fuzz_byte(&in) % 3;
    struct index *ix;
    struct error err;
    if (!original[0])
        build();
    write_changed(&in);
    enum status s = index_open(scratch_path("x.duan"), &ix, &err);
    check_status(s, &err);
    if (s != STATUS_OK)
        return 0;
    if (what == 0)
        search_all(ix);
    else if (what == 1)
        walk(ix);
    else
        check_status(check_segment_content(ix, 0, &err), &err);
    index_close(ix);
    return 0;
}
