// SPDX-License-Identifier: GPL-2.0-or-later
/* Layout of a collected block: number of passages, bytes of their texts; then a column of each kind
 * of number, as varints: lengths of the texts, reports, numbers, lines, sections, levels; then the
 * texts. Of a text that ends with its line the length is how many more lines end in it, twice; of
 * another its bytes, twice and one. The rest but levels are differences from what is expected
 * (zigzag, modulo 2^32, so that any value survives): a number goes on from the passage before, a
 * line from there where its lines end, a section from it or from the heading that it is. So the
 * columns are nearly all zeros; with plain lengths and lines one by one a block took 1.1 % of the
 * text more. Compressed is the same with the texts coded. */
#include "store/text_block.h"

#include <stdlib.h>

#include "store/frame.h"
#include "store/schema.h"

enum {
    ENTRY_BYTES_MIN = 6, /* a varint of each column */
    ENTRY_BYTES_MAX = 30,
    COUNT_BYTES_MAX = 10, /* both of them */
    /* A block is closed before it passes TEXT_BLOCK_BYTES, unless one passage alone does. */
    BLOCK_BYTES_MAX = PASSAGE_BYTES_MAX + ENTRY_BYTES_MAX + COUNT_BYTES_MAX,
    CODED_BYTES_MAX = TEXT_CODE_BOUND(BLOCK_BYTES_MAX),
    LEVEL_MAX = 9,
};

enum { LENGTH, REPORT, NUMBER, LINE, SECTION, LEVEL, N_COLUMNS };

struct text_block_writer {
    struct frame_codec codec;
    struct buf columns[N_COLUMNS], texts, whole, coded;
    size_t columns_len;
    uint32_t n_passages;
    struct text_block_entry last;
    uint32_t last_lines; /* that end in it */
};

enum status text_block_writer_open(struct text_block_writer **out, struct error *err)
{
    struct text_block_writer *w = calloc(1, sizeof *w);
    if (!w)
        return error_no_memory(err);
    frame_codec_init(&w->codec);
    for (size_t i = 0; i < N_COLUMNS; i++)
        buf_init(&w->columns[i], BLOCK_BYTES_MAX);
    buf_init(&w->texts, BLOCK_BYTES_MAX);
    buf_init(&w->whole, BLOCK_BYTES_MAX);
    buf_init(&w->coded, CODED_BYTES_MAX);
    *out = w;
    return STATUS_OK;
}

void text_block_writer_close(struct text_block_writer *w)
{
    if (!w)
        return;
    frame_codec_release(&w->codec);
    for (size_t i = 0; i < N_COLUMNS; i++)
        buf_release(&w->columns[i]);
    buf_release(&w->texts);
    buf_release(&w->whole);
    buf_release(&w->coded);
    free(w);
}

static uint32_t difference(uint32_t now, uint32_t before)
{
    uint32_t d = now - before;
    return d << 1 ^ (d >> 31 ? UINT32_MAX : 0);
}

/* How many lines end in a text. */
static uint32_t count_lines(const char *text, size_t n)
{
    uint32_t lines = 0;
    const char *end = text + n, *at = text;
    for (; at < end && (at = memchr(at, '\n', (size_t)(end - at))); at++)
        lines++;
    return lines;
}

/* What the passage behind another one, in which so many lines end, most likely is. */
static struct text_block_entry expected(const struct text_block_entry *last, uint32_t last_lines)
{
    return (struct text_block_entry){
        .report = last->report,
        .number = last->number + 1,
        .line = last->line + (last->line ? last_lines : 1),
        .section = last->level ? last->number : last->section,
    };
}

static bool append_entry(
    struct text_block_writer *w, const struct text_block_entry *e, const char *text)
{
    const struct text_block_entry x = expected(&w->last, w->last_lines);
    uint32_t lines = count_lines(text, e->text_len);
    bool is_ended = text[e->text_len - 1] == '\n';
    const uint32_t values[N_COLUMNS] = {
        [LENGTH] = is_ended ? (lines - 1) << 1 : e->text_len << 1 | 1,
        [REPORT] = difference(e->report, x.report),
        [NUMBER] = difference(e->number, x.number),
        [LINE] = difference(e->line, x.line),
        [SECTION] = difference(e->section, x.section),
        [LEVEL] = e->level,
    };
    for (size_t i = 0; i < N_COLUMNS; i++) {
        size_t before = w->columns[i].len;
        if (!buf_append_varint(&w->columns[i], values[i]))
            return false;
        w->columns_len += w->columns[i].len - before;
    }
    w->last = *e;
    w->last_lines = lines;
    return true;
}

enum status text_block_writer_collect_rest(
    struct text_block_writer *w, struct buf *raw, struct error *err)
{
    buf_clear(raw);
    if (w->n_passages == 0)
        return STATUS_OK;
    bool is_ok = buf_append_varint(raw, w->n_passages) && buf_append_varint(raw, w->texts.len);
    for (size_t i = 0; i < N_COLUMNS; i++) {
        is_ok = is_ok && buf_append(raw, w->columns[i].data, w->columns[i].len);
        buf_clear(&w->columns[i]);
    }
    if (!is_ok || !buf_append(raw, w->texts.data, w->texts.len))
        return error_no_memory(err);
    buf_clear(&w->texts);
    w->columns_len = 0;
    w->n_passages = 0;
    w->last = (struct text_block_entry){0};
    w->last_lines = 0;
    return STATUS_OK;
}

struct bytes text_block_texts(const char *raw, size_t n)
{
    struct bytes in = {.at = raw, .end = raw + n};
    for (uint64_t left = 1 + N_COLUMNS * bytes_varint(&in); left && !in.is_broken; left--)
        bytes_varint(&in);
    return in;
}

bool text_block_code(const char *raw, size_t n, struct buf *out)
{
    struct bytes in = text_block_texts(raw, n);
    return buf_append(out, raw, (size_t)(in.at - raw)) &&
           text_code_encode(in.at, (size_t)(in.end - in.at), out);
}

enum status text_block_encode(struct frame_codec *codec, const char *raw, size_t n,
    struct buf *coded, struct buf *out, struct error *err)
{
    buf_clear(coded);
    if (!text_block_code(raw, n, coded))
        return error_no_memory(err);
    return frame_encode(codec, coded->data, coded->len, out, err);
}

/* Compresses the block in w->whole, if there is one. */
static enum status compress(struct text_block_writer *w, struct buf *done, struct error *err)
{
    buf_clear(done);
    if (w->whole.len == 0)
        return STATUS_OK;
    return text_block_encode(&w->codec, w->whole.data, w->whole.len, &w->coded, done, err);
}

enum status text_block_writer_finish(
    struct text_block_writer *w, struct buf *done, struct error *err)
{
    enum status s = text_block_writer_collect_rest(w, &w->whole, err);
    return s == STATUS_OK ? compress(w, done, err) : s;
}

static enum status check_passage(const struct passage *p, struct error *err)
{
    if (p->text_len == 0)
        return error_set(err, STATUS_BAD_INPUT, "empty passage");
    if (p->text_len > PASSAGE_BYTES_MAX)
        return error_set(err, STATUS_BAD_INPUT, "passage of %zu bytes: more than %d", p->text_len,
            PASSAGE_BYTES_MAX);
    if (p->level > LEVEL_MAX)
        return error_set(
            err, STATUS_BAD_INPUT, "heading of level %d: more than %d", p->level, LEVEL_MAX);
    return STATUS_OK;
}

enum status text_block_writer_collect(struct text_block_writer *w, uint32_t report,
    const struct passage *p, bool *is_first, struct buf *raw, struct error *err)
{
    enum status s = check_passage(p, err);
    if (s != STATUS_OK)
        return s;
    const struct text_block_entry e = {
        .text_len = (uint32_t)p->text_len,
        .report = report,
        .number = p->number,
        .line = p->line,
        .section = p->section,
        .level = p->level,
    };
    buf_clear(raw);
    size_t size = w->columns_len + w->texts.len + ENTRY_BYTES_MAX + p->text_len;
    if (size > TEXT_BLOCK_BYTES && (s = text_block_writer_collect_rest(w, raw, err)) != STATUS_OK)
        return s;
    if (!append_entry(w, &e, p->text) || !buf_append(&w->texts, p->text, p->text_len))
        return error_no_memory(err);
    *is_first = w->n_passages == 0;
    w->n_passages++;
    return STATUS_OK;
}

enum status text_block_writer_add(struct text_block_writer *w, uint32_t report,
    const struct passage *p, bool *is_first, struct buf *done, struct error *err)
{
    enum status s = text_block_writer_collect(w, report, p, is_first, &w->whole, err);
    return s == STATUS_OK ? compress(w, done, err) : s;
}

void text_block_init(struct text_block *b)
{
    *b = (struct text_block){0};
    buf_init(&b->bytes, BLOCK_BYTES_MAX);
    buf_init(&b->coded, CODED_BYTES_MAX);
    text_code_map_init(&b->map, CODED_BYTES_MAX);
    b->codec = &b->own;
}

void text_block_release(struct text_block *b)
{
    buf_release(&b->bytes);
    buf_release(&b->coded);
    text_code_map_release(&b->map);
    frame_codec_release(&b->own);
    free(b->entries);
    text_block_init(b);
}

void text_block_share(struct text_block *b, struct frame_codec *codec)
{
    b->codec = codec;
}

static uint32_t read_number(struct bytes *in, uint32_t max)
{
    uint64_t v = bytes_varint(in);
    if (v > max)
        in->is_broken = true;
    return (uint32_t)v;
}

static uint32_t undo_difference(uint32_t d, uint32_t before)
{
    return before + (d >> 1 ^ (d & 1 ? UINT32_MAX : 0));
}

/* Reads the columns as they stand. */
static void read_columns(struct text_block *b, struct bytes *in, uint32_t n)
{
    struct text_block_entry *entries = b->entries;
    for (uint32_t i = 0; i < n; i++)
        entries[i] =
            (struct text_block_entry){.length = read_number(in, 2 * PASSAGE_BYTES_MAX + 1)};
    for (uint32_t i = 0; i < n; i++)
        entries[i].report = read_number(in, UINT32_MAX);
    for (uint32_t i = 0; i < n; i++)
        entries[i].number = read_number(in, UINT32_MAX);
    for (uint32_t i = 0; i < n; i++)
        entries[i].line = read_number(in, UINT32_MAX);
    for (uint32_t i = 0; i < n; i++)
        entries[i].section = read_number(in, UINT32_MAX);
    for (uint32_t i = 0; i < n; i++)
        entries[i].level = (uint8_t)read_number(in, LEVEL_MAX);
}

/* The column of lengths: a text of so many bytes, or one that ends with the line end of a number. */
static bool ends_anywhere(const struct text_block_entry *e)
{
    return e->length & 1;
}

static bool is_passage(size_t n)
{
    return n > 0 && n <= PASSAGE_BYTES_MAX;
}

/* Finds the text that begins at `at`; NULL when there is none, else where it ends. */
static const char *find_text(struct text_block_entry *e, const char *at, const char *end)
{
    const char *next = at;
    if (ends_anywhere(e)) {
        if (e->length >> 1 > (size_t)(end - at))
            return NULL;
        e->n_lines = count_lines(at, e->length >> 1);
        next = at + (e->length >> 1);
    } else {
        e->n_lines = (e->length >> 1) + 1;
        for (uint32_t i = 0; i < e->n_lines; i++) {
            next = memchr(next, '\n', (size_t)(end - next));
            if (!next)
                return NULL;
            next++;
        }
    }
    e->text_len = (uint32_t)(next - at);
    return is_passage((size_t)(next - at)) ? next : NULL;
}

/* The texts are the n bytes at b->bytes.data + start, which they must fill. */
static bool find_texts(struct text_block *b, uint32_t n_passages, size_t start, size_t n)
{
    const char *at = b->bytes.data + start, *end = at + n;
    for (uint32_t i = 0; i < n_passages && at; i++) {
        b->entries[i].text_start = (size_t)(at - b->bytes.data);
        b->entries[i].is_decoded = true;
        at = find_text(&b->entries[i], at, end);
    }
    return at == end;
}

/* The same of the texts that b->map shows. */
static bool find_coded_texts(struct text_block *b, uint32_t n_passages)
{
    const uint32_t *lines = text_code_map_lines(&b->map);
    size_t at = 0, n_text = b->map.n_text, line = 0, n_lines = b->map.n_lines;
    for (uint32_t i = 0; i < n_passages; i++) {
        struct text_block_entry *e = &b->entries[i];
        size_t end = at + (e->length >> 1), first_line = line;
        if (!ends_anywhere(e)) {
            line += (size_t)(e->length >> 1) + 1;
            if (line > n_lines)
                return false;
            end = lines[line - 1] + (size_t)1;
        }
        while (line < n_lines && lines[line] < end)
            line++;
        if (end > n_text || !is_passage(end - at))
            return false;
        e->n_lines = (uint32_t)(line - first_line);
        e->text_start = at;
        e->text_len = (uint32_t)(end - at);
        at = end;
    }
    return at == n_text;
}

/* Makes of the other columns what they stand for. */
static void resolve(struct text_block *b, uint32_t n_passages)
{
    struct text_block_entry last = {0};
    for (uint32_t i = 0; i < n_passages; i++) {
        struct text_block_entry *e = &b->entries[i];
        const struct text_block_entry x = expected(&last, last.n_lines);
        e->report = undo_difference(e->report, x.report);
        e->number = undo_difference(e->number, x.number);
        e->line = undo_difference(e->line, x.line);
        e->section = undo_difference(e->section, x.section);
        last = *e;
    }
}

/* Reads what stands in front of the texts, and how many passages and bytes of text there are. */
static enum status read_entries(struct text_block *b, struct bytes *in, uint32_t *n_passages,
    size_t *texts_size, struct error *err)
{
    uint64_t n = bytes_varint(in), size = bytes_varint(in);
    if (n == 0 || n > (uint64_t)(in->end - in->at) / ENTRY_BYTES_MIN || size == 0 ||
        size > BLOCK_BYTES_MAX)
        return error_set(err, STATUS_CORRUPT, "damaged block");
    struct text_block_entry *entries = realloc(b->entries, n * sizeof *entries);
    if (!entries)
        return error_no_memory(err);
    b->entries = entries;
    read_columns(b, in, (uint32_t)n);
    if (in->is_broken)
        return error_set(err, STATUS_CORRUPT, "damaged block");
    *n_passages = (uint32_t)n;
    *texts_size = (size_t)size;
    return STATUS_OK;
}

enum status text_block_decode(struct text_block *b, const char *frame, size_t n,
    const struct frame_dictionary *dictionary, struct error *err)
{
    uint32_t n_passages = 0;
    size_t size = 0;
    b->n_passages = 0;
    buf_clear(&b->bytes);
    if (frame_codec_use(b->codec, dictionary, err) != STATUS_OK ||
        frame_decode(b->codec, frame, n, CODED_BYTES_MAX, &b->coded, err) != STATUS_OK)
        return err->status;
    struct bytes in = buf_bytes(&b->coded);
    if (read_entries(b, &in, &n_passages, &size, err) != STATUS_OK)
        return err->status;
    if (!buf_reserve(&b->bytes, size))
        return error_no_memory(err);
    bool is_no_memory;
    bool is_code = text_code_map_make(&b->map, in.at, (size_t)(in.end - in.at), &is_no_memory);
    if (is_no_memory)
        return error_no_memory(err);
    if (!is_code || b->map.n_text != size || !find_coded_texts(b, n_passages))
        return error_set(err, STATUS_CORRUPT, "damaged block");
    resolve(b, n_passages);
    b->bytes.len = size;
    b->n_passages = n_passages;
    return STATUS_OK;
}

/* The texts stay where they stand, behind the entries. */
enum status text_block_load(struct text_block *b, const char *raw, size_t n, struct error *err)
{
    uint32_t n_passages = 0;
    size_t size = 0;
    b->n_passages = 0;
    buf_clear(&b->bytes);
    if (n == 0)
        return error_set(err, STATUS_CORRUPT, "damaged block");
    if (!buf_append(&b->bytes, raw, n))
        return error_no_memory(err);
    struct bytes in = {.at = b->bytes.data, .end = b->bytes.data + n};
    if (read_entries(b, &in, &n_passages, &size, err) != STATUS_OK)
        return err->status;
    if (size != (size_t)(in.end - in.at) || !find_texts(b, n_passages, n - size, size))
        return error_set(err, STATUS_CORRUPT, "damaged block");
    resolve(b, n_passages);
    b->n_passages = n_passages;
    return STATUS_OK;
}

struct passage text_block_passage(struct text_block *b, uint32_t i)
{
    struct text_block_entry *e = &b->entries[i];
    if (!e->is_decoded)
        text_code_map_read(&b->map, e->text_start, e->text_len, b->bytes.data + e->text_start);
    e->is_decoded = true;
    return (struct passage){
        .text = b->bytes.data + e->text_start,
        .text_len = e->text_len,
        .number = e->number,
        .line = e->line,
        .section = e->section,
        .level = e->level,
    };
}
