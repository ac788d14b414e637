// SPDX-License-Identifier: GPL-2.0-or-later
/* `id<TAB>text` lines (reader.h). The title of such a report is its id: there is nothing better. */
#include <string.h>

#include "common/message.h"
#include "indexer/passage.h"
#include "indexer/reader.h"
#include "store/schema.h"

static enum status give_pieces(
    const struct report_sink *sink, const char *text, size_t n, uint32_t line, struct error *err)
{
    enum status status = STATUS_OK;
    for (uint32_t number = 1; n && status == STATUS_OK; number++) {
        size_t piece = n <= PASSAGE_BYTES_MAX && number == 1 ? n : passage_cut(text, n, true);
        struct passage p = {.text = text, .text_len = piece, .number = number, .line = line};
        status = sink->passage(sink->arg, &p, err);
        text += piece;
        n -= piece;
    }
    return status;
}

static enum status take_line(
    void *arg, const char *line, size_t n, uint32_t number, struct error *err)
{
    const struct report_sink *sink = arg;
    const char *tab = memchr(line, '\t', n);
    size_t id_len = tab ? (size_t)(tab - line) : 0;
    if (id_len == 0)
        return sink->fault(sink->arg, number, tr("no 'id<TAB>text'"), err);
    if (id_len > TITLE_BYTES_MAX)
        return sink->fault(sink->arg, number, tr("the id is too long"), err);
    if (id_len + 1 == n)
        return sink->fault(sink->arg, number, tr("no text behind the id"), err);
    struct report report = {
        .id = line, .id_len = id_len, .title = line, .title_len = id_len, .fields = ""};
    enum status status = sink->report(sink->arg, &report, err);
    return status == STATUS_OK ? give_pieces(sink, tab + 1, n - id_len - 1, number, err) : status;
}

enum status read_tsv(struct input *in, const struct reader_options *options,
    const struct report_sink *sink, struct error *err)
{
    struct report_sink copy = *sink;
    return reader_each_line(in, options, sink, take_line, &copy, err);
}
