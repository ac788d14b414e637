// SPDX-License-Identifier: GPL-2.0-or-later
#include "indexer/line_words.h"

#include <pthread.h>
#include <stdint.h>
#include <string.h>

#include "common/utf8.h"
#include "tokenizer/folded_text.h"

enum { CHARS_MAX = 48, NAME_CHARS_MIN = 2, NAME_CHARS_MAX = 4, OFFICE_CHARS_MAX = 16 };

/* A word, and what a line is that consists of such words, or begins with it. */
enum word_kind {
    WORD_FURNITURE = 1,
    WORD_LABEL = 2,      /* at the start */
    WORD_PROVENANCE = 4, /* at the start */
    WORD_CALL = 8,       /* at the start */
    WORD_APPENDIX = 16,  /* at the start */
};

/* In simplified characters, by their first one (in code points). */
struct word {
    const char *text;
    unsigned kind;
};

static const struct word words[] = {
    {"copyright", WORD_PROVENANCE},
    {"qq好友", WORD_FURNITURE},
    {"qq空间", WORD_FURNITURE},
    {"上一篇", WORD_FURNITURE | WORD_PROVENANCE},
    {"上一页", WORD_FURNITURE},
    {"下一篇", WORD_FURNITURE | WORD_PROVENANCE},
    {"下一页", WORD_FURNITURE},
    {"下载", WORD_FURNITURE},
    {"中", WORD_FURNITURE},
    {"主题词", WORD_LABEL},
    {"二维码", WORD_FURNITURE},
    {"代表们", WORD_CALL},
    {"作者", WORD_LABEL},
    {"作者:", WORD_FURNITURE | WORD_LABEL},
    {"信息来源", WORD_LABEL},
    {"信息来源:", WORD_FURNITURE | WORD_LABEL | WORD_PROVENANCE},
    {"全屏", WORD_FURNITURE},
    {"关于我们", WORD_FURNITURE},
    {"关闭", WORD_FURNITURE},
    {"关闭本页", WORD_FURNITURE},
    {"关闭窗口", WORD_FURNITURE},
    {"减小", WORD_FURNITURE},
    {"分享", WORD_FURNITURE},
    {"分享到", WORD_FURNITURE},
    {"分享到微信", WORD_FURNITURE},
    {"加入收藏", WORD_FURNITURE},
    {"加大", WORD_FURNITURE},
    {"发布日期", WORD_LABEL | WORD_PROVENANCE},
    {"发布日期:", WORD_FURNITURE | WORD_LABEL | WORD_PROVENANCE},
    {"发布时间", WORD_LABEL | WORD_PROVENANCE},
    {"发布时间:", WORD_FURNITURE | WORD_LABEL | WORD_PROVENANCE},
    {"发文", WORD_LABEL},
    {"发表时间", WORD_LABEL | WORD_PROVENANCE},
    {"发表时间:", WORD_FURNITURE | WORD_LABEL | WORD_PROVENANCE},
    {"发送", WORD_FURNITURE},
    {"各位", WORD_CALL},
    {"同志", WORD_CALL},
    {"同志们", WORD_CALL},
    {"复制链接", WORD_FURNITURE},
    {"大", WORD_FURNITURE},
    {"女士们", WORD_CALL},
    {"字体", WORD_FURNITURE},
    {"字体大小", WORD_FURNITURE},
    {"字号", WORD_FURNITURE},
    {"尊敬的", WORD_CALL},
    {"小", WORD_FURNITURE},
    {"当前位置", WORD_FURNITURE},
    {"当前位置:", WORD_FURNITURE | WORD_PROVENANCE},
    {"微信", WORD_FURNITURE},
    {"微博", WORD_FURNITURE},
    {"您当前的位置", WORD_FURNITURE},
    {"您当前的位置:", WORD_FURNITURE | WORD_PROVENANCE},
    {"您所在的位置", WORD_FURNITURE},
    {"您所在的位置:", WORD_FURNITURE | WORD_PROVENANCE},
    {"您现在的位置", WORD_FURNITURE},
    {"您现在的位置:", WORD_FURNITURE | WORD_PROVENANCE},
    {"您的位置", WORD_FURNITURE},
    {"您的位置:", WORD_FURNITURE | WORD_PROVENANCE},
    {"所在位置", WORD_FURNITURE},
    {"手机扫一扫", WORD_FURNITURE},
    {"打印", WORD_FURNITURE},
    {"打印本页", WORD_FURNITURE},
    {"扫一扫", WORD_FURNITURE},
    {"扫一扫分享", WORD_FURNITURE},
    {"扫一扫在手机打开当前页", WORD_FURNITURE},
    {"技术支持:", WORD_PROVENANCE},
    {"收听", WORD_FURNITURE},
    {"收藏", WORD_FURNITURE},
    {"文号", WORD_LABEL},
    {"无障碍", WORD_FURNITURE},
    {"无障碍阅读", WORD_FURNITURE},
    {"日期:", WORD_LABEL},
    {"时间:", WORD_FURNITURE | WORD_LABEL},
    {"朋友们", WORD_CALL},
    {"朗读", WORD_FURNITURE},
    {"来源 ", WORD_LABEL},
    {"来源:", WORD_FURNITURE | WORD_LABEL | WORD_PROVENANCE},
    {"法规性质", WORD_LABEL},
    {"注册", WORD_FURNITURE},
    {"注释", WORD_APPENDIX},
    {"浏览次数", WORD_FURNITURE | WORD_LABEL | WORD_PROVENANCE},
    {"点击数:", WORD_FURNITURE | WORD_PROVENANCE},
    {"点击次数:", WORD_FURNITURE | WORD_PROVENANCE},
    {"版权所有", WORD_FURNITURE | WORD_PROVENANCE},
    {"特大", WORD_FURNITURE},
    {"登录", WORD_FURNITURE},
    {"相关报道", WORD_FURNITURE},
    {"相关文档", WORD_FURNITURE},
    {"相关链接", WORD_FURNITURE},
    {"相关阅读", WORD_FURNITURE},
    {"稿件来源:", WORD_FURNITURE | WORD_LABEL | WORD_PROVENANCE},
    {"索引号", WORD_LABEL},
    {"纠错", WORD_FURNITURE},
    {"编辑:", WORD_LABEL | WORD_PROVENANCE},
    {"网站地图", WORD_FURNITURE},
    {"网站标识码", WORD_PROVENANCE},
    {"联系我们", WORD_FURNITURE},
    {"记者 ", WORD_LABEL},
    {"责任编辑", WORD_FURNITURE | WORD_LABEL | WORD_PROVENANCE},
    {"返回", WORD_FURNITURE},
    {"返回顶部", WORD_FURNITURE},
    {"返回首页", WORD_FURNITURE},
    {"还原", WORD_FURNITURE},
    {"适老化", WORD_FURNITURE},
    {"长者模式", WORD_FURNITURE},
    {"阅读次数:", WORD_FURNITURE | WORD_PROVENANCE},
    {"附件", WORD_APPENDIX},
    {"附录", WORD_APPENDIX},
    {"附注", WORD_APPENDIX},
    {"附表", WORD_APPENDIX},
    {"首页", WORD_FURNITURE},
    {"默认", WORD_FURNITURE},
};
enum { N_WORDS = sizeof words / sizeof *words };

/* The folded line. */
struct chars {
    uint32_t cp[CHARS_MAX + 1]; /* any blank as ' ', 0 behind the last */
    size_t n;
};

static uint32_t first_cp(const struct word *w)
{
    uint32_t cp;
    utf8_decode(w->text, UTF8_MAX_BYTES, &cp); /* three bytes and a NUL at the least */
    return cp;
}

/* Bits of the words' first characters, by what is left of those modulo 4096: nearly no other has one. */
enum { FIRST_BITS = 4096 };
static uint64_t first_bits[FIRST_BITS / 64];
static pthread_once_t has_first_bits = PTHREAD_ONCE_INIT;

static void set_first_bits(void)
{
    for (size_t i = 0; i < N_WORDS; i++) {
        uint32_t cp = first_cp(&words[i]) % FIRST_BITS;
        first_bits[cp / 64] |= (uint64_t)1 << cp % 64;
    }
}

/* The first word that begins with cp; N_WORDS where none does. */
static size_t first_word(uint32_t cp)
{
    pthread_once(&has_first_bits, set_first_bits);
    if (!(first_bits[cp % FIRST_BITS / 64] >> cp % 64 & 1))
        return N_WORDS;
    size_t low = 0, high = N_WORDS;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (first_cp(&words[middle]) < cp)
            low = middle + 1;
        else
            high = middle;
    }
    return low < N_WORDS && first_cp(&words[low]) == cp ? low : N_WORDS;
}

/* How many characters of the line from `at` on the word is; 0 where it is not there. */
static size_t match(const struct chars *c, size_t at, const char *word)
{
    size_t n = 0;
    for (size_t i = 0, len = strlen(word); i < len; n++) {
        uint32_t cp;
        i += utf8_step(word + i, len - i, &cp);
        if (c->cp[at + n] != cp)
            return 0;
    }
    return n;
}

/* The longest word of these kinds at that place, in characters; *kind is its own. */
static size_t longest(const struct chars *c, size_t at, unsigned kinds, unsigned *kind)
{
    size_t best = 0;
    for (size_t i = first_word(c->cp[at]); i < N_WORDS && first_cp(&words[i]) == c->cp[at]; i++) {
        size_t n = words[i].kind & kinds ? match(c, at, words[i].text) : 0;
        if (n > best) {
            best = n;
            *kind = words[i].kind;
        }
    }
    return best;
}

static bool is_separator(uint32_t cp)
{
    static const uint32_t set[] = {' ', ':', '|', '>', '[', ']', '(', ')', '/', '-', 0x3010, 0x3011,
        0x203A, 0xBB, 0xB7, 0x3001, 0xD7, 0x2191};
    for (size_t i = 0; cp < 0x3400 && i < sizeof set / sizeof *set; i++)
        if (cp == set[i])
            return true;
    return false;
}

/* Nothing but words and what parts them. A mark alone is furniture, too. */
static bool is_furniture(const struct chars *c)
{
    static const uint32_t marks[] = {'>', '|', 0x3011, 0x203A, 0xBB, 0xD7, 0x2191};
    size_t at = 0, n_words = 0;
    unsigned kind;
    while (at < c->n) {
        size_t n = longest(c, at, WORD_FURNITURE, &kind);
        n_words += n > 0;
        if (n == 0 && !is_separator(c->cp[at]))
            return false;
        at += n ? n : 1;
    }
    for (size_t i = 0; n_words == 0 && i < sizeof marks / sizeof *marks; i++)
        n_words += c->n > 0 && c->cp[c->n - 1] == marks[i];
    return n_words > 0;
}

/* ---- bylines ---- */

static bool is_office(const struct chars *c, size_t end, size_t *start)
{
    static const char *const offices[] = {"省长", "市长", "县长", "区长", "州长", "盟长", "主席",
        "总理", "书记", "主任", "院长", "检察长", "委员长", "局长", "部长", "厅长", "乡长", "镇长",
        "会长", "秘书长", "行政长官", "记者", "通讯员"};
    for (size_t i = 0; i < sizeof offices / sizeof *offices; i++) {
        size_t n = utf8_count(offices[i], strlen(offices[i]));
        if (n <= end && match(c, end - n, offices[i])) {
            *start = end - n;
            return true;
        }
    }
    return false;
}

/* The commonest, in simplified characters: nineteen of twenty people have one of these. */
static bool is_surname(uint32_t cp)
{
    static const char surnames[] =
        "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗梁宋郑谢韩唐冯于董萧程曹袁邓许傅沈曾彭吕苏卢蒋蔡"
        "贾丁魏薛叶阎余潘杜戴夏钟汪田任姜范方石姚谭廖邹熊金陆郝孔白崔康毛邱秦江史顾侯邵孟龙万段雷"
        "钱汤尹黎易常武乔贺赖龚文庞樊兰殷施陶洪翟安颜倪严牛温芦季俞章鲁葛伍韦申尤毕聂丛焦向柳邢路"
        "岳齐梅莫庄辛管祝左涂谷祁时舒耿牟卜詹关苗凌费纪靳盛童欧甄项曲成游阳裴席卫查屈鲍位覃霍翁隋"
        "甘景薄单包司柏宁柯阮桂闵解强柴华车冉房边辜吉饶刁瞿戚丘古米池滕晋苑邬臧畅宫来苟全褚廉简娄"
        "盖符奚木穆党燕郎邸冀谈姬屠连郜晏栾郁商蒙计喻揭窦迟宇敖鄢冷卓花仇艾蓝巩井练仲乐虞卞封竺冼"
        "原官楚佟栗匡宗应台巫鞠桑荆谌扬明沙伏岑习胥保和蔺骆尚楼";
    char bytes[UTF8_MAX_BYTES];
    size_t n = utf8_encode(cp, bytes);
    return n == 3 && memmem(surnames, sizeof surnames - 1, bytes, n) != NULL;
}

/* 云陵市代市长沈若川, 主席艾山·买买提: an office, and a name to the line's end. */
static bool is_byline(const struct chars *c)
{
    bool has_dot = false;
    for (size_t end = c->n; end-- > 1 && c->n - end <= OFFICE_CHARS_MAX;) {
        size_t n_name = c->n - end, start;
        uint32_t cp = c->cp[end];
        has_dot |= cp == 0xB7 || cp == 0x2022 || cp == 0x30FB;
        if (cp < 0x3400 && !has_dot && cp != 0xB7)
            return false;
        bool is_name =
            n_name >= NAME_CHARS_MIN && (has_dot || (n_name <= NAME_CHARS_MAX && is_surname(cp)));
        if (is_name && is_office(c, end, &start) && start <= OFFICE_CHARS_MAX)
            return true;
        if (n_name > NAME_CHARS_MAX && !has_dot)
            return false;
    }
    return false;
}

/* 。，；：！？、 and their half-width kin: no name has one */
static bool is_stop(uint32_t cp)
{
    switch (cp) {
    case 0x3001:
    case 0x3002:
    case 0xFF01:
    case 0xFF0C:
    case 0xFF1A:
    case 0xFF1B:
    case 0xFF1F:
    case '!':
    case ',':
    case ':':
    case ';':
    case '?':
        return true;
    default:
        return false;
    }
}

/* 长席理书记任员官者, what offices end with, in both scripts */
static bool ends_office(uint32_t cp)
{
    switch (cp) {
    case 0x957F:
    case 0x9577:
    case 0x5E2D:
    case 0x7406:
    case 0x4E66:
    case 0x66F8:
    case 0x8BB0:
    case 0x8A18:
    case 0x4EFB:
    case 0x5458:
    case 0x54E1:
    case 0x5B98:
    case 0x8005:
        return true;
    default:
        return false;
    }
}

static bool has_office_end(const char *text, size_t n)
{
    uint32_t cp;
    for (size_t i = 0; i < n; i += utf8_step(text + i, n - i, &cp)) {
        utf8_decode(text + i, n - i, &cp);
        if (ends_office(cp))
            return true;
    }
    return false;
}

/* Asked before the line is folded: is there what ends an office, and right before the last characters where these are
 * Han? Without a dot the name is short. */
static bool may_be_byline(const char *text, size_t n)
{
    size_t at = n;
    if (n > 3 * OFFICE_CHARS_MAX + 12)
        return false;
    for (size_t n_name = 0; at > 0; n_name++) {
        uint32_t cp;
        at = utf8_floor(text, n, at - 1);
        utf8_decode(text + at, n - at, &cp);
        if (n_name >= NAME_CHARS_MIN && n_name <= NAME_CHARS_MAX && ends_office(cp))
            return true;
        if (n_name > NAME_CHARS_MAX)
            return false;
        if (cp < 0x4000 || cp > 0x9FFF)
            return !is_stop(cp) && has_office_end(text, n);
    }
    return false;
}

/* 名词 or 名詞 */
static bool has_glossary(const char *text, size_t n)
{
    const char *at = text, *end = text + n;
    while (n >= 6 && (at = memchr(at, '\x8D', (size_t)(end - at)))) {
        at++;
        if (at - text >= 3 && end - at >= 3 && memcmp(at - 3, "名", 3) == 0 &&
            (memcmp(at, "词", 3) == 0 || memcmp(at, "詞", 3) == 0))
            return true;
    }
    return false;
}

bool line_words_begin_call(const char *text, size_t n)
{
    uint32_t cp;
    struct chars c;
    unsigned kind;
    utf8_step(text, n, &cp);
    size_t i = first_word(fold_char(cp).cp);
    bool may_be = false;
    for (; i < N_WORDS && first_cp(&words[i]) == fold_char(cp).cp; i++)
        may_be |= words[i].kind & WORD_CALL;
    if (!may_be)
        return false;
    c.n = folded_text_start(text, n, c.cp, CHARS_MAX);
    return longest(&c, 0, WORD_CALL, &kind) > 0;
}

void line_words_read(struct line_words *out, const char *text, size_t n)
{
    uint32_t cp;
    struct chars c;
    unsigned kind = 0;
    *out = (struct line_words){0};
    utf8_step(text, n, &cp);
    cp = fold_char(cp).cp;
    bool may_be_name = may_be_byline(text, n);
    bool may_be_glossary = has_glossary(text, n);
    if (!may_be_name && !may_be_glossary && !is_separator(cp) && first_word(cp) == N_WORDS)
        return;
    c.n = folded_text_start(text, n, c.cp, CHARS_MAX);
    out->is_furniture = is_furniture(&c);
    if (longest(&c, 0, WORD_LABEL | WORD_PROVENANCE, &kind)) {
        out->is_label = kind & WORD_LABEL;
        out->is_provenance = kind & WORD_PROVENANCE;
    }
    if (longest(&c, 0, WORD_CALL | WORD_APPENDIX, &kind)) {
        out->is_call = kind & WORD_CALL;
        out->opens_appendix = kind & WORD_APPENDIX;
    }
    for (size_t at = 0; at + 4 <= c.n && !out->opens_appendix; at++)
        out->opens_appendix =
            c.cp[at] == 0x540D && (match(&c, at, "名词解释") || match(&c, at, "名词注释"));
    out->is_byline = may_be_name && is_byline(&c);
}
