/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What networkd reached, from a tree that looks like a machine's; the words
 * for the console; when they are said.
 */
#include "network/network_status.h"

#include <sys/stat.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/error.h"
#include "base/io.h"
#include "base/process.h"
#include "network/network.h"
#include "network/network_describe.h"
#include "network/network_resolv.h"
#include "network/network_watch.h"

static char root[] = "/tmp/lander-status-XXXXXX";

/* A file below root; its directories are made. */
static void put(const char *name, const char *text)
{
	char path[512];

	(void)snprintf(path, sizeof(path), "%s/%s", root, name);
	assert_int_equal(io_make_parents(path, NULL), 0);
	assert_int_equal(io_replace_file(path, text, strlen(text), NULL), 0);
}

static void put_attribute(const char *nic, const char *file, const char *text)
{
	char name[256];

	(void)snprintf(name, sizeof(name), "sys/class/net/%s/%s", nic, file);
	put(name, text);
}

static void put_symlink(const char *nic, const char *file, const char *target)
{
	char path[512];

	(void)snprintf(path, sizeof(path), "%s/sys/class/net/%s/%s", root, nic,
		       file);
	assert_int_equal(symlink(target, path), 0);
}

/* A card as sysfs shows it. */
static void put_card(const char *name, const char *index, const char *flags,
		     const char *mac)
{
	put_attribute(name, "ifindex", index);
	put_attribute(name, "flags", flags);
	put_attribute(name, "address", mac);
	put_attribute(name, "carrier", "1\n");
	put_attribute(name, "x/driver.here", "");
	put_symlink(name, "device", "x");
	put_symlink(name, "x/driver", "../../bus/pci/drivers/virtio_net");
}

static void put_state(const char *index, const char *state, const char *file)
{
	char name[128];
	char text[512];

	(void)snprintf(name, sizeof(name), "run/systemd/netif/links/%s", index);
	(void)snprintf(text, sizeof(text),
		       "# This is private data.\nADMIN_STATE=%s\n"
		       "OPER_STATE=routable\n"
		       "NETWORK_FILE=/run/systemd/network/%s\n",
		       state, file);
	put(name, text);
}

static int make_root(void **state)
{
	(void)state;
	return mkdtemp(root) ? 0 : -1;
}

static int remove_root(void **state)
{
	const char *const argv[] = {"rm", "-rf", root, NULL};
	const struct process process = {.argv = argv};

	(void)state;
	return process_run(&process, NULL, NULL);
}

static void generate(const char *cmdline)
{
	char path[512];

	(void)snprintf(path, sizeof(path), "%s/run/systemd/network", root);
	assert_int_equal(network_generate(cmdline, path, NULL), 0);
}

static void an_empty_machine_has_no_card(void **state)
{
	struct network_status status = {0};
	char text[512];

	(void)state;
	assert_int_equal(network_status_read(root, &status, NULL), 0);
	assert_int_equal(status.count, 0);
	assert_false(status.running);
	assert_false(network_describe_ready(&status));
	network_describe(&status, 1, text, sizeof(text));
	assert_string_equal(text,
			    "no network card that lander knows after 1 s");
	network_status_done(&status);
}

static void cards_and_wishes_are_put_together(void **state)
{
	struct network_status status = {0};
	char text[2048];

	(void)state;
	generate("ip=10.0.0.5::10.0.0.1:24::tst9:none ip=dhcp "
		 "BOOTIF=01-52-54-00-00-00-99");
	put_card("tst1", "7", "0x1003\n", "52:54:00:00:00:01\n");
	put_card("tst0", "6", "0x1002\n", "52:54:00:00:00:02\n");
	put("run/systemd/netif/state",
	    "OPER_STATE=routable\nDNS=10.0.0.53\nDOMAINS=a.example\n");
	put_state("6", "configured", "95-lander-others.network");
	put_state("7", "configured", "95-lander-others.network");
	assert_int_equal(network_status_read(root, &status, NULL), 0);
	assert_true(status.running);
	assert_int_equal(status.count, 2);
	assert_string_equal(status.link[0].name, "tst0");
	assert_string_equal(status.link[0].driver, "virtio_net");
	assert_false(status.link[0].up);
	assert_true(status.link[1].up);
	assert_true(status.link[1].carrier);
	assert_true(status.link[1].physical);
	network_describe(&status, 1, text, sizeof(text));
	assert_string_equal(
		text,
		"tst0 (virtio_net, 52:54:00:00:00:02): left down, no ip= is "
		"for it\n"
		"tst1 (virtio_net, 52:54:00:00:00:01): up\n"
		"no network card has the MAC '52:54:00:00:00:99' (ip=dhcp "
		"BOOTIF=52:54:00:00:00:99)\n"
		"no interface is called 'tst9' "
		"(ip=10.0.0.5::10.0.0.1:24::tst9:none)\n"
		"name servers: 10.0.0.53");
	network_status_done(&status);
}

static void resolv_conf_follows_networkd(void **state)
{
	struct network_status status = {.dns = "10.0.0.53", .domains = "a.b"};
	char path[512];
	char *text = NULL;

	(void)state;
	put("etc/resolv.conf", "nameserver 1.2.3.4\n");
	assert_int_equal(network_resolv_write(root, &status, NULL), 0);
	(void)snprintf(path, sizeof(path), "%s/etc/resolv.conf", root);
	assert_int_equal(io_read_file(path, 4096, &text, NULL, NULL), 0);
	assert_string_equal(text, "nameserver 10.0.0.53\nsearch a.b\n");
	free(text);
	*status.dns = '\0';
	assert_int_equal(network_resolv_write(root, &status, NULL), 0);
	assert_int_equal(io_read_file(path, 4096, &text, NULL, NULL), 0);
	assert_string_equal(text, "nameserver 10.0.0.53\nsearch a.b\n");
	free(text);
}

static const struct network_want dhcp = {
	.dhcp = true, .automatic = true, .addressed = true};
static const struct network_want fixed = {.addressed = true, .words = "ip=…"};

static struct network_link link_states[] = {
	{.name = "a",
	 .physical = true,
	 .up = true,
	 .carrier = true,
	 .want = &dhcp,
	 .driver = "e1000e",
	 .mac = "m1"},
	{.name = "b", .physical = true, .up = true, .want = &dhcp, .mac = "m2"},
	{.name = "c",
	 .physical = true,
	 .up = true,
	 .carrier = true,
	 .online = true,
	 .want = &fixed,
	 .addresses = "10.0.0.5/24",
	 .local = "fe80::1/64",
	 .mac = "m3"},
	{.name = "d",
	 .physical = true,
	 .up = true,
	 .carrier = true,
	 .online = true,
	 .want = &fixed,
	 .addresses = "10.0.0.5/24",
	 .mac = "m4"},
	{.name = "bond0",
	 .up = true,
	 .carrier = true,
	 .online = true,
	 .want = &dhcp,
	 .bond = "active-backup, miimon 100",
	 .addresses = "10.0.2.15/24",
	 .mac = "m5"},
	{.name = "e",
	 .physical = true,
	 .up = true,
	 .carrier = true,
	 .want = &dhcp,
	 .master = "bond0",
	 .mac = "m5",
	 .permanent_mac = "m6"},
	{.name = "veth7", .up = true, .mac = "m7"},
	{.name = "f", .physical = true, .mac = "m8", .setup = "pending"},
	{.name = "g", .physical = true, .mac = "m9", .setup = "unmanaged"},
};

static void each_state_has_its_words(void **state)
{
	struct network_link *link = link_states;
	struct network_status status = {
		.link = link, .count = 9, .running = true, .online = true};
	char text[1024];

	(void)state;
	assert_false(network_describe_ready(&status));
	network_describe(&status, 35, text, sizeof(text));
	assert_string_equal(
		text,
		"a (e1000e, m1): link, but no address after 35 s: no answer "
		"from a DHCP server\n"
		"b (m2): no link (cable or virtual switch)\n"
		"c (m3): 10.0.0.5/24\n"
		"d (m4): 10.0.0.5/24\n"
		"bond0 (bond: active-backup, miimon 100, m5): 10.0.2.15/24\n"
		"e (m6): part of bond0\n"
		"f (m8): waiting for systemd-networkd\n"
		"g (m9): left down, no ip= is for it\n"
		"c and d have the same address: ip=… names no interface");
	link[0].online = true;
	assert_true(network_describe_ready(&status));
	assert_false(network_describe_settled(&status));
	link[1].carrier = link[7].carrier = link[8].carrier = true;
	assert_true(network_describe_settled(&status));
	assert_false(network_describe_ready(&status));
}

static void words_are_said_at_their_time(void **state)
{
	struct network_watch watch = {0};

	(void)state;
	/* Not ready, and not yet 10 s. */
	assert_null(network_watch_step(&watch, root));
	watch.began -= 11;
	assert_non_null(network_watch_step(&watch, root));
	assert_non_null(strstr(watch.text, "tst9"));
	assert_null(network_watch_step(&watch, root));
	watch.began -= 30;
	assert_non_null(network_watch_step(&watch, root));
	watch.began -= 30;
	assert_null(network_watch_step(&watch, root));
	watch.began -= 30;
	assert_non_null(network_watch_step(&watch, root));
	watch.began -= 3000;
	assert_null(network_watch_step(&watch, root));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_empty_machine_has_no_card),
		cmocka_unit_test(cards_and_wishes_are_put_together),
		cmocka_unit_test(resolv_conf_follows_networkd),
		cmocka_unit_test(each_state_has_its_words),
		cmocka_unit_test(words_are_said_at_their_time),
	};

	return cmocka_run_group_tests(tests, make_root, remove_root);
}
