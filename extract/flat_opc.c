// SPDX-License-Identifier: GPL-2.0-or-later
#include "extract/flat_opc.h"

#include <archive.h>
#include <archive_entry.h>
#include <libxml/xmlreader.h>
#include <limits.h>
#include <string.h>

#include "extract/kind.h"

struct package {
    struct archive *zip;
    struct buf *out;
    unsigned n_parts;
    struct error *err;
};

static la_ssize_t take_bytes(struct archive *a, void *arg, const void *bytes, size_t n)
{
    struct package *p = arg;
    (void)a;
    return buf_append(p->out, bytes, n) ? (la_ssize_t)n : -1;
}

static struct archive *open_zip(struct package *p)
{
    struct archive *a = archive_write_new();
    if (!a)
        return NULL;
    if (archive_write_set_format_zip(a) == ARCHIVE_OK &&
        archive_write_set_options(a, "zip:compression=store") == ARCHIVE_OK &&
        archive_write_open(a, p, NULL, take_bytes, NULL) == ARCHIVE_OK)
        return a;
    archive_write_free(a);
    return NULL;
}

static enum status add_part(struct package *p, const char *name, const char *xml)
{
    size_t n = strlen(xml);
    struct archive_entry *entry = archive_entry_new();
    if (!entry)
        return error_no_memory(p->err);
    archive_entry_set_pathname(entry, name);
    archive_entry_set_filetype(entry, AE_IFREG);
    archive_entry_set_size(entry, (la_int64_t)n);
    bool is_ok = archive_write_header(p->zip, entry) == ARCHIVE_OK &&
                 archive_write_data(p->zip, xml, n) == (la_ssize_t)n;
    archive_entry_free(entry);
    return is_ok ? STATUS_OK : error_no_memory(p->err);
}

/* The reader stands on a part's xmlData. */
static enum status take_part(struct package *p, xmlTextReader *r, const char *name)
{
    if (p->n_parts++ == ZIP_MEMBERS_MAX)
        return error_set(p->err, STATUS_BAD_INPUT, "more than %d files in it", ZIP_MEMBERS_MAX);
    xmlChar *xml = xmlTextReaderReadInnerXml(r);
    if (!xml)
        return error_set(p->err, STATUS_BAD_INPUT, "damaged XML");
    enum status s = add_part(p, name, (const char *)xml);
    xmlFree(xml);
    return s;
}

static bool is_element(xmlTextReader *r, const char *name)
{
    return xmlTextReaderNodeType(r) == XML_READER_TYPE_ELEMENT &&
           strcmp((const char *)xmlTextReaderConstLocalName(r), name) == 0;
}

static void take_name(xmlTextReader *r, char out[ZIP_NAME_MAX])
{
    xmlChar *name = xmlTextReaderGetAttributeNs(
        r, (const xmlChar *)"name", (const xmlChar *)FLAT_OPC_NAMESPACE);
    const char *at = name ? (const char *)name : "";
    at += *at == '/';
    size_t n = strlen(at);
    memcpy(out, at, n < ZIP_NAME_MAX ? n + 1 : 0);
    if (n >= ZIP_NAME_MAX)
        out[0] = '\0';
    xmlFree(name);
}

static enum status walk(struct package *p, xmlTextReader *r)
{
    char name[ZIP_NAME_MAX] = "";
    int got = xmlTextReaderRead(r);
    while (got == 1) {
        if (xmlTextReaderNodeType(r) == XML_READER_TYPE_DOCUMENT_TYPE)
            return error_set(p->err, STATUS_BAD_INPUT, "XML that declares entities");
        if (is_element(r, "part"))
            take_name(r, name);
        bool is_part = name[0] && is_element(r, "xmlData");
        enum status s = is_part ? take_part(p, r, name) : STATUS_OK;
        if (s != STATUS_OK)
            return s;
        got = is_part ? xmlTextReaderNext(r) : xmlTextReaderRead(r);
    }
    return got == 0 ? STATUS_OK : error_set(p->err, STATUS_BAD_INPUT, "damaged XML");
}

static enum status to_zip(const char *bytes, size_t n, struct buf *out, struct error *err)
{
    struct package p = {.out = out, .err = err};
    if (n > INT_MAX)
        return error_set(err, STATUS_BAD_INPUT, "longer than %d bytes", INT_MAX);
    xmlTextReader *r = xmlReaderForMemory(
        bytes, (int)n, NULL, NULL, XML_PARSE_NONET | XML_PARSE_NOERROR | XML_PARSE_NOWARNING);
    p.zip = open_zip(&p);
    enum status s = r && p.zip ? walk(&p, r) : error_no_memory(err);
    if (p.zip && archive_write_close(p.zip) != ARCHIVE_OK && s == STATUS_OK)
        s = error_no_memory(err);
    archive_write_free(p.zip);
    xmlFreeTextReader(r);
    return s;
}

enum status flat_opc_open(
    const struct document_input *in, struct zip *z, struct buf *bytes, struct error *err)
{
    enum status s = STATUS_OK;
    bool is_flat = document_is_flat_opc(in->bytes, in->n);
    buf_init(bytes, ZIP_MEMBER_BYTES_MAX);
    if (is_flat)
        s = to_zip(in->bytes, in->n, bytes, err);
    if (is_flat)
        zip_init(z, bytes->data, bytes->len);
    else
        zip_init(z, in->bytes, in->n);
    return s;
}
