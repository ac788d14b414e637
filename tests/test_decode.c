// SPDX-License-Identifier: GPL-2.0-or-later
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "common/utf8.h"
#include "tests/recode.h"
#include "tests/temp_dir.h"
#include "tokenizer/decode.h"

#define FFFD "\xEF\xBF\xBD"

static const enum encoding all[] = {ENCODING_UTF8, ENCODING_GB18030, ENCODING_BIG5,
    ENCODING_BIG5_HKSCS, ENCODING_UTF16LE, ENCODING_UTF16BE};
enum { N_ALL = sizeof all / sizeof *all };

/* Decodes bytes in two pieces, or where chunk is not 0 in pieces of so many bytes; the pieces are
 * copies of their own size, so that a sanitizer sees a step past their end. */
static uint64_t decode_pieces(
    enum encoding e, const char *bytes, size_t n, size_t split, size_t chunk, struct buf *out)
{
    struct error err;
    struct decoder *d;
    uint64_t n_replaced = 0;
    assert_int_equal(decoder_open(e, &d, &err), STATUS_OK);
    buf_clear(out);
    for (size_t at = 0; at <= n;) {
        size_t end = chunk ? at + chunk : at < split ? split : n;
        end = end < n ? end : n;
        char *piece = malloc(end - at + 1);
        assert_non_null(piece);
        memcpy(piece, bytes + at, end - at);
        assert_int_equal(
            decoder_feed(d, piece, end - at, end == n, out, &n_replaced, &err), STATUS_OK);
        free(piece);
        at = end == n ? n + 1 : end;
    }
    decoder_close(d);
    return n_replaced;
}

static void assert_decodes(
    enum encoding e, const char *bytes, size_t n, const char *text, uint64_t n_replaced)
{
    struct buf out;
    buf_init(&out, 1 << 20);
    for (size_t split = 0; split <= n; split++) {
        uint64_t got = decode_pieces(e, bytes, n, split, 0, &out);
        assert_non_null(buf_terminate(&out));
        assert_string_equal(out.data, text);
        assert_int_equal(out.len, strlen(text));
        assert_int_equal(got, n_replaced);
    }
    buf_release(&out);
}

#define DECODES(e, bytes, text, n_replaced)                                                        \
    assert_decodes(e, bytes, sizeof(bytes) - 1, text, n_replaced)

static void decoder_feed__decodes_utf8_and_counts_what_is_broken(void **state)
{
    (void)state;
    DECODES(ENCODING_UTF8, "", "", 0);
    DECODES(ENCODING_UTF8, "中国A𨨏é", "中国A𨨏é", 0);
    DECODES(ENCODING_UTF8, "\xE4\xB8\n", FFFD "\n", 1); /* cut in the middle */
    DECODES(ENCODING_UTF8, "\xE4\xB8\xE4\xB8\xAD", FFFD "中", 1);
    DECODES(ENCODING_UTF8, "\xF0\xA8\xA8", FFFD, 1);
    DECODES(ENCODING_UTF8, "\xC0\xAF", FFFD FFFD, 2);          /* too long a form */
    DECODES(ENCODING_UTF8, "\xED\xA0\x80", FFFD FFFD FFFD, 3); /* a surrogate */
    DECODES(ENCODING_UTF8, "\xF4\x90\x80\x80", FFFD FFFD FFFD FFFD, 4);
    DECODES(ENCODING_UTF8, "\x80\xFFz", FFFD FFFD "z", 2);
    DECODES(
        ENCODING_UTF8, "abcdefghijklmnop\xFFqrstuvwxyz", "abcdefghijklmnop" FFFD "qrstuvwxyz", 1);
}

static void decoder_feed__decodes_gb18030_and_the_euro_of_cp936(void **state)
{
    (void)state;
    DECODES(ENCODING_GB18030,
        "\xD6\xD0\xB9\xFA"
        "A",
        "中国A", 0);
    DECODES(ENCODING_GB18030, "\x98\x30\x88\x39\x81\x39\xEE\x39\xA2\xE3", "𨨏㐀€", 0);
    DECODES(ENCODING_GB18030,
        "\x80"
        "5\x80\xD6\xD0",
        "€5€中", 0);
    DECODES(ENCODING_GB18030, "\xFF\xD6\xD0", FFFD "中", 1);
    DECODES(ENCODING_GB18030, "\xD6", FFFD, 1);
    DECODES(ENCODING_GB18030, "\x98\x30\x88", FFFD "0" FFFD, 2);
}

static void decoder_feed__decodes_big5_and_hkscs(void **state)
{
    (void)state;
    DECODES(ENCODING_BIG5, "\xA4\x40\xA4\xA4\xB9\x71\xA3\xE1\xF9\xD6", "一中電€碁", 0);
    DECODES(ENCODING_BIG5_HKSCS, "\xA4\x40\x9D\xF2\xC6\xA1", "一𨋢①", 0);
    DECODES(ENCODING_BIG5_HKSCS, "\x88\x62", "Ê̄",
        0); /* two characters, of which iconv keeps one back */
    DECODES(ENCODING_BIG5_HKSCS,
        "\x88\x62\xFF\x88\x62"
        "a",
        "Ê̄" FFFD "Ê̄"
        "a",
        1);
    DECODES(ENCODING_BIG5, "\x9D\xF2\xA4\xA4", FFFD "中", 1); /* a pair is one fault: no shift */
    DECODES(ENCODING_BIG5, "\xA4", FFFD, 1);
}

static void decoder_feed__never_swallows_ascii(void **state)
{
    (void)state;
    DECODES(ENCODING_GB18030, "\xD6\n\xD6\xD0", FFFD "\n中", 1);
    DECODES(ENCODING_GB18030, "\x84\x31\xA5\x30 a", FFFD "1" FFFD "0 a", 2);
    DECODES(ENCODING_BIG5, "\xA4\n\xA4\xA4", FFFD "\n中", 1);
    DECODES(ENCODING_BIG5_HKSCS, "\xA4<b>", FFFD "<b>", 1);
    DECODES(ENCODING_UTF8, "\xE4<b>", FFFD "<b>", 1);
}

static void decoder_feed__decodes_utf16_and_its_surrogates(void **state)
{
    (void)state;
    DECODES(ENCODING_UTF16LE,
        "\x2D\x4E"
        "A\0\x62\xD8\x0F\xDE",
        "中A𨨏", 0);
    DECODES(ENCODING_UTF16BE, "\x4E\x2D\0A\xD8\x62\xDE\x0F", "中A𨨏", 0);
    DECODES(ENCODING_UTF16LE,
        "\x62\xD8"
        "A\0",
        FFFD "A", 1);
    DECODES(ENCODING_UTF16LE,
        "\x0F\xDE"
        "A\0",
        FFFD "A", 1);
    DECODES(ENCODING_UTF16LE, "\x62\xD8\x62\xD8\x0F\xDE", FFFD "𨨏", 1);
    DECODES(ENCODING_UTF16LE, "\x62\xD8", FFFD, 1);
    DECODES(ENCODING_UTF16LE, "\x2D\x4E\x2D", "中" FFFD, 1);
    DECODES(ENCODING_UTF16BE, "\x20", FFFD, 1);
}

/* ---- properties ---- */

static unsigned seed;

/* Bytes of the kind that breaks decoders: leads, trails, digits, line feeds, halves of surrogates.
 */
static void fill(char *bytes, size_t n)
{
    static const unsigned char picks[] = {0x0A, 0x30, 0x39, 0x41, 0x62, 0x7E, 0x80, 0x81, 0x84,
        0x88, 0xA4, 0xB8, 0xC6, 0xD8, 0xDC, 0xE4, 0xED, 0xF4, 0xFE, 0xFF};
    for (size_t i = 0; i < n; i++)
        bytes[i] = rand() % 2 ? (char)picks[(size_t)rand() % sizeof picks] : (char)(rand() >> 8);
}

static void assert_well_formed(const struct buf *text)
{
    uint32_t cp;
    for (size_t i = 0, len; i < text->len; i += len)
        assert_true((len = utf8_decode(text->data + i, text->len - i, &cp)) > 0);
}

static size_t count_byte(const char *bytes, size_t n, char byte)
{
    size_t count = 0;
    for (size_t i = 0; i < n; i++)
        count += bytes[i] == byte;
    return count;
}

static void decoder_feed__gives_the_same_at_every_split(void **state)
{
    (void)state;
    struct buf whole, parts;
    char bytes[40];
    buf_init(&whole, 1 << 16);
    buf_init(&parts, 1 << 16);
    for (int round = 0; round < 600; round++) {
        enum encoding e = all[round % N_ALL];
        fill(bytes, sizeof bytes);
        uint64_t n_whole = decode_pieces(e, bytes, sizeof bytes, sizeof bytes, 0, &whole);
        assert_well_formed(&whole);
        for (size_t split = 0; split < 2 * sizeof bytes; split++) {
            size_t chunk = split < sizeof bytes ? 0 : split - sizeof bytes + 1;
            assert_int_equal(decode_pieces(e, bytes, sizeof bytes, split, chunk, &parts), n_whole);
            assert_int_equal(parts.len, whole.len);
            assert_memory_equal(parts.data, whole.data, whole.len);
        }
    }
    buf_release(&whole);
    buf_release(&parts);
}

static void decoder_feed__keeps_every_line_feed(void **state)
{
    (void)state;
    struct buf text;
    char bytes[4096];
    buf_init(&text, 1 << 16);
    for (int round = 0; round < 200; round++) {
        enum encoding e = all[round % 4]; /* those in which 0A is nothing else */
        fill(bytes, sizeof bytes);
        uint64_t n_replaced = decode_pieces(e, bytes, sizeof bytes, sizeof bytes, 0, &text);
        assert_well_formed(&text);
        assert_int_equal(
            count_byte(text.data, text.len, '\n'), count_byte(bytes, sizeof bytes, '\n'));
        assert_true(n_replaced > 0);
    }
    buf_release(&text);
}

/* How many bytes of text are not at either end of what came out. */
static size_t bytes_missing(const struct buf *out, const char *text, size_t n)
{
    size_t before = 0, behind = 0, most = out->len < n ? out->len : n;
    while (before < most && out->data[before] == text[before])
        before++;
    while (behind < most - before && out->data[out->len - 1 - behind] == text[n - 1 - behind])
        behind++;
    return n - before - behind;
}

static void decoder_feed__reads_a_line_of_another_encoding(void **state)
{
    (void)state;
    static const char utf8[] = "老旧小区加装电梯\n城镇新增就业八万人。\n";
    static const char first[] = "老旧小区加装电梯\n", third[] = "推进改革开放\n";
    size_t n_gb, n_big5;
    char *gb = recode("城镇新增就业八万人。\n", strlen("城镇新增就业八万人。\n"), "GB18030", &n_gb);
    char *big5 =
        recode("城鎮新增就業八萬人。\n", strlen("城鎮新增就業八萬人。\n"), "BIG5", &n_big5);
    char bytes[256], text[256];
    size_t n = (size_t)sprintf(bytes, "%s%.*s%s", first, (int)n_gb, gb, third);
    sprintf(text, "%s%s", utf8, third);
    assert_decodes(ENCODING_UTF8, bytes, n, text, 0);
    n = (size_t)sprintf(bytes, "%s%.*s%s", first, (int)n_big5, big5, third);
    sprintf(text, "%s%s%s", first, "城鎮新增就業八萬人。\n", third);
    assert_decodes(ENCODING_UTF8, bytes, n, text, 0);
    n = (size_t)sprintf(bytes, "%.*s%s%.*s", (int)n_gb, gb, third, (int)n_gb, gb);
    sprintf(text, "%s%s%s", "城镇新增就业八万人。\n", third, "城镇新增就业八万人。\n");
    assert_decodes(ENCODING_GB18030, bytes, n, text, 0);
    /* read as Windows-1252 or Latin-1 before, and written as UTF-8: 城镇新增就业 of UTF-8, 城镇新增就业 of GB18030 */
    assert_decodes(ENCODING_UTF8, "åŸŽé•‡æ–°å¢žå°±ä¸š\n³ÇÕòÐÂÔö¾ÍÒµ\n老旧",
        strlen("åŸŽé•‡æ–°å¢žå°±ä¸š\n³ÇÕòÐÂÔö¾ÍÒµ\n老旧"), "城镇新增就业\n城镇新增就业\n老旧", 0);
    static const char latin[] = "Æôîâ Øå ÄÖÜß äöü «à» — ¿Qué?\n";
    assert_decodes(ENCODING_UTF8, latin, strlen(latin), latin, 0);
    /* a word of another language is none of Chinese; nor are four characters of nothing */
    assert_decodes(ENCODING_UTF8,
        "Gr\xF6\xDF"
        "e\n",
        6, "Gr" FFFD FFFD "e\n", 2);
    assert_decodes(ENCODING_UTF8, "\xE4\xB8\xAD\xE5\x9B\n", 6, "中" FFFD "\n", 1);
    free(gb);
    free(big5);
}

/* Each byte of Chinese text is left out once, and once another is put before it: nearly always no more than a character
 * is gone, and three more at most where chance has it. Only the end of a line may be too short to tell. */
static void decoder_feed__finds_lost_bytes_of_gb18030(void **state)
{
    static const char text[] =
        "全面贯彻落实中央经济工作会议精神，坚持稳中求进工作总基调，优化营商环境，推进改革开放。\n"
        "2023年，全市地区生产总值增长百分之五，城镇新增就业八万人；居民收入与经济增长基本同步。\n"
        "老旧小区加装电梯\n";
    (void)state;
    struct buf out;
    size_t n, n_found = 0, n_tried = 0;
    char *bytes = recode(text, sizeof text - 1, "GB18030", &n), *torn = malloc(n + 1);
    buf_init(&out, 1 << 16);
    for (size_t at = 0; at < n; at++) {
        for (size_t more = 0; more < 2 && (unsigned char)bytes[at] >= 0x80; more++) {
            size_t from = at + 1 - more, n_torn = at + more + n - from;
            memcpy(torn, bytes, at);
            torn[at] = '\xBB';
            memcpy(torn + at + more, bytes + from, n - from);
            uint64_t n_replaced = decode_pieces(ENCODING_GB18030, torn, n_torn, n_torn, 7, &out);
            assert_well_formed(&out);
            n_tried++;
            n_found += n_replaced == 1 && bytes_missing(&out, text, sizeof text - 1) <= 12;
        }
    }
    print_message("%zu of %zu found\n", n_found, n_tried);
    assert_true(n_tried > 300 && n_found * 20 >= n_tried * 19);
    free(torn);
    free(bytes);
    buf_release(&out);
}

/* Every character that iconv can write in an encoding comes back. */
static void decoder_feed__brings_every_character_back(void **state)
{
    (void)state;
    static const struct {
        enum encoding encoding;
        const char *name;
    } rows[] = {{ENCODING_UTF8, "UTF-8"}, {ENCODING_GB18030, "GB18030"},
        {ENCODING_UTF16LE, "UTF-16LE"}, {ENCODING_UTF16BE, "UTF-16BE"}};
    struct buf text, again;
    buf_init(&text, 1 << 23);
    buf_init(&again, 1 << 26);
    for (uint32_t cp = 1; cp <= 0x10FFFF; cp++) {
        char c[UTF8_MAX_BYTES];
        if (cp < 0xD800 || cp > 0xDFFF)
            assert_true(buf_append(&text, c, utf8_encode(cp, c)));
    }
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        size_t n;
        char *bytes = recode(text.data, text.len, rows[i].name, &n);
        assert_int_equal(decode_pieces(rows[i].encoding, bytes, n, n, 4099, &again), 0);
        size_t n_bytes;
        char *back = recode(again.data, again.len, rows[i].name, &n_bytes);
        assert_int_equal(n_bytes, n);
        assert_memory_equal(back, bytes, n);
        assert_true(utf8_count(again.data, again.len) > 1000000);
        free(back);
        free(bytes);
    }
    buf_release(&text);
    buf_release(&again);
}

static void decoder_feed__says_when_the_buffer_is_full(void **state)
{
    (void)state;
    struct error err;
    struct decoder *d;
    struct buf out;
    uint64_t n_replaced = 0;
    buf_init(&out, 8);
    assert_int_equal(decoder_open(ENCODING_UTF8, &d, &err), STATUS_OK);
    assert_int_equal(
        decoder_feed(d, "0123456789", 10, true, &out, &n_replaced, &err), STATUS_NO_MEMORY);
    assert_int_equal(out.len, 0);
    decoder_close(d);
    buf_release(&out);
    buf_init(&out, 4 * 10 + 16); /* what the contract asks for */
    assert_int_equal(decoder_open(ENCODING_UTF8, &d, &err), STATUS_OK);
    assert_int_equal(decoder_feed(d, "\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF", 10, true, &out,
                         &n_replaced, &err),
        STATUS_OK);
    assert_int_equal(n_replaced, 10);
    decoder_close(d);
    buf_release(&out);
}

/* Every place of the pair that iconv writes as two characters, against the length of its output. */
static void decoder_feed__keeps_a_pair_of_hkscs_at_every_length(void **state)
{
    (void)state;
    enum { LONGEST = 9000 };
    struct buf out;
    char *bytes = malloc(LONGEST + 2);
    assert_non_null(bytes);
    memset(bytes, 'a', LONGEST + 2);
    buf_init(&out, 1 << 16);
    for (size_t n = 0; n <= LONGEST; n++) {
        memcpy(bytes + n, "\x88\x62", 2);
        assert_int_equal(decode_pieces(ENCODING_BIG5_HKSCS, bytes, n + 2, n + 2, 0, &out), 0);
        assert_int_equal(out.len, n + 4);
        bytes[n] = 'a';
    }
    free(bytes);
    buf_release(&out);
}

static void decoder_feed__takes_no_bytes_at_all(void **state)
{
    (void)state;
    for (size_t i = 0; i < N_ALL; i++) {
        struct error err;
        struct decoder *d;
        struct buf out;
        uint64_t n_replaced = 0;
        buf_init(&out, 1 << 10);
        assert_int_equal(decoder_open(all[i], &d, &err), STATUS_OK);
        assert_int_equal(decoder_feed(d, NULL, 0, false, &out, &n_replaced, &err), STATUS_OK);
        assert_int_equal(decoder_feed(d, NULL, 0, true, &out, &n_replaced, &err), STATUS_OK);
        assert_int_equal(out.len, 0);
        decoder_close(d);
        buf_release(&out);
    }
}

static void decoder_open__refuses_an_unknown_encoding(void **state)
{
    (void)state;
    struct error err;
    struct decoder *d;
    assert_int_equal(decoder_open(ENCODING_UNKNOWN, &d, &err), STATUS_BAD_INPUT);
    assert_null(d);
    decoder_close(NULL);
}

/* ---- corpora ---- */

/* Decodes each file of a folder as what is detected; returns how many files there were. */
static size_t decode_folder(const char *name, uint64_t *n_replaced)
{
    const char *corpora = getenv("CORPORA");
    char folder[512], path[1024];
    size_t n_files = 0, n;
    struct buf text;
    snprintf(folder, sizeof folder, "%s/encodings/%s",
        corpora && *corpora ? corpora : "../shared/corpora", name);
    DIR *d = opendir(folder);
    if (!d)
        return 0;
    buf_init(&text, 1 << 26);
    for (struct dirent *e; (e = readdir(d));) {
        struct detection found;
        if (e->d_name[0] == '.')
            continue;
        snprintf(path, sizeof path, "%s/%s", folder, e->d_name);
        char *bytes = temp_dir_read(path, &n);
        encoding_detect(bytes, n, true, &found);
        *n_replaced += decode_pieces(found.encoding, bytes, n, n, 65536, &text);
        assert_well_formed(&text);
        free(bytes);
        n_files++;
    }
    closedir(d);
    buf_release(&text);
    return n_files;
}

static void decoder_feed__reads_the_125_files_of_the_corpus(void **state)
{
    (void)state;
    uint64_t n_replaced = 0;
    size_t n_files = decode_folder("gb2312", &n_replaced);
    if (!n_files)
        skip();
    assert_int_equal(n_replaced, 0);
    n_files += decode_folder("big5", &n_replaced);
    assert_int_equal(n_files, 125);
    assert_int_equal(n_replaced, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(decoder_feed__decodes_utf8_and_counts_what_is_broken),
        cmocka_unit_test(decoder_feed__decodes_gb18030_and_the_euro_of_cp936),
        cmocka_unit_test(decoder_feed__decodes_big5_and_hkscs),
        cmocka_unit_test(decoder_feed__never_swallows_ascii),
        cmocka_unit_test(decoder_feed__decodes_utf16_and_its_surrogates),
        cmocka_unit_test(decoder_feed__gives_the_same_at_every_split),
        cmocka_unit_test(decoder_feed__keeps_every_line_feed),
        cmocka_unit_test(decoder_feed__reads_a_line_of_another_encoding),
        cmocka_unit_test(decoder_feed__finds_lost_bytes_of_gb18030),
        cmocka_unit_test(decoder_feed__brings_every_character_back),
        cmocka_unit_test(decoder_feed__says_when_the_buffer_is_full),
        cmocka_unit_test(decoder_feed__keeps_a_pair_of_hkscs_at_every_length),
        cmocka_unit_test(decoder_feed__takes_no_bytes_at_all),
        cmocka_unit_test(decoder_open__refuses_an_unknown_encoding),
        cmocka_unit_test(decoder_feed__reads_the_125_files_of_the_corpus),
    };
    const char *given = getenv("SEED");
    seed = given ? (unsigned)strtoul(given, NULL, 10) : (unsigned)time(NULL);
    print_message("seed %u\n", seed);
    srand(seed);
    return cmocka_run_group_tests_name("decode", tests, NULL, NULL);
}
