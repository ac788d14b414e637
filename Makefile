# SPDX-License-Identifier: GPL-2.0-or-later
# The whole vocabulary of development; `make help` lists it. Objects live in build/<variant>/, so that plain,
# sanitized and coverage builds, and those of clang, never mix. V=1 shows the commands.

SAN      ?=
COVERAGE ?=
BUILD    ?= build
CORPORA  ?= ../shared/corpora
prefix   ?= /usr/local
PYTHON   ?= python3

# ---- variants -----------------------------------------------------------------------------------------------
CC  ?= gcc
CXX ?= g++
ifeq ($(origin CC),default)
CC := gcc
endif
ifeq ($(origin CXX),default)
CXX := g++
endif

comma   := ,
variant := $(if $(findstring clang,$(CC)),clang-)$(if $(SAN),san-$(subst $(comma),-,$(SAN)),$(if $(COVERAGE),coverage,release))
B       := $(BUILD)/$(variant)

OPT       ?= $(if $(SAN)$(COVERAGE),-O1 -g,-O2 -g)
WARNINGS  := -Wall -Wextra -Wpedantic -Wshadow -Werror
CET       := $(if $(filter x86_64 i%86,$(shell uname -m)),-fcf-protection)
HARDENING := -Werror=format-security -fstack-protector-strong -fstack-clash-protection $(CET) -fPIE $(if $(SAN)$(COVERAGE),,-D_FORTIFY_SOURCE=2)
SANFLAGS  := $(if $(SAN),-fsanitize=$(SAN) -fno-omit-frame-pointer -fno-sanitize-recover=all)
# libxapian's own check deletes an object under another type: AddressSanitizer lets that pass, ThreadSanitizer what tsan.supp names.
export ASAN_OPTIONS := new_delete_type_mismatch=0
export TSAN_OPTIONS := suppressions=$(abspath tests/tsan.supp)
COVFLAGS  := $(if $(COVERAGE),--coverage -fprofile-update=atomic)
PACKAGES  := jansson libzstd uchardet libpcre2-8
DEPEND     = -MMD -MP
CPPFLAGS  += -I. -D_GNU_SOURCE $(shell pkg-config --cflags $(PACKAGES) 2>/dev/null)
ALLFLAGS  := $(OPT) $(WARNINGS) $(HARDENING) $(SANFLAGS) $(COVFLAGS) -fvisibility=hidden -pthread
CFLAGS    += -std=c11 $(ALLFLAGS)
CXXFLAGS  += -std=c++17 $(ALLFLAGS)
LDFLAGS   += -pie -Wl,-z,relro,-z,now,-z,noexecstack -pthread $(SANFLAGS) $(COVFLAGS)
LDLIBS    += -lxapian -lcsv $(shell pkg-config --libs $(PACKAGES) 2>/dev/null)
PARSERPACKAGES := poppler-glib libxml-2.0 libarchive zlib libseccomp libgsf-1
PARSERFLAGS := $(shell pkg-config --cflags $(PARSERPACKAGES) 2>/dev/null)
PARSERLIBS := -Wl,--as-needed $(shell pkg-config --libs $(PARSERPACKAGES) uchardet 2>/dev/null) -lm
ifneq ($(shell uname -s),Linux)
LDLIBS    += -liconv
endif

Q := $(if $(V),,@)
say = $(if $(V),,@printf '  %-8s %s\n' '$(1)' '$(2)')

# ---- what there is ------------------------------------------------------------------------------------------
FOLDERS  := common tokenizer extract store indexer search
# What runs in duan-extract alone: the parsers and their libraries, which duan itself does not load.
PARSERS  := $(filter-out extract/client.c extract/wire.c extract/kind.c,$(wildcard extract/*.c))
SOURCES  := $(filter-out $(PARSERS),$(wildcard $(addsuffix /*.c,$(FOLDERS))))
XSOURCES := $(wildcard store/*.cc)
HEADERS  := $(wildcard $(addsuffix /*.h,$(FOLDERS)))
LIB      := $(B)/libduan.a
PARSELIB := $(B)/libparsers.a
LIBOBJS  := $(SOURCES:%.c=$(B)/%.o) $(XSOURCES:%.cc=$(B)/%.o)
TESTS    := $(patsubst tests/%.c,$(B)/tests/%,$(wildcard tests/test_*.c))
TESTLIB  := $(patsubst tests/%.c,$(B)/tests/%.o,$(filter-out $(wildcard tests/test_*.c) tests/failures.c tests/failing_command.c,$(wildcard tests/*.c)))
TORTURERS := $(patsubst %.c,$(B)/%,$(wildcard tests/torture/concurrent_*.c))
FUZZERS  := $(patsubst %.c,$(B)/%,$(wildcard tests/fuzz/fuzz_*.c))

.PHONY: all bench bench-deps deps demo check check-headers check-layers check-exports check-tables check-messages check-man check-readme check-hardening check-office encoding-table wrap-table eval tables coverage lint format install uninstall clean help fuzz fuzz-programs FORCE
.DELETE_ON_ERROR:
.SECONDARY:

all: $(BUILD)/duan $(BUILD)/duan-extract

$(BUILD)/duan $(BUILD)/duan-extract: $(BUILD)/%: $(B)/% FORCE
	$(Q)cmp -s $< $@ || cp $< $@
FORCE:

$(B)/duan: $(B)/duan.o $(LIB)
	$(call say,LINK,$@)
	$(Q)$(CXX) $(LDFLAGS) -o $@ $^ $(LDLIBS)

$(B)/duan-extract: $(B)/extract/main.o $(PARSELIB) $(LIB)
	$(call say,LINK,$@)
	$(Q)$(CC) $(LDFLAGS) -o $@ $^ $(PARSERLIBS)

$(PARSERS:%.c=$(B)/%.o) $(B)/tests/test_extract_%.o $(B)/tests/fuzz/%.o: CPPFLAGS += $(PARSERFLAGS)

$(PARSELIB): $(patsubst %.c,$(B)/%.o,$(filter-out extract/main.c,$(PARSERS)))
	$(call say,AR,$@)
	$(Q)rm -f $@ && ar rcs $@ $^

$(LIB): $(LIBOBJS)
	$(call say,AR,$@)
	$(Q)rm -f $@ && ar rcs $@ $^

$(B)/%.o: %.c
	$(call say,CC,$<)
	$(Q)mkdir -p $(@D) && $(CC) $(CPPFLAGS) $(CFLAGS) $(DEPEND) -c -o $@ $<

$(B)/%.o: %.cc
	$(call say,CXX,$<)
	$(Q)mkdir -p $(@D) && $(CXX) $(CPPFLAGS) $(CXXFLAGS) $(DEPEND) -c -o $@ $<

$(B)/tests/test_extract_%: $(B)/tests/test_extract_%.o $(TESTLIB) $(PARSELIB) $(LIB)
	$(call say,LINK,$@)
	$(Q)$(CXX) $(LDFLAGS) -o $@ $^ -lcmocka $(PARSERLIBS) $(LDLIBS)

$(B)/tests/test_%: $(B)/tests/test_%.o $(TESTLIB) $(LIB)
	$(call say,LINK,$@)
	$(Q)$(CXX) $(LDFLAGS) -o $@ $^ -lcmocka $(LDLIBS)

# Calls of our objects that a test lets fail (tests/failures.h); those of libraries go their way.
WRAPPED := malloc calloc realloc strdup strndup open openat fopen fdopen opendir fdopendir memfd_create realpath read pread fread \
	readdir mmap stat lstat fstat fstatat write pwrite writev fwrite ftruncate fsync fdatasync rename unlink unlinkat mkdir rmdir \
	flock pthread_create pthread_mutex_init pthread_cond_init
$(B)/tests/test_failures: $(B)/tests/failures.o $(B)/tests/failing_command.o
$(B)/tests/test_failures: LDFLAGS += $(WRAPPED:%=-Wl,--wrap=%)
$(B)/tests/test_failures: LDLIBS := $(LIB) $(LDLIBS) # once more, behind failing_command.o

# Fuzz targets: linked with libFuzzer where FUZZING is set, else with what replays their seeds.
$(B)/tests/fuzz/fuzz_%: $(B)/tests/fuzz/fuzz_%.o $(B)/tests/fuzz/scratch.o $(if $(FUZZING),,$(B)/tests/fuzz/replay.o) $(PARSELIB) $(LIB)
	$(call say,LINK,$@)
	$(Q)$(CXX) $(LDFLAGS) $(if $(FUZZING),-fsanitize=fuzzer) -o $@ $^ $(PARSERLIBS) $(LDLIBS)

$(TORTURERS): $(B)/tests/torture/%: $(B)/tests/torture/%.o $(LIB)
	$(call say,LINK,$@)
	$(Q)$(CXX) $(LDFLAGS) -o $@ $^ $(LDLIBS)

$(BUILD)/fuzz-seeds: tests/fuzz/seeds.py $(wildcard tests/data/*.test)
	$(Q)rm -rf $@ && $(PYTHON) $< $@

-include $(wildcard $(B)/*.d $(B)/*/*.d $(B)/tests/fuzz/*.d $(B)/tests/torture/*.d)

# ---- checking -----------------------------------------------------------------------------------------------
# ThreadSanitizer has nothing to see on one thread, and makes random queries and failures there take a quarter of an hour each:
# 100 of 2,000 queries then, and 2 failures of a kind.
check: $(TESTS) $(FUZZERS) $(TORTURERS) $(BUILD)/fuzz-seeds $(BUILD)/duan $(BUILD)/duan-extract check-headers check-layers check-exports check-tables check-messages check-man check-readme check-hardening
	@CORPORA='$(CORPORA)' DUAN='$(abspath $(B))/duan' \
	    DUAN_EXTRACT='$(abspath $(B))/duan-extract' FUZZ_SEEDS='$(BUILD)/fuzz-seeds' CONCURRENT_SECONDS=5 $(if $(FAILURES),FAILURES=$(FAILURES),$(if $(findstring thread,$(SAN)),FAILURES=2)) $(if $(findstring thread,$(SAN)),QUERIES=100) \
	    tests/run $(TESTS) $(FUZZERS) tests/torture/corrupt.py tests/torture/concurrency.py tests/limits.py

# Counts against a plain scan, at full size: 10,500 quoted strings of the reports and of all laws, 2,000 queries of operators.
.PHONY: check-exact
check-exact: $(B)/tests/test_recall $(B)/tests/test_boolean $(BUILD)/duan $(BUILD)/laws
	@export DRAWS_FACTOR=5 QUERIES=2000 LAWS='$(abspath $(BUILD)/laws)' CORPORA='$(CORPORA)' DUAN='$(abspath $(B))/duan'; \
	    $(B)/tests/test_recall && $(B)/tests/test_boolean

$(BUILD)/laws: $(CORPORA)/laws-cn.tar.xz $(CORPORA)/laws-tw.tar.xz
	$(Q)rm -rf $@ $@.part && mkdir -p $@.part && for t in $^; do tar -xJf "$$t" -C $@.part || exit 1; done && mv $@.part $@

# Each header stands on its own, as C11 and as C++17.
check-headers:
	@for h in $(HEADERS); do \
	    $(CC) $(CPPFLAGS) $(PARSERFLAGS) -std=c11 $(WARNINGS) -Wno-unused-function -fsyntax-only -x c "$$h" || exit 1; \
	    $(CXX) $(CPPFLAGS) $(PARSERFLAGS) -std=c++17 -Wall -Wextra -Werror -Wno-unused-function -fsyntax-only -x c++ "$$h" || exit 1; \
	done

# Who may include whom: common <- tokenizer <- store <- {indexer, search}; one file includes <xapian.h>.
check-layers:
	@tools/check-layers $(FOLDERS)

# The functions that xapian_c.cc lets out are those that xapian_c.h declares.
check-exports: $(LIB)
	@tools/check-exports $(B)/store/xapian_c.o store/xapian_c.h

# The generated tables are what their scripts make of the installed unicode-data.
check-tables:
	@for t in tools/make_tables.py tools/make_common_chars.py; do \
	    $(PYTHON) $$t --check; s=$$?; [ $$s -eq 0 ] || [ $$s -eq 77 ] || exit 1; \
	done

# Ranking, by judgements (README of CORPORA), beside those rivals that are installed; EVAL=--no-rivals for duan alone.
EVAL ?=
eval: $(BUILD)/duan $(BUILD)/duan-extract
	@tools/evaluate $(BUILD)/duan '$(CORPORA)' $(BUILD)/eval $(EVAL)

# How many reports are read in the encoding they were written in: one table.
encoding-table wrap-table: $(BUILD)/duan $(BUILD)/duan-extract
	@tools/$@ $(BUILD)/duan '$(CORPORA)'

# The session of the README is what the program prints.
check-readme: $(B)/duan
	@$(PYTHON) tools/check_readme.py $(B)/duan

# The flags of HARDENING have come to the programs; the sanitized ones and those of coverage go without some.
check-hardening: $(B)/duan $(B)/duan-extract
	$(if $(SAN)$(COVERAGE),,@tools/check-hardening $(B)/duan.o $^)

# Both manual pages have the options that the commands have.
check-man: $(B)/duan
	@$(PYTHON) tools/check_man.py $(B)/duan

# Each message has its Chinese, and nothing is left over.
check-messages:
	@$(PYTHON) tools/check_messages.py

# One report in nine formats gives the same paragraphs; .doc and .rtf as .docx. Needs LibreOffice, and says so.
check-office: $(BUILD)/duan $(BUILD)/duan-extract
	@$(PYTHON) tools/check-office $(BUILD)/duan '$(CORPORA)' $(BUILD)/office

tables:
	$(PYTHON) tools/make_tables.py
	$(PYTHON) tools/make_common_chars.py

coverage:
	@$(MAKE) --no-print-directory COVERAGE=1 FAILURES=150 check
	@gcovr --root . --object-directory $(BUILD)/coverage --filter '(common|tokenizer|store|indexer|search)/' \
	    --exclude '.*_table\.c' --print-summary

# What cppcheck 2.10 gets wrong: what a call fills it takes for not initialised (clang-tidy and valgrind look at that), a char that memchr
# takes as an unsigned one for negative.
CPPCHECK_WRONG := uninitvar legacyUninitvar ctuuninitvar invalidFunctionArg
lint:
	@clang-tidy --quiet $(filter-out tokenizer/%_table.c,$(SOURCES)) duan.c -- $(CPPFLAGS) -std=c11 2>/dev/null
	@cppcheck --quiet --error-exitcode=1 --std=c11 --enable=warning,performance,portability --inline-suppr \
	    --suppress=missingIncludeSystem $(CPPCHECK_WRONG:%=--suppress=%) -I. $(filter-out tokenizer/%_table.c,$(SOURCES)) duan.c

format:
	@clang-format -i $(filter-out tokenizer/%_table.c,$(SOURCES)) $(XSOURCES) $(HEADERS) duan.c $(wildcard tests/*.[ch] tests/fuzz/*.[ch] tests/torture/*.[ch] bench/*.c)

# ---- fuzzing ------------------------------------------------------------------------------------------------
# Each target for so long, two at a time (tests/fuzz/fuzz.h); FUZZ=tokenizer,query for some of them. make fuzz-deps installs
# clang and its runtime where they are missing.
FUZZ_SECONDS ?= 60
FUZZ         ?= $(patsubst tests/fuzz/fuzz_%.c,%,$(wildcard tests/fuzz/fuzz_*.c))
fuzz_names   := $(subst $(comma), ,$(FUZZ))

fuzz: $(BUILD)/fuzz-seeds
	@$(MAKE) --no-print-directory CC=clang CXX=clang++ SAN=fuzzer-no-link,address,undefined FUZZING=1 fuzz-programs
	@$(PYTHON) tests/fuzz/run.py --seconds $(FUZZ_SECONDS) --seeds $(BUILD)/fuzz-seeds --work $(BUILD)/fuzz \
	    $(fuzz_names:%=$(BUILD)/clang-san-fuzzer-no-link-address-undefined/tests/fuzz/fuzz_%)

.PHONY: fuzz-deps
fuzz-deps:
	@sudo=$$([ "$$(id -u)" -eq 0 ] || echo sudo); \
	echo 'int LLVMFuzzerTestOneInput(const char *p, long n) { return p && n < 0; }' | \
	    clang -fsanitize=fuzzer,address,undefined -x c - -o /dev/null 2>/dev/null || \
	{ $$sudo apt-get update -q >/dev/null && \
	DEBIAN_FRONTEND=noninteractive $$sudo apt-get install -y -q --no-install-recommends clang libclang-rt-14-dev >/dev/null; }

fuzz-programs: $(fuzz_names:%=$(B)/tests/fuzz/fuzz_%)

# ---- damage ----------------------------------------------------------------------------------------------------
# Everything that tests/torture/corrupt.py can think of; make check does of it what TORTURE_SECONDS allow.
.PHONY: corrupt
corrupt: $(B)/duan
	@DUAN='$(abspath $(B))/duan' $(PYTHON) tests/torture/corrupt.py --all

# ---- torture ------------------------------------------------------------------------------------------------
# A writer and 50 readers for so long: no error, no half report, no lost update (tests/torture/concurrency.py).
CONCURRENT_SECONDS ?= 600
.PHONY: torture-concurrency
torture-concurrency: $(B)/duan $(TORTURERS)
	@DUAN='$(abspath $(B))/duan' CONCURRENT_SECONDS=$(CONCURRENT_SECONDS) tests/torture/concurrency.py

# ---- how fast, beside others ---------------------------------------------------------------------------------
# Fetches nothing: takes CORPORA, and those rivals that are installed. BENCH='--quick' is a check that it runs.
BENCH ?=
BENCH_DEPS := default-jdk-headless liblucene8-java groonga-bin sqlite3 python3-xapian xz-utils opencc

bench: $(BUILD)/duan $(BUILD)/duan-extract $(BUILD)/bench/fold $(BUILD)/bench/build
	@CORPORA='$(CORPORA)' $(PYTHON) bench/run --duan $(BUILD)/duan --work $(BUILD)/bench $(BENCH) > $(BUILD)/bench/table.md
	@cat $(BUILD)/bench/table.md

bench-deps:
	@sudo=$$([ "$$(id -u)" -eq 0 ] || echo sudo); $$sudo apt-get update -q >/dev/null && \
	DEBIAN_FRONTEND=noninteractive $$sudo apt-get install -y -q --no-install-recommends $(BENCH_DEPS) >/dev/null

$(BUILD)/bench/%: $(B)/bench/%.o $(LIB)
	$(call say,LINK,$@)
	$(Q)mkdir -p $(@D) && $(CXX) $(LDFLAGS) -o $@ $^ $(LDLIBS)

# ---- faults injected on purpose (tests/RELIABILITY.md) -------------------------------------------------------------
# All of it: kills, failed calls and allocations of processes, then within a process, damage, limits, a writer beside readers
# for CONCURRENT_SECONDS, random input for FUZZ_SECONDS a target: half an hour on two cores. ONLY=kill/merge,alloc for some of
# torture.py alone. make check tries for TORTURE_SECONDS. Not with sanitizers, whose own allocation the shim would stand before.
TORTURE_SECONDS ?= 60
ONLY            ?=
SHIM            := $(if $(SAN)$(COVERAGE),,$(B)/tests/torture/shim.so)
TORTURE          = $(PYTHON) tests/torture/torture.py --duan $(B)/duan --shim $(SHIM)

.PHONY: torture torture-failures torture-limits check-torture
torture: $(SHIM) $(B)/duan $(B)/duan-extract
	@$(TORTURE) --only '$(ONLY)'
	$(if $(ONLY),,@for part in torture-failures torture-limits corrupt torture-concurrency fuzz; do \
	    echo "== make $$part"; $(MAKE) --no-print-directory $$part || exit 1; done)

# Each call and each allocation of the commands fails, within this process; SAN=address,undefined sees what leaks.
torture-failures: $(B)/tests/test_failures
	@FAILURES=all tests/run $<

torture-limits: $(B)/duan $(B)/duan-extract
	@DUAN='$(abspath $(B))/duan' tests/run tests/limits.py

check: check-torture
check-torture: $(SHIM) $(B)/duan $(B)/duan-extract
	$(if $(SHIM),@$(TORTURE) --seconds $(TORTURE_SECONDS))

$(B)/tests/torture/shim.so: tests/torture/shim.c tests/torture/shim_calls.c tests/torture/shim.h
	$(call say,CC,$@)
	$(Q)mkdir -p $(@D) && $(CC) -I. -D_GNU_SOURCE -std=c11 -O2 -g $(WARNINGS) -fvisibility=hidden -fPIC -shared -o $@ $(filter %.c,$^) -ldl

# ---- a newcomer's two commands, and what they need -----------------------------------------------------------
DEPS := gcc g++ make pkg-config libc6-dev libxapian-dev libjansson-dev libzstd-dev libuchardet-dev libxxhash-dev libpcre2-dev libcsv-dev \
	libpoppler-glib-dev libxml2-dev libarchive-dev zlib1g-dev libgsf-1-dev libseccomp-dev libcmocka-dev python3 unicode-data xapian-tools
missing = $(shell for p in $(DEPS); do dpkg-query -W -f '$${Status}' $$p 2>/dev/null | grep -q 'ok installed' || echo $$p; done)

deps:
	@missing='$(missing)'; \
	if [ -z "$$missing" ]; then echo 'nothing is missing'; exit 0; fi; \
	echo "installing with apt-get:$$(printf ' %s' $$missing)"; \
	sudo=$$([ "$$(id -u)" -eq 0 ] || echo sudo); \
	$$sudo apt-get update -q >/dev/null && \
	DEBIAN_FRONTEND=noninteractive $$sudo apt-get install -y -q --no-install-recommends $$missing >/dev/null

demo:
	@echo '== duan: installs what is missing, builds, indexes examples/, answers a query (about two minutes)'
	@$(MAKE) --no-print-directory deps
	@$(MAKE) --no-print-directory -j$$(nproc) all
	@rm -rf $(BUILD)/demo.duan
	@echo '$$ duan index -i demo.duan examples'; $(BUILD)/duan index -i $(BUILD)/demo.duan examples
	@echo '$$ duan search -i demo.duan -n 3 营商环境'; $(BUILD)/duan search -i $(BUILD)/demo.duan -n 3 营商环境
	@echo '== that was it; next: make check'

install: $(BUILD)/duan $(BUILD)/duan-extract
	install -D -m 755 $(BUILD)/duan $(DESTDIR)$(prefix)/bin/duan
	install -D -m 755 $(BUILD)/duan-extract $(DESTDIR)$(prefix)/libexec/duan/duan-extract
	install -D -m 644 man/duan.1 $(DESTDIR)$(prefix)/share/man/man1/duan.1
	install -D -m 644 man/duan.zh_CN.1 $(DESTDIR)$(prefix)/share/man/zh_CN/man1/duan.1

uninstall:
	rm -f $(DESTDIR)$(prefix)/bin/duan $(DESTDIR)$(prefix)/libexec/duan/duan-extract \
	    $(DESTDIR)$(prefix)/share/man/man1/duan.1 $(DESTDIR)$(prefix)/share/man/zh_CN/man1/duan.1

clean:
	rm -rf $(BUILD)

help:
	@echo 'make                 build/duan and build/duan-extract'
	@echo 'make deps            install what a bare Debian 12 lacks'
	@echo 'make demo            set up, build, index the sample reports, answer a query'
	@echo 'make check           build and run all tests; SAN=address,undefined or SAN=thread for a sanitized build'
	@echo 'make encoding-table  how often the encoding of a file is told, on the reports under CORPORA'
	@echo 'make wrap-table      how many paragraphs of hard-wrapped reports come back whole'
	@echo 'make check-office    one report in HTML, DOCX, ODT, Word 2003 XML, RTF, DOC, EPUB, PDF gives the same paragraphs (LibreOffice)'
	@echo 'make check-exact     quoted strings and operators counted as a plain scan counts them, 12,500 of them'
	@echo 'make eval            ranking on the judged sets under CORPORA, beside rivals (make bench-deps); EVAL=--no-rivals'
	@echo 'make bench           duan beside its rivals, in a table (BENCH=--quick); make bench-deps installs these'
	@echo 'make fuzz            random input for FUZZ_SECONDS (60) a target, under sanitizers; FUZZ=tokenizer,query for some; make fuzz-deps'
	@echo 'make corrupt         damage an index in thousands of ways, one at a time, and run every command on it'
	@echo 'make torture-concurrency   a writer and 50 readers for CONCURRENT_SECONDS (600)'
	@echo 'make coverage        line coverage by folder (gcovr)'
	@echo 'make lint            clang-tidy and cppcheck'
	@echo 'make format          clang-format'
	@echo 'make check-headers check-layers check-exports check-tables check-messages check-man check-readme check-hardening   parts of make check'
	@echo 'make torture         kills, errors, failed allocations, power cuts at every call; ONLY=kill,replay for some;'
	@echo '                     without ONLY then torture-failures, torture-limits, corrupt, torture-concurrency, fuzz: half an hour'
	@echo 'make tables          write the generated tables anew'
	@echo 'make install         to $$(DESTDIR)$$(prefix), by default /usr/local'
	@echo 'variables: CC CXX SAN COVERAGE BUILD CORPORA prefix V=1'
