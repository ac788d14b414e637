// SPDX-License-Identifier: GPL-2.0-or-later
/* From files to reports and passages: text, tsv, jsonl, encodings, faults; rendered as one string.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "common/hash.h"
#include "indexer/reader.h"
#include "store/schema.h"
#include "tests/temp_dir.h"

/* `[id|title|date|fields] line:text …`, faults as `!line:what`. */
struct render {
    char text[8192];
    size_t n;
    uint32_t n_passages;
    size_t n_bytes, longest;
    bool only_counts;
};

#define PUT(r, ...)                                                                                \
    ((r)->n += (size_t)snprintf((r)->text + (r)->n, sizeof(r)->text - (r)->n, __VA_ARGS__))

static enum status put_report(void *arg, struct report *x, struct error *err)
{
    struct render *r = arg;
    (void)err;
    if (!r->only_counts)
        PUT(r, "[%.*s|%.*s|%u-%u-%u|%.*s]", (int)x->id_len, x->id, (int)x->title_len, x->title,
            schema_date_year(x->date), schema_date_month(x->date), schema_date_day(x->date),
            (int)x->fields_len, x->fields);
    return STATUS_OK;
}

static enum status put_passage(void *arg, const struct passage *p, struct error *err)
{
    struct render *r = arg;
    (void)err;
    r->n_passages++;
    r->n_bytes += p->text_len;
    r->longest = p->text_len > r->longest ? p->text_len : r->longest;
    if (!r->only_counts)
        PUT(r, " %u:%.*s", p->line, (int)p->text_len, p->text);
    return STATUS_OK;
}

static enum status put_fault(void *arg, uint32_t line, const char *what, struct error *err)
{
    (void)err;
    PUT((struct render *)arg, "!%u:%s", line, what);
    return STATUS_OK;
}

struct reading {
    enum status status;
    struct error err;
    struct source source;
    bool is_binary;
    const char *kind;
};

static struct reading read_as(const char *path, enum source_format format, struct render *r)
{
    struct reading got = {.status = STATUS_OK, .kind = NULL};
    struct reader_options options = {format, path, strlen(path), 1 << 20};
    struct report_sink sink = {r, put_report, put_passage, put_fault, NULL};
    struct input *in;
    assert_int_equal(input_open_file(path, &in, &got.err), STATUS_OK);
    got.status = input_detect(in, ENCODING_UNKNOWN, &got.is_binary, &got.kind, &got.err);
    if (got.status == STATUS_OK && !got.is_binary)
        got.status = reader_run(in, &options, &sink, &got.err);
    if (got.status == STATUS_OK && !got.is_binary)
        got.status = input_finish(in, &got.source, &got.err);
    input_close(in);
    return got;
}

static void expect(const char *bytes, size_t n, enum source_format format, const char *expected)
{
    char *dir = temp_dir_make();
    const char *path = temp_dir_path(dir, "云陵.x");
    struct render r = {.n = 0};
    temp_dir_write(path, bytes, n);
    struct reading got = read_as(path, format, &r);
    assert_int_equal(got.status, STATUS_OK);
    assert_string_equal(r.text, expected);
    assert_int_equal(got.source.size, n);
    assert_int_equal(got.source.hash, hash_bytes(bytes, n));
    temp_dir_remove(dir);
}

static void expect_text(const char *text, enum source_format format, const char *expected)
{
    expect(text, strlen(text), format, expected);
}

static void source_format_of__goes_by_the_ending(void **state)
{
    (void)state;
    static const struct {
        const char *name;
        enum source_format format;
    } rows[] = {{"/a/b.txt", FORMAT_TEXT}, {"b", FORMAT_TEXT}, {"b.TSV", FORMAT_TSV},
        {"b.jsonl", FORMAT_JSONL}, {"b.ndjson", FORMAT_JSONL}, {"b.md", FORMAT_MARKDOWN},
        {"b.csv", FORMAT_CSV}, {"b.json", FORMAT_JSON}, {"b.markdown", FORMAT_MARKDOWN},
        {".md", FORMAT_TEXT}};
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        assert_int_equal(source_format_of(rows[i].name, strlen(rows[i].name)), rows[i].format);
}

static void read_text__takes_title_date_and_passages(void **state)
{
    (void)state;
    expect_text("云陵市工作报告\n2024年1月15日\n正文一段。\n", FORMAT_TEXT,
        "[|云陵市工作报告|2024-1-15|] 1:云陵市工作报告\n 2:2024年1月15日\n 3:正文一段。\n");
    expect_text(
        "\xEF\xBB\xBF云陵市工作报告\n", FORMAT_TEXT, "[|云陵市工作报告|0-0-0|] 1:云陵市工作报告\n");
    expect_text("", FORMAT_TEXT, "");
}

static void read_text__decodes_other_encodings(void **state)
{
    (void)state;
    static const char utf16[] = "\xFF\xFE\x91\x4E\x75\x96\x02\x5E\xE5\x5D\x5C\x4F\xA5\x62\x4A\x54";
    expect(utf16, sizeof utf16 - 1, FORMAT_TEXT, "[|云陵市工作报告|0-0-0|] 1:云陵市工作报告");
}

static void read_tsv__makes_each_line_a_report(void **state)
{
    (void)state;
    expect_text("a1\t云陵市。\r\n\nb2\t又一\t行\n", FORMAT_TSV,
        "[a1|a1|0-0-0|] 1:云陵市。[b2|b2|0-0-0|] 3:又一\t行");
}

static void read_tsv__skips_bad_lines_and_goes_on(void **state)
{
    (void)state;
    expect_text("没有制表符\n\t没有编号\nc3\t\nd4\t好", FORMAT_TSV,
        "!1:no 'id<TAB>text'!2:no 'id<TAB>text'!3:no text behind the id[d4|d4|0-0-0|] 4:好");
}

static void read_tsv__cuts_what_is_longer_than_a_passage_may_be(void **state)
{
    (void)state;
    char *dir = temp_dir_make();
    const char *path = temp_dir_path(dir, "a.tsv");
    struct render r = {.only_counts = true};
    size_t n = 300000;
    char *text = malloc(n);
    memset(text, 'x', n);
    memcpy(text, "id\t", 3);
    temp_dir_write(path, text, n);
    assert_int_equal(read_as(path, FORMAT_TSV, &r).status, STATUS_OK);
    assert_true(r.n_passages > 4 && r.longest <= PASSAGE_BYTES_MAX);
    assert_int_equal(r.n_bytes, n - 3);
    free(text);
    temp_dir_remove(dir);
}

/* A line of 3 MB between what begins it and what comes behind it. */
static void expect_of_long_line(
    enum source_format format, const char *start, const char *end, const char *expected)
{
    char *dir = temp_dir_make();
    const char *path = temp_dir_path(dir, "a");
    struct render r = {.n = 0};
    size_t n = (3 << 20) + 5;
    char *text = malloc(n);
    memset(text, 'x', n);
    memcpy(text, start, strlen(start));
    memcpy(text + n - strlen(end), end, strlen(end));
    temp_dir_write(path, text, n);
    assert_int_equal(read_as(path, format, &r).status, STATUS_OK);
    assert_string_equal(r.text, expected);
    free(text);
    temp_dir_remove(dir);
}

static void reader__refuses_a_line_beyond_the_limit(void **state)
{
    (void)state;
    expect_of_long_line(FORMAT_TSV, "id\t", "\nb\tok", "!1:the line is too long[b|b|0-0-0|] 2:ok");
    expect_of_long_line(
        FORMAT_CSV, "id,text\na,\"", ",c,d\"\nb,ok", "!2:the line is too long[b|ok|0-0-0|] 3:ok");
}

static void read_jsonl__leaves_out_fields_that_find_no_room(void **state)
{
    (void)state;
    enum { LONG = 40000 };
    static char line[LONG + 200];
    char filler[LONG + 1];
    memset(filler, 'x', LONG);
    filler[LONG] = '\0';
    snprintf(line, sizeof line,
        "{\"id\":\"p\",\"text\":\"正文一段。\",\"a\":1,\"html\":\"%s\",\"区\":\"东湖\"}\n", filler);
    expect_text(line, FORMAT_JSONL,
        "!1:fields left out: they are too long[p|p|0-0-0|{\"a\":1,\"区\":\"东湖\"}] 1:正文一段。");
}

static void read_jsonl__takes_what_it_knows_and_keeps_the_rest_as_fields(void **state)
{
    (void)state;
    expect_text("{\"id\":\"p1\",\"title\":\"高铁站改造\",\"text\":\"一段。\\n二段。\",\"date\":"
                "\"2024-05-06\",\"year\":2024,\"区\":\"东湖\"}\n",
        FORMAT_JSONL,
        "[p1|高铁站改造|2024-5-6|{\"year\":2024,\"区\":\"东湖\"}] 1:一段。\n 1:二段。");
    expect_text("\n {\"id\":7,\"text\":\"云陵市工作报告\\n正文一段。\",\"date\":1999}",
        FORMAT_JSONL, "[7|云陵市工作报告|1999-0-0|] 2:云陵市工作报告\n 2:正文一段。");
    expect_text("{\"text\":\"正文一段。\"}", FORMAT_JSONL, "[1|1|0-0-0|] 1:正文一段。");
}

static void expect_date(const char *keys, const char *text, const char *date)
{
    char line[1024], rendered[1024];
    const char *fields = strstr(keys, "year") ? keys : NULL;
    snprintf(line, sizeof line, "{\"id\":\"2024\",\"title\":\"高铁站\",\"text\":\"%s\"%s%s}\n",
        text, *keys ? "," : "", keys);
    snprintf(rendered, sizeof rendered, "[2024|高铁站|%s|%s%s%s] 1:%s", date, fields ? "{" : "",
        fields ? fields : "", fields ? "}" : "", text);
    expect_text(line, FORMAT_JSONL, rendered);
}

static void read_jsonl__takes_a_year_for_the_date_where_there_is_no_date(void **state)
{
    (void)state;
    expect_date("\"year\":2023", "计划2025年6月完工。", "2023-0-0");
    expect_date("\"year\":\"2023\"", "2024年1月5日，开工。", "2023-0-0");
    expect_date("\"year\":\"2023年度\"", "一段。", "2023-0-0");
    expect_date("\"year\":2023.0", "一段。", "2023-0-0");
    expect_date("\"year\":1900", "一段。", "1900-0-0");
    expect_date("\"year\":2100", "一段。", "2100-0-0");
    expect_date("\"year\":1899", "一段。", "0-0-0");
    expect_date("\"year\":2101", "一段。", "0-0-0");
    expect_date("\"year\":\"不详\"", "一段。", "0-0-0");
    expect_date("\"year\":null", "一段。", "0-0-0");
    expect_date("\"date\":20240118", "一段。", "2024-1-18");
}

static void read_jsonl__takes_no_date_from_inside_a_sentence(void **state)
{
    (void)state;
    expect_date("", "计划2025年6月完工。", "0-0-0");
    expect_date("", "计划2025年6月完工", "0-0-0");
    expect_date("", "总投资2.8亿元，计划2025年6月完工", "0-0-0");
    expect_date("", "2024年1月5日，高铁站开工。", "2024-1-5");
    expect_date("", "（2024年1月5日）高铁站开工。", "2024-1-5");
    expect_date("", "民国113年1月5日，高铁站开工。", "2024-1-5");
    expect_text("{\"text\":\"云陵市2024年工作报告\\n2024年1月5日\\n计划2025年6月7日完工。\"}\n",
        FORMAT_JSONL,
        "[1|云陵市2024年工作报告|2024-1-5|] 1:云陵市2024年工作报告\n 1:2024年1月5日\n "
        "1:计划2025年6月7日完工。");
    expect_text("{\"title\":\"高铁站\",\"text\":\"一段。\\n2025年6月7日\\n\"}\n", FORMAT_JSONL,
        "[1|高铁站|0-0-0|] 1:一段。\n 1:2025年6月7日\n");
    expect_text("{\"title\":\"2024年工作报告\",\"text\":\"一段。\"}\n", FORMAT_JSONL,
        "[1|2024年工作报告|2024-0-0|] 1:一段。");
    expect_text("{\"title\":\"投资2000万元\",\"text\":\"一段。\"}\n", FORMAT_JSONL,
        "[1|投资2000万元|0-0-0|] 1:一段。");
}

static void read_jsonl__skips_bad_lines_and_goes_on(void **state)
{
    (void)state;
    expect_text("{\n[1]\n{\"text\":3}\n{\"text\":\"\"}\n{\"id\":{},\"text\":\"a\"}\n{\"id\":true,"
                "\"text\":\"a\"}\n{\"id\":\"z\",\"text\":\"好。\"}\n",
        FORMAT_JSONL,
        "!1:not JSON!2:not a JSON object!3:no \"text\"!4:no \"text\"!5:\"id\" is neither a short "
        "text nor a number!6:\"id\" is neither a short text nor a number[z|z|0-0-0|] 7:好。");
}

static void read_jsonl__takes_numbers_of_any_size(void **state)
{
    (void)state;
    expect_text("{\"text\":\"长。\",\"n\":12345678901234567890,\"m\":[-1e400,1.50,"
                "\"\\\"99999999999999999999\"]}\n"
                "{\"id\":12345678901234567890,\"text\":\"号。\",\"n\":9223372036854775807}\n"
                "{\"text\":\"a\",\"n\":1e400\n",
        FORMAT_JSONL,
        "[1|1|0-0-0|{\"n\":\"12345678901234567890\",\"m\":[\"-1e400\",1.5,\"\\\""
        "99999999999999999999\"]}] 1:长。"
        "[12345678901234567890|12345678901234567890|0-0-0|{\"n\":9223372036854775807}] "
        "2:号。!3:not JSON");
    expect_text("[{\"text\":\"长。\",\"n\":-12345678901234567890}]", FORMAT_JSON,
        "[1|1|0-0-0|{\"n\":\"-12345678901234567890\"}] 1:长。");
}

static void read_jsonl__takes_an_escape_of_no_character_for_an_unknown_one(void **state)
{
    (void)state;
    expect_text("{\"text\":\"零\\u0000尾。\\\\u0000\",\"a\\u0000b\":[\"\\u0000\"]}\n", FORMAT_JSONL,
        "[1|1|0-0-0|{\"a\uFFFDb\":[\"\uFFFD\"]}] 1:零\uFFFD尾。\\u0000");
    expect_text("{\"text\":\"半\\uD83D。\\uD83D\\uDE42\\uDE42\\uDE4\"}\n"
                "{\"text\":\"半\\uD83D\\u4E00。\\uD83D\\uDE42\\uDE42\"}\n",
        FORMAT_JSONL, "!1:not JSON[2|2|0-0-0|] 2:半\uFFFD一。🙂\uFFFD");
    expect_text("{\"内容\":\"零\\u0000尾。\"}\n", FORMAT_JSON, "[1|1|0-0-0|] 1:零\uFFFD尾。");
}

static void read_jsonl__gives_a_record_without_an_id_its_line(void **state)
{
    (void)state;
    expect_text("{\"id\":null,\"text\":\"甲。\"}\n{\"id\":\"\",\"text\":\"乙。\"}\n{\"id\":7.0,"
                "\"text\":\"丙。\"}\n{\"id\":1.5,\"text\":\"丁。\"}\n",
        FORMAT_JSONL,
        "[1|1|0-0-0|] 1:甲。[2|2|0-0-0|] 2:乙。[7|7|0-0-0|] 3:丙。[1.5|1.5|0-0-0|] 4:丁。");
}

static void read_csv__knows_columns_by_their_names(void **state)
{
    (void)state;
    expect_text("编号,标题,正文,发布日期,来源\r\np1,高铁站,\"一段。\n二段，有\"\"引号\"\"。\",2024-"
                "05-06,日报\r\n"
                "p2,老街,改造。,,\r\n",
        FORMAT_CSV,
        "[p1|高铁站|2024-5-6|{\"来源\":\"日报\"}] 2:一段。\n 2:二段，有\"引号\"。[p2|老街|0-0-0|] "
        "4:改造。");
    expect_text("Title;Content\nA;B C\n", FORMAT_CSV, "[2|A|0-0-0|] 2:B C");
    expect_text("id\ttext\n7\t一段。", FORMAT_CSV, "[7|7|0-0-0|] 2:一段。");
}

static void read_csv__takes_the_delimiter_that_a_first_line_says(void **state)
{
    (void)state;
    expect_text("sep=;\r\n标题;正文,\r\n高铁站;一段。\r\n", FORMAT_CSV,
        "[3|高铁站|0-0-0|{\"正文,\":\"一段。\"}] 3:标题: 高铁站\n 3:正文,: 一段。\n");
    expect_text("\xEF\xBB\xBFSEP=|\ntitle|text\nA|甲。\n", FORMAT_CSV, "[3|A|0-0-0|] 3:甲。");
    expect_text("sep=;x,text\n7,甲。\n", FORMAT_CSV, "[2|2|0-0-0|{\"sep=;x\":\"7\"}] 2:甲。");
    expect_text("sep=,", FORMAT_CSV, "");
}

static void read_csv__shows_a_row_whole_where_no_column_is_the_text(void **state)
{
    (void)state;
    expect_text("指标,数值\n地区生产总值,2112.8亿元\n\n粮食,\n,\n", FORMAT_CSV,
        "[2|指标: 地区生产总值|0-0-0|{\"指标\":\"地区生产总值\",\"数值\":\"2112.8亿元\"}] 2:指标: "
        "地区生产总值\n 2:数值: 2112.8亿元\n[4|指标: 粮食|0-0-0|{\"指标\":\"粮食\"}] 4:指标: "
        "粮食\n");
    expect_text("标题,正文\n只有标题,\n", FORMAT_CSV, "[2|只有标题|0-0-0|] 2:标题: 只有标题\n");
}

static void read_csv__reports_what_is_wrong_and_goes_on(void **state)
{
    (void)state;
    expect_text("title,text,,title\na,b,c,d\na,b,c,d,e\na,b\n", FORMAT_CSV,
        "[2|a|0-0-0|{\"column3\":\"c\",\"column4\":\"d\"}] 2:b!3:more cells than "
        "columns[4|a|0-0-0|] 4:b");
    expect_text("title,text\na,b\nc,\"一段。\n二段。\n", FORMAT_CSV,
        "[2|a|0-0-0|] 2:b!3:quote is not closed[3|c|0-0-0|] 3:一段。\n 3:二段。\n");
    expect_text("title,text\na,5\" 屏\n", FORMAT_CSV, "[2|a|0-0-0|] 2:5\" 屏");
    expect_text("", FORMAT_CSV, "");
}

static void read_json__takes_an_object_or_an_array_of_them(void **state)
{
    (void)state;
    expect_text("{\"标题\": \"高铁站{\",\n \"内容\": \"一段\\\"。}\", \"区\": {\"名\":\"东湖\"}}\n",
        FORMAT_JSON, "[1|高铁站{|0-0-0|{\"区\":{\"名\":\"东湖\"}}] 1:一段\"。}");
    expect_text(
        "[\n {\"id\": 7, \"text\": \"甲。\"},\n {\"指标\": \"粮食\", \"值\": 3, \"注\": null}\n]\n",
        FORMAT_JSON,
        "[7|7|0-0-0|] 2:甲。[3|指标: 粮食|0-0-0|{\"指标\":\"粮食\",\"值\":3,\"注\":null}] "
        "3:指标: 粮食\n 3:值: 3\n");
    expect_text("[]", FORMAT_JSON, "");
    expect_text("", FORMAT_JSON, "");
}

static void read_json__reports_what_is_wrong_and_goes_on(void **state)
{
    (void)state;
    expect_text("[1, \"{\", {\"text\":\"甲。\"},\n{\"text\":},\n{\"text\":\"乙。\"}", FORMAT_JSON,
        "!1:not a JSON object!1:not a JSON object[1|1|0-0-0|] 1:甲。!2:not JSON[3|3|0-0-0|] "
        "3:乙。!3:the brackets "
        "do not match");
    expect_text("[{\"text\":\"甲。\"},\n{\"text\":\"乙", FORMAT_JSON,
        "[1|1|0-0-0|] 1:甲。!2:the file ends within an object");
}

static void input_detect__knows_what_is_not_text(void **state)
{
    (void)state;
    char *dir = temp_dir_make();
    const char *path = temp_dir_path(dir, "a.txt");
    struct render r = {.n = 0};
    char zeros[5000] = {0};
    temp_dir_write(path, zeros, sizeof zeros);
    struct reading got = read_as(path, FORMAT_TEXT, &r);
    assert_true(got.is_binary);
    assert_null(got.kind);
    temp_dir_write(path, "\x89PNG\r\n\x1A\n\0\0\0\rIHDR", 16);
    got = read_as(path, FORMAT_TEXT, &r);
    assert_true(got.is_binary);
    assert_non_null(got.kind);
    temp_dir_remove(dir);
}

static void read_text__takes_a_line_of_100_mb_in_bounded_memory(void **state)
{
    (void)state;
    char *dir = temp_dir_make();
    const char *path = temp_dir_path(dir, "a.txt");
    FILE *f = fopen(path, "w");
    struct render r = {.only_counts = true};
    for (int i = 0; i < 3500; i++)
        for (int j = 0; j < 1000; j++)
            fputs("云陵市工作报告陵", f);
    fclose(f);
    struct reading got = read_as(path, FORMAT_TEXT, &r);
    assert_int_equal(got.status, STATUS_OK);
    assert_int_equal(r.n_bytes, got.source.size);
    assert_true(r.longest <= 8000);
    temp_dir_remove(dir);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(source_format_of__goes_by_the_ending),
        cmocka_unit_test(read_text__takes_title_date_and_passages),
        cmocka_unit_test(read_text__decodes_other_encodings),
        cmocka_unit_test(read_tsv__makes_each_line_a_report),
        cmocka_unit_test(read_tsv__skips_bad_lines_and_goes_on),
        cmocka_unit_test(read_tsv__cuts_what_is_longer_than_a_passage_may_be),
        cmocka_unit_test(reader__refuses_a_line_beyond_the_limit),
        cmocka_unit_test(read_jsonl__leaves_out_fields_that_find_no_room),
        cmocka_unit_test(read_jsonl__takes_what_it_knows_and_keeps_the_rest_as_fields),
        cmocka_unit_test(read_jsonl__takes_a_year_for_the_date_where_there_is_no_date),
        cmocka_unit_test(read_jsonl__takes_no_date_from_inside_a_sentence),
        cmocka_unit_test(read_jsonl__skips_bad_lines_and_goes_on),
        cmocka_unit_test(read_jsonl__takes_numbers_of_any_size),
        cmocka_unit_test(read_jsonl__takes_an_escape_of_no_character_for_an_unknown_one),
        cmocka_unit_test(read_jsonl__gives_a_record_without_an_id_its_line),
        cmocka_unit_test(read_csv__knows_columns_by_their_names),
        cmocka_unit_test(read_csv__takes_the_delimiter_that_a_first_line_says),
        cmocka_unit_test(read_csv__shows_a_row_whole_where_no_column_is_the_text),
        cmocka_unit_test(read_csv__reports_what_is_wrong_and_goes_on),
        cmocka_unit_test(read_json__takes_an_object_or_an_array_of_them),
        cmocka_unit_test(read_json__reports_what_is_wrong_and_goes_on),
        cmocka_unit_test(input_detect__knows_what_is_not_text),
        cmocka_unit_test(read_text__takes_a_line_of_100_mb_in_bounded_memory),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
