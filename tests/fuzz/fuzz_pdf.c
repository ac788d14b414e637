// SPDX-License-Identifier: GPL-2.0-or-later
/* Lines of text anywhere on the pages of a PDF, which is well formed (poppler's own reading of hostile files is its
 * business, and the sandbox's): nothing is given out more often than it stands there. Each line is 4 bytes, x, y, size and
 * length, and its letters; a length of 255 ends the page. */
#include "tests/fuzz/blocks.h"

enum { PAGES_MAX = 8, PDF_MAX = 1 << 17 };

struct pdf_text {
    char bytes[PDF_MAX];
    size_t n, offsets[3 + 2 * PAGES_MAX];
    int n_objects;
};

#define PUT(p, ...) ((p)->n += (size_t)snprintf((p)->bytes + (p)->n, PDF_MAX - (p)->n, __VA_ARGS__))

static void begin_object(struct pdf_text *p, int number)
{
    p->offsets[number] = p->n;
    p->n_objects = number > p->n_objects ? number : p->n_objects;
    PUT(p, "%d 0 obj\n", number);
}

/* Appends the drawing of one line; false where the page ends. */
static bool draw_line(
    struct fuzz_input *in, char *stream, size_t room, size_t *n, size_t counts[26])
{
    unsigned x = fuzz_byte(in) * 2u, y = fuzz_byte(in) * 3u, size = 4 + fuzz_byte(in) % 30,
             length = fuzz_byte(in);
    if (length == 255 || *n + 2 * length + 64 > room)
        return false;
    *n += (size_t)snprintf(stream + *n, room - *n, "BT /F %u Tf %u %u Td (", size, x, y);
    for (unsigned i = 0; i < length % 64 && in->n; i++) {
        unsigned letter = fuzz_byte(in) % 37;
        stream[(*n)++] = letter < 26   ? (char)('a' + letter)
                         : letter < 36 ? (char)('0' + letter - 26)
                                       : ' ';
        if (letter < 26)
            counts[letter]++;
    }
    *n += (size_t)snprintf(stream + *n, room - *n, ") Tj ET\n");
    return true;
}

static void put_page(struct pdf_text *p, int page, struct fuzz_input *in, size_t counts[26])
{
    static char stream[8192];
    size_t n = 0;
    stream[0] = '\0';
    while (in->n > 4 && draw_line(in, stream, sizeof stream, &n, counts))
        ;
    begin_object(p, 3 + 2 * page);
    PUT(p,
        "<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents %d 0 R/Resources<</Font<</F "
        "<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>>>>>>>\nendobj\n",
        4 + 2 * page);
    begin_object(p, 4 + 2 * page);
    PUT(p, "<</Length %zu>>stream\n%.*s\nendstream\nendobj\n", n, (int)n, stream);
}

/* Returns how many pages it has. */
static uint32_t make(struct pdf_text *p, struct fuzz_input *in, size_t counts[26])
{
    uint32_t n_pages = 0;
    PUT(p, "%%PDF-1.4\n");
    while (n_pages < PAGES_MAX && (in->n > 4 || n_pages == 0))
        put_page(p, (int)n_pages++, in, counts);
    begin_object(p, 1);
    PUT(p, "<</Type/Catalog/Pages 2 0 R>>\nendobj\n");
    begin_object(p, 2);
    PUT(p, "<</Type/Pages/Count %u/Kids[", n_pages);
    for (uint32_t i = 0; i < n_pages; i++)
        PUT(p, "%u 0 R ", 3 + 2 * i);
    PUT(p, "]>>\nendobj\n");
    size_t xref = p->n;
    PUT(p, "xref\n0 %d\n0000000000 65535 f \n", p->n_objects + 1);
    for (int i = 1; i <= p->n_objects; i++)
        PUT(p, "%010zu 00000 n \n", p->offsets[i]);
    PUT(p, "trailer<</Size %d/Root 1 0 R>>\nstartxref\n%zu\n%%%%EOF\n", p->n_objects + 1, xref);
    MUST(p->n < PDF_MAX);
    return n_pages;
}

struct seen_letters {
    struct seen_blocks blocks;
    size_t counts[26];
    uint32_t n_pages;
};

static enum status count_block(void *arg, const struct block *b, struct error *err)
{
    struct seen_letters *seen = arg;
    uint32_t page = b->page;
    for (size_t i = 0; i < b->n; i++) {
        page += b->text[i] == BLOCK_PAGE_END;
        if (b->text[i] >= 'a' && b->text[i] <= 'z')
            seen->counts[b->text[i] - 'a']++;
    }
    MUST(b->page > 0 && page <= seen->n_pages);
    seen->blocks.page = 0; /* a note stands before a sentence that began pages before */
    return see_block(&seen->blocks, b, err);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct pdf_text p;
    struct fuzz_input in = {data, size};
    struct seen_letters seen = {.blocks = {.n = 0}};
    size_t counts[26] = {0};
    struct error err = {.message = ""};
    const struct document_sink sink = {&seen, see_meta, count_block};
    p.n = 0;
    p.n_objects = 0;
    seen.n_pages = make(&p, &in, counts);
    char *bytes = fuzz_copy(p.bytes, p.n);
    const struct document_input input = {bytes, p.n, ENCODING_UNKNOWN};
    enum status s = parse_pdf(&input, &sink, &err);
    MUST(s == STATUS_OK || (s == STATUS_BAD_INPUT && err.message[0]));
    for (int i = 0; i < 26; i++)
        MUST(seen.counts[i] <= counts[i]);
    free(bytes);
    return 0;
}
