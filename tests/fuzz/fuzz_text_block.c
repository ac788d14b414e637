// SPDX-License-Identifier: GPL-2.0-or-later
/* Blocks of text, and the code their text is in. First byte: 0 a block as it was collected, 1 under its frame, 2 code to
 * decode, 3 text to code, 4 passages to put into blocks. */
#include "store/text_block.h"
#include "store/text_code.h"
#include "tests/fuzz/fuzz.h"

static void check_block(struct text_block *b)
{
    MUST(b->n_passages > 0);
    for (uint32_t i = 0; i < b->n_passages; i++) {
        struct passage p = text_block_passage(b, i);
        MUST(p.text_len > 0 && p.text_len <= PASSAGE_BYTES_MAX && p.level <= 9);
        MUST(p.text >= b->bytes.data && p.text + p.text_len <= b->bytes.data + b->bytes.len);
        MUST(i == 0 ||
             p.text == b->bytes.data + b->entries[i - 1].text_start + b->entries[i - 1].text_len);
    }
}

static void read_block(const char *bytes, size_t n, bool is_framed)
{
    struct text_block b;
    struct frame_codec codec;
    struct buf frame;
    struct error err;
    text_block_init(&b);
    frame_codec_init(&codec);
    buf_init(&frame, 2 * n + 1024);
    MUST(!is_framed || frame_encode(&codec, bytes, n, &frame, &err) == STATUS_OK);
    enum status s = is_framed ? text_block_decode(&b, frame.data, frame.len, NULL, &err)
                              : text_block_load(&b, bytes, n, &err);
    MUST(s == STATUS_OK || s == STATUS_CORRUPT || (s == STATUS_NO_MEMORY && n > 1 << 16));
    if (s == STATUS_OK)
        check_block(&b);
    else
        MUST(b.n_passages == 0);
    text_block_release(&b);
    frame_codec_release(&codec);
    buf_release(&frame);
}

/* Is it code? Then its text is read whole and in parts of `part` bytes, the same. */
static bool read_code(
    struct text_code_map *map, const char *code, size_t n, size_t part, struct buf *text)
{
    bool is_no_memory, is_code = text_code_map_make(map, code, n, &is_no_memory);
    MUST(!is_no_memory);
    if (!is_code || map->n_text == 0)
        return is_code;
    MUST(buf_reserve(text, map->n_text));
    text_code_map_read(map, 0, map->n_text, text->data);
    text->len = map->n_text;
    for (size_t at = 0; at < map->n_text; at += part) {
        size_t n_part = map->n_text - at < part ? map->n_text - at : part;
        char *again = malloc(n_part);
        MUST(again);
        text_code_map_read(map, at, n_part, again);
        MUST(memcmp(again, text->data + at, n_part) == 0);
        free(again);
    }
    size_t n_lines = 0;
    for (size_t i = 0; i < text->len; i++)
        if (text->data[i] == '\n')
            MUST(n_lines < map->n_lines && text_code_map_lines(map)[n_lines++] == i);
    MUST(n_lines == map->n_lines);
    return true;
}

static void decode(const char *code, size_t n, size_t part)
{
    struct text_code_map map;
    struct buf text;
    text_code_map_init(&map, n);
    buf_init(&text, 3 * n + 64);
    read_code(&map, code, n, part, &text);
    buf_release(&text);
    text_code_map_release(&map);
}

static void code(const char *text, size_t n)
{
    struct text_code_map map;
    struct buf out, again;
    buf_init(&out, TEXT_CODE_BOUND(n));
    buf_init(&again, n + 64);
    MUST(text_code_encode(text, n, &out));
    text_code_map_init(&map, out.len);
    MUST(read_code(&map, out.data, out.len, n / 3 + 1, &again));
    MUST(again.len == n && (n == 0 || memcmp(again.data, text, n) == 0));
    text_code_map_release(&map);
    buf_release(&out);
    buf_release(&again);
}

/* ---- passages into blocks and out ---- */

struct written {
    const char *text; /* of all passages, one behind the other */
    size_t n, at;
    uint32_t report, number;
};

static void check_done(struct written *w, const struct buf *done)
{
    struct text_block b;
    struct error err;
    text_block_init(&b);
    MUST(text_block_decode(&b, done->data, done->len, NULL, &err) == STATUS_OK);
    check_block(&b);
    for (uint32_t i = 0; i < b.n_passages; i++) {
        struct passage p = text_block_passage(&b, i);
        MUST(p.text_len <= w->n - w->at && memcmp(p.text, w->text + w->at, p.text_len) == 0);
        MUST(p.number == ++w->number && b.entries[i].report == w->report);
        MUST(p.line == p.number * 3u && p.level == p.number % 10 && p.section == p.number - 1);
        w->at += p.text_len;
    }
    text_block_release(&b);
}

static void write_blocks(const char *text, size_t n, size_t step)
{
    struct text_block_writer *writer;
    struct buf done;
    struct error err;
    struct written w = {.text = text, .n = n, .report = 7};
    uint32_t number = 0;
    bool is_first;
    buf_init(&done, 1 << 20);
    MUST(text_block_writer_open(&writer, &err) == STATUS_OK);
    for (size_t at = 0, len; at < n; at += len) {
        len = 1 + (unsigned char)text[at] * step % 999;
        len = len < n - at ? len : n - at;
        number++;
        struct passage p = {.text = text + at,
            .text_len = len,
            .number = number,
            .line = number * 3u,
            .section = number - 1,
            .level = (uint8_t)(number % 10)};
        MUST(text_block_writer_add(writer, w.report, &p, &is_first, &done, &err) == STATUS_OK);
        if (is_first && number > 1)
            check_done(&w, &done);
    }
    MUST(text_block_writer_finish(writer, &done, &err) == STATUS_OK);
    if (n)
        check_done(&w, &done);
    MUST(w.at == n && w.number == number);
    text_block_writer_close(writer);
    buf_release(&done);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct fuzz_input in = {data, size};
    uint8_t what = fuzz_byte(&in) % 5;
    size_t n_text = what == 2 || what == 4 ? fuzz_byte(&in) : 0;
    char *bytes = fuzz_copy(in.at, in.n);
    if (what < 2)
        read_block(bytes, in.n, what == 1);
    else if (what == 2 && in.n)
        decode(bytes, in.n, n_text + 1);
    else if (what == 3)
        code(bytes, in.n);
    else
        write_blocks(bytes, in.n, n_text);
    free(bytes);
    return 0;
}
