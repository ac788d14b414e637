// SPDX-License-Identifier: GPL-2.0-or-later
#include "extract/ole.h"

#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include <gsf/gsf.h>

struct ole {
    GsfInput *input;
    GsfInfile *file;
    size_t n;
};

/* What libgsf warns of shows in what it gives. */
static void say_nothing(
    const gchar *domain, GLogLevelFlags level, const gchar *message, gpointer data)
{
    (void)domain, (void)level, (void)message, (void)data;
}

enum status ole_open(const struct document_input *in, struct ole **out, struct error *err)
{
    static bool is_ready;
    if (!is_ready) {
        gsf_init();
        g_log_set_default_handler(say_nothing, NULL);
        is_ready = true;
    }
    struct ole *o = calloc(1, sizeof *o);
    *out = NULL;
    if (!o)
        return error_no_memory(err);
    o->n = in->n;
    o->input = gsf_input_memory_new((const guint8 *)in->bytes, (gsf_off_t)in->n, FALSE);
    o->file = o->input ? gsf_infile_msole_new(o->input, NULL) : NULL;
    if (!o->file || gsf_infile_num_children(o->file) <= 0) {
        ole_close(o);
        return error_set(err, STATUS_BAD_INPUT, "damaged OLE2 file");
    }
    *out = o;
    return STATUS_OK;
}

void ole_close(struct ole *o)
{
    if (o && o->file)
        g_object_unref(o->file);
    if (o && o->input)
        g_object_unref(o->input);
    free(o);
}

bool ole_has(const struct ole *o, const char *name)
{
    for (int i = 0, n = gsf_infile_num_children(o->file); i < n; i++) {
        const char *at = gsf_infile_name_by_index(o->file, i);
        if (at && strcmp(at, name) == 0)
            return true;
    }
    return false;
}

enum status ole_read(
    const struct ole *o, const char *name, unsigned char **out, size_t *n, struct error *err)
{
    GsfInput *child = gsf_infile_child_by_name(o->file, name);
    gsf_off_t size = child ? gsf_input_size(child) : 0;
    enum status status = STATUS_OK;
    *out = NULL;
    *n = 0;
    if (!child)
        return error_set(err, STATUS_MISSING, "damaged OLE2 file");
    if (size < 0 || (size_t)size > o->n) {
        status = error_set(err, STATUS_BAD_INPUT, "damaged OLE2 file");
    } else if (size > 0) {
        *out = malloc((size_t)size);
        *n = (size_t)size;
        if (!*out)
            status = error_no_memory(err);
        else if (!gsf_input_read(child, *n, *out))
            status = error_set(err, STATUS_BAD_INPUT, "damaged OLE2 file");
    }
    g_object_unref(child);
    return status;
}

static const GValue *property(GsfDocMetaData *meta, const char *name)
{
    const GsfDocProp *p = gsf_doc_meta_data_lookup(meta, name);
    return p ? gsf_doc_prop_get_val(p) : NULL;
}

static void put_text(
    GsfDocMetaData *meta, const char *name, enum document_meta what, struct block_writer *w)
{
    const GValue *v = property(meta, name);
    const char *text = v && G_VALUE_HOLDS_STRING(v) ? g_value_get_string(v) : NULL;
    if (text)
        block_meta(w, what, text, strlen(text));
}

static void put_date(GsfDocMetaData *meta, struct block_writer *w)
{
    const GValue *v = property(meta, GSF_META_NAME_DATE_MODIFIED);
    const GsfTimestamp *stamp =
        v && G_VALUE_HOLDS(v, GSF_TIMESTAMP_TYPE) ? g_value_get_boxed(v) : NULL;
    time_t seconds = stamp ? (time_t)stamp->timet : 0;
    struct tm day;
    char text[64];
    if (seconds > 0 && gmtime_r(&seconds, &day))
        block_meta(w, META_DATE, text, strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%SZ", &day));
}

void ole_meta(const struct ole *o, struct block_writer *w)
{
    GsfInput *summary = gsf_infile_child_by_name(o->file, "\005SummaryInformation");
    GsfDocMetaData *meta = gsf_doc_meta_data_new();
    GError *why = summary ? gsf_doc_meta_data_read_from_msole(meta, summary) : NULL;
    g_clear_error(&why); /* a document without properties, or with broken ones, has text */
    put_text(meta, GSF_META_NAME_TITLE, META_TITLE, w);
    put_text(meta, GSF_META_NAME_CREATOR, META_AUTHOR, w);
    put_date(meta, w);
    g_object_unref(meta);
    if (summary)
        g_object_unref(summary);
}
