# SPDX-License-Identifier: GPL-2.0-or-later
"""What a disk may hold after a power cut. The shim recorded what a run did to it; of that, a write is safe once its file was
synced after it, and a name (made, renamed, removed) once its folder was. Whatever is not safe may have reached the disk or
not, in any order, each by itself: the states built here leave out all of it, either half, one of it, or some of it."""
import random

N_RANDOM = 6
SINGLES_MAX = 40


class Op:
    def __init__(self, verb, **more):
        self.verb = verb
        self.__dict__.update(more)


def parse(path):
    """The recorded calls, in their order."""
    with open(path, 'rb') as file:
        data = file.read()
    ops, at = [], 0
    while at < len(data):
        end = data.index(b'\n', at)
        verb, rest = data[at:end].decode(errors='surrogateescape').split(' ', 1)
        at = end + 1
        if verb == 'write':
            inode, offset, n = map(int, rest.split(' '))
            ops.append(Op('write', inode=inode, offset=offset, data=data[at:at + n]))
            at += n + 1
        elif verb in ('create', 'mkdir'):
            inode, name = rest.split(' ', 1)
            ops.append(Op(verb, inode=int(inode), path=name))
        elif verb == 'truncate':
            inode, n = rest.split(' ')
            ops.append(Op(verb, inode=int(inode), n=int(n)))
        elif verb == 'sync':
            ops.append(Op(verb, inode=int(rest)))
        elif verb == 'rename':
            name, to = rest.split('\t')
            ops.append(Op(verb, path=name, to=to))
        elif verb in ('unlink', 'rmdir'):
            ops.append(Op(verb, path=rest))
        else:
            raise ValueError('unknown record %r' % verb)
    return ops


class Disk:
    """Inodes: a file is a bytearray, a folder {name: inode}."""

    def __init__(self, root, inodes):
        self.root, self.inodes = root, inodes

    def copy(self):
        return Disk(self.root, {i: dict(v) if isinstance(v, dict) else bytearray(v) for i, v in self.inodes.items()})

    def folder_of(self, path):
        """(inode of the folder, last name), or (None, name) where the folder is not there."""
        parts = path[len(self.root[0]):].strip('/').split('/')
        inode = self.root[1]
        for part in parts[:-1]:
            inode = self.inodes[inode].get(part) if isinstance(self.inodes.get(inode), dict) else None
        return (inode if isinstance(self.inodes.get(inode), dict) else None), parts[-1]

    def tree(self, path):
        folder, name = self.folder_of(path + '/x')
        tree = {}
        if folder is None:
            return None

        def add(inode, base):
            for child, number in self.inodes[inode].items():
                content = self.inodes.get(number, b'')
                tree[base + child] = None if isinstance(content, dict) else bytes(content)
                if isinstance(content, dict):
                    add(number, base + child + '/')
        add(folder, '')
        return tree


def resolve(ops, disk):
    """Gives each op on names the inodes it touched when it ran (folder, target), so that it can be played again without the
    ops before it; drops what touched nothing we know."""
    disk, kept = disk.copy(), []
    for op in ops:
        if op.verb in ('create', 'mkdir', 'unlink', 'rmdir', 'rename'):
            op.folder, op.name = disk.folder_of(op.path)
            if op.folder is None:
                continue
            if op.verb in ('create', 'mkdir'):
                if disk.inodes[op.folder].get(op.name) == op.inode:
                    continue  # it was opened, not made
                disk.inodes.pop(op.inode, None)  # the number of a removed one may come again
            else:
                op.inode = disk.inodes[op.folder].get(op.name)
                if op.inode is None:
                    continue
            if op.verb == 'rename':
                op.to_folder, op.to_name = disk.folder_of(op.to)
        apply(op, disk)
        kept.append(op)
    return kept


def apply(op, disk):
    inodes = disk.inodes
    if op.verb == 'create':
        inodes.setdefault(op.inode, bytearray())
        inodes[op.folder][op.name] = op.inode
    elif op.verb == 'mkdir':
        inodes.setdefault(op.inode, {})
        inodes[op.folder][op.name] = op.inode
    elif op.verb in ('unlink', 'rmdir'):
        if inodes[op.folder].get(op.name) == op.inode:
            del inodes[op.folder][op.name]
    elif op.verb == 'rename':
        if inodes[op.folder].get(op.name) == op.inode:
            del inodes[op.folder][op.name]
        inodes[op.to_folder][op.to_name] = op.inode
    elif op.verb == 'write':
        content = inodes.setdefault(op.inode, bytearray())
        content.extend(bytes(max(0, op.offset + len(op.data) - len(content))))
        content[op.offset:op.offset + len(op.data)] = op.data
    elif op.verb == 'truncate':
        content = inodes.setdefault(op.inode, bytearray())
        del content[op.n:]
        content.extend(bytes(op.n - len(content)))


def is_data(op):
    return op.verb in ('write', 'truncate')


def unsafe(ops, n):
    """Of the first n, the positions of those that no sync has followed."""
    synced = {}
    for i, op in enumerate(ops[:n]):
        if op.verb == 'sync':
            synced[op.inode] = i
    places = []
    for i, op in enumerate(ops[:n]):
        if op.verb == 'sync':
            continue
        owners = [op.inode] if is_data(op) else [op.folder] + ([op.to_folder] if op.verb == 'rename' else [])
        if any(synced.get(owner, -1) < i for owner in owners):
            places.append(i)
    return places


def build(ops, n, start, lost, torn=None, zeroed=()):
    """The disk after the first n without those lost; a torn write is done by half, of a zeroed one the length came."""
    disk = start.copy()
    for i, op in enumerate(ops[:n]):
        if op.verb == 'mkdir' and i in lost:
            disk.inodes.setdefault(op.inode, {})  # what is made in it needs it, though nobody finds it
        elif op.verb == 'create' and i in lost:
            disk.inodes.setdefault(op.inode, bytearray())
        elif i == torn:
            apply(Op('write', inode=op.inode, offset=op.offset, data=op.data[:len(op.data) // 2]), disk)
        elif i in zeroed:
            apply(Op('write', inode=op.inode, offset=op.offset, data=bytes(len(op.data))), disk)
        elif i not in lost:
            apply(op, disk)
    return disk


def losses(ops, n):
    """(what it is, lost, torn, zeroed) for a cut behind the first n."""
    open_ops = unsafe(ops, n)
    data = [i for i in open_ops if is_data(ops[i])]
    names = [i for i in open_ops if not is_data(ops[i])]
    writes = [i for i in data if ops[i].verb == 'write']
    yield 'all that was not synced is lost', set(open_ops), None, ()
    if data and names:
        yield 'data that was not synced is lost', set(data), None, ()
        yield 'names that were not synced are lost', set(names), None, ()
    if writes:
        yield 'data that was not synced is zeros', set(), None, set(writes)
        yield 'the last write is torn', set(), writes[-1], ()
    if len(open_ops) > 1:
        for i in open_ops[-SINGLES_MAX:]:
            yield 'lost: the %s at %d' % (ops[i].verb, i), {i}, None, ()
            yield 'came: the %s at %d' % (ops[i].verb, i), set(open_ops) - {i}, None, ()
        for k in range(N_RANDOM):
            chance = random.Random('%d %d' % (n, k))
            yield 'some is lost, %d' % k, {i for i in open_ops if chance.random() < .5}, None, ()
