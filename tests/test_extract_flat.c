// SPDX-License-Identifier: GPL-2.0-or-later
/* Word and Excel 2003 XML, flat OpenDocument and flat OPC: rows of documents, told by their first tag, and what they become (tests/blocks.h). */
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "extract/parsers.h"
#include "tests/blocks.h"
#include "tests/rows.h"

#define DECLARATION "<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"yes\"?>\r\n"
#define WORD_ROOT                                                                                  \
    "<?mso-application progid=\"Word.Document\"?>\r\n<w:wordDocument xmlns:w='w' xmlns:wx='x' "    \
    "xmlns:o='o' xmlns:aml='a' xmlns:v='v'>"
#define URN(name) " xmlns:" name "='urn:oasis:names:tc:opendocument:xmlns:" name ":1.0'"

#define PACKAGE(program)                                                                           \
    DECLARATION "<?mso-application progid=\"" program "\"?>\n<pkg:package "                        \
                "xmlns:pkg='" FLAT_OPC_NAMESPACE "'>"
#define PART(name) "<pkg:part pkg:name='" name "' pkg:contentType='x'><pkg:xmlData>"
#define PART_END "</pkg:xmlData></pkg:part>"
#define RELATION(id, name, target)                                                                 \
    "<Relationships><Relationship Id='" id "' Type='t/" name "' Target='" target                   \
    "'/></Relationships>" PART_END
#define MAIN_PART(target) PART("/_rels/.rels") RELATION("r", "officeDocument", target)
#define PICTURE                                                                                    \
    "<pkg:part "                                                                                   \
    "pkg:name='/word/media/a.png'><pkg:binaryData>iVBORw0KGgo=</pkg:binaryData></pkg:part>"
#define SHOW                                                                                       \
    "<p:presentation xmlns:p='p' xmlns:r='relationships'><p:sldIdLst><p:sldId r:id='s'/></p:sldIdLst>"         \
    "</p:presentation>" PART_END

static const struct {
    const char *kind, *head, *tail;
    enum document_kind is;
} wraps[] = {
    {"word", DECLARATION WORD_ROOT, "</w:wordDocument>", DOCUMENT_DOCX},
    {"body", WORD_ROOT "<w:body>", "</w:body></w:wordDocument>\n", DOCUMENT_DOCX},
    {"excel",
        DECLARATION "<?mso-application progid=\"Excel.Sheet\"?>\n<Workbook "
                    "xmlns='urn:schemas-microsoft-com:office:spreadsheet' "
                    "xmlns:ss='urn:schemas-microsoft-com:office:spreadsheet' xmlns:o='o'>",
        "</Workbook>", DOCUMENT_XLSX},
    {"odf",
        "\xEF\xBB\xBF" DECLARATION "<!-- -->\n<office:document" URN("office") URN("text")
            URN("style") URN("table") " xmlns:draw='d' xmlns:dc='c' xmlns:svg='s' xmlns:math='m'>",
        "</office:document>", DOCUMENT_ODF},
    {"flat-word",
        PACKAGE("Word.Document") MAIN_PART("word/document.xml")
            PICTURE PART("/word/document.xml") "<w:document xmlns:w='w'><w:body>",
        "</w:body></w:document>" PART_END "</pkg:package>", DOCUMENT_DOCX},
    {"flat-slides",
        PACKAGE("PowerPoint.Show") MAIN_PART("ppt/presentation.xml") PART("/ppt/presentation.xml")
            SHOW PART("/ppt/_rels/presentation.xml.rels")
                RELATION("s", "slide", "slides/slide1.xml")
                    PART("/ppt/slides/slide1.xml") "<p:sld xmlns:p='p' xmlns:a='a'><p:cSld>",
        "</p:cSld></p:sld>" PART_END "</pkg:package>", DOCUMENT_PPTX},
};

static void check_row(void **state)
{
    const struct row *row = *state;
    struct buf document, out;
    struct error err;
    size_t i = 0;
    while (strcmp(wraps[i].kind, row->kind) != 0)
        assert_true(++i < sizeof wraps / sizeof *wraps);
    buf_init(&document, 1 << 20);
    assert_true(buf_append_str(&document, wraps[i].head) &&
                buf_append(&document, row->text, row->text_len) &&
                buf_append_str(&document, wraps[i].tail));
    assert_int_equal(document_sniff(document.data, document.len), wraps[i].is);
    document_parser *parser = parser_of(wraps[i].is);
    if (blocks_of(parser, document.data, document.len, false, &out, &err) != STATUS_OK)
        fail_msg("%s", err.message);
    assert_string_equal(buf_terminate(&out), row->expected);
    buf_release(&out);
    for (size_t n = strlen(wraps[i].head); n + 2 < document.len; n++) {
        assert_int_equal(blocks_of(parser, document.data, n, false, &out, &err), STATUS_BAD_INPUT);
        assert_string_equal(err.message, "damaged XML");
        buf_release(&out);
    }
    blocks_survive_flips(parser, document.data, document.len, 200);
    buf_release(&document);
}

/* Other XML, and HTML under the same names, is what it was. */
static void document_sniff__tells_flat_documents_from_other_markup(void **state)
{
    static const struct {
        const char *text;
        enum document_kind kind;
    } rows[] = {
        {"<wordDocument>", DOCUMENT_DOCX},
        {"<pkg:package>", DOCUMENT_NONE},
        {"<package xmlns='" FLAT_OPC_NAMESPACE "'>", DOCUMENT_DOCX},
        {"<x:wordDocument/>", DOCUMENT_DOCX},
        {"<w:wordDocuments>", DOCUMENT_NONE},
        {"<document>营商环境</document>", DOCUMENT_NONE},
        {"<office:document>", DOCUMENT_NONE},
        {"<Workbook>", DOCUMENT_NONE},
        {"<document xmlns='urn:oasis:names:tc:opendocument:xmlns:office:1.0'>", DOCUMENT_ODF},
        {"<?php echo 1 ?><html>", DOCUMENT_NONE},
        {"<?xml version='1.0'?><html>", DOCUMENT_HTML},
        {"<?xml version='1.0'?><w:wordDocument", DOCUMENT_DOCX},
        {"<w:", DOCUMENT_NONE},
        {"<", DOCUMENT_NONE},
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        assert_int_equal(document_sniff(rows[i].text, strlen(rows[i].text)), rows[i].kind);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(document_sniff__tells_flat_documents_from_other_markup)};
    int failed = rows_run("flat_xml.test", check_row);
    return failed + cmocka_run_group_tests(tests, NULL, NULL);
}
