// SPDX-License-Identifier: GPL-2.0-or-later
#include "search/field_names.h"

static bool count(json_t *names, const char *name)
{
    json_t *n = json_object_get(names, name);
    if (n)
        return json_integer_set(n, json_integer_value(n) + 1) == 0;
    return json_object_size(names) == FIELD_NAMES_MAX ||
           json_object_set_new(names, name, json_integer(1)) == 0;
}

static bool count_keys(json_t *names, const struct report *r)
{
    json_t *fields = json_loadb(r->fields, r->fields_len, 0, NULL);
    const char *key;
    json_t *value;
    bool ok = true;
    json_object_foreach(fields, key, value)
    {
        ok = ok && count(names, key);
    }
    json_decref(fields);
    return ok;
}

enum status field_names(struct index *ix, json_t **out, struct error *err)
{
    struct index_cursor cursor;
    struct report report;
    uint32_t segment;
    bool has_more;
    *out = json_object();
    if (!*out)
        return error_no_memory(err);
    index_cursor_init(&cursor, ix);
    enum status s;
    while ((s = index_next_report(&cursor, &report, &segment, &has_more, err)) == STATUS_OK &&
           has_more) {
        if (report.fields_len && !count_keys(*out, &report)) {
            s = error_no_memory(err);
            break;
        }
    }
    index_cursor_release(&cursor);
    return s;
}
