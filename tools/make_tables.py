#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Makes tokenizer/fold_table.c and tokenizer/reading_table.c from Debian's package unicode-data.

    tools/make_tables.py [--unicode DIR] [--check | --print-classes]

--check writes nothing and exits 1 where the files checked in differ; 77 where the package is absent.

The rules, in their order:
 1. A character folds to its NFKC_Casefold, without the marks on Latin, Greek and Cyrillic letters.
 2. PLAIN below overrides that: marks and letters that NFKC keeps apart and a reader does not.
 3. Ideographs are joined into classes. Always: simplified/traditional, kZVariant, compatibility forms, radicals.
    By kSemanticVariant, which often errs: only a rare class (none of the 8,105 characters of the mainland's
    Table of General Standard Characters) to the one class of such characters that it names. JOIN adds what Unihan lacks.
 4. The representative is the simplified form: of GB 2312 before others, of the Table's first two levels before others,
    then the first of a row of JOIN, then the Table's order, which is by strokes.
"""
import argparse
import bz2
import os
import re
import sys
from collections import defaultdict

OTHER, SPACE, IGNORED, HAN, LETTER, DIGIT, EMOJI = range(7)  # enum char_class
MAX = 0x110000
BLOCK = 128
EXPANDS = 1 << 28

# Marks and letters that a reader takes for the same. The first of each row stays.
PLAIN = [
    '"“”„‟「」『』〝〞〟﹁﹂﹃﹄«»',  # quotation marks of either script and either direction
    "'‘’‚‛′ʼ",  # single ones, and the apostrophe of each kind
    '-‐‑‒–—―−⸺⸻﹘',  # dashes: --, —— and －－ are one; the long vowel mark ー is a letter, not here
    '~〜∼～',
    '·・•‧∙⋅ᐧ',  # the middle dot of names: 爱新觉罗·玄烨
    '…⋯',  # NFKC makes three full stops of it
    '*∗',
    '/⁄∕',
    '〇○◯',  # the nought of 二○○八年, mostly typed as a circle
    'gɡ', 'aɑ',  # the letters of printed pinyin
    'oø', 'lł', 'dđ', 'hħ', 'tŧ', 'iı',  # strokes that Unicode does not decompose
]

# Classes that Unihan lacks, a word each.
JOIN = [
    # Stanford: its own list of pairs
    '緖緒绪 硏研 甯寧宁 嶽岳 囯國国 戯戱戲戏 敎教 裏裡里 臺檯颱枱台 羣群 峯峰 爲為为 衆眾众 麽麼么 祕秘 綫線线 牀床 啓啟启',
    # 著 is 着 in older and in Taiwanese texts (著力, 顯著); pronouns that only Taiwan and Hong Kong tell apart
    '着著 妳你 牠它 祂它',
    # The mainland keeps 帐 for curtains now, and has it in 帐户 still, as Taiwan has 帳戶; 巿, an apron, is typed for 市. Left out:
    # 划畫 (画法 is no part of 规划法) and 沈沉 (a name); in words they are search/spellings.h's
    '账帐 市巿 唯惟 粘黏',
    # Older and rare forms that OpenCC joins and Unihan does not name
    '既旣 颓頽 镌鎸 钟鈡 榉欅 面麺 凫鳬 坛罎 悫慤 粽糭 钫鍅 尽侭',
    # Regional forms that OpenCC joins and Unihan does not. Left out on purpose: 薹, a mustard, is no 苔.
    '亘亙 布佈 占佔 局侷 私俬 儭𠋆 凶兇 铲剷 念唸 恶噁 尝嚐 向嚮 苏囌甦 冢塚 袅嫋嬝 采寀 昆崑 卺巹',
    '幝𪩷 彃𪪼 别彆 录彔 佛彿 凄悽 愻𢙏 戚慼 挨捱 揯搄 升昇陞 术朮 拐枴柺 矩榘 干榦 杠槓 僵殭 泛氾',
    '污汙汚 溯泝 泄洩 凌淩 卤滷 弥瀰 滟灩 熚𤇹 炖燉 毁燬譭 爇𦶟 牦犛 雕琱鵰 产産 酸痠 愈癒瘉 眝𪾣 埼碕',
    '棱稜 穭穞 筿篠 蓑簑 籅𥫣 签籤 团糰 彩綵 纤縴 膻羶 玩翫 修脩 艣𫇛 搜蒐 席蓆 蓧𦰏 参蔘 蚝蠔',
    '摆襬 核覈 托託 咨諮 赞讚 艳豔 游遊 腌醃 醟蒏 糖醣 扣釦 钥鈅 巨鉅 钻鉆 镎錼 炼鍊 针鍼 镢钁',
    '镋钂 暗闇 沾霑 糊餬 喂餵 骂駡 哄鬨 鹚鶿 鹇鷴 曲麴 啮齧 潀潨 睾睪 腭顎 只衹 縕緼 蕴藴 轀輼',
    '酝醖 閱閲',
    # Characters of Big5's common level that the mainland writes with another
    '夫伕 侄姪 背揹 拼拚 掸撢 榨搾 抵牴 珏玨 佩珮 眯瞇 钳箝 麻痲 模糢 菱蔆 蜷踡 碰踫 迤迆 焊銲',
    '枪鎗 嘻譆 衔啣 殷慇 球毬 咱偺 崎﨑',
    # Japanese forms, met in older Chinese texts too. Left out: 芸 糸 缶 欠 予 弁 浜 沪, which are characters of
    # their own in Chinese.
    '乘乗 亞亜 佛仏 假仮 傳伝 價価 儉倹 兒児 剩剰 劍剣 劑剤 勞労 勳勲 勸勧 卷巻 啞唖 單単 嚙噛',
    '嚴厳 圈圏 圍囲 圓円 圖図 團団 增増 壓圧 壘塁 壞壊 壤壌 壹壱 孃嬢 實実 寬寛 專専 對対 巖巌',
    '巢巣 帶帯 廢廃 廣広 廳庁 彈弾 從従 徵徴 德徳 惠恵 惡悪 惱悩 應応 懷懐 戰戦 戾戻 拂払 拔抜',
    '拜拝 揭掲 搔掻 搜捜 擇択 擊撃 據拠 擴拡 攝摂 攪撹 暨曁 曆暦 曉暁 曾曽 棧桟 榆楡 榮栄 樂楽',
    '樣様 檢検 櫻桜 權権 歡歓 步歩 歸帰 每毎 氣気 涉渉 淚涙 淨浄 渴渇 溪渓 滿満 潑溌 澀渋 澤沢',
    '濟済 瀧滝 瀨瀬 焰焔 燒焼 營営 犧犠 獵猟 獸獣 疊畳 瘦痩 發発 皋皐 碎砕 稻稲 穗穂 穩穏 穰穣',
    '竈竃 粹粋 經経 綠緑 縣県 縱縦 總総 繡繍 繩縄 繪絵 繫繋 繼継 續続 纖繊 聰聡 聽聴 肅粛 腦脳',
    '臟臓 舉挙 舍舎 荔茘 莊荘 薰薫 藏蔵 藥薬 螢蛍 蠟蝋 覺覚 覽覧 觀観 譯訳 讀読 讓譲 豐豊 貳弐',
    '賣売 輕軽 輛輌 轉転 遲遅 邊辺 醬醤 醱醗 釀醸 釋釈 鋪舗 錄録 錢銭 鍊錬 鑄鋳 鑛鉱 陷陥 險険',
    '雜雑 雞鶏 靈霊 顏顔 騷騒 驅駆 驗験 驛駅 髓髄 髮髪 鬥闘 鷗鴎 鹼鹸 齋斎 齒歯 齡齢 龍竜 龜亀',
]


def read(folder, name):
    path = os.path.join(folder, name)
    opener = bz2.open if os.path.exists(path + '.bz2') else open
    path = path + '.bz2' if opener is bz2.open else path
    with opener(path, 'rt', encoding='utf-8') as lines:
        for line in lines:
            line = line.split('#')[0].strip() if not name.startswith('Unihan') else line.strip()
            if line and not line.startswith('#'):
                yield line


def code_points(field):
    first, _, last = field.partition('..')
    return range(int(first, 16), int(last or first, 16) + 1)


def properties(folder, name):
    """property or value -> set of code points, of a file `range ; value`."""
    out = defaultdict(set)
    for line in read(folder, name):
        fields = [f.strip() for f in line.split(';')]
        if len(fields) == 2:
            out[fields[1]].update(code_points(fields[0]))
    return out


def unihan(folder, name, keys):
    out = {key: {} for key in keys}
    for line in read(folder, name):
        cp, key, value = line.split('\t')
        if key in out:
            out[key][int(cp[2:], 16)] = value
    return out


class Unicode:
    def __init__(self, folder):
        self.category, self.decomposition, self.digit, self.number = {}, {}, {}, {}
        first = None
        for line in read(folder, 'UnicodeData.txt'):
            f = line.split(';')
            cp = int(f[0], 16)
            if f[1].endswith('First>'):
                first = cp
                continue
            for c in range(first if first is not None else cp, cp + 1):
                self.category[c] = f[2]
            first = None
            if f[5] and not f[5].startswith('<'):
                self.decomposition[cp] = [int(x, 16) for x in f[5].split()]
            if f[6]:
                self.digit[cp] = int(f[6])
            if f[8].isdigit():
                self.number[cp] = int(f[8])
        self.nfkc_cf = {}
        for line in read(folder, 'DerivedNormalizationProps.txt'):
            f = [x.strip() for x in line.split(';')]
            if f[1] == 'NFKC_CF':
                for cp in code_points(f[0]):
                    self.nfkc_cf[cp] = [int(x, 16) for x in f[2].split()]
        self.script = {}
        for script, members in properties(folder, 'Scripts.txt').items():
            for cp in members:
                self.script[cp] = script
        self.props = properties(folder, 'PropList.txt')
        self.emoji = properties(folder, 'emoji/emoji-data.txt')
        self.radicals = {int(a, 16): int(b, 16) for line in read(folder, 'EquivalentUnifiedIdeograph.txt')
                         for span, b in [line.split(';')] for a in [format(c, 'x') for c in code_points(span.strip())]
                         if 0x2E80 <= int(a, 16) <= 0x2FDF}
        self.variants = unihan(folder, 'Unihan_Variants.txt', (
            'kSimplifiedVariant', 'kTraditionalVariant', 'kZVariant', 'kSemanticVariant'))
        other = unihan(folder, 'Unihan_OtherMappings.txt', ('kGB0', 'kTGH', 'kBigFive'))
        self.gb0, self.tgh, self.big5 = other['kGB0'], other['kTGH'], other['kBigFive']
        self.readings = unihan(folder, 'Unihan_Readings.txt', (
            'kMandarin', 'kHanyuPinyin', 'kHanyuPinlu', 'kXHC1983', 'kTGHZ2013'))

    def is_mark(self, cp):
        return self.category.get(cp) in ('Mn', 'Me')

    def decompose(self, cp):
        if cp not in self.decomposition:
            return [cp]
        return [d for part in self.decomposition[cp] for d in self.decompose(part)]


# ---- one character ------------------------------------------------------------------------------------------
SCRIPTS_WITH_ACCENTS = ('Latin', 'Greek', 'Cyrillic')
SCRIPTS_OF_RUNS = ('Han', 'Hiragana', 'Katakana', 'Bopomofo', 'Hangul')
SCRIPTS_WITH_SILENT_MARKS = ('Inherited', 'Common', 'Hebrew', 'Arabic') + SCRIPTS_WITH_ACCENTS
SKIN_TONES = range(0x1F3FB, 0x1F400)


def char_class(u, cp):
    category = u.category.get(cp, 'Cn')
    if cp in u.props['White_Space']:
        return SPACE
    if u.nfkc_cf.get(cp) == [] or cp in SKIN_TONES:
        return IGNORED
    if cp in u.emoji['Extended_Pictographic'] or cp in u.emoji['Emoji_Presentation']:
        return OTHER if cp in (0xA9, 0xAE) else EMOJI
    if 0x20000 <= cp < 0x40000 and cp & 0xFFFF < 0xFFFE:
        return HAN  # also what Unicode has not assigned yet: these two planes are for ideographs only
    if cp in u.props['Ideographic'] or cp in (0x30FC, 0x3031, 0x3032, 0x3033, 0x3034, 0x3035, 0x303C):
        return HAN
    if category[0] in 'LN' and u.script.get(cp) in SCRIPTS_OF_RUNS:
        return HAN
    if category == 'Nd':
        return DIGIT
    if category in ('Mn', 'Me') and u.script.get(cp) in SCRIPTS_WITH_SILENT_MARKS:
        return IGNORED
    return LETTER if category[0] in 'LNM' else OTHER


def plain_map():
    return {ord(c): [ord(row[0])] for row in PLAIN for c in row}


def base_fold(u, cp, plain):
    """What a character folds to before the classes of ideographs: a list, never empty."""
    if cp in plain:
        return plain[cp]
    if cp in u.props['White_Space']:
        return [0x20]
    if cp in u.radicals:
        return [u.radicals[cp]]
    if cp in u.digit:
        return [0x30 + u.digit[cp]]
    if u.category.get(cp) == 'No' and 0x2460 <= cp < 0x2800 and cp in u.number and cp not in u.nfkc_cf:
        return [ord(d) for d in str(u.number[cp])]  # ❶ ⓫: circles that NFKC leaves
    out = []
    for c in u.nfkc_cf.get(cp, [cp]):
        parts = u.decompose(c)
        if u.script.get(parts[0]) in SCRIPTS_WITH_ACCENTS:
            out += [p for p in parts if not u.is_mark(p)]
        elif not (u.is_mark(c) and (out or len(u.nfkc_cf.get(cp, [])) > 1) and char_class(u, c) == IGNORED):
            out.append(c)
    if not out or (out[0] == 0x20 and len(out) < 3):  # ignored; or ´ ¨ ‾, which NFKC makes a space with a mark
        return [cp]
    return out


# ---- classes of ideographs ----------------------------------------------------------------------------------
class Classes:
    def __init__(self):
        self.parent = {}

    def find(self, x):
        self.parent.setdefault(x, x)
        while self.parent[x] != x:
            self.parent[x] = self.parent[self.parent[x]]
            x = self.parent[x]
        return x

    def join(self, a, b):
        self.parent[self.find(a)] = self.find(b)

    def members(self):
        out = defaultdict(list)
        for x in sorted(self.parent):
            out[self.find(x)].append(x)
        return out


def variant_edges(u, key):
    for cp, value in sorted(u.variants[key].items()):
        for target in re.findall(r'U\+([0-9A-F]+)', value):
            if int(target, 16) != cp:
                yield cp, int(target, 16)


def han_classes(u):
    classes = Classes()
    for key in ('kSimplifiedVariant', 'kTraditionalVariant', 'kZVariant'):
        for a, b in variant_edges(u, key):
            classes.join(a, b)
    for row in ' '.join(JOIN).split():
        for c in row[1:]:
            classes.join(ord(row[0]), ord(c))
    join_rare(u, classes)
    return classes


def join_rare(u, classes):
    known = {classes.find(cp) for cp in u.tgh}
    named_by = defaultdict(set)
    for a, b in variant_edges(u, 'kSemanticVariant'):
        a, b = classes.find(a), classes.find(b)
        if (a in known) != (b in known):
            rare, common = (b, a) if a in known else (a, b)
            named_by[rare].add(common)
    for rare, commons in sorted(named_by.items()):
        if len(commons) == 1:
            classes.join(rare, next(iter(commons)))


def representatives(u, classes):
    """cp -> representative, of every ideograph in a class of more than one."""
    out, preferred = {}, {ord(row[0]) for row in ' '.join(JOIN).split()}
    for members in classes.members().values():
        def rank(cp):
            gb = int(u.gb0.get(cp, '9999')[:2])
            tgh = int(u.tgh[cp].split(':')[1]) if cp in u.tgh else 9999
            return (gb > 55, gb > 87, tgh > 6500, cp not in preferred, tgh, cp in u.variants['kSimplifiedVariant'], cp)
        best = min(members, key=rank)
        out.update((cp, best) for cp in members)
    return out


def fold_map(u):
    """cp -> list of representatives; only of characters that do not fold to themselves."""
    plain, han = plain_map(), representatives(u, han_classes(u))
    folds = {}
    for cp in range(MAX):
        seq, last = [cp], None
        while seq != last:  # a fixed point: what a representative folds to is itself
            last = seq
            seq = [han.get(d, d) for c in seq for d in base_fold(u, c, plain)]
        if seq != [cp]:
            folds[cp] = seq
    return folds


# ---- readings -----------------------------------------------------------------------------------------------
def syllables(u, value):
    """The toneless syllables in a Unihan field: '0505.010:huì 0656.100:kuài' gives hui, kuai."""
    out = set()
    for word in re.split(r'[ ,]', value):
        word = re.sub(r'\(.*\)', '', word.split(':')[-1])
        plain = ''.join(chr(p) for c in word for p in u.decompose(ord(c)) if not u.is_mark(p))
        if plain.isascii() and plain.isalpha() and len(plain) <= 6:
            out.add(plain.lower())
    return out


def reading_map(u, folds):
    out = defaultdict(set)
    for field in u.readings.values():
        for cp, value in field.items():
            seq = folds.get(cp, [cp])
            if len(seq) == 1:
                out[seq[0]] |= syllables(u, value)
    return {cp: tuple(sorted(s)) for cp, s in out.items() if s}


# ---- writing ------------------------------------------------------------------------------------------------
HEAD = '''// SPDX-License-Identifier: GPL-2.0-or-later
/* Generated by tools/make_tables.py from Unicode %s (Debian's unicode-data). Do not edit. */
// clang-format off
#include "tokenizer/tables.h"
'''


def c_array(declaration, values):
    lines, line = [], ''
    for v in values:
        if len(line) + len(v) + 1 > 110:
            lines.append(line)
            line = ''
        line += v + ','
    return '\n%s = {\n%s\n};\n' % (declaration, '\n'.join(lines + [line]))


def two_stage(values, n):
    """Blocks of BLOCK values, each different one once: (block number of each, all blocks flat)."""
    seen, stage1, flat = {}, [], []
    for start in range(0, n, BLOCK):
        block = tuple(values[start:start + BLOCK])
        if block not in seen:
            seen[block] = len(seen)
            flat += block
        stage1.append(seen[block])
    return stage1, flat


def fold_source(u, folds, head):
    classes = [char_class(u, cp) for cp in range(MAX)]
    singles = sorted({seq[0] for seq in folds.values() if len(seq) == 1})
    expansions = sorted({tuple(seq) for seq in folds.values() if len(seq) > 1})
    number = {(cp,): EMOJI + 1 + i for i, cp in enumerate(singles)}
    first_expansion = EMOJI + 1 + len(singles)
    number.update((seq, first_expansion + i) for i, seq in enumerate(expansions))
    entries = [number[tuple(folds[cp])] if cp in folds else classes[cp] for cp in range(MAX)]
    stage1, flat = two_stage(entries, MAX)
    targets = [c << 24 for c in range(EMOJI + 1)]
    targets += [classes[cp] << 24 | cp for cp in singles]
    targets += [EXPANDS | classes[seq[0]] << 24 | seq[0] for seq in expansions]
    offsets, pool = [], []
    for seq in expansions:
        offsets.append(len(pool))
        pool += seq
    offsets.append(len(pool))
    return (head + '\nconst uint32_t fold_first_expansion = %d;\n' % first_expansion
            + c_array('const uint16_t fold_block_of[]', [str(x) for x in stage1])
            + c_array('const uint16_t fold_blocks[]', [str(x) for x in flat])
            + c_array('const uint32_t fold_targets[]', [hex(x) for x in targets])
            + c_array('const uint16_t fold_expansion_at[]', [str(x) for x in offsets])
            + c_array('const uint32_t fold_expansions[]', [hex(x) for x in pool]))


def reading_source(u, folds, head):
    readings = reading_map(u, folds)
    names = sorted({s for group in readings.values() for s in group})
    number = {name: i + 1 for i, name in enumerate(names)}
    sets = sorted({group for group in readings.values() if len(group) > 1})
    offsets, pool = {}, []
    for group in sets:  # the set's entry is where it starts, behind all syllables; 0 ends it
        offsets[group] = len(names) + 1 + len(pool)
        pool += [number[s] for s in group] + [0]
    limit = max(readings) // BLOCK * BLOCK + BLOCK
    entries = [0] * limit
    for cp, group in readings.items():
        entries[cp] = number[group[0]] if len(group) == 1 else offsets[group]
    stage1, flat = two_stage(entries, limit)
    common = {folds.get(cp, [cp])[0] for cp, gb in u.gb0.items() if 16 <= int(gb[:2]) <= 55}
    assert all(0x4E00 <= cp < 0xA000 for cp in common)
    bits = [sum(1 << i for i in range(32) if start + i in common) for start in range(0x4E00, 0xA000, 32)]
    return (head + '\nconst uint32_t reading_limit = %d;\nconst uint32_t n_reading_syllables = %d;\n'
            % (limit, len(names))
            + c_array('const char reading_syllables[][READING_MAX]', ['""'] + ['"%s"' % s for s in names])
            + c_array('const uint16_t reading_block_of[]', [str(x) for x in stage1])
            + c_array('const uint16_t reading_blocks[]', [str(x) for x in flat])
            + c_array('const uint16_t reading_sets[]', [str(x) for x in pool])
            + c_array('const uint32_t common_bits[]', [hex(x) for x in bits]))


def print_classes(u):
    """For the eye: classes that are large or join several common characters."""
    for members in han_classes(u).members().values():
        common = [cp for cp in members if 16 <= int(u.gb0.get(cp, '0')[:2]) <= 55]
        table = [cp for cp in members if cp in u.tgh]
        if len(members) > 6 or len(common) > 1 or len(table) > 1:
            print(''.join(map(chr, common)), ''.join(map(chr, table)), ''.join(map(chr, members)), sep='\t')


def main():
    parser = argparse.ArgumentParser(description='makes the tables of the analyzer')
    parser.add_argument('--unicode', default='/usr/share/unicode', help="unicode-data's folder")
    parser.add_argument('--check', action='store_true', help='compare with the files checked in')
    parser.add_argument('--print-classes', action='store_true', help='show the classes worth an eye')
    args = parser.parse_args()
    if not os.path.exists(os.path.join(args.unicode, 'UnicodeData.txt')):
        print('make_tables.py: no Unicode data in %s: install the package unicode-data' % args.unicode, file=sys.stderr)
        return 77
    u = Unicode(args.unicode)
    if args.print_classes:
        print_classes(u)
        return 0
    with open(os.path.join(args.unicode, 'ReadMe.txt'), encoding='utf-8') as f:
        head = HEAD % re.search(r'Version (\d+\.\d+)', f.read()).group(1)
    folder = os.path.join(os.path.dirname(os.path.abspath(__file__)), '..', 'tokenizer')
    folds = fold_map(u)
    status = 0
    for name, text in (('fold_table.c', fold_source(u, folds, head)), ('reading_table.c', reading_source(u, folds, head))):
        path = os.path.join(folder, name)
        if args.check:
            with open(path, encoding='utf-8') as f:
                if f.read() != text:
                    print('make_tables.py: tokenizer/%s differs from what this script makes' % name, file=sys.stderr)
                    status = 1
        else:
            with open(path, 'w', encoding='utf-8') as f:
                f.write(text)
    return status


if __name__ == '__main__':
    sys.exit(main())
