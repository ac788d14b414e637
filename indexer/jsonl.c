// SPDX-License-Identifier: GPL-2.0-or-later
/* One JSON object a line (reader.h, keyed_report.h). Only "text" must be there. */
#include "common/json.h"
#include "common/message.h"
#include "indexer/keyed_report.h"

static enum status take_line(
    void *arg, const char *line, size_t n, uint32_t number, struct error *err)
{
    struct keyed_reports *k = arg;
    k->line = number;
    while (n && (line[0] == ' ' || line[0] == '\t'))
        line++, n--;
    if (n == 0)
        return STATUS_OK;
    json_t *object = json_read(line, n);
    if (!json_is_object(object)) {
        json_decref(object);
        return keyed_reports_fault(k, object ? tr("not a JSON object") : tr("not JSON"), err);
    }
    enum status status = keyed_reports_take(k, object, err);
    json_decref(object);
    return status;
}

enum status read_jsonl(struct input *in, const struct reader_options *options,
    const struct report_sink *sink, struct error *err)
{
    struct keyed_reports k;
    enum status status = keyed_reports_open(&k, sink, options->max_line_bytes, err);
    if (status == STATUS_OK)
        status = reader_each_line(in, options, sink, take_line, &k, err);
    keyed_reports_close(&k);
    return status;
}
