/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * THE parameter table.  Help, manual page, explanation and checks are made from
 * these rows; what is no row here is no parameter.
 */
#include "config/config_table.h"

#include <stddef.h>

const struct config_parameter config_table[CONFIG_KEYS] = {
	[CONFIG_SOURCE] = {"source", CONFIG_ADDRESS, "URI", NULL,
			   "where the disks come from: ssh://[user@]host"
			   "[:port]/[disk], nbd://host[:port]/"
			   "[export], nbds://…, nbd+unix:///[export]"
			   "?socket=PATH, or a file",
			   false},
	[CONFIG_DISKS] = {"disks", CONFIG_LIST, "[SRC:]DST,…", NULL,
			  "which source disk (export name) goes to which "
			  "target (name, path, serial or wwn); without it, "
			  "the one match by size",
			  false},
	[CONFIG_MODE] = {"mode", CONFIG_CHOICE, "auto block file", "auto",
			 "block copies whole disks; file makes a new layout on "
			 "disks of any size and copies files into it, from a "
			 "running SSH source; auto is block, but file where a "
			 "disk has no room for its copy, or where at most a "
			 "quarter of large disks is used and files leave "
			 "nothing out",
			 false},
	[CONFIG_PART] = {"part", CONFIG_TEXT,
			 "PLACE [size=SIZE] [grow] [fstype=TYPE]", NULL,
			 "of mode=file, once for each PLACE: how large a file "
			 "system, or swap, becomes (800M, 10G), which one gets "
			 "what is left, and of what kind it is; a PLACE that "
			 "the source has no file system for is a new one",
			 false},
	[CONFIG_ENCRYPTION] = {"encryption", CONFIG_CHOICE, "keep none", "keep",
			       "of mode=file: keep makes LUKS containers "
			       "again, opened by what luks says; none leaves "
			       "them out",
			       false},
	[CONFIG_OVERWRITE] = {"overwrite", CONFIG_LIST, "DST,…", NULL,
			      "target disks whose present content may be "
			      "lost",
			      false},
	[CONFIG_EXCLUDE] = {"exclude", CONFIG_LIST, "PATTERN,…", NULL,
			    "of mode=file: what is left out: /a/path with all "
			    "in it, /what/is/in/it/, or a-name anywhere; *, ? "
			    "and [a-z] match within one name, ** any number of "
			    "directories",
			    false},
	[CONFIG_CONVERT] = {"convert", CONFIG_CHOICE, "auto none", "auto",
			    "auto makes the copied system start on this "
			    "machine and leaves a receipt in it; none leaves "
			    "the copy as it is, bit for bit",
			    false},
	[CONFIG_FIRMWARE] = {"firmware", CONFIG_CHOICE, "keep convert", "keep",
			     "keep refuses a source that this machine's "
			     "firmware does not start; convert makes one for "
			     "BIOS start by UEFI, too",
			     false},
	[CONFIG_LOADER] = {"loader", CONFIG_CHOICE, "keep reinstall", "keep",
			   "reinstall has the copied system's own grub-install "
			   "write its boot code for BIOS again; keep does so "
			   "only where it is broken",
			   false},
	[CONFIG_ROOT] = {"root", CONFIG_TEXT, "UUID=…|LABEL=…|/dev/…", NULL,
			 "which Linux system on the disks this machine will "
			 "run, where there are several; a partition by the "
			 "name that the source has for it",
			 false},
	[CONFIG_LUKS] = {"luks", CONFIG_TEXT,
			 "PASSPHRASE|file:NAME|fw_cfg:NAME", NULL,
			 "what opens the disks' LUKS containers for "
			 "conversion: the passphrase, a file on the volume "
			 "LANDER, or an item of fw_cfg (opt/…); as an "
			 "argument and on the kernel command line only the "
			 "last two",
			 true},
	[CONFIG_INITRAMFS] = {"initramfs", CONFIG_CHOICE, "auto rebuild",
			      "auto",
			      "how a copied Linux gets this machine's drivers: "
			      "auto appends what is missing, rebuild runs its "
			      "own tool",
			      false},
	[CONFIG_NICS] = {"nics", CONFIG_LIST, "NAME=MAC,…", NULL,
			 "which network card of this machine an interface of "
			 "the copied system is, where that is not plain",
			 false},
	[CONFIG_NETWORK] = {"network", CONFIG_TEXT,
			    "keep|dhcp|static:ADDRESS/PREFIX,GATEWAY[,DNS…]",
			    "keep",
			    "what the first interface of the copied system "
			    "gets",
			    false},
	[CONFIG_AFTER] = {"after", CONFIG_CHOICE,
			  "disk reboot poweroff kexec wait", "disk",
			  "what follows a finished migration", false},
	[CONFIG_ONFAIL] = {"onfail", CONFIG_CHOICE,
			   "wait shell reboot poweroff", "wait",
			   "what follows a failed one; wait retries by itself "
			   "what a network failure stopped",
			   false},
	[CONFIG_JOB] = {"job", CONFIG_TEXT, "UUID", NULL,
			"name of the job in the record and the receipt; "
			"without it, made from source and disks",
			false},
	[CONFIG_HOSTKEY] =
		{"hostkey", CONFIG_LIST, "SHA256:…", NULL,
		 "the source's SSH host key as ssh-keygen -lf prints it; "
		 "without it that key is shown and the job refused",
		 false},
	[CONFIG_IDENTITY] =
		{"identity", CONFIG_PLACE,
		 "https://…|file:NAME|fw_cfg:NAME|cred:NAME|PATH|code", NULL,
		 "private key for an SSH source: from a URL that may be for "
		 "one use, on the LANDER volume, in fw_cfg, a credential of "
		 "systemd, or a file; code asks for the one that a source "
		 "with serve.key=code shows",
		 false},
	[CONFIG_JUMP] = {"jump", CONFIG_ADDRESS, "ssh://[user@]host[:port]",
			 NULL,
			 "a machine that lets connections through to an SSH "
			 "source that can't be reached from here",
			 false},
	[CONFIG_JUMP_HOSTKEY] = {"jump.hostkey", CONFIG_LIST, "SHA256:…", NULL,
				 "its SSH host key; without it that key is "
				 "shown and the job refused",
				 false},
	[CONFIG_JUMP_IDENTITY] =
		{"jump.identity", CONFIG_PLACE,
		 "https://…|file:NAME|fw_cfg:NAME|cred:NAME|PATH", NULL,
		 "private key to log in there; without it, the one of "
		 "identity",
		 false},
	[CONFIG_CACERT] = {"cacert", CONFIG_TEXT,
			   "file:NAME|fw_cfg:NAME|PATH|sha256//…", NULL,
			   "who an https server must be: signed by one of the "
			   "authorities in a PEM file, in the place of the "
			   "built-in ones, or the holder of this public key, "
			   "as curl --pinnedpubkey takes it",
			   false},
	[CONFIG_CLIENTCERT] =
		{"clientcert", CONFIG_PLACE,
		 "file:NAME|fw_cfg:NAME|cred:NAME|PATH", NULL,
		 "this machine's certificate for https servers that ask for "
		 "one: certificate and private key in one PEM file",
		 false},
	[CONFIG_CONFIG] =
		{"config", CONFIG_PLACE,
		 "https|http|tftp://…|file:NAME|fw_cfg:NAME|cred:NAME|"
		 "PATH",
		 NULL,
		 "a kickstart file with the rest of the job; ${uuid}, "
		 "${serial} "
		 "and ${mac} stand for this machine's. It is waited for, and "
		 "nothing begins without it",
		 false},
	[CONFIG_CONFIG_SHA256] =
		{"config.sha256", CONFIG_TEXT, "HEX", NULL,
		 "SHA-256 of that file, 64 hexadecimal digits: another file is "
		 "refused",
		 false},
	[CONFIG_REPORT] =
		{"report", CONFIG_HTTPS, "https://…", NULL,
		 "where stages, progress and the end are told to as JSON, by "
		 "POST; ${uuid}, ${serial} and ${mac} stand for this "
		 "machine's. A server that does not take them stops nothing",
		 false},
	[CONFIG_REPORT_KEY] =
		{"report.key", CONFIG_PLACE,
		 "file:NAME|fw_cfg:NAME|cred:NAME|PATH", NULL,
		 "key of the HMAC-SHA256 over each of them, in the header "
		 "X-Lander-Signature: sha256=HEX",
		 false},
	[CONFIG_SYSLOG] =
		{"syslog", CONFIG_LOGHOST, "udp|tcp|tls://HOST[:PORT]", NULL,
		 "a syslog server (RFC 5424) that gets every line that lander "
		 "says; the ports are 514, 514 and 6514",
		 false},
	[CONFIG_RECONNECT] = {"reconnect", CONFIG_DURATION, "TIME", "10m",
			      "how long a source that went away is waited for",
			      false},
	[CONFIG_COMPRESS] = {"compress", CONFIG_CHOICE, "auto yes no", "auto",
			     "whether data of an SSH source comes packed with "
			     "zstd; auto measures which way is faster",
			     false},
	[CONFIG_BWLIMIT] = {"bwlimit", CONFIG_RATE, "RATE", "off",
			    "how fast the source is read at most, bytes a "
			    "second over all connections: 800K, 20M, 1.5G; not "
			    "while it stands still, where it would only "
			    "lengthen that",
			    false},
	[CONFIG_FREE] = {"free", CONFIG_CHOICE, "copy skip", "copy",
			 "what becomes of the free space in file systems of an "
			 "SSH source: copy copies every block; skip reads only "
			 "what mounted ext4 and XFS file systems say is in "
			 "use, and the rest of them becomes zero",
			 false},
	[CONFIG_ROUNDS] = {"rounds", CONFIG_NUMBER, "1..1000", "30",
			   "of a running SSH source: how often at most what "
			   "changed meanwhile is copied again before it is "
			   "stopped; fewer when that is enough, or does not "
			   "help",
			   false},
	[CONFIG_DOWNTIME] = {"downtime", CONFIG_DURATION, "TIME", "60s",
			     "how long the source may stand still, from its "
			     "quiesce to the commit: a promise; where more is "
			     "predicted, auto and at: do not begin (exit "
			     "status 7) and manual warns",
			     false},
	[CONFIG_CUTOVER] =
		{"cutover", CONFIG_WHEN, "auto|manual|at:YYYY-MM-DDTHH:MMZ",
		 "auto",
		 "when the source is stopped: as soon as the downtime can be "
		 "kept, by order ('cutover' and Enter on a console, or "
		 "lander cutover), or at that time by this machine's clock",
		 false},
	[CONFIG_QUIESCE] =
		{"quiesce", CONFIG_HOW,
		 "auto|freeze|readonly|stop:UNIT,…|snapshot|none", "auto",
		 "how it is stopped: auto freezes the file systems on its "
		 "disks, or remounts what can't be frozen; freeze only "
		 "freezes; readonly makes them read-only; stop: stops units "
		 "of systemd first; snapshot does not stop it, and copies from "
		 "snapshots that its LVM makes, for a clone to try; none "
		 "refuses disks that are written to",
		 false},
	[CONFIG_FENCE] = {"fence", CONFIG_CHOICE, "none poweroff nic", "none",
			  "what happens to an SSH source before the commit: "
			  "poweroff switches it off, nic takes its network "
			  "down, none lets it go on: two machines with one "
			  "identity",
			  false},
	[CONFIG_SERVE] = {"serve", CONFIG_ALL, "[DISK,…]", NULL,
			  "this machine is a source: its disks, or these, can "
			  "be read over SSH, and nothing writes to them",
			  false},
	[CONFIG_SERVE_KEY] =
		{"serve.key", CONFIG_TEXT, "AAAA…,…|file:NAME|fw_cfg:NAME|code",
		 NULL,
		 "who may read them: SSH public keys, or code: whoever types "
		 "the code that this machine shows",
		 false},
	[CONFIG_SERVE_HOSTKEY] =
		{"serve.hostkey", CONFIG_PLACE,
		 "file:NAME|fw_cfg:NAME|cred:NAME|PATH", NULL,
		 "private host key for it, so that its fingerprint is known "
		 "beforehand; without it a new one is made and shown",
		 false},
	[CONFIG_SERVE_PORT] = {"serve.port", CONFIG_NUMBER, "1..65535", "22",
			       "TCP port to listen on", false},
	[CONFIG_DRYRUN] = {"dryrun", CONFIG_SWITCH, "yes|no", "no",
			   "end after the plan, with nothing written", false},
	[CONFIG_REHEARSE] = {"rehearse", CONFIG_SWITCH, "yes|no", "no",
			     "copy and verify, then convert on a copy in "
			     "memory and tell whether the system would "
			     "boot; the next start without it goes on from "
			     "there",
			     false},
	[CONFIG_EXPLAIN] = {"explain", CONFIG_SWITCH, "yes|no", "no",
			    "print every value and where it came from", false},
	[CONFIG_BREAK] =
		{"break", CONFIG_STAGES,
		 "probe check plan full delta final verify convert fence "
		 "commit",
		 NULL,
		 "stages (between commas) before which a shell opens for who "
		 "has the password; the job goes on when it is left, and ends "
		 "with lander abort; while the source stands still, 5 min at "
		 "most",
		 false},
	[CONFIG_RESCUE] =
		{"rescue", CONFIG_CHOICE, "shell facts", NULL,
		 "no job at all: shell opens one on every console, which asks "
		 "for the password when there is one; facts tells what this "
		 "machine is and what its disks hold",
		 false},
	[CONFIG_PASSWORD] = {"password", CONFIG_TEXT, "CRYPT-HASH", NULL,
			     "crypt(5) hash of the password that every shell "
			     "on a console asks for; never the password itself",
			     true},
	[CONFIG_SSHD] = {"sshd", CONFIG_TEXT, "AAAA…,…|file:NAME|fw_cfg:NAME",
			 NULL,
			 "who may log in to the live system as root over SSH, "
			 "port 22: SSH public keys; no password lets anybody "
			 "in",
			 false},
	[CONFIG_PORT] = {"port", CONFIG_TEXT, "NAME|PATH|none", "org.lander.0",
			 "virtio-serial port of this virtual machine that gets "
			 "every event as a line of JSON and gives orders, one "
			 "a line; it need not be there",
			 false},
	[CONFIG_LOGLEVEL] = {"loglevel", CONFIG_CHOICE, "error warn info debug",
			     "info", "how much the log holds", false},
	[CONFIG_GUARD] = {"guard", CONFIG_CHOICE, "record nodisk forced pxe",
			  NULL, "set by the boot menu: why it started lander",
			  false},
};
