// SPDX-License-Identifier: GPL-2.0-or-later
/* The builder that goes through Xapian's own API.
 *
 * A wdf needs the segment's average length, so passages wait in a spool until that is known: each
 * as its terms, sorted, with their frequencies. Text blocks wait in another, because
 * the first passage of a block comes before the block is finished. finish reads both side by side.
 * Xapian holds what was added in maps; they are flushed before they pass the memory we may use. */
#include "store/builder.h"

#include <stdlib.h>
#include <string.h>

#include "common/file.h"
#include "store/passage_tokens.h"
#include "store/schema.h"
#include "store/spool.h"
#include "store/xapian_c.h"

enum {
    /* One character may expand to many (U+FDFA to 18), and each starts a term. */
    TERMS_BYTES_MAX = 64 * PASSAGE_BYTES_MAX,
    POSTING_BYTES = 128,  /* of a posting in Xapian's maps, measured */
    PASSAGE_BYTES = 1024, /* of a passage: its length, document */
};

struct term_place {
    uint32_t start, len; /* in terms */
};

struct text_head {
    uint32_t first_docid, size;
};

struct api_builder {
    char *dir;
    struct xwriter *writer;
    size_t memory_bytes, held_bytes; /* by Xapian, since the last flush */
    struct spool passages, texts;
    struct passage_tokens tokens;
    struct buf terms, places, record; /* of the passage at hand; places: struct term_place */
    struct buf postings;              /* of struct xposting */
    struct buf text;
    uint32_t n_passages, n_texts; /* n_texts counts down as they are read */
    struct text_head next_text;   /* docid 0: none left */
};

static void api_close(void *self);

static enum status open_parts(struct api_builder *b, struct error *err)
{
    char path[PATH_MAX];
    enum status s = b->dir ? file_join(b->dir, "work", path, err) : error_no_memory(err);
    if (s == STATUS_OK)
        s = spool_open(&b->passages, b->dir, err);
    if (s == STATUS_OK)
        s = spool_open(&b->texts, b->dir, err);
    if (s == STATUS_OK)
        s = passage_tokens_init(&b->tokens, err);
    return s == STATUS_OK ? xwriter_open(path, &b->writer, err) : s;
}

static enum status api_open(
    const char *dir, const struct builder_options *options, void **out, struct error *err)
{
    struct api_builder *b = calloc(1, sizeof *b);
    if (!b)
        return error_no_memory(err);
    b->memory_bytes = options->memory_bytes;
    buf_init(&b->terms, TERMS_BYTES_MAX);
    buf_init(&b->places, TERMS_BYTES_MAX);
    buf_init(&b->record, 2 * TERMS_BYTES_MAX);
    buf_init(&b->postings, 8 * TERMS_BYTES_MAX);
    buf_init(&b->text, 1 << 20);
    b->dir = strdup(dir);
    enum status s = open_parts(b, err);
    if (s == STATUS_OK)
        *out = b;
    else
        api_close(b);
    return s;
}

static void api_close(void *self)
{
    struct api_builder *b = self;
    xwriter_close(b->writer);
    spool_close(&b->passages);
    spool_close(&b->texts);
    passage_tokens_release(&b->tokens);
    buf_release(&b->terms);
    buf_release(&b->places);
    buf_release(&b->record);
    buf_release(&b->postings);
    buf_release(&b->text);
    free(b->dir);
    free(b);
}

/* ---- taking in ---- */

/* Collects the passage's terms; their number goes to *n. */
static enum status tokenize(
    struct api_builder *b, const struct indexed_passage *p, uint32_t *n, struct error *err)
{
    struct token token;
    *n = 0;
    buf_clear(&b->terms);
    buf_clear(&b->places);
    passage_tokens_begin(&b->tokens, p->text, p->text_len);
    while (passage_tokens_next(&b->tokens, &token)) {
        const struct term_place place = {(uint32_t)b->terms.len, (uint32_t)token.term_len};
        if (!buf_append(&b->terms, token.term, token.term_len) ||
            !buf_append(&b->places, &place, sizeof place))
            return error_no_memory(err);
        (*n)++;
    }
    return STATUS_OK;
}

static int compare_places(const void *left, const void *right, void *terms)
{
    const struct term_place *l = left, *r = right;
    size_t n = l->len < r->len ? l->len : r->len;
    int order = memcmp((char *)terms + l->start, (char *)terms + r->start, n);
    return order ? order : (l->len > r->len) - (l->len < r->len);
}

/* Appends term and frequency of each distinct term. */
static bool append_terms(struct api_builder *b, uint32_t n)
{
    struct term_place *places = (struct term_place *)(void *)b->places.data;
    if (n == 0)
        return true;
    qsort_r(places, n, sizeof *places, compare_places, b->terms.data);
    for (uint32_t i = 0, end; i < n; i = end) {
        for (end = i + 1; end < n; end++)
            if (compare_places(&places[i], &places[end], b->terms.data) != 0)
                break;
        if (!buf_append_string(&b->record, b->terms.data + places[i].start, places[i].len) ||
            !buf_append_varint(&b->record, end - i))
            return false;
    }
    return true;
}

/* A record in the spool: its size, then number of tokens, terms. */
static enum status api_add_passage(void *self, const struct indexed_passage *p, struct error *err)
{
    struct api_builder *b = self;
    uint32_t n;
    enum status s = tokenize(b, p, &n, err);
    if (s != STATUS_OK)
        return s;
    buf_clear(&b->record);
    if (!buf_append_varint(&b->record, b->tokens.len) || !append_terms(b, n))
        return error_no_memory(err);
    b->n_passages = p->docid;
    uint64_t size = b->record.len;
    s = spool_write(&b->passages, (const char *)&size, sizeof size, err);
    return s == STATUS_OK ? spool_write(&b->passages, b->record.data, b->record.len, err) : s;
}

static enum status api_add_text(void *self, const struct finished_text *text, struct error *err)
{
    struct api_builder *b = self;
    const struct text_head head = {text->first_docid, (uint32_t)text->n};
    b->n_texts++;
    enum status s = spool_write(&b->texts, (const char *)&head, sizeof head, err);
    return s == STATUS_OK ? spool_write(&b->texts, text->bytes, text->n, err) : s;
}

/* ---- finishing ---- */

static enum status read_text_head(struct api_builder *b, struct error *err)
{
    b->next_text = (struct text_head){0};
    if (b->n_texts == 0)
        return STATUS_OK;
    b->n_texts--;
    enum status s = spool_read(&b->texts, sizeof b->next_text, &b->text, err);
    if (s == STATUS_OK)
        memcpy(&b->next_text, b->text.data, sizeof b->next_text);
    return s;
}

static enum status read_record(struct api_builder *b, struct error *err)
{
    uint64_t size;
    enum status s = spool_read(&b->passages, sizeof size, &b->record, err);
    if (s != STATUS_OK)
        return s;
    memcpy(&size, b->record.data, sizeof size);
    return spool_read(&b->passages, (size_t)size, &b->record, err);
}

static bool append_posting(struct api_builder *b, const char *term, size_t n, uint32_t wdf)
{
    const struct xposting p = {.term = term, .term_len = n, .wdf = wdf};
    return buf_append(&b->postings, &p, sizeof p);
}

/* Adds the xdoc of the record in b->record, with the text in b->text. */
static enum status add_xdoc(
    struct api_builder *b, bool is_unranked, double ref_len, struct error *err)
{
    struct bytes in = buf_bytes(&b->record);
    uint32_t len = (uint32_t)bytes_varint(&in);
    len = is_unranked ? LEN_UNRANKED : len;
    buf_clear(&b->postings);
    bool has_room = true;
    while (has_room && in.at < in.end) {
        size_t n;
        const char *t = bytes_string(&in, &n);
        uint32_t tf = (uint32_t)bytes_varint(&in);
        has_room = append_posting(b, t, n, schema_wdf(tf, len, ref_len));
    }
    if (!has_room)
        return error_no_memory(err);
    size_t n_postings = b->postings.len / sizeof(struct xposting);
    b->held_bytes += PASSAGE_BYTES + n_postings * POSTING_BYTES;
    return xwriter_add(b->writer, (const struct xposting *)(void *)b->postings.data, n_postings,
        b->text.data, b->text.len, err);
}

/* Is docid the first of the list? Then takes it off. */
static bool takes(struct docid_list *list, uint32_t docid)
{
    if (!list->n || list->docids[0] != docid)
        return false;
    list->docids++;
    list->n--;
    return true;
}

static enum status add_xdocs(
    struct api_builder *b, const struct segment_content *content, struct error *err)
{
    struct docid_list furniture = unranked_furniture(segment_content_unranked(content)),
                      recurring = unranked_recurring(segment_content_unranked(content));
    double ref_len = segment_content_average_length(content);
    enum status s = spool_seek(&b->passages, 0, err);
    if (s == STATUS_OK)
        s = spool_seek(&b->texts, 0, err);
    if (s == STATUS_OK)
        s = read_text_head(b, err);
    for (uint32_t docid = 1; s == STATUS_OK && docid <= b->n_passages; docid++) {
        bool has_text = docid == b->next_text.first_docid;
        buf_clear(&b->text);
        if (has_text)
            s = spool_read(&b->texts, b->next_text.size, &b->text, err);
        if (s == STATUS_OK)
            s = read_record(b, err);
        if (s == STATUS_OK)
            s = add_xdoc(b, takes(&furniture, docid) || takes(&recurring, docid), ref_len, err);
        if (s == STATUS_OK && has_text)
            s = read_text_head(b, err);
        if (s == STATUS_OK && b->held_bytes > b->memory_bytes / 2) {
            s = xwriter_flush(b->writer, err);
            b->held_bytes = 0;
        }
    }
    return s;
}

static enum status set_metadata(
    struct api_builder *b, struct segment_content *content, struct error *err)
{
    struct metadata m;
    for (;;) {
        bool has_more;
        enum status s = segment_content_next_metadata(content, &m, &has_more, err);
        if (s != STATUS_OK || !has_more)
            return s;
        s = xwriter_set_metadata(b->writer, m.key, m.value, m.n, err);
        if (s != STATUS_OK)
            return s;
    }
}

static enum status api_finish(void *self, struct segment_content *content,
    struct file_sums sums[SUMMED_FILES], struct error *err)
{
    (void)sums; /* they are read */
    struct api_builder *b = self;
    segment_content_add_tokens(content, b->tokens.n_tokens, &b->tokens.chars);
    enum status s = add_xdocs(b, content, err);
    if (s == STATUS_OK)
        s = set_metadata(b, content, err);
    return s == STATUS_OK ? xwriter_finish(b->writer, b->dir, err) : s;
}

const struct builder_ops builder_api = {
    .open = api_open,
    .add_passage = api_add_passage,
    .add_text = api_add_text,
    .finish = api_finish,
    .close = api_close,
};
