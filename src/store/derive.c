/*
 * From a record to its row: the fields of its schema as values, "none" as
 * NULL, ids of 2^63 and more by their bits; and behind it the extension
 * entries, one row each.
 */
#include <config.h>

#include <limits.h>
#include <string.h>

#include "base/bytes.h"
#include "rec/cash.h"
#include "rec/shape.h"
#include "store/derive.h"

int
exch_derive_init(struct exch_derive *v, uint32_t stream)
{
	memset(v, 0, sizeof(*v));
	v->stream = stream;
	for (unsigned type = 0; type < 256; type++) {
		v->table[type] = (int16_t)exch_store_table_of((uint8_t)type);
		v->schema[type] = exch_schema_of((uint8_t)type);
	}
	v->dir = exch_dir_new();
	if (v->dir == NULL || exch_owners_init(&v->owners) != 0 ||
	    exch_keyed_init(&v->held, sizeof(struct exch_key)) != 0) {
		exch_derive_clear(v);
		return EXCH_ERR_NOMEM;
	}
	return 0;
}

void
exch_derive_clear(struct exch_derive *v)
{
	exch_dir_free(v->dir);
	exch_owners_clear(&v->owners);
	exch_keyed_clear(&v->held);
	memset(v, 0, sizeof(*v));
}

/* ---- values ---- */

static struct exch_sql_value
nothing(void)
{
	return (struct exch_sql_value){.kind = EXCH_SQL_NULL};
}

static struct exch_sql_value
number(uint64_t bits)
{
	return exch_sql_of_int((int64_t)bits);
}

/*
 * Characters: text where every program can show them, bytes where not.  The
 * padding goes; nothing is left: NULL.
 */
static struct exch_sql_value
chars(const unsigned char *p, size_t n)
{
	while (n > 0 && p[n - 1] == 0)
		n--;
	if (n == 0)
		return nothing();
	for (size_t i = 0; i < n; i++)
		if (p[i] < 0x20 || p[i] > 0x7e)
			return exch_sql_of_blob(p, n);
	return exch_sql_of_text(p, n);
}

/* Of a record that holds the whole field. */
static struct exch_sql_value
value(const struct exch_schema *s, const struct exch_field *f,
    const unsigned char *rec)
{
	const unsigned char *p = rec + f->off;

	switch (f->kind) {
	case EXCH_K_U8:
	case EXCH_K_CODE8:
		return number(*p);
	case EXCH_K_U16:
	case EXCH_K_CODE16:
		return number(exch_le16(p));
	case EXCH_K_U32:
		return number(exch_le32(p));
	case EXCH_K_DATE:
		return exch_le32(p) != 0 ? number(exch_le32(p)) : nothing();
	case EXCH_K_I8:
		return exch_sql_of_int((int8_t)*p);
	case EXCH_K_U64:
	case EXCH_K_I64:
	case EXCH_K_CASH:
		return number(exch_le64(p));
	case EXCH_K_PX:
		return exch_le64(p) != EXCH_PX_NONE ? number(exch_le64(p))
						    : nothing();
	case EXCH_K_QTY:
	case EXCH_K_TS:
		return exch_le64(p) != UINT64_MAX ? number(exch_le64(p))
						  : nothing();
	case EXCH_K_TEXT:
		return chars(rec + s->size, exch_le16(p));
	case EXCH_K_C4:
	case EXCH_K_C12:
	case EXCH_K_C16:
	case EXCH_K_C24:
		return chars(p, exch_kind_size(f->kind));
	}
	return nothing();
}

/* ---- computed columns ---- */

static struct exch_sql_value
cash_of(
    const struct exch_derive *v, uint32_t instr, exch_px price, exch_qty qty)
{
	const struct exch_rec_instrument *e =
	    exch_dir_instrument(v->dir, instr);
	struct exch_money m;
	exch_i128 cash;

	if (e == NULL || price == EXCH_PX_NONE)
		return nothing();
	m = exch_money_of(-e->qty_exponent, e->multiplier, e->kind);
	if (exch_money_cash(&m, price, qty, &cash) != 0 || cash > INT64_MAX ||
	    cash < INT64_MIN)
		return nothing();
	return exch_sql_of_int((int64_t)cash);
}

static struct exch_sql_value
account(uint32_t id)
{
	return id != 0 ? number(id) : nothing();
}

/* Accounts of both sides and the cash of an execution or a trade. */
static void
put_accounts(const struct exch_derive *v, const struct exch_rec *rec,
    struct exch_row *row)
{
	struct exch_sql_value *to = &row->v[row->n];
	const void *p = rec;
	uint32_t buyer = 0, seller = 0;

	row->n += 3;
	if (rec->type == EXCH_REC_EXEC) {
		const struct exch_rec_exec *r = p;

		buyer = exch_owner_of(&v->owners, rec->instr, r->buy);
		seller = exch_owner_of(&v->owners, rec->instr, r->sell);
		to[2] = cash_of(v, rec->instr, r->price, r->qty);
	} else {
		const struct exch_rec_trade *r = p;

		if (r->buy != 0 && r->buy == v->block.report &&
		    rec->instr == v->block.h.instr) {
			buyer = v->block.buyer;
			seller = v->block.seller;
		}
		to[2] = cash_of(v, rec->instr, r->price, r->qty);
	}
	to[0] = account(buyer);
	to[1] = account(seller);
}

/* ---- rows ---- */

/*
 * Does the record hold the fields of its schema where they are looked for?
 * Text that reaches beyond a record the reader has refused.
 */
static bool
fits(const struct exch_schema *s, const struct exch_rec *r)
{
	return s->var == (r->len8 == 0) && exch_rec_len(r) >= s->size;
}

static int
put_entries(const struct exch_schema *s, const struct exch_rec *r,
    const struct exch_row *of, exch_row_fn *put, void *arg, struct exch_diag *d)
{
	const unsigned char *p = (const unsigned char *)r + s->size;
	const unsigned char *end = (const unsigned char *)r + exch_rec_len(r);
	struct exch_row row = {
	    .table = EXCH_ROW_ENTRY, .n = EXCH_STORE_ENTRY_COLUMNS};
	size_t n;
	int err = 0;

	if (s->var)
		p += ((size_t)exch_le16((const unsigned char *)r +
					s->field[s->nfields - 1].off) +
			 7) &
		     ~(size_t)7;
	row.v[0] = of->v[0];
	for (int64_t i = 1; err == 0 && p < end; i++, p += n) {
		uint16_t tag;

		n = exch_shape_entry(p, (size_t)(end - p));
		if (n == 0)
			break; /* no entry: its bytes are in the block */
		tag = exch_le16(p);
		row.v[1] = exch_sql_of_int(i);
		row.v[2] = number(tag);
		row.v[3] = number(exch_le32(p + 4));
		row.v[4] =
		    (tag & 0x8000) != 0 ? nothing() : number(exch_le64(p + 8));
		row.v[5] = (tag & 0x8000) != 0 ? chars(p + 8, exch_le16(p + 2))
					       : nothing();
		err = put(arg, &row, d);
	}
	return err;
}

static int
put_row(struct exch_derive *v, const struct exch_rec *r, uint64_t seq,
    uint64_t position, exch_row_fn *put, void *arg, struct exch_diag *d)
{
	const struct exch_schema *s = v->schema[r->type];
	const struct exch_store_table *t =
	    &exch_store_tables(&(unsigned){0})[v->table[r->type]];
	struct exch_row row; /* its values are many, and each is set below */
	int err;

	row.table = (unsigned)v->table[r->type];
	row.v[0] =
	    number((uint64_t)v->stream << EXCH_STORE_POSITION_BITS | position);
	row.v[1] = number(r->source);
	row.v[2] = number(seq);
	row.v[3] = number(r->time);
	row.v[4] = number(r->instr);
	row.v[5] = number(r->flags);
	row.n = EXCH_STORE_COMMON;
	for (unsigned i = 0; i < s->nfields; i++)
		row.v[row.n++] = value(s, &s->field[i], (const void *)r);
	if (t->more == EXCH_MORE_ACCOUNTS)
		put_accounts(v, r, &row);
	else if (t->more == EXCH_MORE_STREAM)
		row.v[row.n++] = number(v->stream);
	err = put(arg, &row, d);
	if (err == 0 && (r->flags & EXCH_F_EXT) != 0)
		err = put_entries(s, r, &row, put, arg, d);
	return err;
}

static int
no_memory(struct exch_diag *d)
{
	return exch_diag_set(d, EXCH_ERR_NOMEM, NULL, EXCH_POS_NONE, 0,
	    "out of memory for live orders");
}

/* ---- orders that a gate holds ---- */

/* The verdict stands before the command that it holds. */
static int
note_held(struct exch_derive *v, const struct exch_rec *r)
{
	const struct exch_rec_risk *k = EXCH_REC_AS(r, exch_rec_risk);
	struct exch_key *held;
	int err;

	if (k == NULL || k->command != EXCH_REC_NEW ||
	    k->verdict != EXCH_VERDICT_HOLD)
		return 0;
	err = exch_keyed_add(&v->held, r->instr, k->order, &held);
	return err == EXCH_ERR_EXISTS ? 0 : err;
}

/*
 * The gate gives an order again that it has held, to be matched or refused:
 * its row is that of the command that was held.
 */
static bool
comes_again(struct exch_derive *v, const struct exch_rec *r)
{
	const struct exch_rec_new *c = EXCH_REC_AS(r, exch_rec_new);
	struct exch_key *held;

	if (c == NULL || (r->flags & EXCH_F_GATE) == 0)
		return false;
	held = exch_keyed_find(&v->held, r->instr, c->order);
	if (held == NULL)
		return false;
	exch_keyed_drop(&v->held, held);
	return true;
}

/* What later rows depend on. */
static int
follow(struct exch_derive *v, const struct exch_rec *r)
{
	if (r->type == EXCH_REC_RISK && note_held(v, r) != 0)
		return EXCH_ERR_NOMEM;
	if (r->type == EXCH_REC_BLOCK)
		memcpy(&v->block, r, sizeof(v->block));
	return exch_owners_record(&v->owners, r);
}

int
exch_derive(struct exch_derive *v, const struct exch_rec *r, uint64_t seq,
    uint64_t position, exch_row_fn *put, void *arg, struct exch_diag *d)
{
	enum exch_kept keep;
	int err = 0;

	if (v->table[r->type] < 0)
		return 0;
	keep = exch_store_tables(&(unsigned){0})[v->table[r->type]].keep;
	if (!fits(v->schema[r->type], r)) {
		v->strange++;
		return 0;
	}
	if (r->type == EXCH_REC_SOURCE)
		position = v->sources++;
	if (r->type == EXCH_REC_INSTRUMENT &&
	    exch_dir_note(v->dir, r, NULL) == EXCH_ERR_NOMEM)
		return no_memory(d);
	if (!(r->type == EXCH_REC_NEW && comes_again(v, r)) &&
	    (v->purged & 1u << keep) == 0)
		err = put_row(v, r, seq, position, put, arg, d);
	if (err != 0)
		return err;
	return follow(v, r) != 0 ? no_memory(d) : 0;
}
