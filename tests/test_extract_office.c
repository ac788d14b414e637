// SPDX-License-Identifier: GPL-2.0-or-later
/* Office files: each is put together here from its parts, and compared as one string: `kind page text` a
 * block, T for text, 1 to 9 for a heading, I for an item, R for a row. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <archive.h>
#include <archive_entry.h>

#include "common/buf.h"
#include "extract/parsers.h"
#include "extract/zip_members.h"
#include "tests/blocks.h"

enum { ZIP_MAX = 1 << 20 };

struct part {
    const char *name, *text;
};

/* Up to a part without name. The caller frees. */
static char *zip_of(const struct part *parts, size_t *n)
{
    char *bytes = malloc(ZIP_MAX);
    struct archive *a = archive_write_new();
    assert_non_null(bytes);
    archive_write_set_format_zip(a);
    assert_int_equal(archive_write_open_memory(a, bytes, ZIP_MAX, n), ARCHIVE_OK);
    for (; parts->name; parts++) {
        struct archive_entry *e = archive_entry_new();
        size_t len = strlen(parts->text);
        archive_entry_set_pathname(e, parts->name);
        archive_entry_set_filetype(e, AE_IFREG);
        archive_entry_set_perm(e, 0644);
        archive_entry_set_size(e, (la_int64_t)len);
        assert_int_equal(archive_write_header(a, e), ARCHIVE_OK);
        assert_int_equal(archive_write_data(a, parts->text, len), len);
        archive_entry_free(e);
    }
    assert_int_equal(archive_write_close(a), ARCHIVE_OK);
    archive_write_free(a);
    return bytes;
}

static void assert_gives(document_parser *parser, const struct part *parts, const char *expected)
{
    size_t n;
    struct error err;
    struct buf out;
    char *zip = zip_of(parts, &n);
    if (blocks_of(parser, zip, n, true, &out, &err) != STATUS_OK)
        fail_msg("%s", err.message);
    assert_string_equal(buf_terminate(&out), expected);
    buf_release(&out);
    for (size_t i = 1; i <= 8; i++) { /* the same, cut: an error, never a crash or a wrong text */
        assert_int_equal(blocks_of(parser, zip, n - n * i / 8, true, &out, &err), STATUS_BAD_INPUT);
        assert_true(out.len == 0);
        buf_release(&out);
    }
    free(zip);
}

static void assert_refused(document_parser *parser, const struct part *parts, const char *why)
{
    size_t n;
    struct error err;
    struct buf out;
    char *zip = zip_of(parts, &n);
    assert_int_equal(blocks_of(parser, zip, n, true, &out, &err), STATUS_BAD_INPUT);
    assert_string_equal(err.message, why);
    buf_release(&out);
    free(zip);
}

#define RELATIONS(inner) "<Relationships xmlns='r'>" inner "</Relationships>"
#define RELATION(id, type, target)                                                                 \
    "<Relationship Id='" id "' Type='x/" type "' Target='" target "'/>"
#define WORD_PARTS                                                                                 \
    {"_rels/.rels", RELATIONS(RELATION("r1", "officeDocument", "word/document.xml"))},             \
    {                                                                                              \
        "word/_rels/document.xml.rels", RELATIONS(RELATION("r1", "styles", "styles.xml")           \
                                                RELATION("r2", "numbering", "numbering.xml")       \
                                                    RELATION("r3", "footnotes", "footnotes.xml"))  \
    }
#define WORD(inner) "<w:document xmlns:w='w' xmlns:mc='m'><w:body>" inner "</w:body></w:document>"
#define P(properties, text) "<w:p><w:pPr>" properties "</w:pPr><w:r><w:t>" text "</w:t></w:r></w:p>"

static void docx__gives_headings_with_their_numbers(void **state)
{
    static const struct part parts[] = {WORD_PARTS,
        {"word/styles.xml",
            "<w:styles xmlns:w='w'>"
            "<w:style w:type='paragraph' w:styleId='1'><w:name w:val='heading 1'/></w:style>"
            "<w:style w:type='paragraph' w:styleId='a'><w:basedOn w:val='1'/>"
            "<w:pPr><w:numPr><w:numId w:val='1'/></w:numPr></w:pPr></w:style>"
            "<w:style w:type='paragraph' w:styleId='loop'><w:basedOn w:val='loop'/></w:style>"
            "</w:styles>"},
        {"word/numbering.xml",
            "<w:numbering xmlns:w='w'><w:abstractNum w:abstractNumId='7'>"
            "<w:lvl w:ilvl='0'><w:start w:val='1'/><w:numFmt w:val='chineseCounting'/>"
            "<w:lvlText w:val='%1、'/></w:lvl>"
            "<w:lvl w:ilvl='1'><w:start w:val='1'/><w:numFmt w:val='decimal'/>"
            "<w:lvlText w:val='%2.'/></w:lvl></w:abstractNum>"
            "<w:num w:numId='1'><w:abstractNumId w:val='7'/></w:num></w:numbering>"},
        {"word/document.xml",
            WORD(P("<w:pStyle w:val='a'/>", "总体要求") P("", "坚持稳中求进。")
                    P("<w:numPr><w:ilvl w:val='1'/><w:numId w:val='1'/></w:numPr>", "做强产业") P(
                        "<w:numPr><w:ilvl w:val='1'/><w:numId w:val='1'/></w:numPr>", "优化环境")
                        P("<w:pStyle w:val='a'/>", "重点任务") P(
                            "<w:numPr><w:ilvl w:val='1'/><w:numId w:val='1'/></w:numPr>", "补短板")
                            P("<w:pStyle w:val='loop'/><w:outlineLvl w:val='2'/>", "其他"))},
        {NULL, NULL}};
    (void)state;
    assert_gives(parse_docx, parts,
        "1 0 一、总体要求\nT 0 坚持稳中求进。\nT 0 1. 做强产业\nT 0 2. 优化环境\n"
        "1 0 二、重点任务\nT 0 1. 补短板\n3 0 其他\n");
}

#define LEVEL(i, format, text, more)                                                               \
    "<w:lvl w:ilvl='" #i "'><w:start w:val='1'/><w:numFmt w:val='" format "'/>" more               \
    "<w:lvlText w:val='" text "'/></w:lvl>"
#define LIST(num, level)                                                                           \
    "<w:numPr><w:ilvl w:val='" #level "'/><w:numId w:val='" #num "'/></w:numPr>"
#define EMPTY(num, level) "<w:p><w:pPr>" LIST(num, level) "</w:pPr></w:p>"

/* Articles count on over the chapters; a use has a level of its own; a list is one by its style; what is empty counts, and is seen
 * in a table only. */
static void docx__numbers_as_word_does(void **state)
{
    static const struct part parts[] = {WORD_PARTS,
        {"word/numbering.xml",
            "<w:numbering xmlns:w='w'><w:abstractNum w:abstractNumId='1'>" LEVEL(
                0, "chineseCounting", "第%1章", "") LEVEL(1, "chineseCountingThousand", "第%2条",
                "<w:lvlRestart w:val='0'/>") LEVEL(2, "chineseCounting", "（%3）",
                "") "</w:abstractNum><w:abstractNum w:abstractNumId='2'><w:numStyleLink w:val='S'/>"
                    "</w:abstractNum><w:abstractNum w:abstractNumId='3'><w:styleLink "
                    "w:val='S'/>" LEVEL(0, "decimal", "%1.",
                        "") "</w:abstractNum>"
                            "<w:num w:numId='1'><w:abstractNumId w:val='1'/></w:num>"
                            "<w:num w:numId='2'><w:abstractNumId w:val='2'/></w:num>"
                            "<w:num w:numId='3'><w:abstractNumId w:val='3'/><w:lvlOverride "
                            "w:ilvl='0'>" LEVEL(0, "upperLetter", "%1)",
                                "") "</w:lvlOverride></w:num></w:numbering>"},
        {"word/document.xml",
            WORD(P(LIST(1, 0), "总则") P(LIST(1, 1), "甲") P(LIST(1, 2), "子") P(LIST(1, 1), "乙")
                    P(LIST(1, 2), "丑") P(LIST(1, 0), "附则") P(LIST(1, 1), "丙") EMPTY(1, 1)
                        P(LIST(1, 1), "丁") P(LIST(2, 0), "一") P(LIST(3, 0), "二")
                            P(LIST(2, 0), "三") "<w:tbl><w:tr><w:tc>" EMPTY(2, 0) "</w:tc><w:tc>" P(
                                "", "云陵") "</w:tc></w:tr></w:tbl>")},
        {NULL, NULL}};
    (void)state;
    assert_gives(parse_docx, parts,
        "T 0 第一章 总则\nT 0 第一条 甲\nT 0 （一）子\nT 0 第二条 乙\nT 0 （一）丑\nT 0 第二章 "
        "附则\n"
        "T 0 第三条 丙\nT 0 第五条 丁\nT 0 1. 一\nI 0 B) 二\nT 0 3. 三\nR 0 4. | 云陵\n");
}

static void docx__leaves_out_hidden_styles(void **state)
{
    static const struct part parts[] = {WORD_PARTS,
        {"word/styles.xml",
            "<w:styles xmlns:w='w'><w:style w:type='paragraph' w:styleId='z'><w:rPr><w:vanish/>"
            "</w:rPr></w:style><w:style w:type='paragraph' w:styleId='y'><w:basedOn w:val='z'/>"
            "</w:style></w:styles>"},
        {"word/document.xml",
            WORD(P("<w:pStyle w:val='y'/>", "窗体顶端") P("",
                "正文") "<w:p><w:pPr><w:pStyle w:val='z'/></w:pPr><w:r><w:rPr><w:vanish w:val='0'/>"
                        "</w:rPr><w:t>可见</w:t></w:r><w:r><w:t>不可见</w:t></w:r></w:p>")},
        {NULL, NULL}};
    (void)state;
    assert_gives(parse_docx, parts, "T 0 正文\nT 0 可见\n");
}

static void docx__gives_what_a_reader_sees_once(void **state)
{
    static const struct part parts[] = {WORD_PARTS,
        {"word/document.xml",
            WORD(
                "<w:p><w:r><w:t>营商</w:t></w:r><w:del><w:r><w:delText>旧</w:delText></w:r></w:del>"
                "<w:ins><w:r><w:t>环境</w:t><w:tab/><w:t>好</w:t></w:r></w:ins>"
                "<w:r><w:instrText>PAGE</w:instrText></w:r>"
                "<w:r><w:rPr><w:vanish/></w:rPr><w:t>暗</w:t></w:r>"
                "<w:r><w:rPr><w:vanish w:val='0'/></w:rPr><w:t>啊</w:t></w:r></w:p>"
                "<w:p><w:r><w:t>外</w:t><mc:AlternateContent><mc:Choice><w:txbxContent>" P(
                    "", "框") "</w:txbxContent></mc:Choice><mc:Fallback>" P("",
                    "框") "</mc:Fallback></mc:AlternateContent><w:t>文</w:t></w:r></w:p>")},
        {"word/footnotes.xml", "<w:footnotes xmlns:w='w'>" P("", "脚注一句") "</w:footnotes>"},
        {"docProps/core.xml", "<c><title>云陵市报告</title><modified>2025-03-12</modified></c>"},
        {NULL, NULL}};
    (void)state;
    assert_gives(parse_docx, parts,
        "title=云陵市报告\ndate=2025-03-12\nT 0 营商环境 好啊\nT 0 框\nT 0 外文\nN 0 脚注一句\n");
}

#define CELL(text) "<w:tc>" P("", text) "</w:tc>"
#define ROW(cells) "<w:tr>" cells "</w:tr>"

static void docx__gives_tables_row_by_row(void **state)
{
    static const struct part parts[] = {WORD_PARTS,
        {"word/document.xml",
            WORD("<w:tbl>" ROW(CELL("指标") CELL("") CELL("数值") CELL(""))
                    ROW("<w:tc>" P("", "甲") P("", "乙") "</w:tc>" CELL("丙"))
                        ROW("<w:tc>" P("", "一段") P("<w:outlineLvl w:val='0'/>", "一题") "</w:tc>")
                            ROW(CELL("前") "<w:tc>" P("", "外") "<w:tbl>" ROW(CELL("内")
                                    CELL("里")) "</w:tbl>" P("", "后") "</w:tc>") "</w:tbl>")},
        {NULL, NULL}};
    (void)state;
    assert_gives(parse_docx, parts,
        "R 0 指标 | | 数值\nR 0 甲 乙 | 丙\nT 0 一段\n1 0 一题\nR 0 前 | 外\nR 0 内 | 里\nT 0 "
        "后\n");
}

static void odt__gives_headings_lists_and_notes(void **state)
{
    static const struct part parts[] = {
        {"styles.xml",
            "<s><outline-style><outline-level-style level='1' num-format='一, 二, 三, ...' "
            "num-suffix='、'/></outline-style></s>"},
        {"content.xml",
            "<d><styles><list-style name='L'><list-level-style-number level='1' num-format='1' "
            "num-suffix='.'/></list-style></styles><body><text>"
            "<tracked-changes><p>删去</p></tracked-changes>"
            "<h outline-level='1'>总体<span>要求</span></h><p>甲<s c='2'/>乙<note><note-citation>1"
            "</note-citation><note-body><p>脚注</p></note-body></note>丙</p>"
            "<list style-name='L'><list-item><p>做强</p><p>又一段</p></list-item><list-item><p>优化"
            "</p></list-item></list><table><table-row><table-cell><p>指标</p></table-cell>"
            "<table-cell number-columns-repeated='2'><p>5</p></table-cell></table-row></table>"
            "</text></body></d>"},
        {NULL, NULL}};
    (void)state;
    assert_gives(parse_odf, parts,
        "1 0 一、总体要求\nT 0 甲 乙丙\nT 0 1. 做强\nI 0 又一段\nT 0 2. 优化\nR 0 指标 | 5 | 5\nN "
        "0 脚注\n");
}

/* What a cell covers of its own row is no cell; of the rows below it is an empty one, so that the others stay in their columns. */
static void odt__keeps_columns_beside_merged_cells(void **state)
{
#define COVERED "<covered-table-cell/>"
#define ODF_CELL(attributes, text) "<table-cell " attributes "><p>" text "</p></table-cell>"
    static const struct part parts[] = {
        {"content.xml",
            "<d><body><text><table><table-row>" ODF_CELL("number-rows-spanned='2'", "公司")
                ODF_CELL("number-columns-spanned='2'", "云陵") COVERED ODF_CELL("",
                    "甲") "</table-row>"
                          "<table-row>" COVERED ODF_CELL("", "指") ODF_CELL("", "集团") ODF_CELL("",
                              "乙") "</table-row>"
                                    "<table-row>" ODF_CELL(
                                        "number-columns-spanned='3' number-rows-spanned='2'",
                                        "合计") "<covered-table-cell "
                                                "number-columns-repeated='2'/>" ODF_CELL("",
                                                    "丙") "</table-row>"
                                                          "<table-row><covered-table-cell "
                                                          "number-columns-repeated='3'/>" ODF_CELL(
                                                              "", "丁") "</table-row></table></"
                                                                        "text></body></d>"},
        {NULL, NULL}};
    (void)state;
    assert_gives(parse_odf, parts,
        "R 0 公司 | 云陵 | 甲\nR 0 | 指 | 集团 | 乙\nR 0 合计 | 丙\nR 0 | | | 丁\n");
}

static void pptx__gives_slides_in_their_order_and_notes(void **state)
{
    static const struct part parts[] = {
        {"_rels/.rels", RELATIONS(RELATION("r1", "officeDocument", "ppt/p.xml"))},
        {"ppt/_rels/p.xml.rels",
            RELATIONS(RELATION("r1", "slide", "s/1.xml") RELATION("r2", "slide", "s/2.xml"))},
        {"ppt/p.xml", "<p xmlns:r='o/relationships'><sldIdLst><sldId id='1' r:id='r2'/>"
                      "<sldId id='2' r:id='r1'/></sldIdLst></p>"},
        {"ppt/s/1.xml", "<s><sp><txBody><p><r><t>第二</t></r></p></txBody></sp></s>"},
        {"ppt/s/2.xml",
            "<s><sp><nvPr><ph type='title'/></nvPr><p><r><t>首</t></r><r><t>页</t></r></p>"
            "</sp><sp><nvPr><ph type='sldNum'/></nvPr><p><r><t>1</t></r></p></sp></s>"},
        {"ppt/s/_rels/2.xml.rels", RELATIONS(RELATION("r1", "notesSlide", "../n.xml"))},
        {"ppt/n.xml", "<n><sp><p><r><t>备注</t></r></p></sp></n>"}, {NULL, NULL}};
    (void)state;
    assert_gives(parse_pptx, parts, "1 1 首页\nT 1 备注\nT 2 第二\n");
}

#define ITEM(properties, text) "<p><pPr " properties "</pPr><r><t>" text "</t></r></p>"

static void pptx__numbers_items(void **state)
{
    static const struct part parts[] = {
        {"_rels/.rels", RELATIONS(RELATION("r1", "officeDocument", "ppt/p.xml"))},
        {"ppt/_rels/p.xml.rels", RELATIONS(RELATION("r1", "slide", "s/1.xml"))},
        {"ppt/p.xml",
            "<p xmlns:r='o/relationships'><sldIdLst><sldId id='1' r:id='r1'/></sldIdLst></p>"},
        {"ppt/s/1.xml",
            "<s><sp><txBody>" ITEM("><buAutoNum type='ea1ChsPlain'/>", "甲") ITEM(
                "lvl='1'><buAutoNum type='arabicParenR' startAt='3'/>",
                "子") ITEM("lvl='1'><buAutoNum type='arabicParenR' startAt='3'/>",
                "丑") ITEM("><buAutoNum type='ea1ChsPlain'/>",
                "乙") "<p><pPr><buAutoNum "
                      "type='ea1ChsPlain'/></pPr></p>" ITEM(
                          "lvl='1'><buAutoNum type='arabicParenR' startAt='3'/>", "寅")
                          ITEM("><buChar/>", "丙") ITEM("><buAutoNum type='ea1ChsPlain'/>",
                              "丁") "</txBody></sp><sp><txBody>" ITEM("><buAutoNum "
                                                                      "type='circleNumDbPlain'/>",
                              "戊") "</txBody></sp></s>"},
        {NULL, NULL}};
    (void)state;
    assert_gives(parse_pptx, parts,
        "I 1 一 甲\nT 1 3) 子\nT 1 4) 丑\nI 1 二 乙\nT 1 3) 寅\nI 1 丙\nI 1 一 丁\nT 1 ①戊\n");
}

static void xlsx__gives_sheets_with_plain_numbers(void **state)
{
    static const struct part parts[] = {
        {"_rels/.rels", RELATIONS(RELATION("r1", "officeDocument", "xl/w.xml"))},
        {"xl/_rels/w.xml.rels", RELATIONS(RELATION("r1", "worksheet", "s.xml") RELATION("r2",
                                    "sharedStrings", "t.xml") RELATION("r3", "styles", "f.xml"))},
        {"xl/w.xml", "<w xmlns:r='o/relationships'><sheets><sheet name='主要指标' state='hidden' "
                     "r:id='r1'/></sheets></w>"},
        {"xl/t.xml", "<sst><si><t>指_x000D_标</t></si><si><r><t>地区</t></r><r><t>生产总值</t></r>"
                     "<rPh><t>x</t></rPh></si></sst>"},
        {"xl/f.xml", "<f><cellXfs><xf numFmtId='0'/><xf numFmtId='14'/><xf numFmtId='10'/>"
                     "</cellXfs></f>"},
        {"xl/s.xml",
            "<s><sheetData><row><c r='A1' t='s'><v>0</v></c><c r='C1' t='inlineStr'><is><t>日期"
            "</t></is></c></row><row><c t='s'><v>1</v></c><c><v>0.30000000000000004</v></c>"
            "<c s='1'><v>45657</v></c><c s='2'><v>0.056</v></c><c t='b'><v>1</v></c>"
            "<c t='str'><f>A1</f><v>文_x000D_</v></c></row></sheetData></s>"},
        {NULL, NULL}};
    (void)state;
    assert_gives(parse_xlsx, parts,
        "1 1 主要指标\nR 1 指 标 | | 日期\nR 1 地区生产总值 | 0.3 | 2024-12-31 | 5.60% | TRUE | "
        "文\n");
}

static void epub__gives_chapters_in_the_order_of_the_spine(void **state)
{
    static const struct part parts[] = {
        {"META-INF/container.xml", "<c><rootfile full-path='OPS/b.opf'/></c>"},
        {"OPS/b.opf",
            "<package><metadata><title>云陵年鉴</title></metadata><manifest>"
            "<item id='n' href='nav.xhtml' media-type='application/xhtml+xml' properties='nav'/>"
            "<item id='a' href='a.xhtml' media-type='application/xhtml+xml'/>"
            "<item id='b' href='t/%62.xhtml' media-type='application/xhtml+xml'/></manifest>"
            "<spine><itemref idref='n'/><itemref idref='b'/><itemref "
            "idref='a'/></spine></package>"},
        {"OPS/nav.xhtml", "<html><body>目录</body></html>"},
        {"OPS/a.xhtml", "<html><head><title>a</title></head><body><p>后章</p></body></html>"},
        {"OPS/t/b.xhtml", "<html><body><h1>前章</h1></body></html>"}, {NULL, NULL}};
    (void)state;
    assert_gives(parse_epub, parts, "title=云陵年鉴\n1 0 前章\nT 0 后章\n");
}

static void office__refuses_what_is_no_document(void **state)
{
    static const struct part without[] = {WORD_PARTS, {NULL, NULL}};
    static const struct part laughs[] = {WORD_PARTS,
        {"word/document.xml", "<!DOCTYPE d [<!ENTITY a 'ha'><!ENTITY b '&a;&a;'>]><d>&b;</d>"},
        {NULL, NULL}};
    static const struct part broken[] = {WORD_PARTS,
        {"word/document.xml", "<w:document xmlns:w='w'><w:p></w:document>"}, {NULL, NULL}};
    static const struct part locked[] = {
        {"META-INF/manifest.xml", "<m><encryption-data/></m>"}, {"content.xml", "#"}, {NULL, NULL}};
    (void)state;
    assert_refused(parse_docx, without, "no document in it");
    assert_refused(parse_docx, laughs, "XML that declares entities");
    assert_refused(parse_docx, broken, "damaged XML");
    assert_refused(parse_odf, locked, "encrypted");
}

static void office__refuses_xml_nested_too_deep(void **state)
{
    struct buf xml;
    (void)state;
    buf_init(&xml, 1 << 20);
    for (int i = 0; i < XML_DEPTH_MAX + 1; i++)
        assert_true(buf_append_str(&xml, "<a>"));
    const struct part parts[] = {
        WORD_PARTS, {"word/document.xml", buf_terminate(&xml)}, {NULL, NULL}};
    assert_refused(parse_docx, parts, "XML nested too deep");
    buf_release(&xml);
}

static void link__is_resolved_within_the_zip(void **state)
{
    static const struct {
        const char *base, *link, *name;
    } rows[] = {{"ppt/s/1.xml", "../m/a.xml", "ppt/m/a.xml"}, {"a/b", "/c/d#e", "c/d"},
        {"", "./x%20y", "x y"}, {"a", "../b", NULL}, {"a", "http://b", NULL}, {"a/b", "#c", "a/"},
        {"a", "x%00y", NULL}};
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        char out[ZIP_NAME_MAX];
        bool ok = zip_resolve(rows[i].base, rows[i].link, strlen(rows[i].link), out);
        assert_int_equal(ok, rows[i].name != NULL);
        if (ok)
            assert_string_equal(out, rows[i].name);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(docx__gives_headings_with_their_numbers),
        cmocka_unit_test(docx__numbers_as_word_does),
        cmocka_unit_test(docx__leaves_out_hidden_styles),
        cmocka_unit_test(docx__gives_what_a_reader_sees_once),
        cmocka_unit_test(docx__gives_tables_row_by_row),
        cmocka_unit_test(odt__gives_headings_lists_and_notes),
        cmocka_unit_test(odt__keeps_columns_beside_merged_cells),
        cmocka_unit_test(pptx__gives_slides_in_their_order_and_notes),
        cmocka_unit_test(pptx__numbers_items),
        cmocka_unit_test(xlsx__gives_sheets_with_plain_numbers),
        cmocka_unit_test(epub__gives_chapters_in_the_order_of_the_spine),
        cmocka_unit_test(office__refuses_what_is_no_document),
        cmocka_unit_test(office__refuses_xml_nested_too_deep),
        cmocka_unit_test(link__is_resolved_within_the_zip),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
