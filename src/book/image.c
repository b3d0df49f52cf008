/*
 * The store of orders as bytes (base/image.h).  Slots, levels, the trie, the
 * tables of levels and the index of ids name each other by number, so that
 * all of it goes as it lies in memory.
 */
#include <config.h>

#include "base/image.h"
#include "book/book.h"

static void
ids_image(struct exch_image *im, struct exch_ids *t, const struct exch_ids *own)
{
	size_t cells = t->mask + 1, own_cells = own->mask + 1;
	size_t entries = (size_t)1 << t->bits, n = (size_t)1 << own->bits;

	t->cell = exch_image_big(im, t->cell, own->cell,
	    own_cells * sizeof(*t->cell), cells, cells, sizeof(*t->cell));
	t->over = exch_image_big(im, t->over, own->over,
	    own_cells * sizeof(*t->over), cells, cells, sizeof(*t->over));
	t->entry = exch_image_big(im, t->entry, own->entry,
	    n * sizeof(*t->entry), entries, entries, sizeof(*t->entry));
}

void
exch_book_store_image(struct exch_image *im, struct exch_book_store *s)
{
	struct exch_book_store own = *s;

	exch_image_bytes(im, s, sizeof(*s));
	s->mirror = own.mirror;
	s->slot = exch_image_big(im, s->slot, own.slot,
	    own.cap * sizeof(*s->slot), s->used, s->cap, sizeof(*s->slot));
	ids_image(im, &s->ids, &own.ids);
	s->near.cell = exch_image_big(im, s->near.cell, own.near.cell,
	    own.near.cap * sizeof(*s->near.cell), s->near.used, s->near.cap,
	    sizeof(*s->near.cell));
	s->trie.node = exch_image_big(im, s->trie.node, own.trie.node,
	    own.trie.cap * sizeof(*s->trie.node), s->trie.used, s->trie.cap,
	    sizeof(*s->trie.node));
}
