// SPDX-License-Identifier: GPL-2.0-or-later
/* Errors: a status to branch on and one line to read, in storage the caller owns.
 *
 * There is one status for each *reaction* a caller may have, not one for each cause. Messages are
 * lower case, one line, without a full stop, with the subject quoted: `cannot open index 'r.duan':
 * no such directory`. The layer that finds a fault sets the error; a layer above adds context only
 * where it knows more. A function that takes `struct error *err` fills it whenever it returns
 * anything but STATUS_OK; err is never NULL. */
#ifndef DUAN_COMMON_ERROR_H
#define DUAN_COMMON_ERROR_H

enum status {
    STATUS_OK,
    STATUS_MISSING, /* there is no such file, index, report: name another */
    STATUS_LOCKED,  /* another writer is at work: wait */
    STATUS_FOREIGN, /* not an index of duan's: name another */
    STATUS_NEWER, /* made by another version of format or analyzer: use that version, or index again
                   */
    STATUS_CORRUPT,     /* damaged: check, restore or index again */
    STATUS_BAD_INPUT,   /* what the user typed or fed is not acceptable: mend it */
    STATUS_IO,          /* the system refused to read or write: mend the system, try again */
    STATUS_NO_MEMORY,   /* out of memory: try with less */
    STATUS_INTERRUPTED, /* the user asked to stop */
    STATUS_INTERNAL,    /* a defect of ours: report it */
};

enum { ERROR_MESSAGE_MAX = 512 };

struct error {
    enum status status;
    char message[ERROR_MESSAGE_MAX];
};

/* Sets *err and returns s, so that a failing function can end in `return error_set(...)`. A message
 * too long for the storage is cut at a character. fmt is looked up in the message catalogue
 * (common/message.h). */
enum status error_set(struct error *err, enum status s, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));

/* Puts "<context>: " before the message that stands in *err, replaces the status by s, and returns
 * s. */
enum status error_context(struct error *err, enum status s, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));

/* error_set with STATUS_NO_MEMORY and the one message there is for it. */
enum status error_no_memory(struct error *err);

/* Like error_set, with ": <meaning of errno>" behind the message. The status follows from errno:
 * ENOENT and ENOTDIR are STATUS_MISSING, ENOMEM is STATUS_NO_MEMORY, anything else is STATUS_IO.
 * errno is read at entry. */
enum status error_errno(struct error *err, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));

#endif
