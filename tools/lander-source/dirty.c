/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Maps of what was written to.  The marker sets a grain's bit and then that of
 * its page; the taker clears the page's bit and then takes the grains', so that
 * a mark that comes in between is found at the next time at the latest.  Pages
 * that were never marked are never touched: they cost no memory.
 */
#include "lander-source/dirty.h"

#define WORD_BITS  64U
#define PAGE_WORDS 512U
#define PAGE_SIZE  4096U

static uint64_t words_of(uint64_t size, uint32_t shift)
{
	uint64_t grains = ((size - 1) >> shift) + 1;

	return (grains + WORD_BITS - 1) / WORD_BITS;
}

static uint64_t pages_of(uint64_t words)
{
	return (words + PAGE_WORDS - 1) / PAGE_WORDS;
}

size_t dirty_room(uint64_t size, uint32_t shift)
{
	uint64_t pages = pages_of(words_of(size, shift));
	uint64_t summary = (pages + WORD_BITS - 1) / WORD_BITS * 8;

	return pages * PAGE_SIZE +
	       (summary + PAGE_SIZE - 1) / PAGE_SIZE * PAGE_SIZE;
}

void dirty_begin(struct dirty *dirty, uint64_t size, uint32_t shift,
		 void *memory)
{
	uint64_t pages = pages_of(words_of(size, shift));

	dirty->size = size;
	dirty->shift = shift;
	dirty->grain = memory;
	dirty->page = dirty->grain + pages * PAGE_WORDS;
}

static void set_bits(uint64_t *word, uint64_t bits)
{
	/* Most writes hit what is marked already; looking is cheaper. */
	if ((__atomic_load_n(word, __ATOMIC_RELAXED) & bits) != bits)
		(void)__atomic_fetch_or(word, bits, __ATOMIC_SEQ_CST);
}

void dirty_mark(struct dirty *dirty, uint64_t offset, uint64_t length)
{
	uint64_t first;
	uint64_t last;

	if (!length || offset >= dirty->size)
		return;
	if (length > dirty->size - offset)
		length = dirty->size - offset;
	first = offset >> dirty->shift;
	last = (offset + length - 1) >> dirty->shift;
	for (uint64_t at = first / WORD_BITS; at <= last / WORD_BITS; at++) {
		uint64_t page = at / PAGE_WORDS;
		uint64_t bits = ~0ULL;

		if (at == first / WORD_BITS)
			bits &= ~0ULL << first % WORD_BITS;
		if (at == last / WORD_BITS)
			bits &= ~0ULL >> (WORD_BITS - 1 - last % WORD_BITS);
		/* Not only looked at: the taker may be between the two. */
		(void)__atomic_fetch_or(&dirty->grain[at], bits,
					__ATOMIC_SEQ_CST);
		set_bits(&dirty->page[page / WORD_BITS],
			 1ULL << page % WORD_BITS);
	}
}

/* One way over the map, and the range that is being put together on it. */
struct walk {
	const struct dirty *dirty;
	const struct dirty_rule *rule;
	bool (*each)(void *owner, uint64_t offset, uint64_t length);
	void *owner;
	uint64_t count; /* ranges before this one */
	uint64_t begin; /* bytes; begin == end: there is none yet */
	uint64_t end;
	bool ended; /* each() said so */
};

static void give(struct walk *walk)
{
	uint64_t end = walk->end;

	if (walk->begin == walk->end || walk->ended)
		return;
	if (end > walk->dirty->size)
		end = walk->dirty->size;
	walk->count++;
	if (walk->each)
		walk->ended = !walk->each(walk->owner, walk->begin,
					  end - walk->begin);
}

static void add_grains(struct walk *walk, uint64_t first, uint64_t count)
{
	uint64_t begin = first << walk->dirty->shift;
	uint64_t end = (first + count) << walk->dirty->shift;

	if (walk->begin < walk->end && (begin - walk->end <= walk->rule->gap ||
					walk->count + 1 >= walk->rule->limit)) {
		walk->end = end;
		return;
	}
	give(walk);
	walk->begin = begin;
	walk->end = end;
}

static void add_word(struct walk *walk, uint64_t index, uint64_t word)
{
	uint64_t base = index * WORD_BITS;

	if (word == ~0ULL) {
		add_grains(walk, base, WORD_BITS);
		return;
	}
	while (word) {
		unsigned int low = (unsigned int)__builtin_ctzll(word);
		unsigned int run =
			(unsigned int)__builtin_ctzll(~(word >> low));

		add_grains(walk, base + low, run);
		word &= ~(((1ULL << run) - 1) << low);
	}
}

/* Of one page; taken when it may be changed. */
static void walk_page(struct walk *walk, uint64_t page, uint64_t *change)
{
	const uint64_t *grain = walk->dirty->grain;
	uint64_t end = words_of(walk->dirty->size, walk->dirty->shift);

	if (end > (page + 1) * PAGE_WORDS)
		end = (page + 1) * PAGE_WORDS;
	for (uint64_t i = page * PAGE_WORDS; i < end; i++) {
		uint64_t word = __atomic_load_n(&grain[i], __ATOMIC_RELAXED);

		if (word && change)
			word = __atomic_exchange_n(&change[i], 0,
						   __ATOMIC_SEQ_CST);
		add_word(walk, i, word);
	}
}

static void walk_all(struct walk *walk, uint64_t *page, uint64_t *grain)
{
	const struct dirty *dirty = walk->dirty;
	uint64_t pages = pages_of(words_of(dirty->size, dirty->shift));

	for (uint64_t i = 0; i * WORD_BITS < pages; i++) {
		uint64_t some = page ? __atomic_exchange_n(&page[i], 0,
							   __ATOMIC_SEQ_CST)
				     : __atomic_load_n(&dirty->page[i],
						       __ATOMIC_SEQ_CST);

		for (; some; some &= some - 1)
			walk_page(walk,
				  i * WORD_BITS +
					  (unsigned int)__builtin_ctzll(some),
				  grain);
	}
	give(walk);
}

uint64_t dirty_count(const struct dirty *dirty, uint64_t gap)
{
	struct dirty_rule rule = {.gap = gap, .limit = ~0ULL};
	struct walk walk = {.dirty = dirty, .rule = &rule};

	walk_all(&walk, NULL, NULL);
	return walk.count;
}

bool dirty_take(struct dirty *dirty, const struct dirty_rule *rule,
		bool (*each)(void *owner, uint64_t offset, uint64_t length),
		void *owner)
{
	struct walk walk = {
		.dirty = dirty, .rule = rule, .each = each, .owner = owner};

	walk_all(&walk, dirty->page, dirty->grain);
	return !walk.ended;
}

void dirty_clear(struct dirty *dirty)
{
	struct dirty_rule rule = {.gap = ~0ULL, .limit = 1};

	(void)dirty_take(dirty, &rule, NULL, NULL);
}
