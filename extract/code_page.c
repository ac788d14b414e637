// SPDX-License-Identifier: GPL-2.0-or-later
#include "extract/code_page.h"

#include <errno.h>

static const iconv_t none = (iconv_t)-1;

static const char *iconv_name(unsigned page)
{
    static const struct {
        unsigned page;
        const char *name;
    } rows[] = {
        {437, "CP437"},
        {850, "CP850"},
        {874, "CP874"},
        {932, "CP932"},
        {936, "GB18030"}, /* which holds all of GBK */
        {949, "CP949"},
        {950, "CP950"},
        {1250, "CP1250"},
        {1251, "CP1251"},
        {1253, "CP1253"},
        {1254, "CP1254"},
        {1255, "CP1255"},
        {1256, "CP1256"},
        {1257, "CP1257"},
        {1258, "CP1258"},
        {1361, "JOHAB"},
        {10000, "MACINTOSH"},
        {54936, "GB18030"},
        {65001, "UTF-8"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        if (rows[i].page == page)
            return rows[i].name;
    return "CP1252";
}

unsigned code_page_of_charset(int charset, unsigned standard)
{
    static const struct {
        int charset;
        unsigned page;
    } rows[] = {{0, 1252}, {2, 1252}, {77, 10000}, {128, 932}, {129, 949}, {130, 1361}, {134, 936},
        {136, 950}, {161, 1253}, {162, 1254}, {163, 1258}, {177, 1255}, {178, 1256}, {186, 1257},
        {204, 1251}, {222, 874}, {238, 1250}, {254, 437}, {255, 850}};
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        if (rows[i].charset == charset)
            return rows[i].page;
    return standard;
}

bool code_page_is_wide(unsigned page)
{
    return page == 932 || page == 936 || page == 949 || page == 950 || page == 1361 ||
           page == 54936 || page == 65001;
}

void code_pages_init(struct code_pages *c)
{
    c->n = 0;
}

void code_pages_release(struct code_pages *c)
{
    for (unsigned i = 0; i < c->n; i++)
        if (c->open[i].converter != none)
            iconv_close(c->open[i].converter);
    c->n = 0;
}

static iconv_t converter_of(struct code_pages *c, unsigned page)
{
    for (unsigned i = 0; i < c->n; i++)
        if (c->open[i].page == page)
            return c->open[i].converter;
    if (c->n == CODE_PAGES_MAX)
        return none;
    c->open[c->n].page = page;
    c->open[c->n].converter = iconv_open("UTF-8", iconv_name(page));
    return c->open[c->n++].converter;
}

bool code_page_decode(
    struct code_pages *c, unsigned page, const char *bytes, size_t n, struct buf *out)
{
    iconv_t converter = converter_of(c, page);
    char piece[512], *in = (char *)(uintptr_t)bytes;
    if (converter != none)
        iconv(converter, NULL, NULL, NULL, NULL);
    while (n) {
        char *to = piece;
        size_t room = sizeof piece, got = (size_t)-1;
        errno = EILSEQ;
        if (converter != none)
            got = iconv(converter, &in, &n, &to, &room);
        if (!buf_append(out, piece, (size_t)(to - piece)))
            return false;
        if (got != (size_t)-1 || errno == E2BIG)
            continue;
        bool is_ascii = (unsigned char)*in < 0x80; /* where there is no converter */
        if (is_ascii ? !buf_append_byte(out, *in) : !buf_append_str(out, "\xEF\xBF\xBD"))
            return false;
        in++;
        n--;
    }
    return true;
}

/* Is all of it in pairs of two bytes above A0, where level 1 and 2 of GB 2312 and Big5's first bytes lie? */
static bool is_paired(unsigned page, const unsigned char *p, size_t n)
{
    unsigned char trail = page == 936 || page == 949 || page == 54936 ? 0xA1 : 0x40;
    bool is_any = false;
    for (size_t i = 0; i < n; i++) {
        if (p[i] < 0x80)
            continue;
        if (p[i] < 0xA1 || i + 1 == n || p[i + 1] < trail)
            return false;
        is_any = true;
        i++;
    }
    return is_any;
}

bool code_page_suits(struct code_pages *c, unsigned page, const char *bytes, size_t n)
{
    struct buf out;
    if (!code_page_is_wide(page) || !is_paired(page, (const unsigned char *)bytes, n))
        return false;
    buf_init(&out, 4 * n + 16);
    bool suits = code_page_decode(c, page, bytes, n, &out) && out.len &&
                 !memmem(out.data, out.len, "\xEF\xBF\xBD", 3);
    buf_release(&out);
    return suits;
}
