// SPDX-License-Identifier: GPL-2.0-or-later
#include "extract/kind.h"

#include <string.h>
#include <strings.h>

#include "tokenizer/magic.h"

static const char *const names[DOCUMENT_KINDS] = {
    "none", "html", "pdf", "doc", "rtf", "docx", "pptx", "xlsx", "odf", "epub", "archive"};

const char *document_kind_name(enum document_kind kind)
{
    return kind < DOCUMENT_KINDS ? names[kind] : names[DOCUMENT_NONE];
}

/* ---- HTML, and XML ---- */

enum { HTML_HEAD_BYTES = 4096 };

/* The head without the NUL bytes of UTF-16, so that one look serves every encoding. */
static size_t narrow(const char *bytes, size_t n, char out[HTML_HEAD_BYTES])
{
    size_t len = 0;
    if (n >= 2 && (memcmp(bytes, "\xFF\xFE", 2) == 0 || memcmp(bytes, "\xFE\xFF", 2) == 0)) {
        bytes += 2;
        n -= 2;
    }
    if (n >= 3 && memcmp(bytes, "\xEF\xBB\xBF", 3) == 0) {
        bytes += 3;
        n -= 3;
    }
    for (size_t i = 0; i < n && len < HTML_HEAD_BYTES; i++)
        if (bytes[i])
            out[len++] = bytes[i];
    return len;
}

static bool is_space(char c)
{
    return c == ' ' || (c >= '\t' && c <= '\r');
}

/* A name without its prefix, which producers choose: is it that of the tag at `at`? */
static bool is_root(const char *at, const char *end, const char *name)
{
    size_t n = strlen(name);
    const char *stop = ++at;
    while (stop < end && !is_space(*stop) && *stop != '>' && *stop != '/')
        stop++;
    const char *colon = memchr(at, ':', (size_t)(stop - at));
    at = colon ? colon + 1 : at;
    return (size_t)(stop - at) == n && memcmp(at, name, n) == 0;
}

static bool starts(const char *at, const char *end, const char *word)
{
    size_t n = strlen(word);
    return (size_t)(end - at) >= n && strncasecmp(at, word, n) == 0;
}

/* Past white space, comments, an XML declaration, and what names the program that wrote the file. */
static const char *first_tag(const char *at, const char *end)
{
    for (;;) {
        const char *close = NULL;
        while (at < end && is_space(*at))
            at++;
        if (starts(at, end, "<!--"))
            close = memmem(at, (size_t)(end - at), "-->", 3);
        else if (starts(at, end, "<?xml") || starts(at, end, "<?mso-"))
            close = memmem(at, (size_t)(end - at), "?>", 2);
        if (!close)
            return at;
        at = close + (*close == '-' ? 3 : 2);
    }
}

static bool has_within(const char *at, const char *end, const char *word)
{
    return memmem(at, (size_t)(end - at), word, strlen(word));
}

static bool is_package(const char *at, const char *end)
{
    return at < end && *at == '<' && is_root(at, end, "package") &&
           has_within(at, end, FLAT_OPC_NAMESPACE);
}

/* Of a text that begins with a tag. */
static enum document_kind markup_kind(const char *bytes, size_t n)
{
    static const char *const tags[] = {"html", "head", "body", "meta", "title", "script", "div",
        "table", "p", "h1", "h2", "link", "style", "center", "font", "span", "article", "section",
        "ul", "ol"};
    static const char flat[] = "urn:oasis:names:tc:opendocument:",
                      sheets[] = "urn:schemas-microsoft-com:office:spreadsheet";
    char head[HTML_HEAD_BYTES];
    if (!memchr(bytes, '<', n < 2 * HTML_HEAD_BYTES ? n : 2 * HTML_HEAD_BYTES))
        return DOCUMENT_NONE; /* most texts */
    const char *end = head + narrow(bytes, n, head), *at = first_tag(head, end);
    if (starts(at, end, "<!doctype html"))
        return DOCUMENT_HTML;
    if (at == end || *at != '<')
        return DOCUMENT_NONE;
    if (is_root(at, end, "wordDocument"))
        return DOCUMENT_DOCX;
    if (is_root(at, end, "Workbook") && has_within(at, end, sheets))
        return DOCUMENT_XLSX;
    if (is_root(at, end, "document") && has_within(at, end, flat))
        return DOCUMENT_ODF;
    if (is_package(at, end))
        return has_within(head, at, "PowerPoint") ? DOCUMENT_PPTX : DOCUMENT_DOCX;
    for (size_t i = 0; i < sizeof tags / sizeof *tags; i++) {
        const char *after = at + 1 + strlen(tags[i]);
        if (starts(at + 1, end, tags[i]) && after < end && (is_space(*after) || *after == '>'))
            return DOCUMENT_HTML;
    }
    return DOCUMENT_NONE;
}

bool document_is_flat_opc(const char *bytes, size_t n)
{
    char head[HTML_HEAD_BYTES];
    const char *end = head + narrow(bytes, n, head);
    return is_package(first_tag(head, end), end);
}

bool document_is_mhtml(const char *bytes, size_t n)
{
    static const char type[] = "multipart/related";
    const char *end = bytes + (n < HTML_HEAD_BYTES ? n : HTML_HEAD_BYTES);
    if (!starts(bytes, end, "MIME-Version:") && !starts(bytes, end, "From:"))
        return false;
    for (const char *at = bytes; at < end; at++) {
        if (starts(at, end, type))
            return true;
        if (*at == '\n' && (starts(at + 1, end, "\n") || starts(at + 1, end, "\r\n")))
            return false; /* the headers end */
    }
    return false;
}

/* ---- all ---- */

enum document_kind document_sniff(const char *bytes, size_t n)
{
    static const struct {
        const char *magic;
        enum document_kind kind;
    } rows[] = {
        {"zip", DOCUMENT_ARCHIVE},
        {"PDF", DOCUMENT_PDF},
        {"OLE (doc, xls, ppt, wps)", DOCUMENT_DOC},
        {"RTF", DOCUMENT_RTF},
        {"gzip", DOCUMENT_ARCHIVE},
        {"xz", DOCUMENT_ARCHIVE},
        {"bzip2", DOCUMENT_ARCHIVE},
        {"zstd", DOCUMENT_ARCHIVE},
        {"7z", DOCUMENT_ARCHIVE},
        {"tar", DOCUMENT_ARCHIVE},
    };
    const char *magic = magic_kind(bytes, n);
    for (size_t i = 0; magic && i < sizeof rows / sizeof *rows; i++)
        if (strcmp(magic, rows[i].magic) == 0)
            return rows[i].kind;
    if (!magic && document_is_mhtml(bytes, n))
        return DOCUMENT_HTML;
    return magic ? DOCUMENT_NONE : markup_kind(bytes, n);
}

enum document_kind document_zip_kind(enum document_kind so_far, const char *member)
{
    static const struct {
        const char *member;
        enum document_kind kind;
    } rows[] = {
        {"word/document.xml", DOCUMENT_DOCX},
        {"word/document2.xml", DOCUMENT_DOCX}, /* as Office 365 may have it */
        {"ppt/presentation.xml", DOCUMENT_PPTX},
        {"xl/workbook.xml", DOCUMENT_XLSX},
        {"META-INF/container.xml", DOCUMENT_EPUB},
        {"META-INF/manifest.xml", DOCUMENT_ODF},
    };
    for (size_t i = 0; so_far == DOCUMENT_ARCHIVE && i < sizeof rows / sizeof *rows; i++)
        if (strcmp(member, rows[i].member) == 0)
            return rows[i].kind;
    return so_far;
}
