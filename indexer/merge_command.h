// SPDX-License-Identifier: GPL-2.0-or-later
/* `duan merge`: make one segment of an index, without what is dead. */
#ifndef DUAN_INDEXER_MERGE_COMMAND_H
#define DUAN_INDEXER_MERGE_COMMAND_H

/* argv[0] is "merge". The exit status of the program: 0 done or nothing to do, 2 an error, and then
 * the index is as it was. */
int merge_command(int argc, char **argv);

#endif
