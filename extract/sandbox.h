// SPDX-License-Identifier: GPL-2.0-or-later
/* What a child that parses a hostile file may do: compute, within limits, and write into its pipe.
 *
 * Limits: SANDBOX_MEMORY_MB of address space, SANDBOX_CPU_SECONDS of CPU time, SANDBOX_WALL_SECONDS in all unless it streams,
 * SANDBOX_FILES open files, no file written, no core. Refused by the kernel (seccomp): sockets, other processes, files opened for
 * writing or changed, other programs. Reading files stays allowed: poppler
 * reads the character maps and fonts of the system. Standard output and error lead nowhere. */
#ifndef DUAN_EXTRACT_SANDBOX_H
#define DUAN_EXTRACT_SANDBOX_H

#include <stdbool.h>

enum {
    SANDBOX_MEMORY_MB = 1024,
    SANDBOX_CPU_SECONDS = 60,
    SANDBOX_WALL_SECONDS = 80,
    SANDBOX_FILES = 32,
};

/* AddressSanitizer and ThreadSanitizer map terabytes of shadow, so that memory is not limited. */
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define SANDBOX_HAS_SHADOW 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
#define SANDBOX_HAS_SHADOW 1
#endif
#endif
#ifndef SANDBOX_HAS_SHADOW
#define SANDBOX_HAS_SHADOW 0
#endif

struct sandbox_needs {
    bool stream; /* waits for a slow reader: no wall clock, and CPU time by the size of the file */
    unsigned long long file_bytes;
};

/* Enters it for good. False when the limits cannot be set; *why then says what, in English and in static memory. A kernel
 * without seccomp is not a reason to fail: *why is set and true returned. */
bool sandbox_enter(const struct sandbox_needs *needs, const char **why);

#endif
