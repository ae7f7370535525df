/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What a C library would bring: the entry point and the four functions that
 * the compiler itself calls.  Not in the build for the tests, which has one.
 */
#include <stddef.h>
#include <stdint.h>

#include "lander-source/serve.h"
#include "lander-source/system.h"

#if __STDC_HOSTED__
/* The build for the checks has a library. */
int main(int argc, char **argv)
{
	return serve_main(argc, argv);
}
#else
void start_here(const long *stack);
void *memcpy(void *restrict to, const void *restrict from, size_t length);
void *memmove(void *to, const void *from, size_t length);
void *memset(void *to, int value, size_t length);
int memcmp(const void *a, const void *b, size_t length);
size_t strlen(const char *text);

#if defined(__x86_64__)
/* "rep" is what the kernel's own copy has used since these kernels. */
void *memcpy(void *restrict to, const void *restrict from, size_t length)
{
	void *at = to;

	__asm__ volatile("rep movsb"
			 : "+D"(at), "+S"(from), "+c"(length)
			 :
			 : "memory");
	return to;
}

void *memset(void *to, int value, size_t length)
{
	void *at = to;

	__asm__ volatile("rep stosb"
			 : "+D"(at), "+c"(length)
			 : "a"(value)
			 : "memory");
	return to;
}

__asm__(".globl _start\n_start:\n\txor %ebp, %ebp\n\tmov %rsp, %rdi\n\t"
	"and $-16, %rsp\n\tcall start_here\n");
#else
/* The compiler may not make calls of these functions out of these loops: the
 * makefile says so. */
typedef uint64_t word __attribute__((may_alias, aligned(1)));

void *memcpy(void *restrict to, const void *restrict from, size_t length)
{
	char *at = to;
	const char *source = from;

	for (; length >= sizeof(word); length -= sizeof(word)) {
		*(word *)(void *)at = *(const word *)(const void *)source;
		at += sizeof(word);
		source += sizeof(word);
	}
	while (length--)
		*at++ = *source++;
	return to;
}

void *memset(void *to, int value, size_t length)
{
	char *at = to;

	for (; length >= sizeof(word); length -= sizeof(word)) {
		*(word *)(void *)at = 0x0101010101010101U * (uint8_t)value;
		at += sizeof(word);
	}
	while (length--)
		*at++ = (char)value;
	return to;
}

__asm__(".globl _start\n_start:\n\tmov x29, #0\n\tmov x30, #0\n\t"
	"mov x0, sp\n\tb start_here\n");
#endif

/* A byte at a time, seen by the compiler as such. */
void *memmove(void *to, const void *from, size_t length)
{
	volatile char *at = to;
	const volatile char *source = from;

	if (to <= from)
		return memcpy(to, from, length);
	while (length--)
		at[length] = source[length];
	return to;
}

int memcmp(const void *a, const void *b, size_t length)
{
	const unsigned char *x = a;
	const unsigned char *y = b;

	while (length--)
		if (*x++ != *y++)
			return x[-1] - y[-1];
	return 0;
}

size_t strlen(const char *text)
{
	size_t length = 0;

	while (text[length])
		length++;
	return length;
}

/* The kernel's stack at start: argc, argv…, NULL. */
void start_here(const long *stack)
{
	system_exit(serve_main((int)stack[0], (char **)(stack + 1)));
}
#endif
