// SPDX-License-Identifier: GPL-2.0-or-later
/* `duan index`: read files and folders into an index, or bring it up to date. */
#ifndef DUAN_INDEXER_INDEX_COMMAND_H
#define DUAN_INDEXER_INDEX_COMMAND_H

/* argv[0] is "index". The exit status of the program: 0 done, 2 some input or the index failed. */
int index_command(int argc, char **argv);

#endif
