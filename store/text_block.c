// SPDX-License-Identifier: GPL-2.0-or-later
/* Layout of a collected block: number of passages; then a column of each kind of number,
 * as varints: lengths of the texts, reports, numbers, lines, sections, levels; then the texts. All
 * but lengths and levels are differences from what is expected (zigzag, modulo 2^32, so that any
 * value survives): a number goes on from the passage before, a section from it or from the heading
 * that it is. Columns that are nearly all zeros cost
 * less than six numbers in turn: 1.2 % of the text of laws. Compressed is the same with the texts
 * coded; where each begins follows once all are decoded. */
#include "store/text_block.h"

#include <stdlib.h>

#include "store/frame.h"
#include "store/schema.h"
#include "store/text_code.h"

enum {
    ENTRY_BYTES_MIN = 6, /* a varint of each column */
    ENTRY_BYTES_MAX = 30,
    COUNT_BYTES_MAX = 5,
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

/* What the passage behind another one most likely is. */
static struct text_block_entry expected(const struct text_block_entry *last)
{
    return (struct text_block_entry){
        .report = last->report,
        .number = last->number + 1,
        .line = last->line + 1,
        .section = last->level ? last->number : last->section,
    };
}

static bool append_entry(struct text_block_writer *w, const struct text_block_entry *e)
{
    const struct text_block_entry x = expected(&w->last);
    const uint32_t values[N_COLUMNS] = {
        [LENGTH] = e->text_len,
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
    return true;
}

enum status text_block_writer_collect_rest(
    struct text_block_writer *w, struct buf *raw, struct error *err)
{
    buf_clear(raw);
    if (w->n_passages == 0)
        return STATUS_OK;
    bool is_ok = buf_append_varint(raw, w->n_passages);
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
    return STATUS_OK;
}

enum status text_block_encode(struct frame_codec *codec, const char *raw, size_t n,
    struct buf *coded, struct buf *out, struct error *err)
{
    struct bytes in = {.at = raw, .end = raw + n};
    for (uint64_t left = N_COLUMNS * bytes_varint(&in); left && !in.is_broken; left--)
        bytes_varint(&in);
    buf_clear(coded);
    if (!buf_append(coded, raw, (size_t)(in.at - raw)) ||
        !text_code_encode(in.at, (size_t)(in.end - in.at), coded))
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
    if (!append_entry(w, &e) || !buf_append(&w->texts, p->text, p->text_len))
        return error_no_memory(err);
    *is_first = w->n_passages == 0;
    w->n_passages++;
    w->last = e;
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
    frame_codec_init(&b->codec);
}

void text_block_release(struct text_block *b)
{
    buf_release(&b->bytes);
    buf_release(&b->coded);
    frame_codec_release(&b->codec);
    free(b->entries);
    text_block_init(b);
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

static uint32_t read_difference(struct bytes *in, uint32_t before)
{
    return undo_difference(read_number(in, UINT32_MAX), before);
}

static void read_columns(struct text_block *b, struct bytes *in, uint32_t n)
{
    struct text_block_entry *entries = b->entries;
    for (uint32_t i = 0; i < n; i++)
        entries[i] = (struct text_block_entry){.text_len = read_number(in, PASSAGE_BYTES_MAX)};
    for (uint32_t i = 0; i < n; i++)
        entries[i].report = read_difference(in, i ? entries[i - 1].report : 0);
    for (uint32_t i = 0; i < n; i++)
        entries[i].number = read_difference(in, i ? entries[i - 1].number + 1 : 1);
    for (uint32_t i = 0; i < n; i++)
        entries[i].line = read_difference(in, i ? entries[i - 1].line + 1 : 1);
    for (uint32_t i = 0; i < n; i++)
        entries[i].section = read_number(in, UINT32_MAX); /* a difference until levels are known */
    for (uint32_t i = 0; i < n; i++)
        entries[i].level = (uint8_t)read_number(in, LEVEL_MAX);
    struct text_block_entry last = {0};
    for (uint32_t i = 0; i < n; i++) {
        entries[i].section = undo_difference(entries[i].section, expected(&last).section);
        last = entries[i];
    }
}

/* Reads the entries in front of the texts and says in *texts_size how long those are together. */
static enum status read_entries(
    struct text_block *b, struct bytes *in, uint64_t *texts_size, struct error *err)
{
    uint64_t n_passages = bytes_varint(in);
    if (n_passages == 0 || n_passages > (uint64_t)(in->end - in->at) / ENTRY_BYTES_MIN)
        return error_set(err, STATUS_CORRUPT, "damaged block");
    struct text_block_entry *entries = realloc(b->entries, n_passages * sizeof *entries);
    if (!entries)
        return error_no_memory(err);
    b->entries = entries;
    read_columns(b, in, (uint32_t)n_passages);
    *texts_size = 0;
    for (uint32_t i = 0; i < n_passages; i++) {
        entries[i].text_start = (size_t)*texts_size;
        *texts_size += entries[i].text_len;
    }
    if (in->is_broken || *texts_size > BLOCK_BYTES_MAX)
        return error_set(err, STATUS_CORRUPT, "damaged block");
    b->n_passages = (uint32_t)n_passages;
    return STATUS_OK;
}

static enum status decode_texts(struct text_block *b, struct error *err)
{
    struct bytes in = {.at = b->coded.data, .end = b->coded.data + b->coded.len};
    uint64_t size;
    if (read_entries(b, &in, &size, err) != STATUS_OK)
        return err->status;
    if (!buf_reserve(&b->bytes, (size_t)size))
        return error_no_memory(err);
    if (!text_code_decode(in.at, (size_t)(in.end - in.at), b->bytes.data, (size_t)size))
        return error_set(err, STATUS_CORRUPT, "damaged block");
    b->bytes.len = (size_t)size;
    return STATUS_OK;
}

enum status text_block_decode(
    struct text_block *b, uint32_t first_docid, const char *frame, size_t n, struct error *err)
{
    b->n_passages = 0;
    b->first_docid = first_docid;
    buf_clear(&b->bytes);
    enum status s = frame_decode(&b->codec, frame, n, CODED_BYTES_MAX, &b->coded, err);
    if (s == STATUS_OK)
        s = decode_texts(b, err);
    if (s != STATUS_OK)
        b->n_passages = 0;
    return s;
}

/* The texts stay where they stand, behind the entries. */
enum status text_block_load(
    struct text_block *b, uint32_t first_docid, const char *raw, size_t n, struct error *err)
{
    b->n_passages = 0;
    b->first_docid = first_docid;
    buf_clear(&b->bytes);
    if (!buf_append(&b->bytes, raw, n))
        return error_no_memory(err);
    struct bytes in = {.at = b->bytes.data, .end = b->bytes.data + n};
    uint64_t size;
    if (read_entries(b, &in, &size, err) != STATUS_OK)
        return err->status;
    if (size != (uint64_t)(in.end - in.at)) {
        b->n_passages = 0;
        return error_set(err, STATUS_CORRUPT, "damaged block");
    }
    for (uint32_t i = 0; i < b->n_passages; i++)
        b->entries[i].text_start += (size_t)(in.at - b->bytes.data);
    return STATUS_OK;
}

struct passage text_block_passage(const struct text_block *b, uint32_t i)
{
    const struct text_block_entry *e = &b->entries[i];
    return (struct passage){
        .text = b->bytes.data + e->text_start,
        .text_len = e->text_len,
        .number = e->number,
        .line = e->line,
        .section = e->section,
        .level = e->level,
    };
}
