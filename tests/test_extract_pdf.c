// SPDX-License-Identifier: GPL-2.0-or-later
/* PDF files made here, of lines at stated places: what paragraphs they become, and on which pages. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "common/buf.h"
#include "extract/block_writer.h"
#include "extract/parsers.h"

enum { PAGES_MAX = BLOCK_EMPTY_PAGES_MAX + 2 };

/* Each page is the text operators between BT and ET. */
static void make_pdf(struct buf *out, const char *const *pages, int n)
{
    size_t offsets[3 + 2 * PAGES_MAX];
    int n_objects = 3 + 2 * n;
    buf_init(out, 1 << 20);
    buf_printf(out, "%%PDF-1.4\n");
    for (int i = 0; i < n_objects; i++) {
        offsets[i] = out->len;
        buf_printf(out, "%d 0 obj\n", i + 1);
        if (i == 0) {
            buf_printf(out, "<</Type/Catalog/Pages 2 0 R>>");
        } else if (i == 1) {
            buf_printf(out, "<</Type/Pages/Count %d/Kids[", n);
            for (int k = 0; k < n; k++)
                buf_printf(out, "%d 0 R ", 4 + 2 * k);
            buf_printf(out, "]>>");
        } else if (i == 2) {
            buf_printf(out, "<</Type/Font/Subtype/Type1/BaseFont/Courier>>");
        } else if (i % 2) {
            buf_printf(out,
                "<</Type/Page/Parent 2 0 R/MediaBox[0 0 600 800]/Contents %d 0 R"
                "/Resources<</Font<</F 3 0 R>>>>>>",
                i + 2);
        } else {
            const char *text = pages[(i - 4) / 2];
            buf_printf(out, "<</Length %zu>>stream\nBT /F 10 Tf %s ET\nendstream",
                strlen(text) + 14, text);
        }
        buf_printf(out, "\nendobj\n");
    }
    size_t xref = out->len;
    buf_printf(out, "xref\n0 %d\n0000000000 65535 f \n", n_objects + 1);
    for (int i = 0; i < n_objects; i++)
        buf_printf(out, "%010zu 00000 n \n", offsets[i]);
    assert_true(buf_printf(
        out, "trailer<</Size %d/Root 1 0 R>>\nstartxref\n%zu\n%%%%EOF\n", n_objects + 1, xref));
}

static enum status note_meta(
    void *arg, enum document_meta what, const char *text, size_t n, struct error *err)
{
    (void)arg, (void)what, (void)text, (void)n, (void)err;
    return STATUS_OK;
}

static enum status note_block(void *arg, const struct block *b, struct error *err)
{
    (void)err;
    assert_true(buf_printf(arg, "%u %.*s\n", b->page, (int)b->n, b->text));
    return STATUS_OK;
}

static enum status parse(const char *bytes, size_t n, struct buf *out, struct error *err)
{
    const struct document_input in = {bytes, n, ENCODING_UNKNOWN};
    const struct document_sink sink = {out, note_meta, note_block};
    buf_init(out, 1 << 20);
    return parse_pdf(&in, &sink, err);
}

static void expect(const char *const *pages, int n, const char *want)
{
    struct buf pdf, out;
    struct error err;
    make_pdf(&pdf, pages, n);
    assert_int_equal(parse(pdf.data, pdf.len, &out, &err), STATUS_OK);
    assert_true(buf_append_byte(&out, '\0'));
    assert_string_equal(out.data, want);
    buf_release(&pdf);
    buf_release(&out);
}

static void parse_pdf__joins_the_lines_of_a_paragraph(void **state)
{
    const char *page =
        "1 0 0 1 90 700 Tm (An indented line that runs on) Tj 1 0 0 1 60 685 Tm (to the right "
        "margin, and here it) "
        "Tj 1 0 0 1 60 670 Tm (ends.) Tj 1 0 0 1 90 655 Tm (Another paragraph begins with) Tj "
        "1 0 0 1 60 640 Tm (an indent.) Tj";
    (void)state;
    expect(&page, 1,
        "1 An indented line that runs on to the right margin, and here it ends.\n"
        "1 Another paragraph begins with an indent.\n");
}

static void parse_pdf__joins_over_a_page_and_drops_numbers_and_heads(void **state)
{
    const char *const pages[] = {"1 0 0 1 200 780 Tm (Report of the year) Tj 1 0 0 1 200 700 Tm (A "
                                 "line that runs to the margin) Tj 1 0 0 1 300 20 Tm (- 1 -) Tj",
        "1 0 0 1 200 780 Tm (Report of the year) Tj 1 0 0 1 200 700 Tm (goes on over the end of a "
        "page) Tj 1 0 0 1 300 20 Tm (- 2 -) Tj",
        "1 0 0 1 200 780 Tm (Report of the year) Tj 1 0 0 1 200 700 Tm (ends.) Tj 1 0 0 1 230 670 "
        "Tm "
        "(The third page has more.) Tj "
        "1 0 0 1 300 20 Tm (- 3 -) Tj"};
    (void)state;
    expect(pages, 3,
        "1 Report of the year\n"
        "1 A line that runs to the margin\fgoes on over the end of a page\fends.\n"
        "3 The third page has more.\n");
}

static void parse_pdf__keeps_pages_of_one_line(void **state)
{
    const char *const pages[] = {"1 0 0 1 60 700 Tm (Table 1.) Tj 1 0 0 1 300 20 Tm (1) Tj",
        "1 0 0 1 60 700 Tm (Table 2.) Tj 1 0 0 1 300 20 Tm (2) Tj",
        "1 0 0 1 60 700 Tm (Table 3.) Tj 1 0 0 1 300 20 Tm (3) Tj",
        "1 0 0 1 60 700 Tm (Table 4.) Tj"};
    (void)state;
    expect(pages, 4, "1 Table 1.\n2 Table 2.\n3 Table 3.\n4 Table 4.\n");
}

#define LINE(x, y, text) "1 0 0 1 " #x " " #y " Tm (" text ") Tj "

/* The cells of a row come together, none glued to the next; one of two lines stands beside both of its row. */
static void parse_pdf__gives_the_rows_of_a_table(void **state)
{
    const char *page = LINE(60, 760, "Balance sheet") LINE(60, 700, "Item") LINE(200, 700, "Note")
        LINE(300, 700, "2023-12-31") LINE(400, 700, "2022-12-31") LINE(60, 680, "Assets")
            LINE(60, 660, "Cash") LINE(200, 660, "7,1") LINE(236, 660, "12,345.60")
                LINE(300, 660, "11,234.50") LINE(60, 639, "Something that is long")
                    LINE(300, 635, "1,000") LINE(400, 635, "35") LINE(60, 631, "and wrapped")
                        LINE(60, 600, "Sum") LINE(300, 600, "13,345.60") LINE(400, 600, "35");
    (void)state;
    expect(&page, 1,
        "1 Balance sheet\n1 Item | Note | 2023-12-31 | 2022-12-31\n1 Assets\n"
        "1 Cash | 7,1 | 12,345.60 | 11,234.50\n"
        "1 Something that is long and wrapped | 1,000 | 35\n1 Sum | 13,345.60 | 35\n");
}

/* Cells of running text in a column of the table: running text beside figures, not beside running text; nor are two lines of a cell
 * beside each other where figures in the middle are beside both. */
static void parse_pdf__keeps_rows_with_long_cells(void **state)
{
#define LONG_ROW(y, figure_y, y2, name, figure)                                                    \
    LINE(60, figure_y, name)                                                                       \
    LINE(120, figure_y, figure)                                                                    \
    LINE(200, y, "A cell of running text that goes on to its end")                                 \
    LINE(200, y2, "and over it to a line that is just as long")
    const char *const pages[] = {
        LONG_ROW(700, 700, 690, "One", "12.5") LONG_ROW(670, 670, 660, "Two", "13.5")
            LONG_ROW(640, 640, 630, "Three", "14.5") LONG_ROW(610, 610, 600, "Four", "15.5"),
        LONG_ROW(700, 695.5, 691, "One", "12.5") LONG_ROW(670, 665.5, 661, "Two", "13.5")
            LONG_ROW(640, 635.5, 631, "Three", "14.5") LONG_ROW(610, 605.5, 601, "Four", "15.5")};
#define LONG_CELL                                                                                  \
    " | A cell of running text that goes on to its end and over it to a line that is just as "     \
    "long\n"
#define LONG_ROWS(page)                                                                            \
    page " One | 12.5" LONG_CELL page " Two | 13.5" LONG_CELL page " Three | 14.5" LONG_CELL page  \
         " Four | 15.5" LONG_CELL
    (void)state;
    expect(pages, 2, LONG_ROWS("1") LONG_ROWS("2"));
}

/* A cell stands so close to the next that poppler takes them for words of a line; other lines begin where the next does. Not so
 * where a word does by chance. */
static void parse_pdf__parts_cells_that_are_close(void **state)
{
#define CLOSE_ROW(y, y2, y3, name)                                                                 \
    LINE(60, y, name)                                                                              \
    LINE(117, y, "a cell of three lines,")                                                         \
    LINE(117, y2, "of which this is one,") LINE(117, y3, "and which ends.")
#define CLOSE_CELL " | a cell of three lines, of which this is one, and which ends.\n"
    const char *page = CLOSE_ROW(700, 690, 680, "Task one") CLOSE_ROW(660, 650, 640, "Task two")
        LINE(57, 600, "A saying, as good as any other") LINE(93, 560, "4.1 Terms");
    (void)state;
    expect(&page, 1,
        "1 Task one" CLOSE_CELL "1 Task two" CLOSE_CELL
        "1 A saying, as good as any other\n1 4.1 Terms\n");
}

/* poppler takes the end of a row and the beginning of the next for one line. */
static void parse_pdf__parts_what_goes_back_to_the_left(void **state)
{
    const char *page = LINE(60, 664, "Gains from others.") LINE(210, 664, "7,12")
        LINE(60, 646, "Gains from banks") LINE(210, 646, "7,13") LINE(246, 646, "1,234.567")
            LINE(210, 628, "7,14") LINE(270, 628, "89.10");
    (void)state;
    expect(&page, 1,
        "1 Gains from others. | 7,12\n1 Gains from banks | 7,13 | 1,234.567\n1 7,14 | 89.10\n");
}

/* The lines of a cell are closer than the rows are; beside them the other cells stand in the middle, or at the top. */
static void parse_pdf__joins_the_lines_of_a_cell(void **state)
{
#define CELL(y, text)                                                                              \
    LINE(200, y, text " is a") "1 0 0 1 200 " #y " Tm 0 -10 Td (text of) Tj 0 -10 Td (lines.) Tj "
    const char *const pages[] = {LINE(60, 740, "Item") LINE(200, 740, "Text") LINE(400, 740, "Sum")
                                     CELL(710, "One") LINE(60, 700, "1") LINE(400, 700, "35")
                                         CELL(670, "Two") LINE(60, 660, "2") LINE(400, 660, "36"),
        LINE(60, 740, "Item") LINE(200, 740, "Text") LINE(400, 740, "Sum") CELL(720, "One")
            LINE(60, 720, "1") LINE(400, 720, "35") CELL(680, "Two") LINE(60, 680, "2")
                LINE(400, 680, "36") LINE(60, 640, "And so on.")};
#define ROWS(page)                                                                                 \
    page " Item | Text | Sum\n" page " 1 | One is a text of lines. | 35\n" page                    \
         " 2 | Two is a text of lines. | 36\n"
    (void)state;
    expect(pages, 2, ROWS("1") ROWS("2") "2 And so on.\n");
}

/* A figure at the foot of a page, alone or in a row, is not its number; nor does it recur. */
static void parse_pdf__keeps_figures_at_the_edges(void **state)
{
    const char *const pages[] = {LINE(60, 700, "A") LINE(60, 100, "Sum") LINE(300, 100, "12"),
        LINE(60, 700, "B") LINE(60, 100, "12.5"), LINE(60, 700, "C") LINE(60, 100, "1,2"),
        LINE(60, 700, "D") LINE(60, 100, "3,4"), LINE(60, 700, "E") LINE(60, 100, "5,6")};
    (void)state;
    expect(pages, 5, "1 A\n1 Sum | 12\n2 B\n2 12.5\n3 C\n3 1,2\n4 D\n4 3,4\n5 E\n5 5,6\n");
}

static void parse_pdf__drops_heads_of_two_parts(void **state)
{
#define HEADED(head, number, text)                                                                 \
    LINE(60, 780, head) LINE(300, 780, "Part two") LINE(500, 780, number) LINE(60, 700, text)
    const char *const pages[] = {HEADED("Report", "1", "One."), HEADED("Report", "2", "Two."),
        HEADED("Report", "3", "Three.")};
    (void)state;
    expect(pages, 3, "1 Report | Part two\n1 One.\n2 Two.\n3 Three.\n");
}

/* Where a line shows how far they go, or none does: no line that ends early is gone on with. */
static void parse_pdf__keeps_short_lines_apart(void **state)
{
    const char *const pages[] = {LINE(60, 700, "Mr Wang") LINE(60, 688, "Ms Li")
                                     LINE(60, 676, "Mr Chen") LINE(60, 664, "Ms Zhao"),
        LINE(60, 700, "A page of running text has lines that end at the right margin of the page")
            LINE(60, 688,
                "as all of these do, whatever it may be that they are there to tell to us,")
                LINE(60, 676, "but for the last one."),
        LINE(60, 700, "A list of names that are short")
            LINE(60, 688, "Mr Zhang who is in the list")};
    (void)state;
    expect(pages, 3,
        "1 Mr Wang\n1 Ms Li\n1 Mr Chen\n1 Ms Zhao\n"
        "2 A page of running text has lines that end at the right margin of the page as all of "
        "these do, whatever it may be that they are there to tell to us, but for the last one.\n"
        "3 A list of names that are short\n3 Mr Zhang who is in the list\n");
}

static void parse_pdf__keeps_the_lines_of_a_table_of_contents_apart(void **state)
{
    const char *page = LINE(60, 700, "1. Terms ...................................... 3")
        LINE(60, 688, "2. Figures of the company ..................... 5")
            LINE(60, 676, "3. Report of the board . . . . . . . . . . . . 12");
    (void)state;
    expect(&page, 1,
        "1 1. Terms ...................................... 3\n"
        "1 2. Figures of the company ..................... 5\n"
        "1 3. Report of the board . . . . . . . . . . . . 12\n");
}

/* A note comes before the sentence that goes on over it, not within. */
static void parse_pdf__keeps_notes_out_of_sentences(void **state)
{
#define ONE "A page of running text has lines that end at the right margin of the page"
#define TWO "as all of these do, whatever it may be that they are there to tell to us,"
    const char *const pages[] = {LINE(60, 700, ONE) LINE(60, 688, TWO) "/F 4 Tf " LINE(
                                     60, 102, "1") "/F 7 Tf " LINE(66, 100, "A first note.")
                                     LINE(60, 90, "2 A second one."),
        LINE(60, 700, "but for the last one.") "/F 7 Tf " LINE(60, 100, "* Another note.")};
    (void)state;
    expect(pages, 2,
        "1 1 A first note.\n1 2 A second one.\n"
        "1 " ONE " " TWO "\fbut for the last one.\n2 * Another note.\n");
}

/* Nor does what recurs at the foot of the pages, which page 1 keeps. */
static void parse_pdf__keeps_the_foot_out_of_a_sentence(void **state)
{
#define FOOT LINE(60, 20, "www.gov.cn/report")
    const char *const pages[] = {LINE(60, 700, "Report") LINE(60, 676, ONE) LINE(60, 664, TWO)
                                     FOOT LINE(500, 20, "1/3"),
        LINE(60, 700, "but for the last one.") FOOT LINE(500, 20, "2/3"),
        LINE(60, 700, "The end.") FOOT LINE(500, 20, "3/3")};
    (void)state;
    expect(pages, 3,
        "1 Report\n1 www.gov.cn/report\n1 " ONE " " TWO "\fbut for the last one.\n3 The end.\n");
}

/* A bullet or a number is the beginning of its item, whose lines stand under each other. */
static void parse_pdf__joins_the_lines_of_an_item(void **state)
{
    const char *page = LINE(60, 700, "1.")
        LINE(90, 700, "The first item goes on to the right margin of the page, as far as it can,")
            LINE(90, 688, "and over it.") LINE(60, 676, "2.") LINE(90, 676, "The second one.");
    (void)state;
    expect(&page, 1,
        "1 1. The first item goes on to the right margin of the page, as far as it can, and over "
        "it.\n"
        "1 2. The second one.\n");
}

/* A number that a blank parts from its item is in one line with it. */
static void parse_pdf__joins_the_lines_behind_a_number(void **state)
{
#define ITEM(number, y, y2)                                                                        \
    LINE(60, y, number " The item goes on to the right margin of the page, as far as it can,")     \
    LINE(78, y2, "and over it.")
    const char *page = ITEM("1.", 700, 688) LINE(60, 676,
        "2. This one goes on to the right margin, but not over "
        "it, on its line") ITEM("3.", 664, 652);
    (void)state;
    expect(&page, 1,
        "1 1. The item goes on to the right margin of the page, as far as it can, and over it.\n"
        "1 2. This one goes on to the right margin, but not over it, on its line\n"
        "1 3. The item goes on to the right margin of the page, as far as it can, and over it.\n");
}

#define OUTER "line of running text that goes on to the right margin of the page"

/* A word in larger characters within a line does not make a paragraph of it. */
static void parse_pdf__joins_lines_with_a_larger_word(void **state)
{
    const char *page = LINE(60, 712, "A " OUTER) LINE(60, 700,
        "a line of running text that goes "
        "on to the ") "/F 14 Tf (very) Tj /F 10 Tf ( right margin page) Tj " LINE(60, 688,
        "a " OUTER) LINE(60, 676, "and ends.");
    (void)state;
    expect(&page, 1,
        "1 A " OUTER " a line of running text that goes on to the very right margin page a " OUTER
        " and ends.\n");
}

/* A quotation stands further in on both sides. */
static void parse_pdf__joins_the_lines_of_a_block_set_in(void **state)
{
#define SET_IN(y, text) LINE(90, y, text " of a block that is further in on both of its sides,")
    const char *page = LINE(60, 712, "A " OUTER) LINE(60, 700, "a " OUTER)
        LINE(60, 688, "and ends.") SET_IN(676, "First") SET_IN(664, "Other") SET_IN(652, "Third")
            LINE(90, 640, "which ends.") LINE(60, 628, "The page ends.");
#define BLOCK_LINE " of a block that is further in on both of its sides, "
    (void)state;
    expect(&page, 1,
        "1 A " OUTER " a " OUTER " and ends.\n"
        "1 First" BLOCK_LINE "Other" BLOCK_LINE "Third" BLOCK_LINE
        "which ends.\n1 The page ends.\n");
}

/* Not indented, the last line as long as the others: further below than these are. */
static void parse_pdf__parts_paragraphs_at_gaps(void **state)
{
#define FULL(y, text) LINE(60, y, text " line that goes on to the right margin of the page")
    const char *page = FULL(700, "First") FULL(688, "Other") FULL(676, "Third") FULL(658, "First")
        FULL(646, "Other") FULL(634, "Third") LINE(60, 616, "The end.");
#define THREE                                                                                      \
    "1 First line that goes on to the right margin of the page Other line that goes on to the "    \
    "right margin of the page Third line that goes on to the right margin of the page\n"
    (void)state;
    expect(&page, 1, THREE THREE "1 The end.\n");
}

/* The title ends further right than the first column, and the foot may come before the second. */
static void parse_pdf__reads_columns_one_by_one(void **state)
{
#define COLUMN(x, text)                                                                            \
    LINE(x, 700, text " one, which fills its column")                                              \
    LINE(x, 688, "to the end of the line, and so does")                                            \
    LINE(x, 676, "this line, and the one that follows")                                            \
    LINE(x, 664, "it, which are here to make a column")                                            \
    LINE(x, 652, "that is much higher than any line is,")                                          \
    LINE(x, 640, "and which goes on in the next column")
#define PAGE(number)                                                                               \
    LINE(200, 760, "A title over both of the columns")                                             \
    COLUMN(60, "Line")                                                                             \
    COLUMN(330, "line") LINE(330, 628, "and ends.") LINE(285, 20, "- " number " -")
#define REST                                                                                       \
    "one, which fills its column to the end of the line, and so does this line, and the one that " \
    "follows it, which are here to make a column that is much higher than any line is, and which " \
    "goes on in the next column"
    const char *const pages[] = {PAGE("1"), PAGE("2")};
    (void)state;
    expect(pages, 2,
        "1 A title over both of the columns\n1 Line " REST " line " REST " and ends.\n"
        "2 A title over both of the columns\n2 Line " REST " line " REST " and ends.\n");
}

/* Two columns whose gutter is so narrow that poppler reads across it, under a line over both; on the second page too few
 * lines to tell. */
static void parse_pdf__reads_columns_with_a_narrow_gutter(void **state)
{
    enum { ROWS = 9, LEFT = 60, RIGHT = 256, STEP = 14 };
    char first[4096], second[1024], want[2048];
    const char *const pages[] = {first, second};
    size_t n = (size_t)snprintf(first, sizeof first,
        "1 0 0 1 100 760 Tm (A title that stands over both of the columns) Tj ");
    size_t n_want =
        (size_t)snprintf(want, sizeof want, "1 A title that stands over both of the columns\n1 ");
    (void)state;
    for (int column = 0; column < 2; column++)
        for (int i = 0; i < ROWS; i++) {
            n += (size_t)snprintf(first + n, sizeof first - n,
                "1 0 0 1 %d %d Tm (column %d, line %d goes so far on) Tj ", column ? RIGHT : LEFT,
                700 - i * STEP, column + 1, i + 1);
            n_want += (size_t)snprintf(want + n_want, sizeof want - n_want,
                "column %d, line %d goes so far on%s", column + 1, i + 1,
                column && i + 1 == ROWS ? "\f" : " ");
        }
    snprintf(second, sizeof second,
        "1 0 0 1 60 700 Tm (here it goes on, on the left,) Tj 1 0 0 1 256 700 Tm (and ends. The "
        "next paragraph) Tj 1 0 0 1 60 686 Tm (and on the left once more for) Tj");
    snprintf(want + n_want, sizeof want - n_want,
        "here it goes on, on the left, and on the left once more for and ends. The next "
        "paragraph\n");
    expect(pages, 2, want);
}

static void parse_pdf__goes_on_over_pages_without_text(void **state)
{
    const char *pages[BLOCK_EMPTY_PAGES_MAX + 2] = {
        "1 0 0 1 200 700 Tm (A line that runs to the margin) Tj", "1 0 0 1 300 20 Tm (2) Tj", "",
        "1 0 0 1 200 700 Tm (and a line that runs as far.) Tj"};
    (void)state;
    expect(pages, 4, "1 A line that runs to the margin\f\f\fand a line that runs as far.\n");
    for (int i = 2; i <= BLOCK_EMPTY_PAGES_MAX; i++)
        pages[i] = "";
    pages[BLOCK_EMPTY_PAGES_MAX + 1] = "1 0 0 1 200 700 Tm (and far behind.) Tj";
    expect(
        pages, BLOCK_EMPTY_PAGES_MAX + 2, "1 A line that runs to the margin\n18 and far behind.\n");
}

static void parse_pdf__names_what_is_no_text(void **state)
{
    const char *empty = "";
    struct buf pdf, out;
    struct error err;
    (void)state;
    make_pdf(&pdf, &empty, 1);
    assert_int_equal(parse(pdf.data, pdf.len, &out, &err), STATUS_BAD_INPUT);
    assert_string_equal(err.message, "no text in it (scanned pages?)");
    buf_release(&out);
    buf_release(&pdf);
    assert_int_equal(parse("%PDF-1.4\nnothing", 16, &out, &err), STATUS_BAD_INPUT);
    assert_string_equal(err.message, "damaged PDF");
    buf_release(&out);
}

/* Cut anywhere: text or an error, never a crash. */
static void parse_pdf__survives_a_file_cut_short(void **state)
{
    const char *page = "1 0 0 1 60 700 Tm (Some text.) Tj";
    struct buf pdf, out;
    struct error err;
    (void)state;
    make_pdf(&pdf, &page, 1);
    for (size_t n = 1; n < pdf.len; n += 7) {
        enum status status = parse(pdf.data, n, &out, &err);
        assert_true(status == STATUS_OK || status == STATUS_BAD_INPUT);
        buf_release(&out);
    }
    buf_release(&pdf);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(parse_pdf__joins_the_lines_of_a_paragraph),
        cmocka_unit_test(parse_pdf__joins_over_a_page_and_drops_numbers_and_heads),
        cmocka_unit_test(parse_pdf__keeps_pages_of_one_line),
        cmocka_unit_test(parse_pdf__gives_the_rows_of_a_table),
        cmocka_unit_test(parse_pdf__parts_what_goes_back_to_the_left),
        cmocka_unit_test(parse_pdf__keeps_rows_with_long_cells),
        cmocka_unit_test(parse_pdf__parts_cells_that_are_close),
        cmocka_unit_test(parse_pdf__joins_the_lines_of_a_cell),
        cmocka_unit_test(parse_pdf__keeps_figures_at_the_edges),
        cmocka_unit_test(parse_pdf__drops_heads_of_two_parts),
        cmocka_unit_test(parse_pdf__keeps_short_lines_apart),
        cmocka_unit_test(parse_pdf__keeps_the_lines_of_a_table_of_contents_apart),
        cmocka_unit_test(parse_pdf__keeps_notes_out_of_sentences),
        cmocka_unit_test(parse_pdf__keeps_the_foot_out_of_a_sentence),
        cmocka_unit_test(parse_pdf__joins_the_lines_of_an_item),
        cmocka_unit_test(parse_pdf__joins_the_lines_behind_a_number),
        cmocka_unit_test(parse_pdf__joins_lines_with_a_larger_word),
        cmocka_unit_test(parse_pdf__joins_the_lines_of_a_block_set_in),
        cmocka_unit_test(parse_pdf__parts_paragraphs_at_gaps),
        cmocka_unit_test(parse_pdf__reads_columns_with_a_narrow_gutter),
        cmocka_unit_test(parse_pdf__goes_on_over_pages_without_text),
        cmocka_unit_test(parse_pdf__reads_columns_one_by_one),
        cmocka_unit_test(parse_pdf__names_what_is_no_text),
        cmocka_unit_test(parse_pdf__survives_a_file_cut_short),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
