/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What a C library would bring: the entry point and the four functions that
 * the compiler itself calls.  Not in the build for the tests, which has one.
 */
#include <stddef.h>

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

void *memmove(void *to, const void *from, size_t length)
{
	char *at = to;
	const char *source = from;

	if (at <= source)
		return memcpy(to, from, length);
	while (length--)
		__asm__ volatile("movb %1, %%al\n\tmovb %%al, %0"
				 : "=m"(at[length])
				 : "m"(source[length])
				 : "al");
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

__asm__(".globl _start\n_start:\n\txor %ebp, %ebp\n\tmov %rsp, %rdi\n\t"
	"and $-16, %rsp\n\tcall start_here\n");
#endif
