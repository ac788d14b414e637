// SPDX-License-Identifier: GPL-2.0-or-later
/* Word files of 1997 to 2003 whose container is whole and whose streams are anything: two bytes for the length of the
 * WordDocument stream, it, and the table stream behind it. */
#include <gsf/gsf.h>

#include "tests/fuzz/blocks.h"

static void put_stream(GsfOutfile *file, const char *name, const uint8_t *bytes, size_t n)
{
    GsfOutput *stream = gsf_outfile_new_child(file, name, FALSE);
    MUST((n == 0 || gsf_output_write(stream, n, bytes)) && gsf_output_close(stream));
    g_object_unref(stream);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct fuzz_input in = {data, size};
    struct seen_blocks seen;
    size_t n_word = fuzz_byte(&in);
    n_word |= (size_t)fuzz_byte(&in) << 8;
    n_word = n_word < in.n ? n_word : in.n;
    gsf_init();
    GsfOutput *memory = gsf_output_memory_new();
    GsfOutfile *file = gsf_outfile_msole_new(memory);
    put_stream(file, "WordDocument", in.at, n_word);
    put_stream(file, "1Table", in.at + n_word, in.n - n_word);
    MUST(gsf_output_close(GSF_OUTPUT(file)));
    size_t n = (size_t)gsf_output_size(memory);
    char *bytes = fuzz_copy(gsf_output_memory_get_bytes(GSF_OUTPUT_MEMORY(memory)), n);
    parse_blocks(parse_doc, bytes, n, ENCODING_UNKNOWN, &seen);
    free(bytes);
    g_object_unref(file);
    g_object_unref(memory);
    return 0;
}
