// SPDX-License-Identifier: GPL-2.0-or-later
/* Magic numbers. Marks of two or three letters that text may start with (BM, MZ, FWS) are given
 * only with the zeros that stand behind them in such files. docx, xlsx, odt, ofd and epub are zip.
 */
#include "tokenizer/magic.h"

#include <stdbool.h>
#include <string.h>

#define MAGIC(at, bytes) at, sizeof(bytes) - 1, bytes

static const struct {
    const char *kind;
    size_t at, n;
    const char *bytes;
} magics[] = {
    {"zip", MAGIC(0, "PK\3\4")},
    {"zip", MAGIC(0, "PK\5\6")},
    {"PDF", MAGIC(0, "%PDF-")},
    {"PDF", MAGIC(3, "%PDF-")}, /* behind a BOM that does not belong there */
    {"OLE (doc, xls, ppt, wps)", MAGIC(0, "\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1")},
    {"RTF", MAGIC(0, "{\\rtf")},
    {"PostScript", MAGIC(0, "%!PS")},
    {"CAJ", MAGIC(0, "CAJ\0")},
    {"DjVu", MAGIC(0, "AT&TFORM")},
    {"PNG", MAGIC(0, "\x89PNG\r\n\x1A\n")},
    {"JPEG", MAGIC(0, "\xFF\xD8\xFF")},
    {"GIF", MAGIC(0, "GIF87a")},
    {"GIF", MAGIC(0, "GIF89a")},
    {"TIFF", MAGIC(0, "II*\0")},
    {"TIFF", MAGIC(0, "MM\0*")},
    {"BMP", MAGIC(6, "\0\0\0\0")}, /* and BM at 0: see has_head */
    {"icon", MAGIC(0, "\0\0\1\0")},
    {"Photoshop", MAGIC(0, "8BPS\0")},
    {"gzip", MAGIC(0, "\x1F\x8B\x08")},
    {"compress", MAGIC(0, "\x1F\x9D")},
    {"xz", MAGIC(0, "\xFD"
                    "7zXZ\0")},
    {"bzip2", MAGIC(4, "1AY&SY")},
    {"zstd", MAGIC(0, "\x28\xB5\x2F\xFD")},
    {"lz4", MAGIC(0, "\x04\x22\x4D\x18")},
    {"7z", MAGIC(0, "7z\xBC\xAF\x27\x1C")},
    {"rar", MAGIC(0, "Rar!\x1A\x07")},
    {"tar", MAGIC(257, "ustar")},
    {"cabinet", MAGIC(0, "MSCF\0\0\0\0")},
    {"ar", MAGIC(0, "!<arch>\n")},
    {"ELF", MAGIC(0, "\x7F"
                     "ELF")},
    {"Windows program", MAGIC(0, "MZ\x90\0")},
    {"Java class", MAGIC(0, "\xCA\xFE\xBA\xBE\0\0")},
    {"WebAssembly", MAGIC(0, "\0asm")},
    {"SQLite", MAGIC(0, "SQLite format 3\0")},
    {"Access", MAGIC(4, "Standard Jet DB\0")},
    {"Access", MAGIC(4, "Standard ACE DB\0")},
    {"WAV", MAGIC(8, "WAVEfmt ")},
    {"AVI", MAGIC(8, "AVI LIST")},
    {"WebP", MAGIC(8, "WEBPVP8")},
    {"MP4", MAGIC(4, "ftyp")},
    {"MP3", MAGIC(0, "ID3\2\0")},
    {"MP3", MAGIC(0, "ID3\3\0")},
    {"MP3", MAGIC(0, "ID3\4\0")},
    {"MP3", MAGIC(0, "\xFF\xFB")},
    {"MP3", MAGIC(0, "\xFF\xF3")},
    {"MP3", MAGIC(0, "\xFF\xF2")},
    {"Ogg", MAGIC(0, "OggS\0")},
    {"FLAC", MAGIC(0, "fLaC\0")},
    {"MIDI", MAGIC(0, "MThd\0")},
    {"Matroska", MAGIC(0, "\x1A\x45\xDF\xA3")},
    {"ASF", MAGIC(0, "\x30\x26\xB2\x75\x8E\x66\xCF\x11")},
    {"MPEG", MAGIC(0, "\0\0\1\xBA")},
    {"TrueType", MAGIC(0, "\0\1\0\0\0")},
    {"TrueType", MAGIC(0, "ttcf\0")},
    {"OpenType", MAGIC(0, "OTTO\0")},
    {"WOFF", MAGIC(0, "wOFF")},
    {"WOFF", MAGIC(0, "wOF2")},
    {"UTF-32", MAGIC(0, "\xFF\xFE\0\0")},
    {"UTF-32", MAGIC(0, "\0\0\xFE\xFF")},
};

/* The part of a mark that lies apart from the rest. */
static bool has_head(const char *kind, const char *bytes)
{
    if (strcmp(kind, "BMP") == 0)
        return bytes[0] == 'B' && bytes[1] == 'M';
    if (strcmp(kind, "bzip2") == 0)
        return memcmp(bytes, "BZh", 3) == 0;
    if (strcmp(kind, "WAV") == 0 || strcmp(kind, "AVI") == 0 || strcmp(kind, "WebP") == 0)
        return memcmp(bytes, "RIFF", 4) == 0;
    if (strcmp(kind, "MP4") == 0)
        return bytes[0] == '\0' && bytes[1] == '\0';
    return true;
}

const char *magic_kind(const char *bytes, size_t n)
{
    for (size_t i = 0; i < sizeof magics / sizeof *magics; i++) {
        if (n < magics[i].at + magics[i].n ||
            memcmp(bytes + magics[i].at, magics[i].bytes, magics[i].n) != 0)
            continue;
        if (has_head(magics[i].kind, bytes))
            return magics[i].kind;
    }
    return NULL;
}
