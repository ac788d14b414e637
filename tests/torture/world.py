# SPDX-License-Identifier: GPL-2.0-or-later
"""What is tortured and how it is judged: invented reports, an index of them before and after a run, and the question whether
an index folder in some state answers as one of the two. A state is known by its bytes, so that each is judged once."""
import hashlib
import json
import os
import random
import shutil
import subprocess
import threading

import replay

TIMEOUT = 60
OLD_NS = 1600000000 * 10**9
PLACES = '云陵 清河 临江 安定 永宁 东山 平湖 南溪'.split()
THINGS = ('营商环境 老旧小区 加装电梯 养老补贴 城市更新 基本公共服务 数字经济 乡村振兴 生态保护 义务教育 医疗保险 财政支出 '
          '招商引资 重点项目 科技创新 文化遗产 交通运输 安全生产').split()
VERBS = '推进 加强 完善 落实 优化 保障 扩大 提升'.split()
QUERIES = ['营商环境', '加装电梯', '"老旧小区"', '养老 补贴', '城市更新 -教育', '云', '2023年', '如何申请养老补贴', '"数字经济" OR "乡村振兴"',
           'title:报告 交通运输', 'level:2 记录', 'id:j3 记录', '新增内容', '将被删去']
COUNTED = ['营商环境', '"加装电梯"', '年', '新增内容', '将被删去', '"网页正文"']


def report(seed, n_sections=4, extra=''):
    chance = random.Random(seed)
    place, year = chance.choice(PLACES), chance.randrange(2018, 2025)
    lines = ['%s市%d年政府工作报告' % (place, year), '', extra]
    for i in range(n_sections):
        lines.append('%s、%s%s' % ('一二三四五六七八九十'[i % 10], chance.choice(VERBS), chance.choice(THINGS)))
        for _ in range(chance.randrange(2, 5)):
            lines.append(''.join('%s%s，投入%d万元，' % (chance.choice(VERBS), chance.choice(THINGS), chance.randrange(10, 9000))
                                 for _ in range(chance.randrange(1, 5))) + '惠及%s居民。' % place)
    return '\n'.join(lines) + '\n'


def put(path, text):
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, 'w', encoding='utf-8') as file:
        file.write(text)
    os.utime(path, ns=(OLD_NS, OLD_NS))  # no state depends on when it was made


def put_texts(folder, n=6, n_sections=4):
    for i in range(n):
        put('%s/报告%03d.txt' % (folder, i), report(i, n_sections))
    put(folder + '/旧.txt', report('old', extra='此段将被删去。'))
    put(folder + '/行.tsv', ''.join('%d\t%s\n' % (i, report(i, 1).replace('\n', ' ')) for i in range(5)))
    put(folder + '/录.jsonl', ''.join('{"id":"j%d","title":"记录%d","text":"第%d条记录说数字经济。","level":%d}\n' % (i, i, i, i) for i in range(4)))
    put(folder + '/页.html', '<html><title>网页</title><body><p>网页正文说营商环境。</p><p>加装电梯。</p></body></html>')


def change_texts(folder):
    """Adds, changes and removes."""
    put(folder + '/新.txt', report('new', extra='此段是新增内容。'))
    put(folder + '/报告001.txt', report('changed', 5, extra='此段也是新增内容。'))
    put(folder + '/行.tsv', ''.join('%d\t%s\n' % (i, report(i + 3, 1).replace('\n', ' ')) for i in range(6)))
    os.unlink(folder + '/旧.txt')


# ---- states ---------------------------------------------------------------------------------------------------------


def tree_of(folder):
    """{relative path: bytes, or None for a folder}; None where there is none. What the lock holds does not matter."""
    if not os.path.isdir(folder):
        return None
    tree = {}
    for base, folders, files in os.walk(folder):
        for name in folders:
            tree[os.path.relpath(os.path.join(base, name), folder)] = None
        for name in files:
            path = os.path.join(base, name)
            with open(path, 'rb') as file:
                tree[os.path.relpath(path, folder)] = file.read()
    return tree


def key_of(tree):
    if tree is None:
        return 'none'
    h = hashlib.blake2b(digest_size=16)
    for path in sorted(tree):
        data = tree[path]
        h.update(b'%s\0%d\0' % (path.encode(), -1 if data is None else len(data)))
        h.update(data if data is not None and path != 'lock' else b'')
    return h.hexdigest()


def make_tree(tree, folder):
    if tree is None:
        return
    os.makedirs(folder)
    for path in sorted(tree):
        if tree[path] is None:
            os.mkdir(os.path.join(folder, path))
            continue
        with open(os.path.join(folder, path), 'wb') as file:
            file.write(tree[path])


def left_over(tree):
    """What lies in the folder without being named by its manifest."""
    if tree is None:
        return []
    named = {'lock', 'manifest'}
    if 'manifest' in tree:
        for segment in json.loads(tree['manifest'].decode().split('\n')[0])['segments']:
            named.add(segment['name'])
            named.update('%s/%s' % (segment['name'], f['name']) for f in segment['files'])
    return sorted(set(tree) - named)


class Answers:
    """exact: all that is printed; content: what is found, whatever its score and place."""

    def __init__(self, runs):
        self.exact = tuple(runs)
        trec = runs[0][1].decode(errors='replace').splitlines()
        self.content = (sorted(tuple(line.split()[0:3:2]) for line in trec), tuple(runs[1:len(COUNTED) + 1]))


class World:
    """A folder of texts, an index of them as it was (before), a command, and what it makes of the index (legal: each state
    that it may be seen in; the last is the goal)."""

    def __init__(self, tools, name, command, setup):
        self.tools, self.name, self.command = tools, name, command
        self.base = os.path.join(tools.work, name)
        self.texts, self.runs = os.path.join(self.base, 'texts'), os.path.join(self.base, 'runs')
        self.lock, self.n_runs, self.judged, self.nexts, self.rights = threading.Lock(), 0, {}, {}, {}
        shutil.rmtree(self.base, ignore_errors=True)
        os.makedirs(self.texts)
        os.makedirs(self.runs)
        self.queries = os.path.join(self.base, 'queries.tsv')
        with open(self.queries, 'w', encoding='utf-8') as file:
            file.writelines('%d\t%s\n' % (i, q) for i, q in enumerate(QUERIES))
        index = self.kept = os.path.join(self.base, 'before')
        setup(self, index)
        self.before = tree_of(index)
        if self.before is not None:
            self.before['lock'] = b''
        self.legal = [self.judge(self.before)[1]]
        self.find_legal()

    def find_legal(self):
        """Behind each swap of the manifest, and at the end, there is a state that may be seen."""
        calls = self.count(['rename'])
        for n, (_, path) in enumerate(calls, 1):
            if os.path.basename(path) == 'manifest.tmp' and n < len(calls):
                self.add_legal(self.run(self.shim('kill', ['rename'], n + 1)).tree)
        whole = self.run({})
        if whole.status != 0 or left_over(whole.tree):
            raise SystemExit('%s: without any fault: exit %d, %s, left over %s' % (
                self.name, whole.status, whole.text, left_over(whole.tree)))
        self.after = whole.tree
        self.add_legal(whole.tree)
        self.goals = [self.legal[-1]]
        if self.command == 'index':  # which may find something to merge once more
            self.goals += [self.judge(self.run({}, tree=whole.tree).tree)[1]]
        # A first build begins with the manifest of an empty index, so that segments without one are known for damage.
        if any(a.content != self.legal[-1].content for a in self.legal[1:] if self.before is not None or a.content[0]):
            raise SystemExit('%s: half-way it finds other things than at the end' % self.name)

    def add_legal(self, tree):
        fault, answers = self.judge(tree)
        if fault:
            raise SystemExit('%s: %s' % (self.name, fault))
        self.legal.append(answers)

    # ---- runs ----

    def shim(self, action, calls, nth, root=None, **more):
        variables = {'LD_PRELOAD': self.tools.shim, 'TORTURE_CALLS': ','.join(calls), 'TORTURE_NTH': str(nth),
                     'TORTURE_ACTION': str(action), 'TORTURE_ROOT': root or self.base}
        variables.update(('TORTURE_' + k.upper(), str(v)) for k, v in more.items())
        return variables

    def new_folder(self):
        with self.lock:
            self.n_runs += 1
            folder = os.path.join(self.runs, str(self.n_runs))
        os.mkdir(folder)
        return folder

    def run(self, variables, command=None, kill_after=None, tree=-1, threads=1):
        """Runs the command on a copy of the index as it was."""
        return Run(self, variables, command or self.command, kill_after, self.before if tree == -1 else tree, threads)

    def count(self, calls, root=None, threads=1):
        """[(name, path)] of such calls in a run without a fault."""
        log = os.path.join(self.base, 'count-%d' % threading.get_ident())
        self.run(self.shim('kill', calls, 0, root, count=log), threads=threads)
        with open(log, encoding='utf-8', errors='replace') as file:
            return [tuple(line.rstrip('\n').split(' ', 2)[1:]) for line in file]

    def record(self):
        """(the calls of a whole run, the disk before it, the path of the index)"""
        folder, log = self.new_folder(), os.path.join(self.base, 'record')
        index = os.path.join(folder, 'ix')
        make_tree(self.before, index)
        inodes = {os.stat(folder).st_ino: {}}
        for base, folders, files in os.walk(folder):
            for name in folders + files:
                path = os.path.join(base, name)
                inodes[os.stat(base).st_ino][name] = number = os.stat(path).st_ino
                if name in folders:
                    inodes[number] = {}
                else:
                    with open(path, 'rb') as file:
                        inodes[number] = bytearray(file.read())
        disk = replay.Disk((folder, os.stat(folder).st_ino), inodes)
        self.tools.duan(self.arguments(self.command, index, 1), self.shim('kill', [], 0, folder, record=log))
        ops = replay.resolve(replay.parse(log), disk)
        whole = replay.build(ops, len(ops), disk, ()).tree(index)
        if key_of(whole) != key_of(tree_of(index)):
            raise SystemExit('%s: what was recorded does not make what the run made' % self.name)
        shutil.rmtree(folder)
        return ops, disk, index

    def arguments(self, command, index, threads):
        more = self.tools.options + [self.texts] if command == 'index' else []
        return [command, '-i', index, '-q', '--threads', str(threads)] + more

    def right_of(self, words):
        """What a command on the index as it was ends with, when nothing is broken."""
        key = tuple(words)
        if key not in self.rights:
            self.rights[key] = self.tools.duan(words)
        return self.rights[key]

    # ---- the verdict ----

    def judge(self, tree):
        """(what is wrong with it or None, its answers)"""
        key = key_of(tree)
        if key not in self.judged:
            folder = self.new_folder()
            make_tree(tree, folder + '/ix')
            self.judged[key] = self.ask(folder + '/ix', tree)
            shutil.rmtree(folder)
        return self.judged[key]

    def ask(self, index, tree):
        def run(*arguments):
            status, out, err = self.tools.duan(arguments)
            return status, out, err.replace(index.encode(), b'IX')
        runs = [run('search', '-i', index, '--batch', self.queries, '--trec', '-n', '100')]
        runs += [run('search', '-i', index, '--count', q) for q in COUNTED]
        runs += [run('search', '-i', index, '-n', '5', QUERIES[0]), run('search', '-i', index, '--sort', 'date', QUERIES[1])]
        is_index = tree is not None and 'manifest' in tree
        status, out, err = run('check', '-i', index)
        fault = None
        if is_index and status != 0:
            fault = 'duan check: exit %d: %s' % (status, (out + err).decode(errors='replace').strip())
        elif any(r[0] < 0 or (is_index and r[0] > 1) for r in runs):
            fault = 'a search ends with %s' % next(r for r in runs if r[0] < 0 or r[0] > 1)[::2].__repr__()
        return fault, Answers(runs)

    def fault_of_state(self, tree, is_done=False, may_be_partial=False):
        """What is wrong with a state that a broken run left: by itself, then after the next run."""
        fault, answers = self.judge(tree)
        if fault:
            return fault
        legal = self.legal[-1:] if is_done else self.legal
        if not may_be_partial and not any(answers.exact == a.exact for a in legal):
            return 'answers neither as before nor as after' if not is_done else 'is called done, but does not answer so'
        key = (key_of(tree), may_be_partial)
        if key not in self.nexts:
            self.nexts[key] = self.fault_of_next(tree, may_be_partial)
        return self.nexts[key]

    def fault_of_next(self, tree, may_be_partial):
        commands = [self.command] if self.command == 'index' else ['merge', 'index', 'merge']
        for i, command in enumerate(commands):
            run = self.run({}, command, tree=tree)
            tree = run.tree
            if run.status != 0:
                return 'the next duan %s: exit %d: %s' % (command, run.status, run.text)
            if left_over(tree):
                return 'after the next duan %s there are still %s' % (command, ', '.join(left_over(tree)))
            fault, answers = self.judge(tree)
            if fault:
                return 'after the next duan %s: %s' % (command, fault)
            if may_be_partial:
                is_goal = answers.content == self.goals[0].content
            else:
                is_goal = any(answers.exact == g.exact for g in self.goals + (self.legal[:1] if command != self.command else []))
            if not is_goal:
                return 'the next duan %s does not end where a whole run does' % command
        return None


class Run:
    """One run: status, what it said, and the index it left."""

    def __init__(self, world, variables, command, kill_after, tree, threads):
        folder = world.new_folder()
        index = os.path.join(folder, 'ix')
        make_tree(tree, index)
        self.status, _, err = world.tools.duan(world.arguments(command, index, threads), variables, kill_after)
        self.text = err.decode(errors='replace').replace(index, 'IX').strip()
        self.tree = tree_of(index)
        shutil.rmtree(folder)


class Tools:
    def __init__(self, duan, shim, work):
        self.program, self.shim, self.work, self.options = os.path.abspath(duan), os.path.abspath(shim), work, []

    def duan(self, arguments, variables=(), kill_after=None):
        environment = {'PATH': os.environ['PATH'], 'LANG': 'C.UTF-8', 'DUAN_LANG': 'en'}
        environment.update(variables)
        with subprocess.Popen([self.program] + list(arguments), env=environment, stdin=subprocess.DEVNULL,
                              stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
            try:
                out, err = process.communicate(timeout=kill_after if kill_after is not None else TIMEOUT)
            except subprocess.TimeoutExpired:
                process.kill()
                out, err = process.communicate()
                if kill_after is None:
                    err += b' (it hung, and was killed)'
            return process.returncode, out, err
