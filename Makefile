# SPDX-License-Identifier: GPL-2.0-or-later
# The whole vocabulary of development; `make help` lists it. Objects live in build/<variant>/, so that plain,
# sanitized and coverage builds never mix. V=1 shows the commands.

SAN      ?=
COVERAGE ?=
BUILD    ?= build
CORPORA  ?= ../shared/corpora
prefix   ?= /usr/local
PYTHON   ?= python3

# ---- variants -----------------------------------------------------------------------------------------------
comma   := ,
variant := $(if $(SAN),san-$(subst $(comma),-,$(SAN)),$(if $(COVERAGE),coverage,release))
B       := $(BUILD)/$(variant)

CC  ?= gcc
CXX ?= g++
ifeq ($(origin CC),default)
CC := gcc
endif
ifeq ($(origin CXX),default)
CXX := g++
endif
OPT       ?= $(if $(SAN)$(COVERAGE),-O1 -g,-O2 -g)
WARNINGS  := -Wall -Wextra -Wpedantic -Wshadow -Werror
HARDENING := -fstack-protector-strong -fPIE $(if $(SAN)$(COVERAGE),,-D_FORTIFY_SOURCE=2)
SANFLAGS  := $(if $(SAN),-fsanitize=$(SAN) -fno-omit-frame-pointer -fno-sanitize-recover=all)
COVFLAGS  := $(if $(COVERAGE),--coverage -fprofile-update=atomic)
PACKAGES  := jansson libzstd uchardet
DEPEND     = -MMD -MP
CPPFLAGS  += -I. -D_GNU_SOURCE $(shell pkg-config --cflags $(PACKAGES) 2>/dev/null)
ALLFLAGS  := $(OPT) $(WARNINGS) $(HARDENING) $(SANFLAGS) $(COVFLAGS) -fvisibility=hidden -pthread
CFLAGS    += -std=c11 $(ALLFLAGS)
CXXFLAGS  += -std=c++17 $(ALLFLAGS)
LDFLAGS   += -pie -Wl,-z,relro,-z,now -pthread $(SANFLAGS) $(COVFLAGS)
LDLIBS    += -lxapian $(shell pkg-config --libs $(PACKAGES) 2>/dev/null) -lz
ifneq ($(shell uname -s),Linux)
LDLIBS    += -liconv
endif

Q := $(if $(V),,@)
say = $(if $(V),,@printf '  %-8s %s\n' '$(1)' '$(2)')

# ---- what there is ------------------------------------------------------------------------------------------
FOLDERS  := common tokenizer store indexer search
SOURCES  := $(wildcard $(addsuffix /*.c,$(FOLDERS)))
XSOURCES := $(wildcard store/*.cc)
HEADERS  := $(wildcard $(addsuffix /*.h,$(FOLDERS)))
LIB      := $(B)/libduan.a
LIBOBJS  := $(SOURCES:%.c=$(B)/%.o) $(XSOURCES:%.cc=$(B)/%.o)
TESTS    := $(patsubst tests/%.c,$(B)/tests/%,$(wildcard tests/test_*.c))
TESTLIB  := $(patsubst tests/%.c,$(B)/tests/%.o,$(filter-out $(wildcard tests/test_*.c),$(wildcard tests/*.c)))

.PHONY: all deps demo check check-corpora check-headers check-layers check-exports coverage lint format install uninstall clean help
.DELETE_ON_ERROR:
.SECONDARY:

all: $(BUILD)/duan

$(BUILD)/duan: $(B)/duan FORCE
	$(Q)cmp -s $< $@ || cp $< $@
FORCE:

$(B)/duan: $(B)/duan.o $(LIB)
	$(call say,LINK,$@)
	$(Q)$(CXX) $(LDFLAGS) -o $@ $^ $(LDLIBS)

$(LIB): $(LIBOBJS)
	$(call say,AR,$@)
	$(Q)rm -f $@ && ar rcs $@ $^

$(B)/%.o: %.c
	$(call say,CC,$<)
	$(Q)mkdir -p $(@D) && $(CC) $(CPPFLAGS) $(CFLAGS) $(DEPEND) -c -o $@ $<

$(B)/%.o: %.cc
	$(call say,CXX,$<)
	$(Q)mkdir -p $(@D) && $(CXX) $(CPPFLAGS) $(CXXFLAGS) $(DEPEND) -c -o $@ $<

$(B)/tests/test_%: $(B)/tests/test_%.o $(TESTLIB) $(LIB)
	$(call say,LINK,$@)
	$(Q)$(CXX) $(LDFLAGS) -o $@ $^ -lcmocka $(LDLIBS)

-include $(wildcard $(B)/*.d $(B)/*/*.d)

# ---- checking -----------------------------------------------------------------------------------------------
check: $(TESTS) $(BUILD)/duan
	@CORPORA=$(CORPORA) DUAN=$(abspath $(B))/duan tests/run $(TESTS)

