/*
 * The memory behind exch_card: 8 GiB of which only what is written takes
 * room, served over the AXI4 port.  Reads are answered in any order, writes in
 * theirs; when each happens between its request and its answer is left to
 * chance, as nothing but the answer says so.  Where ports stall at all, writes
 * are sometimes not taken for long, as when banks are busy with others.
 */
#ifndef EXCH_FPGA_HBM_H
#define EXCH_FPGA_HBM_H

#include <cstdint>
#include <cstring>
#include <deque>
#include <sys/mman.h>

#include "Vcard.h"

struct hbm {
	static const size_t SIZE = (size_t)1 << 33;
	static const unsigned IDS = 16, WRITES = 64;

	unsigned least = 27, most = 35; /* cycles */
	/* As a line that is not all zero is asked for, and so many were
	 * before, this bit of its 256 turns over. */
	uint64_t flip_read = UINT64_MAX, flip_bit = 0;

	/* chance: a seed, not 0; of 100 cycles so many refuse a request. */
	bool open(uint64_t seed, unsigned percent)
	{
		void *p = mmap(nullptr, SIZE, PROT_READ | PROT_WRITE,
		    MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);

		chance = seed * 0x9e3779b97f4a7c15u | 1;
		stall = percent;
		bytes = p == MAP_FAILED ? nullptr : (unsigned char *)p;
		return bytes != nullptr;
	}

	~hbm()
	{
		if (bytes != nullptr)
			munmap(bytes, SIZE);
	}

	/* All zero, and nothing on its way. */
	void clear()
	{
		if (madvise(bytes, SIZE, MADV_DONTNEED) != 0)
			memset(bytes, 0, SIZE); /* slow, and as good */
		for (read &r : reads)
			r = {};
		answer = -1;
		where.clear();
		what.clear();
		writes.clear();
	}

	/* The memory's side of the port in this cycle. */
	void drive(Vcard *t, uint64_t now)
	{
		if (deaf > 0)
			deaf--;
		else if (stall != 0 && toss() % 512 == 0)
			deaf = (unsigned)(toss() % 256);
		t->arready = !below_stall();
		t->awready = deaf == 0 && where.size() < 4 && !below_stall();
		t->wready = deaf == 0 && what.size() < 4 &&
			    writes.size() < WRITES && !below_stall();
		choose(now);
		t->rvalid = answer >= 0;
		if (answer >= 0) {
			t->rid = (unsigned char)answer;
			memcpy(&t->rdata, reads[answer].data, 32);
		}
		t->bvalid = !writes.empty() && writes.front().due <= now;
	}

	/* What the edge at the end of it takes. */
	void take(Vcard *t, uint64_t now)
	{
		if (answer >= 0 && t->rready) {
			reads[answer].busy = false;
			answer = -1;
		}
		if (t->bvalid && t->bready) {
			put(writes.front());
			writes.pop_front();
		}
		happen();
		if (t->arvalid && t->arready)
			ask(t->arid, t->araddr, now);
		if (t->awvalid && t->awready)
			where.push_back(t->awaddr);
		if (t->wvalid && t->wready) {
			write w;

			memcpy(w.data, &t->wdata, 32);
			w.strobes = t->wstrb;
			what.push_back(w);
		}
		while (!where.empty() && !what.empty()) {
			write w = what.front();

			w.at = where.front() % SIZE;
			w.due = now + 1 + latency();
			if (!writes.empty() && w.due < writes.back().due)
				w.due = writes.back().due;
			writes.push_back(w);
			where.pop_front();
			what.pop_front();
		}
	}

      private:
	struct read {
		bool busy, done;
		uint64_t at, due;
		unsigned char data[32];
	};
	struct write {
		uint64_t at, due;
		uint32_t strobes;
		bool done = false;
		unsigned char data[32];
	};

	unsigned char *bytes = nullptr;
	uint64_t chance = 1;
	unsigned stall = 0;
	uint64_t used = 0; /* lines that were asked for and not all zero */
	unsigned deaf = 0; /* so many cycles no write is taken */
	read reads[IDS] = {};
	int answer = -1; /* the one that is offered: it stays so */
	std::deque<uint64_t> where;
	std::deque<write> what, writes;

	uint64_t toss()
	{
		chance ^= chance << 13;
		chance ^= chance >> 7;
		chance ^= chance << 17;
		return chance >> 20;
	}

	bool below_stall()
	{
		return stall != 0 && toss() % 100 < stall;
	}

	unsigned latency()
	{
		return least + (unsigned)(toss() % (most - least + 1));
	}

	void ask(unsigned id, uint64_t at, uint64_t now)
	{
		read &r = reads[id % IDS];

		r.busy = true;
		r.done = false;
		r.at = at % SIZE;
		if (flip_read != UINT64_MAX && is_used(r.at) &&
		    used++ == flip_read)
			bytes[r.at + flip_bit / 8] ^=
			    (unsigned char)(1u << flip_bit % 8);
		r.due = now + latency();
		if (toss() % 2 == 0)
			get(r);
	}

	bool is_used(uint64_t at) const
	{
		static const unsigned char zero[32] = {};

		return memcmp(bytes + at, zero, 32) != 0;
	}

	void get(read &r)
	{
		if (!r.done)
			memcpy(r.data, bytes + r.at, 32);
		r.done = true;
	}

	void put(write &w)
	{
		unsigned i;

		if (w.done)
			return;
		for (i = 0; i < 32; i++)
			if (w.strobes >> i & 1)
				bytes[w.at + i] = w.data[i];
		w.done = true;
	}

	/* Some of those that are on their way. */
	void happen()
	{
		for (write &w : writes) {
			if (!w.done && toss() % 16 != 0)
				break;
			put(w);
		}
	}

	/* A read whose answer is due: the earliest. */
	void choose(uint64_t now)
	{
		unsigned i;

		if (answer >= 0)
			return;
		for (i = 0; i < IDS; i++)
			if (reads[i].busy && reads[i].due <= now &&
			    (answer < 0 || reads[i].due < reads[answer].due))
				answer = (int)i;
		if (answer >= 0)
			get(reads[answer]);
	}
};

#endif
