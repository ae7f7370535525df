# SPDX-License-Identifier: GPL-3.0-or-later
# One makefile for everything.  Compilers and image tools run inside build/root,
# a Debian 13 tree that is made on first use; all products are under build/.
#
#   V=1       show the commands         WERROR=1  warnings are errors
#   FAST=1    compress less, build faster (same content, larger ISO)

MAX_MB	:= 64

.DELETE_ON_ERROR:
.SUFFIXES:
.DEFAULT_GOAL := all
MAKEFLAGS += -j$(shell nproc)
SHELL	:= /bin/bash

Q	:= $(if $(V),,@)
say	= $(if $(V),,@printf '  %-8s %s\n' $(1) $(2);)
IN	:= tools/in-root
ROOT	:= build/root/.made
LINT	:= build/root/.lint
# Two rules may want it at once, dpkg only one.
HOST	:= mkdir -p build && flock build/.host tools/host-packages
SOURCES	:= build/root/usr/src/packages
# Dates inside the images: the commit's, so that the same tree gives the same ISO.
export SOURCE_DATE_EPOCH ?= $(or $(shell git log -1 --format=%ct 2>/dev/null),0)

CC	:= gcc
WARN	:= -Wall -Wextra -Wshadow -Wstrict-prototypes -Wmissing-prototypes \
	   -Wvla -Wformat=2 -Wundef -Wpointer-arith -Wwrite-strings \
	   -Wimplicit-fallthrough $(if $(WERROR),-Werror)
DEFS	:= -D_GNU_SOURCE -D_FILE_OFFSET_BITS=64
SSH2	:= build/libssh2/libssh2.a
PACK	:= build/libzstd/libzstd.a
AARCH64	:= aarch64-linux-gnu-gcc -mno-outline-atomics \
	   -fno-tree-loop-distribute-patterns -idirafter /usr/include
BASE	:= -std=gnu17 -Iagent -isystem build/libssh2/include $(DEFS) $(WARN)
HARDEN	:= -O2 -g -fstack-protector-strong -D_FORTIFY_SOURCE=2 -fPIE
ASAN	:= -O1 -g -fno-omit-frame-pointer -fsanitize=address,undefined \
	   -fno-sanitize-recover=all
LINK	:= -pie -Wl,-z,relro,-z,now
LIBS	:= -Wl,--as-needed -Wl,--exclude-libs,libssh2.a $(SSH2) -lcurl -lssl -lcrypto -lnbd -luring -lxxhash -lz -lblkid \
	   -ljansson -lnewt -lslang -ldevmapper -lkmod -llzma -lzstd -llz4 -lbz2 -lcrypt -lpthread

# Sorted, so that the link order does not depend on the file system.
SRC	:= $(sort $(wildcard agent/*.c agent/*/*.c))
HDR	:= $(sort $(wildcard agent/*.h agent/*/*.h))
UNIT	:= $(sort $(wildcard tests/unit/*.c))
HELPER	:= $(sort $(wildcard tools/lander-source/*.c))
HELPER_HDR := $(sort $(wildcard tools/lander-source/*.h))
HELPER_UNIT := $(filter tests/unit/lander_source_%,$(UNIT))
SCRIPTS	 = $(shell git ls-files -co --exclude-standard | \
	   xargs -d '\n' grep -lE '^\#!.*(bash|/sh)$$' 2>/dev/null)

# For UEFI with Secure Boot on, over the network: Debian's shim asks for its GRUB,
# and that for grub/grub.cfg.
SIGNED	:= build/pxe/shimx64.efi build/pxe/grubx64.efi build/pxe/grub/grub.cfg \
	   build/pxe/grub/guard.cfg

.PHONY: all
all: build/lander build/lander.iso build/pxe/vmlinuz build/pxe/initramfs.img \
	build/pxe/lander.ipxe build/pxe/guard.efi $(SIGNED) ## the agent, the ISO and the PXE files (the default)

# --- build root ---------------------------------------------------------

$(ROOT): tools/make-root
	$(call say,ROOT,'build/root (Debian 13; log: build/root.log)')
	$(Q)$(HOST)
	$(Q)tools/make-root build/root >build/root.log 2>&1 || \
		{ tail -n 20 build/root.log >&2; false; }
	$(Q)touch $@

$(LINT): $(ROOT)
	$(call say,ROOT,'tools for lint and analyze (log: build/lint.log)')
	$(Q)tools/make-root --lint build/root >build/lint.log 2>&1 || \
		{ tail -n 20 build/lint.log >&2; false; }
	$(Q)touch $@

# --- agent and unit tests -----------------------------------------------

# Debian's libssh2 with patches of ours: tools/libssh2.
$(SSH2): $(wildcard tools/libssh2/*) $(ROOT)
	$(call say,LIBSSH2,$@)
	$(Q)$(IN) tools/libssh2/make-libssh2 $(SOURCES) $(@D)

# Debian's zstd for lander-source: tools/libzstd.
build/libzstd/libzstd.a: private PACK_CC := $(CC)
build/libzstd-aarch64/libzstd.a: private PACK_CC := $(AARCH64)
build/libzstd-aarch64/libzstd.a: private PACK_AR := aarch64-linux-gnu-ar
build/libzstd/libzstd.a build/libzstd-aarch64/libzstd.a: \
		$(wildcard tools/libzstd/*) $(ROOT)
	$(call say,LIBZSTD,$@)
	$(Q)$(IN) env CC='$(PACK_CC)' AR=$(or $(PACK_AR),ar) \
		tools/libzstd/make-libzstd $(SOURCES) $(@D)

# The program for source machines: no library, no start-up code but its own.
# It is sent to each of them: small, but for what looks at every byte.
HELPER_FLAGS := $(BASE) -Itools -ffreestanding -fno-pie -fno-stack-protector \
		-fno-asynchronous-unwind-tables -fno-unwind-tables
HELPER_LINK := -static -nostdlib -no-pie -Wl,--build-id=none \
	       -Wl,--gc-sections,-z,noexecstack,-z,noseparate-code,-z,norelro -s
HELPER_FAST := $(addprefix tools/lander-source/,content.c hash.c \
		 hash_wide.c tree_sha.c)

# $(1) its name, $(2) the compiler, $(3) its zstd
define helper
build/$(1): $$(HELPER) $$(HELPER_HDR) $(3) agent/source/wire.h agent/source/wire_tree.h \
		agent/base/version.h Makefile | $$(ROOT)
	$$(call say,LD,$$@)
	$$(Q)mkdir -p build/obj/tools
	$$(Q)$$(IN) $(2) $$(HELPER_FLAGS) -O2 -r -nostdlib \
		-o build/obj/tools/$(1).o $$(HELPER_FAST)
	$$(Q)$$(IN) $(2) $$(HELPER_FLAGS) -Os $$(HELPER_LINK) -o $$@ \
		$$(filter-out $$(HELPER_FAST),$$(HELPER)) \
		build/obj/tools/$(1).o $(3)
endef

$(eval $(call helper,lander-source,$(CC),$(PACK)))
$(eval $(call helper,lander-source-aarch64,$(AARCH64),build/libzstd-aarch64/libzstd.a))
# A test proves that the buffered one would be found out; it is used nowhere.
$(eval $(call helper,lander-source-buffered,$(CC) -DDISK_PAST_CACHE=0,$(PACK)))
# Likewise, one that calls the data of files free.
$(eval $(call helper,lander-source-lying,$(CC) -DVACANT_OWNER=FMR_OWN_UNKNOWN,$(PACK)))
# One that waits for seconds where the other waits for a minute: for a test.
$(eval $(call helper,lander-source-hasty,$(CC) -DREPLY_LIMIT_S=2 -DSERVE_LIMIT_S=2,$(PACK)))
ODD_SOURCES := build/lander-source-buffered build/lander-source-lying \
	build/lander-source-hasty

# $(1) directory of the objects, $(2) compiler flags, $(3) link flags,
# $(4) the agent, $(5) directory of the unit tests
define variant
OBJ_$(1) := $$(SRC:%.c=build/$(1)/%.o)
HELPER_$(1) := $$(HELPER:%.c=build/$(1)/%.o)

build/$(1)/agent/source/helper.o: build/lander-source \
		build/lander-source-aarch64
build/$(1)/tools/% build/$(1)/tests/%: private INC := -Itools

build/$(1)/%.o: %.c Makefile | $$(ROOT) $(SSH2)
	$$(call say,CC,$$<)
	$$(Q)mkdir -p $$(@D)
	$$(Q)$(IN) $(CC) $(BASE) $$(INC) $(2) -MMD -MP -c -o $$@ $$<

$(4): $$(OBJ_$(1)) $(SSH2)
	$$(call say,LD,$$@)
	$$(Q)$(IN) $(CC) $(2) $(3) -o $$@ $$(OBJ_$(1)) $(LIBS)

$(5)/%: build/$(1)/tests/unit/%.o $$(filter-out %/main.o,$$(OBJ_$(1))) $(SSH2)
	$$(call say,LD,$$@)
	$$(Q)mkdir -p $$(@D)
	$$(Q)$(IN) $(CC) $(2) $(3) -o $$@ $$^ $(LIBS) -lcmocka

# What is lander-source's, and nothing of the agent.
$$(HELPER_UNIT:tests/unit/%.c=$(5)/%): $(5)/%: build/$(1)/tests/unit/%.o \
		$$(filter-out %/start.o,$$(HELPER_$(1))) $(PACK)
	$$(call say,LD,$$@)
	$$(Q)mkdir -p $$(@D)
	$$(Q)$(IN) $(CC) $(2) $(3) -o $$@ $$^ -lcmocka

.SECONDARY: $$(UNIT:%.c=build/$(1)/%.o)
-include $$(OBJ_$(1):.o=.d) $$(HELPER_$(1):.o=.d) $$(UNIT:%.c=build/$(1)/%.d)
endef

$(eval $(call variant,obj,$(HARDEN),$(LINK),build/lander,build/unit))
$(eval $(call variant,asan/obj,$(ASAN),,build/asan/lander,build/asan/unit))

# The same program with a C library around it, for its own checks.
build/asan/lander-source: $(HELPER_asan/obj) $(PACK)
	$(call say,LD,$@)
	$(Q)$(IN) $(CC) $(ASAN) -o $@ $^

UNIT_BIN	:= $(UNIT:tests/unit/%.c=build/unit/%)
UNIT_ASAN	:= $(UNIT:tests/unit/%.c=build/asan/unit/%)

.PHONY: unit
unit: $(UNIT_BIN) $(ODD_SOURCES) build/cable ## build the unit tests (make check runs them)

# For the tests that need a bad network; it runs on the host, too.
build/cable: tests/cable.c Makefile | $(ROOT)
	$(call say,CC,$@)
	$(Q)$(IN) $(CC) $(BASE) -O2 -static -o $@ $<

# --- live system --------------------------------------------------------

LEVEL	:= $(if $(FAST),9,19)
BASEIMG	:= build/initramfs/base-$(LEVEL).zst

# The libraries the agent needs decide what goes into the base; its code does
# not, so that an edit of the agent costs seconds and not a run of dracut.
build/initramfs/needed: build/lander
	$(Q)mkdir -p $(@D)
	$(Q)$(IN) readelf -d $< | sed -n 's/.*(NEEDED).*\[\(.*\)\]/\1/p' >$@.new
	$(Q)if cmp -s $@.new $@; then rm $@.new; else mv $@.new $@; fi

$(BASEIMG): build/initramfs/needed initramfs/make-initramfs \
		$(wildcard initramfs/90lander/*) $(ROOT)
	$(call say,DRACUT,$@)
	$(Q)$(IN) initramfs/make-initramfs base build/lander $@ $(LEVEL) \
		>build/initramfs/dracut.out 2>&1 || \
		{ cat build/initramfs/dracut.out >&2; false; }

build/initramfs/init: initramfs/init.c Makefile | $(ROOT)
	$(call say,CC,$<)
	$(Q)mkdir -p $(@D)
	$(Q)$(IN) $(CC) $(BASE) -O2 -static -nostdlib -ffreestanding -fno-pie \
		-no-pie -fno-stack-protector -s -o $@ $<

build/pxe/initramfs.img: $(BASEIMG) build/initramfs/init build/lander
	$(call say,INITRD,$@)
	$(Q)mkdir -p $(@D)
	$(Q)$(IN) initramfs/make-initramfs join $(BASEIMG) \
		build/initramfs/init build/lander $@

build/pxe/vmlinuz: $(ROOT)
	$(Q)mkdir -p $(@D)
	$(Q)cp build/root/boot/vmlinuz-* $@

build/pxe/lander.ipxe: iso/lander.ipxe
	$(Q)mkdir -p $(@D)
	$(Q)cp $< $@

build/pxe/guard.efi: iso/make-guard iso/guard.cfg iso/guard-net.cfg $(ROOT)
	$(call say,GUARD,$@)
	$(Q)mkdir -p $(@D)
	$(Q)$(IN) iso/make-guard $@

build/pxe/shimx64.efi build/pxe/grubx64.efi &: $(ROOT)
	$(Q)mkdir -p $(@D)
	$(Q)cp build/root/usr/lib/shim/shimx64.efi.signed build/pxe/shimx64.efi
	$(Q)cp build/root/usr/lib/grub/x86_64-efi-signed/grubnetx64.efi.signed \
		build/pxe/grubx64.efi

build/pxe/grub/%.cfg: iso/%.cfg | $(ROOT)
	$(Q)mkdir -p $(@D)
	$(Q)$(IN) grub-script-check $<
	$(Q)cp $< $@

ISO_IN	:= iso/make-iso iso/guard.cfg iso/grub.cfg build/pxe/vmlinuz \
	   build/pxe/initramfs.img

build/lander.iso: $(ISO_IN)
	$(call say,ISO,$@)
	$(Q)$(IN) iso/make-iso --max-mb $(if $(FAST),0,$(MAX_MB)) -o $@

.PHONY: iso
iso: $(ISO_IN) ## build/lander.iso with words of yours in its boot menu: make iso ARGS='lander.source=…'
	$(call say,ISO,build/lander.iso)
	$(Q)$(IN) iso/make-iso --max-mb $(if $(FAST),0,$(MAX_MB)) \
		-o build/lander.iso --args "$$ARGS"
export ARGS

# --- use ----------------------------------------------------------------

.PHONY: demo
demo: all ## the whole thing once, with nothing pressed: a Debian moves into an empty VM
	$(Q)tools/host-packages
	$(Q)tools/demo

.PHONY: manual
manual: build/lander ## the manual pages: build/manual/
	$(call say,MANUAL,build/manual)
	$(Q)$(IN) tools/make-manual $< build/manual

# The source machines' systems come from the archive as the build root does, and
# beside it, in an hour at most. What could not be made a test says, which tries again.
.PHONY: systems
systems:
	$(call say,SYSTEMS,'build/guests (log: build/systems.log)')
	$(Q)$(HOST)
	$(Q)timeout -k 20 3600 tools/make-guest --systems $$(T='$(T)' LONG='$(LONG)' \
		tests/run --guests) >build/systems.log 2>&1 || \
		tail -n 20 build/systems.log >&2

.PHONY: check
check: all unit systems ## the tests, one of them: make check T=…, or with the long ones: make check LONG=1
	$(Q)T='$(T)' LONG='$(LONG)' tests/run

.PHONY: run
run: build/lander ## run the agent in the build root: make run ARGS='--explain'
	$(Q)$(IN) build/lander $(ARGS)

.PHONY: vm
vm: build/lander.iso build/vm/disk.img ## boot the ISO beside a disk, build/vm/disk.img, with ARGS as its job (Ctrl-A X ends it)
	$(Q)tools/run-vm console --iso build/lander.iso --disk build/vm/disk.img \
		$(if $(ARGS),--args "$$ARGS")

.PHONY: vm-shell
vm-shell: build/pxe/vmlinuz build/vm/shell.img build/vm/disk.img ## the same with a root shell on the serial console (not in the shipped image)
	$(Q)tools/run-vm console --kernel build/pxe/vmlinuz \
		--initrd build/vm/shell.img --disk build/vm/disk.img \
		--append 'console=tty0 console=ttyS0,115200 panic=30 quiet loglevel=4' \
		$(if $(ARGS),--args "$$ARGS")

build/vm/shell.img: build/pxe/initramfs.img initramfs/make-initramfs \
		initramfs/shell.service | $(ROOT)
	$(Q)mkdir -p $(@D)
	$(Q)$(IN) initramfs/make-initramfs shell initramfs/shell.service $@.part
	$(Q)cat build/pxe/initramfs.img $@.part >$@.new
	$(Q)mv $@.new $@
	$(Q)rm $@.part

build/vm/disk.img:
	$(Q)mkdir -p $(@D)
	$(Q)truncate -s 8G $@

BENCH	:= build/bench/run build/bench/copy build/bench/inject build/bench/rounds

build/bench/%: tools/bench-%.c $(filter-out %/main.o,$(OBJ_obj)) | $(ROOT)
	$(call say,CC,$<)
	$(Q)mkdir -p $(@D)
	$(Q)$(IN) $(CC) $(BASE) -O2 -o $@ $^ $(LIBS)

.PHONY: bench
bench: build/lander $(BENCH) build/cable ## lander and its peers, in turn, on the same data; drivers into initramfs: make bench ROWS=convert
	$(Q)tools/bench $(ROWS)

# --- quality ------------------------------------------------------------

CHECKS	:= format shell floors exports lengths words
.PHONY: lint $(CHECKS:%=lint-%)
lint: $(CHECKS:%=lint-%) ## format, shell scripts, floors, exports, lengths, words

C_FILES	 = $(SRC) $(HDR) $(UNIT) $(HELPER) $(HELPER_HDR) \
	   $(wildcard tests/unit/*.h tests/*.c tools/*.c tools/guest/*.c) \
	   initramfs/init.c

lint-format: $(LINT)
	$(Q)$(IN) clang-format --dry-run -Werror $(C_FILES)
lint-shell: $(LINT)
	$(Q)$(IN) shellcheck -x $(SCRIPTS)
lint-floors:
	$(Q)tools/check-floors
lint-exports: $(OBJ_obj) $(HELPER_obj)
	$(Q)$(IN) tools/check-exports $(filter-out %/start.o,$^)
lint-lengths:
	$(Q)tools/check-lengths
lint-words:
	$(Q)tools/check-words

.PHONY: format
format: $(LINT) ## rewrite the C files in the house's style
	$(Q)$(IN) clang-format -i $(C_FILES)

ANALYZED := $(patsubst %.c,build/analyze/%.gcc,$(SRC) $(HELPER)) \
	    $(patsubst %.c,build/analyze/%.tidy,$(SRC) $(HELPER))

.PHONY: analyze
analyze: $(ANALYZED) build/analyze/cppcheck ## gcc -fanalyzer, clang-tidy, cppcheck

# Three of its kinds do not hold for C that embeds one structure in another,
# moves descriptors with dup2 or clears an array with {NULL}; the leak check of
# make asan and clang-tidy look for the same.
ANALYZER := -fanalyzer -Wno-analyzer-malloc-leak -Wno-analyzer-fd-leak \
	    -Wno-analyzer-use-of-uninitialized-value

build/analyze/%.gcc: %.c $(HDR) Makefile | $(ROOT) $(SSH2)
	$(call say,ANALYZE,$<)
	$(Q)mkdir -p $(@D)
	$(Q)$(IN) $(CC) $(BASE) -Itools -Werror -O2 $(ANALYZER) -S -o /dev/null $<
	$(Q)touch $@

build/analyze/%.tidy: %.c $(HDR) .clang-tidy Makefile $(LINT) | $(SSH2)
	$(call say,TIDY,$<)
	$(Q)mkdir -p $(@D)
	$(Q)$(IN) clang-tidy --quiet $< -- -std=gnu17 -Iagent -Itools \
		-isystem build/libssh2/include $(DEFS) 2>&1 | \
		{ grep -vE '^[0-9]+ warnings? (generated|treated)' || :; }; \
		exit $${PIPESTATUS[0]}
	$(Q)touch $@

build/analyze/cppcheck: $(SRC) $(HDR) Makefile $(LINT)
	$(call say,CPPCHECK,agent)
	$(Q)mkdir -p $(@D)
	$(Q)$(IN) cppcheck --quiet --std=c11 --error-exitcode=1 \
		--enable=warning,portability --inline-suppr \
		--suppress=missingIncludeSystem --suppress=autoVariables \
		--suppress=memleak \
		--suppress=normalCheckLevelMaxBranches -Iagent $(DEFS) $(SRC)
	$(Q)touch $@

.PHONY: asan
asan: build/asan/lander build/asan/lander-source $(ODD_SOURCES) $(UNIT_ASAN) ## unit and command tests with address and undefined-behaviour checks
	$(Q)LANDER_ASAN=1 T='$(T)' tests/run

.PHONY: fuzz
fuzz: build/asan/unit/config_fuzz ## spoilt jobs for the parser with those checks, ten minutes or make fuzz S=seconds
	$(Q)$(IN) env LANDER_FUZZ_S=$(or $(S),600) $<

compile_commands.json: $(SRC) $(UNIT) Makefile ## for clangd
	$(Q)for f in $(SRC) $(UNIT); do \
		printf '{"directory":"%s","file":"%s","command":"gcc %s -c %s"},\n' \
		"$(CURDIR)" "$$f" "$$(printf '%s' \
		'$(subst ",\",$(subst ',,$(BASE)))' | sed 's/\\/\\\\/g;s/"/\\"/g')" \
		"$$f"; done | sed '1s/^/[/;$$s/,$$/]/' >$@

.PHONY: clean
clean: ## remove all products (the build root and the test disks too)
	$(Q)rm -rf --one-file-system build compile_commands.json

.PHONY: help
help: ## this list
	@grep -hE '^[a-z_./-]+:.*## ' $(MAKEFILE_LIST) | \
		sed 's/:.*## /|/' | awk -F'|' '{printf "  %-22s %s\n", $$1, $$2}'
