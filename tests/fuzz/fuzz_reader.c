// SPDX-License-Identifier: GPL-2.0-or-later
/* A source of any bytes in any of the formats of text, read twice in chunks of another size: the same reports and
 * passages both times, each as a builder takes it; of text and Markdown all of the decoded text is in them. First byte:
 * format; second: encoding; third: chunk. */
#include <jansson.h>

#include "common/utf8.h"
#include "indexer/reader.h"
#include "tests/fuzz/fuzz.h"
#include "tests/fuzz/kept.h"
#include "tokenizer/stray_line.h"

enum { LINE_MAX_BYTES = 2048 };

struct source_bytes {
    const char *bytes;
    size_t n, at, chunk;
};

static enum status pull(void *arg, char *out, size_t n, size_t *got, struct error *err)
{
    struct source_bytes *s = arg;
    (void)err;
    n = n < s->chunk ? n : s->chunk;
    *got = n < s->n - s->at ? n : s->n - s->at;
    memcpy(out, s->bytes + s->at, *got);
    s->at += *got;
    return STATUS_OK;
}

/* All that was given out, as one text to compare, and the text of all passages alone. */
struct given {
    struct buf all, text;
    uint32_t n_passages, n_reports, fault_line;
};

static void check_fields(const struct report *r)
{
    if (!r->fields_len)
        return;
    json_t *fields = json_loadb(r->fields, r->fields_len, 0, NULL);
    MUST(json_is_object(fields));
    json_decref(fields);
}

static enum status take_report(void *arg, struct report *r, struct error *err)
{
    struct given *g = arg;
    (void)err;
    MUST(r->title_len > 0 && r->title_len <= TITLE_BYTES_MAX && r->id_len <= TITLE_BYTES_MAX);
    MUST(utf8_valid(r->title, r->title_len) == r->title_len);
    MUST(utf8_valid(r->id, r->id_len) == r->id_len);
    MUST(r->fields_len <= FIELDS_BYTES_MAX && r->stuffed_len <= STUFFED_BYTES_MAX);
    MUST(r->date == 0 || (schema_date_month(r->date) <= 12 && schema_date_day(r->date) <= 31));
    check_fields(r);
    MUST(g->n_reports == 0 || g->n_passages > 0); /* the one before was not empty */
    MUST(buf_printf(&g->all, "report %u ", (unsigned)r->date) &&
         buf_append(&g->all, r->id, r->id_len) && buf_append(&g->all, r->title, r->title_len) &&
         buf_append(&g->all, r->fields, r->fields_len) &&
         buf_append(&g->all, r->stuffed, r->stuffed_len));
    g->n_reports++;
    g->n_passages = 0;
    return STATUS_OK;
}

static enum status take_passage(void *arg, const struct passage *p, struct error *err)
{
    struct given *g = arg;
    (void)err;
    MUST(g->n_reports > 0 && p->text_len > 0 && p->text_len <= PASSAGE_BYTES_MAX);
    MUST(p->level <= 9 && p->number == ++g->n_passages && p->section < p->number && p->line > 0);
    MUST(utf8_valid(p->text, p->text_len) == p->text_len);
    MUST(buf_printf(&g->all, "%u %u %u %d ", (unsigned)p->line, (unsigned)p->section,
             (unsigned)p->level, p->is_furniture) &&
         buf_append(&g->all, p->text, p->text_len));
    MUST(buf_append(&g->text, p->text, p->text_len));
    return STATUS_OK;
}

static enum status take_fault(void *arg, uint32_t line, const char *what, struct error *err)
{
    struct given *g = arg;
    (void)err;
    MUST(line > 0 && what && *what);
    MUST(buf_printf(&g->all, "fault %u %s\n", (unsigned)line, what));
    return STATUS_OK;
}

static bool read_source(
    struct source_bytes *from, enum source_format format, enum encoding encoding, struct given *to)
{
    struct input *in;
    struct error err = {.message = ""};
    struct source source = {.number = 0};
    bool is_binary;
    const char *kind;
    const struct report_sink sink = {to, take_report, take_passage, take_fault, NULL};
    const struct reader_options options = {
        format, "云陵2023.txt", strlen("云陵2023.txt"), LINE_MAX_BYTES};
    *to = (struct given){.n_reports = 0};
    buf_init(&to->all, 1 << 24);
    buf_init(&to->text, 1 << 24);
    MUST(input_open_pull(pull, from, &in, &err) == STATUS_OK);
    MUST(input_detect(in, encoding, &is_binary, &kind, &err) == STATUS_OK);
    enum status s = is_binary ? STATUS_BAD_INPUT : reader_run(in, &options, &sink, &err);
    MUST(s == STATUS_OK || s == STATUS_BAD_INPUT);
    if (s == STATUS_OK) {
        MUST(input_finish(in, &source, &err) == STATUS_OK);
        MUST(source.size == from->n);
    }
    input_close(in);
    return s == STATUS_OK;
}

static void check_all_there(const struct given *g, const char *bytes, size_t n)
{
    size_t bom = n >= 3 && memcmp(bytes, "\xEF\xBB\xBF", 3) == 0 ? 3 : 0;
    if (utf8_valid(bytes, n) == n && !stray_line_is_suspect(bytes, n))
        MUST(is_kept(&g->text, bytes + bom, n - bom));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct fuzz_input in = {data, size};
    enum source_format format = (enum source_format)(FORMAT_TEXT + fuzz_byte(&in) % 6);
    enum encoding encoding = (enum encoding)(fuzz_byte(&in) % (ENCODING_UTF16BE + 1));
    size_t chunk = 1 + fuzz_byte(&in);
    char *bytes = fuzz_copy(in.at, in.n);
    struct source_bytes whole = {bytes, in.n, 0, SIZE_MAX}, pieces = {bytes, in.n, 0, chunk};
    struct given first, second;
    bool is_read = read_source(&whole, format, encoding, &first);
    MUST(is_read == read_source(&pieces, format, encoding, &second));
    MUST(first.all.len == second.all.len);
    MUST(!first.all.len || memcmp(first.all.data, second.all.data, first.all.len) == 0);
    if (is_read && format <= FORMAT_MARKDOWN && encoding == ENCODING_UTF8)
        check_all_there(&first, bytes, in.n);
    buf_release(&first.all);
    buf_release(&first.text);
    buf_release(&second.all);
    buf_release(&second.text);
    free(bytes);
    return 0;
}
