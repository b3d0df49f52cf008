/*
 * Writes the first corpora of the feed harnesses: feed_seeds DIRECTORY,
 * where DIRECTORY holds pcap, net, iex, pitchbin, itch, mold and lobster.
 */
#include <config.h>

#include "../unit/iex_kit.h"
#include "../unit/pitch_kit.h"

static struct kit out, frame, pay, udp;

static void
save(const char *dir, const char *name)
{
	char path[512];
	FILE *f;

	snprintf(path, sizeof(path), "%s/%s", dir, name);
	f = fopen(path, "wb");
	if (f == NULL || fwrite(out.b, 1, out.n, f) != out.n ||
	    fclose(f) != 0) {
		perror(path);
		exit(1);
	}
	out.n = 0;
}

static void
add_frame(void)
{
	kit_pcap_packet(&out, UINT64_C(1675780200000000000) + out.n, true,
	    false, frame.b, frame.n, frame.n);
	frame.n = 0;
}

static void
pcaps(const char *dir)
{
	static const unsigned links[] = {0, 101, 113, 276};
	static const char types[] = "SRHYLVWKJhAFECXDUPQBINO";

	kit_pcap(&out, 1, true, false);
	for (unsigned i = 0; i < 4; i++) {
		pay.n = 0;
		kit_mold_adds(&pay, "SESSION", 1 + 2 * (i ^ 1), 2);
		kit_frame(&frame, 26400, &pay);
		add_frame();
	}
	pay.n = 0;
	kit_mold(&pay, "SESSION", 12, 0xffff);
	kit_frame(&frame, 26400, &pay);
	add_frame();
	save(dir, "pcap/reordered");

	for (size_t i = 0; i < EXCH_ARRAY_LEN(links); i++) {
		char name[32];

		snprintf(name, sizeof(name), "pcap/link-%u", links[i]);
		kit_pcap(&out, links[i], false, true);
		pay.n = udp.n = 0;
		kit_mold_adds(&pay, "SESSION", 1, 1);
		kit_udp(&udp, 1, &pay);
		if (links[i] == 0)
			kit_be(&frame, 2, 4);
		if (links[i] == 113)
			kit_be(&frame, 0x0800, 16);
		if (links[i] == 276)
			kit_be(&frame, UINT64_C(0x0800) << 48, 8),
			    kit_be(&frame, 0, 12);
		kit_ipv4(&frame, i % 2, 17, 1, 0, udp.b, udp.n);
		kit_pcap_packet(&out, 1675780200000000000, false, true, frame.b,
		    frame.n, frame.n);
		frame.n = 0;
		save(dir, name);
	}

	/* One message of each type, blank sessions, VLAN tag. */
	kit_pcap(&out, 1, true, false);
	for (const char *t = types; *t != 0; t++) {
		pay.n = udp.n = 0;
		kit_be(&pay, 0, 18);
		kit_be(&pay, 1, 2);
		kit_be(&pay, 60, 2);
		kit_itch(&pay, *t, 1, 1);
		kit_text(&pay, "BBBBBBBBBBBBBBBBBBBBYBBBBBBBB", 49);
		kit_udp(&udp, 0, &pay);
		kit_ethernet(&frame, 0x8100);
		kit_be(&frame, 0x00010800, 4);
		kit_ipv4(&frame, 0, 17, 1, 0, udp.b, udp.n);
		add_frame();
	}
	save(dir, "pcap/blank");
}

static void
nets(const char *dir)
{
	pay.n = udp.n = frame.n = 0;
	kit_text(&pay, "payload of a datagram", 40);
	kit_udp(&udp, 1, &pay);
	kit_u8(&out, 1);
	kit_ethernet(&frame, 0x0800);
	kit_ipv4(&frame, 1, 17, 9, 0x2000, udp.b, 24);
	kit_be(&out, frame.n, 2);
	kit_add(&out, frame.b, frame.n);
	frame.n = 0;
	kit_ethernet(&frame, 0x0800);
	kit_ipv4(&frame, 0, 17, 9, 3, udp.b + 24, udp.n - 24);
	kit_be(&out, frame.n, 2);
	kit_add(&out, frame.b, frame.n);
	save(dir, "net/fragments");

	frame.n = 0;
	pay.n = 0;
	kit_be(&pay, UINT64_C(0x2c00000000000000), 8);
	kit_be(&pay, UINT64_C(0x1100000100000007), 8);
	kit_add(&pay, udp.b, 16);
	kit_ipv6(&frame, 60, pay.b, pay.n);
	kit_u8(&out, 8);
	kit_be(&out, frame.n, 2);
	kit_add(&out, frame.b, frame.n);
	save(dir, "net/ipv6");
}

static void
texts(const char *dir)
{
	static const char rows[] = "34200.1,1,101,18,5853300,1\n"
				   "34200.5,2,101,3,5853300,1\n"
				   "34201,4,90,5,5853300,-1\n"
				   "34201.000000001,3,101,10,5853300,1\r\n"
				   "34202,5,0,7,5853350,-1\n"
				   "34203,6,0,9000,5853400,1\n"
				   "34204,7,0,0,-1,-1\n";

	kit_add(&out, rows, sizeof(rows) - 1);
	save(dir, "lobster/rows");
	kit_add(&out, "1,1,1,1,1\n1,1,1,1,1,1,1\n,,,,,\n\"1\",1,2,3,4,5", 45);
	save(dir, "lobster/bad");
	for (unsigned i = 0; i < 3; i++) {
		kit_be(&out, 36, 2);
		kit_add_order(&out, i, i, i, 'B', 1, "TEST", 1);
		kit_be(&out, 19, 2);
		kit_delete_order(&out, i, i, i);
	}
	kit_be(&out, 0, 2);
	save(dir, "itch/orders");
	for (const char *t = "SRHYLVWKJhAFECXDUPQBINOz"; *t != 0; t++) {
		kit_be(&out, 55, 2);
		kit_itch(&out, *t, 0, 1);
		kit_text(&out, "TBTTTTTTTSTTTTTTTTTTYTTTT", 44);
	}
	save(dir, "itch/types");
	kit_add(
	    &out, "\1\0\2\1\0\0\7\0\1\1\0\0\4\0\3\1\0\0\4\0\3\1\365\50", 24);
	save(dir, "mold/reordered");
	kit_add(&out, "\1\0\2\1\0\0\7\377\1\1\0\0\4\0\3\377\0\0\11\0\3\1\353\3",
	    24);
	save(dir, "mold/astray");
}

/* What fuzz_iex reads: how, the length, the messages of `pay`. */
static void
datagram(unsigned how)
{
	kit_u8(&out, how);
	kit_u8(&out, (unsigned)pay.n);
	kit_add(&out, pay.b, pay.n);
	pay.n = 0;
}

static void
iex(const char *dir)
{
	kit_iex_system(&pay, 'O', 1);
	kit_iex_order(&pay, 'a', '8', 2, "A", 1, 100, 10000);
	kit_iex_order(&pay, 'a', '5', 3, "A", 2, 100, 10100);
	kit_iex_order(&pay, 'M', 1, 4, "A", 1, 60, 10000);
	datagram(0x30);
	kit_iex_order(&pay, 'M', 0, 5, "A", 1, 60, 9900);
	kit_iex_executed(&pay, 0, 6, "A", 2, 40, 10100, 7);
	kit_iex_executed(&pay, 8, 7, "A", 2, 40, 10100, 8);
	kit_iex_delete(&pay, 8, "A", 1);
	datagram(0x30);
	kit_iex_trade(&pay, 'T', 0, 9, "A", 5, 10050, 9);
	kit_iex(&pay, 18, 'C', 0, 10, "A");
	datagram(0x32);
	kit_iex_order(&pay, 'a', '8', 11, "B", 3, 100, 10000);
	datagram(0x34);
	save(dir, "iex/orders");

	kit_iex_level(&pay, '8', 0, 1, "A", 100, 10000);
	kit_iex_level(&pay, '5', 1, 2, "A", 0, 10100);
	kit_iex_trade(&pay, 'B', 0, 3, "A", 5, 10050, 9);
	datagram(0x20);
	kit_iex(&pay, 22, 'H', 'T', 4, "A");
	kit_text(&pay, "T1", 4);
	kit_iex(&pay, 26, 'X', 'M', 5, "A");
	kit_le(&pay, 123456, 8);
	kit_iex_system(&pay, 'O', 6);
	datagram(0x20);
	kit_iex(&pay, 80, 'A', 'C', 7, "A");
	for (unsigned i = 0; i < 62; i++)
		kit_u8(&pay, i < 8 ? i : 0);
	datagram(0x28);
	save(dir, "iex/levels");

	kit_iex_quote(&pay, 1, "A", 97, 10000, 10100, 10);
	kit_iex(&pay, 31, 'D', 0xa0, 2, "A");
	kit_le(&pay, 100, 4);
	kit_le(&pay, 990500, 8);
	kit_u8(&pay, 1);
	kit_iex(&pay, 19, 'P', 1, 3, "A");
	kit_u8(&pay, 'A');
	kit_iex(&pay, 18, 'I', 'A', 4, "A");
	datagram(0x00);
	kit_iex_quote(&pay, 1, "B", 97, 10000, 10100, 10);
	datagram(0x10);
	kit_text(&pay, "no segment", 50);
	datagram(0x01);
	save(dir, "iex/tops");

	kit_pcap(&out, 1, true, false);
	for (unsigned i = 0; i < 3; i++) {
		static struct kit seg;

		kit_iex_order(&pay, 'a', '8', 2, "A", 1 + i, 100, 10000);
		seg.n = 0;
		kit_segment(&seg, KIT_DEEP_PLUS, 1 + i, 1, &pay);
		pay.n = 0;
		kit_frame(&frame, 10378, &seg);
		add_frame();
	}
	save(dir, "pcap/iex");
}

static void
pitchbin(const char *dir)
{
	kit_pitch_time(&pay, 34200);
	kit_pitch_add(&pay, 1, 1, 'B', 100, "A", 1000);
	kit_pitch_order(&pay, 34, 0x21, 2, 2, 'S', 100, "A", 101000);
	kit_u8(&pay, 1);
	kit_pitch_order(&pay, 41, 0x2f, 3, 3, 'B', 100, "LONGNAME", 1000);
	kit_text(&pay, "1MPIDN", 6);
	datagram(0);
	kit_pitch_about(&pay, 26, 0x23, 4, 1, 40, 4);
	kit_le(&pay, 77, 8);
	kit_pitch_about(&pay, 38, 0x24, 5, 2, 30, 4);
	kit_le(&pay, 50, 4);
	kit_le(&pay, 79, 8);
	kit_le(&pay, 99900, 8);
	kit_pitch_about(&pay, 18, 0x25, 6, 3, 30, 4);
	kit_pitch_about(&pay, 16, 0x26, 7, 3, 10, 2);
	kit_pitch_about(&pay, 19, 0x28, 8, 3, 20, 2);
	kit_le(&pay, 1000, 2);
	kit_u8(&pay, 3);
	kit_pitch_about(&pay, 27, 0x27, 9, 3, 100, 4);
	kit_le(&pay, 100100, 8);
	kit_u8(&pay, 1);
	datagram(0);
	kit_pitch_about(&pay, 14, 0x29, 10, 3, 0, 0);
	kit_pitch(&pay, 6, 0x97, 11);
	datagram(2);
	kit_pitch_add(&pay, 12, 9, 'B', 100, "B", 1000);
	datagram(4);
	kit_pitch_time(&pay, 34260);
	kit_pitch_add(&pay, 12, 9, 'B', 100, "B", 1000);
	datagram(64);
	save(dir, "pitchbin/orders");

	kit_pitch_order(&pay, 33, 0x2b, 1, 5, 'S', 10, "A", 1000);
	kit_le(&pay, 90, 8);
	kit_pitch_order(&pay, 41, 0x2a, 2, 0, 'B', 20, "A", 100000);
	kit_le(&pay, 91, 8);
	kit_pitch_order(&pay, 43, 0x30, 3, 6, 'B', 30, "A", 100000);
	kit_le(&pay, 92, 8);
	kit_pitch_about(&pay, 14, 0x2c, 4, 91, 0, 0);
	datagram(16);
	kit_pitch(&pay, 18, 0x31, 5);
	kit_text(&pay, "A       H1", 12);
	kit_pitch(&pay, 47, 0x95, 6);
	kit_text(&pay, "A       O", 9);
	kit_le(&pay, 100000, 8);
	kit_le(&pay, 300, 4);
	kit_le(&pay, 500, 4);
	kit_le(&pay, 100100, 8);
	kit_le(&pay, 0, 8);
	datagram(16);
	kit_pitch(&pay, 27, 0x96, 7);
	kit_text(&pay, "A       C", 9);
	kit_le(&pay, 100200, 8);
	kit_le(&pay, 900, 4);
	kit_pitch_bare(&pay, 30, 0x2e);
	kit_text(&pay, "00ABCDSPY   220121C00400000N", 28);
	kit_pitch(&pay, 6, 0x2d, 9);
	datagram(48);
	kit_pitch_add(&pay, 12, 9, 'B', 100, "B", 1000);
	datagram(128);
	kit_pitch_add(&pay, 12, 9, 'B', 100, "B", 1000);
	datagram(24);
	kit_text(&pay, "no packet", 50);
	datagram(1);
	save(dir, "pitchbin/others");

	for (unsigned i = 0; i < 4; i++) { /* two lines, two markets */
		kit_pitch_add(&pay, i, i + 1, 'B', 100, "A", 1000 + i / 2);
		datagram(i % 2 * 32 + i / 2 * 64);
	}
	save(dir, "pitchbin/lines");

	kit_pcap(&out, 1, true, false);
	for (unsigned i = 0; i < 3; i++) {
		static struct kit packet;

		kit_pitch_add(&pay, i, i + 1, 'B', 100, "A", 1000);
		packet.n = 0;
		kit_pitch_packet(&packet, 1, 1 + i, 1, &pay);
		pay.n = 0;
		kit_frame(&frame, 30201, &packet);
		add_frame();
	}
	save(dir, "pcap/pitchbin");
}

int
main(int argc, char **argv)
{
	if (argc != 2) {
		fprintf(stderr, "usage: feed_seeds DIRECTORY\n");
		return 2;
	}
	pcaps(argv[1]);
	nets(argv[1]);
	iex(argv[1]);
	pitchbin(argv[1]);
	texts(argv[1]);
	return 0;
}
